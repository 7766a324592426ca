"""Starts the parts in order, watches them, stops them in the reverse order."""

from __future__ import annotations

import http.client
import signal
import sys
import time
from typing import IO, TYPE_CHECKING

from config.embedded import EmbeddedError
from config.embedded.broker import Valkey, prepare_valkey
from config.embedded.process import tail
from config.supervisor.child import Child, Wishes
from config.supervisor.place import PROJECT, Place, StartRefusedError, environment

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

READY_SECONDS = 60.0
TICK_SECONDS = 0.1
# Nobody listens to a worker's events, and its heartbeat holds a lock while it retries
# a broker that is gone: stopped together with the broker, the worker would never end.
QUIET = (
    "--loglevel=INFO",
    "--without-heartbeat",
    "--without-gossip",
    "--without-mingle",
)
WORKER_PROCESSES = "2"
WEB_PROCESSES = "2"
WEB_THREADS = "4"


class StopAskedError(Exception):
    """Somebody asked for the end: Ctrl-C, a signal, a closed terminal."""


def say(sentence: str) -> None:
    """Write one sentence for the person at the terminal, who may have left."""
    try:
        sys.stdout.write(sentence + "\n")
        sys.stdout.flush()
    except OSError:
        # The terminal or the pipe is closed; the logs still tell everything.
        sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: PTH123, SIM115


class Supervisor:
    """Everything Kenshu needs on one machine, until it is asked to stop."""

    def __init__(self, place: Place, port: int, *, verbose: bool) -> None:
        self.place = place
        self.port = port
        self.verbose = verbose
        self.environment = environment(place)
        self.environment.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
        self.children: list[Child] = []
        self.stop_asked = False
        self._shown: dict[Path, int] = {}

    @property
    def demo(self) -> bool:
        wish = self.environment["DEMO"].strip().lower()
        return wish in {"1", "true", "yes", "on"}

    def run(self, *, once: bool = False) -> int:
        """Run until asked to stop and give the exit code: 0 when all went well.

        With `once` it stops by itself as soon as everything is prepared.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup asks us to outlive the terminal: leave that as it is.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_stop)
        code = 0
        try:
            self._start()
            while not once:
                self._pause()
        except StopAskedError:
            say("Stopping …")
        except (StartRefusedError, EmbeddedError) as refusal:
            say(str(refusal))
            code = 1
        finally:
            for child in reversed(self.children):
                child.stop()
            self._show_logs()
        if code == 0:
            say("Kenshu has stopped. The data are kept; `make run` starts it again.")
        return code

    def _start(self) -> None:
        say(f"Starting Kenshu. The logs are in {self.place.logs}")
        if not self.environment.get("REDIS_URL"):
            valkey = prepare_valkey(self.place.folder / "valkey")
            self.environment["REDIS_URL"] = valkey.url
            self.environment["EMBEDDED_BROKER"] = "1"
            self._add("valkey", valkey.argv, keep_open=(valkey.held,))
            self._wait_for_valkey(valkey)
        # Counts of processes that ended belong to the start they were made in.
        for old in (self.place.folder / "metrics").glob("*.db"):
            old.unlink()
        self._step("messages", "-m", "config.messages", "compile")
        self._step("prepare", "-m", "config.supervisor.prepare")
        self._start_parts()
        self._wait_for_web()
        lines = [f"Kenshu is ready at http://127.0.0.1:{self.port}"]
        if self.demo:
            say("Looking after the demo data; the first time takes about a minute …")
            self._step("demo", "manage.py", "seed_demo", "--if-empty")
            self._step("sign-ins", "manage.py", "seed_demo", "--list")
            sign_ins = self._log("sign-ins").read_text(encoding="utf-8")
            lines += ["Demo sign-ins:", *(f"  {one}" for one in sign_ins.splitlines())]
        say("\n".join([*lines, "Ctrl-C stops it."]))

    def _start_parts(self) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "config"]
        self._add(
            "worker",
            [*celery, "worker", "--concurrency", WORKER_PROCESSES, *QUIET],
            # First it may finish what it measures, then it must put it back.
            wishes=((signal.SIGTERM, 2.0), (signal.SIGQUIT, 2.0)),
        )
        schedule = self.place.folder / "beat" / "schedule"
        self._add("beat", [*celery, "beat", "--schedule", str(schedule)])
        self._add(
            "web",
            [
                *(sys.executable, "-m", "gunicorn", "config.wsgi"),
                *("--bind", f"127.0.0.1:{self.port}"),
                *("--worker-class", "gthread"),
                *("--workers", WEB_PROCESSES, "--threads", WEB_THREADS),
                *("--timeout", "120", "--graceful-timeout", "2"),
                *("--no-control-socket", "--access-logfile", "-"),
            ],
        )

    def _log(self, name: str) -> Path:
        return self.place.logs / f"{name}.log"

    def _child(self, name: str, argv: list[str]) -> Child:
        return Child(name, argv, self._log(name), self.environment, PROJECT)

    def _add(
        self,
        name: str,
        argv: list[str],
        wishes: Wishes = ((signal.SIGTERM, 3.0),),
        keep_open: tuple[IO[str], ...] = (),
    ) -> None:
        child = self._child(name, argv)
        child.wishes, child.keep_open = wishes, keep_open
        self.children.append(child)
        child.start()

    def _step(self, name: str, *arguments: str) -> None:
        """Run one command to its end; raise StartRefusedError when it fails."""
        log = self._log(name)
        log.write_bytes(b"")
        step = self._child(name, [sys.executable, *arguments])
        step.start()
        try:
            while (code := step.died()) is None:
                self._pause()
        finally:
            step.stop()
        if code != 0:
            raise StartRefusedError(
                f"The step “{name}” failed (exit code {code}). The end of {log}:"
                f"\n{tail(log)}"
            )

    def _wait_for_valkey(self, valkey: Valkey) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not valkey.answers():
            self._pause()
            self._require_before(deadline, "valkey")

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._web_answers():
            self._pause()
            self._require_before(deadline, "web")

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            # Whatever it says, it speaks; the first page may have its own opinion.
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _require_before(self, deadline: float, name: str) -> None:
        if time.monotonic() > deadline:
            log = self._log(name)
            raise StartRefusedError(
                f"The part “{name}” does not answer. The end of {log}:\n{tail(log)}"
            )

    def _pause(self) -> None:
        """Let a moment pass and look after everything; leave when asked to stop."""
        if self.stop_asked:
            raise StopAskedError
        time.sleep(TICK_SECONDS)
        for child in self.children:
            self._look_after(child)
        self._show_logs()

    def _look_after(self, child: Child) -> None:
        code = child.died()
        if code is not None:
            if child.hopeless:
                raise StartRefusedError(
                    f"The part “{child.name}” ended again and again (exit code {code})."
                    f" The end of {child.log}:\n{tail(child.log)}"
                )
            say(
                f"The part “{child.name}” ended by itself (exit code {code}) and is"
                f" being started again. Its log: {child.log}"
            )
        if child.due():
            child.start()

    def _show_logs(self) -> None:
        if not self.verbose:
            return
        for child in self.children:
            size = child.log.stat().st_size
            start = self._shown.get(child.log, size)
            # A log that became shorter was put aside: begin with the new one.
            with child.log.open("rb") as file:
                file.seek(start if start <= size else 0)
                text = file.read()
                self._shown[child.log] = file.tell()
            for line in text.decode("utf-8", "replace").splitlines():
                say(f"{child.name:>7} | {line}")

    def _ask_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_asked = True
