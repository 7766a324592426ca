"""`make run` as a whole: starts, recovers, stops and keeps what it should."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest
import redis

from config.embedded.process import free_port
from config.supervisor.place import PROJECT
from tests.config.watching import inherited, read, until

if TYPE_CHECKING:
    from collections.abc import Iterator

READY = "Kenshu is ready at"
# The words by which each part is known in the list of processes.
PARTS = {
    "valkey": "valkey-server",
    "worker": "celery -A config worker",
    "beat": "celery -A config beat",
    "web": "gunicorn",
}


@dataclass
class Running:
    """One `make run`, seen from outside."""

    process: subprocess.Popen[str]
    port: int
    folder: Path
    mark: str
    output: TextIO

    def said(self) -> str:
        return Path(self.output.name).read_text(encoding="utf-8")

    def processes(self) -> dict[int, str]:
        """Every process that carries our mark in its environment."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if self.mark.encode() in (entry / "environ").read_bytes():
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                    # An ended process that nobody has waited for has no command line.
                    if line:
                        found[int(entry.name)] = line.decode()
        return found

    def parts(self, word: str) -> list[int]:
        return sorted(pid for pid, line in self.processes().items() if word in line)

    def restarted(self, name: str, word: str, pid: int) -> bool:
        # The children of a killed part carry the same words for another moment; they
        # are known by its group.
        said = f"The part “{name}” ended by itself" in self.said()
        return said and any(group(part) not in {0, pid} for part in self.parts(word))

    def environment(self) -> dict[str, str]:
        """What a program beside the running parts needs to reach the same rows."""
        worker = self.parts(PARTS["worker"])[0]
        entries = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
        named = dict(entry.decode().split("=", 1) for entry in entries if entry)
        # A program of ours is not a part, and is not to be counted as one.
        del named["KENSHU_TEST_MARK"]
        return named

    def program(self, *words: str) -> str:
        """Run a module beside the parts; what it printed."""
        told = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        return told.stdout.strip()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "kenshu.sqlite3")) as rows:
            return rows.execute(query).fetchall()

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@contextmanager
def kenshu(folder: Path, *, counted: bool = True) -> Iterator[Running]:
    """A whole Kenshu. ``counted``: what runs in it counts as reached by tests."""
    port, mark = free_port(), uuid.uuid4().hex
    output = (folder.parent / f"said-{mark}").open("w", encoding="utf-8")
    with output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "config.supervisor"),
                *("--port", str(port), "--folder", str(folder)),
            ],
            cwd=PROJECT,
            env={
                name: value
                for name, value in inherited().items()
                if counted or name != "COVERAGE_PROCESS_CONFIG"
            }
            | {"DEMO": "0", "KENSHU_TEST_MARK": mark},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running = Running(process, port, folder, mark, output)
        try:
            until(
                lambda: READY in running.said() or process.poll() is not None,
                "it becomes ready",
                # As slow as a machine may be that has much else to do.
                seconds=240,
            )
            assert READY in running.said(), running.said()
            yield running
        finally:
            process.kill()
            process.wait()
            until(lambda: not running.processes(), "every part ends")


def group(pid: int) -> int:
    with suppress(ProcessLookupError):
        return os.getpgid(pid)
    return 0


def answer(port: int) -> int:
    try:
        # Taken by a process that dies before it answers, a request would wait for ever.
        address = f"http://127.0.0.1:{port}/healthz"
        with urllib.request.urlopen(address, timeout=10) as got:
            return int(got.status)
    except urllib.error.HTTPError as fault:
        return fault.code
    except OSError:
        return 0


def broker(folder: Path) -> redis.Redis:
    settings = dict(
        line.split(" ", 1) for line in read(folder / "valkey/valkey.conf").splitlines()
    )
    return redis.Redis(port=int(settings["port"]), password=settings["requirepass"])


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks at processes through /proc"
)


@needs_proc
@pytest.mark.processes
def test_it_stops_cleanly_and_keeps_its_data(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with kenshu(folder) as running:
        assert answer(running.port) == 200
        for word in PARTS.values():
            assert running.parts(word), word
        with closing(broker(folder)) as client:
            client.set("kept", "yes")
        started = time.monotonic()
        assert running.stop(signal.SIGTERM) == 0
        assert time.monotonic() - started < 11
        assert running.processes() == {}
        assert "The data are kept" in running.said()

    assert folder.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(folder / "kenshu.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM django_migrations").fetchone()[0]
    key = read(folder / "secret_key")
    with kenshu(folder) as running:
        with closing(broker(folder)) as client:
            assert client.get("kept") == b"yes"
        assert read(folder / "secret_key") == key
        assert running.stop(signal.SIGINT) == 0


@needs_proc
@pytest.mark.processes
def test_a_killed_part_comes_back_and_a_killed_supervisor_takes_all_along(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "var"
    with kenshu(folder) as running:
        with closing(broker(folder)) as client:
            client.set("kept", "yes")
        for name, word in PARTS.items():
            killed = running.parts(word)[0]
            os.kill(killed, signal.SIGKILL)
            until(partial(running.restarted, name, word, killed), f"{name} back")
        assert running.said().count("is being started again") == len(PARTS)
        until(lambda: answer(running.port) == 200, "the pages come back")
        with closing(broker(folder)) as client:
            assert client.get("kept") == b"yes"

        running.process.kill()
        running.process.wait()
        until(lambda: not running.processes(), "every part ends")

    with kenshu(folder) as running, closing(broker(folder)) as client:
        assert client.get("kept") == b"yes"
