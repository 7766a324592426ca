"""Parts that die with runs in them, each started and killed by the test itself.

But for the last test nothing starts them again: what brings a run back is what the
test has left running. The last one looks at all of `make run` and its supervisor.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import redis

from config.embedded import tether
from config.embedded.broker import Valkey, prepare_valkey
from config.supervisor.place import PROJECT
from config.supervisor.run import QUIET
from tests.config.test_running import PARTS, group, kenshu, needs_proc
from tests.config.watching import inherited, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.processes

# What fifty rows count: true alarms, false alarms, missed failures, calm.
ROWS = (*["1,1"] * 4, *["0,1"] * 2, "1,0", *["0,0"] * 43)
COUNTS = (4, 2, 1, 43)
# So many fifties take some seconds to measure: time enough to be killed in between.
MANY = 200_000
# Forty million rows: still being read when the program that sent them has ended.
MOST = 800_000
FEW = (20, 40, 60)
CELERY = (sys.executable, "-m", "celery", "-A", "config")
# One at a time, so that a long run keeps the others waiting.
WORKER = (*CELERY, "worker", "--concurrency", "1", *QUIET)
MEASURED = """
    select run.number, run.status, run.attempt, result.rows,
        json_extract(result.finished, '$.whole')
    from evaluation_run run join evaluation_result result on result.run_id = run.id
    order by run.number
"""


@dataclass
class Parts:
    """Database, broker, workers and beat of one Kenshu without its pages."""

    folder: Path
    valkey: Valkey
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return inherited() | {
            "DATABASE_URL": f"sqlite:///{self.folder / 'kenshu.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HTTPS": "0",
            "MEDIA_ROOT": str(self.folder / "media"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "for tests only",
            "STATIC_ROOT": str(self.folder / "static"),
            "SWEEP_SECONDS": "1",
        }

    def start(self, name: str, *argv: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                # A test that is killed takes its parts along.
                tether.command(list(argv), death_signal=signal.SIGKILL),
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def start_valkey(self) -> None:
        self.start("valkey", *self.valkey.argv)
        until(self.valkey.answers, "Valkey answers")

    def start_beat(self) -> None:
        schedule = self.folder / "schedule"
        self.start("beat", *CELERY, "beat", "--schedule", str(schedule))

    def kill(self, name: str) -> None:
        """Without warning, and with every process it has started."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def program(self, *words: str) -> None:
        told = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert told.returncode == 0, told.stderr

    def submit(self, *files: str) -> None:
        self.program("tests.agreed", "anomaly", "miss_rate", "at_most", "0.5", *files)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "kenshu.sqlite3")) as rows, rows:
            return rows.execute(query).fetchall()

    def statuses(self) -> list[object]:
        found = self.ask("select status from evaluation_run order by number")
        return [status for (status,) in found]

    def let_the_lease_pass(self) -> None:
        """What time would do: nobody answers for the unfinished runs any more."""
        self.ask(
            "update evaluation_run set lease_until = '2026-01-01 00:00:00'"
            " where status in ('queued', 'running')"
        )

    def until_measured(self, runs: int) -> None:
        until(
            lambda: self.statuses() == ["measured"] * runs,
            f"{runs} runs are measured",
            seconds=40,
        )

    def until_in_mid_run(self) -> None:
        reading = "select count(*) from evaluation_run where rows_read > 0"
        until(lambda: self.ask(reading) == [(1,)], "rows are read")
        assert self.statuses()[0] == "running"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with started(tmp_path) as started_parts:
        yield started_parts


@contextmanager
def started(folder: Path) -> Iterator[Parts]:
    """An empty database and a Valkey; workers and beat are the test's to start."""
    valkey = prepare_valkey(folder / "valkey")
    parts = Parts(folder, valkey)
    with valkey.held, ExitStack() as ending:
        ending.callback(lambda: [parts.kill(name) for name in list(parts.running)])
        parts.start_valkey()
        parts.program("django", "migrate", "--verbosity", "0")
        yield parts


def detections(path: Path, fifties: int) -> str:
    body = ("\n".join(ROWS) + "\n") * fifties
    path.write_text(f"y_true,y_pred\n{body}", encoding="ascii")
    return str(path)


def few(folder: Path) -> list[str]:
    return [detections(folder / f"{fifties}.csv", fifties) for fifties in FEW]


def counted(number: int, attempt: int, fifties: int) -> tuple[object, ...]:
    """What the database must hold of a run: each row counted once, in one result."""
    tp, fp, fn, tn = COUNTS
    counts = [fifties * count for count in (tn, fp, fn, tp)]
    as_kept = json.dumps(counts, separators=(",", ":"))
    return (number, "measured", attempt, 50 * fifties, as_kept)


def kept(parts: Parts) -> int:
    """How many runs Valkey has written into its file, which the system keeps."""
    files = (parts.folder / "valkey" / "appendonlydir").glob("*.aof")
    written = b"".join(file.read_bytes() for file in files)
    runs = parts.ask("select id from evaluation_run")
    return sum(str(uuid.UUID(str(run))).encode() in written for (run,) in runs)


def test_another_worker_measures_what_a_killed_one_had_begun(parts: Parts) -> None:
    parts.submit(detections(parts.folder / "long.csv", MANY))
    parts.start("first", *WORKER, "--hostname", "first")
    parts.until_in_mid_run()

    parts.kill("first")
    assert parts.statuses() == ["running"]
    assert parts.ask(MEASURED) == []
    parts.let_the_lease_pass()
    parts.start("second", *WORKER, "--hostname", "second")
    parts.start_beat()

    parts.until_measured(1)
    assert parts.ask(MEASURED) == [counted(1, 2, MANY)]


def test_a_killed_valkey_still_knows_what_waits(parts: Parts) -> None:
    parts.submit(*few(parts.folder))
    until(lambda: kept(parts) == len(FEW), "Valkey has written every run")

    parts.kill("valkey")
    parts.start_valkey()
    # Neither a lease nor a sweep: nothing else remembers these runs.
    parts.start("worker", *WORKER)

    parts.until_measured(len(FEW))
    assert parts.ask(MEASURED) == [counted(n, 1, f) for n, f in enumerate(FEW, 1)]


def test_a_message_delivered_twice_is_measured_once(parts: Parts) -> None:
    parts.submit(*few(parts.folder))
    # As Valkey does with what nobody acknowledged, but without its long wait.
    again = (
        "from evaluation.models import Run; from evaluation.tasks import ring;"
        "[ring(str(run.pk)) for run in Run.objects.all()]"
    )
    parts.program("django", "shell", "--command", again)
    with closing(redis.Redis.from_url(parts.valkey.url)) as client:
        assert client.llen("celery") == 2 * len(FEW)
        parts.start("worker", *WORKER)
        parts.until_measured(len(FEW))
        until(
            lambda: not client.llen("celery") and not client.hlen("unacked"),
            "every message is acknowledged",
        )

    assert parts.ask(MEASURED) == [counted(n, 1, f) for n, f in enumerate(FEW, 1)]


def test_a_busy_worker_outlives_its_valkey(parts: Parts) -> None:
    parts.submit(detections(parts.folder / "long.csv", MANY), *few(parts.folder))
    parts.start("worker", *WORKER)
    parts.until_in_mid_run()

    parts.kill("valkey")
    assert parts.statuses() == ["running", *["queued"] * len(FEW)]
    parts.start_valkey()

    fifties = (MANY, *FEW)
    parts.until_measured(len(fifties))
    assert parts.ask(MEASURED) == [counted(n, 1, f) for n, f in enumerate(fifties, 1)]
    assert parts.running["worker"].poll() is None


def test_the_sweep_refills_a_valkey_that_lost_everything(parts: Parts) -> None:
    parts.submit(*few(parts.folder))

    parts.kill("valkey")
    shutil.rmtree(parts.folder / "valkey" / "appendonlydir")
    parts.start_valkey()
    with closing(redis.Redis.from_url(parts.valkey.url)) as client:
        assert client.dbsize() == 0
    parts.let_the_lease_pass()
    parts.start("worker", *WORKER)
    parts.start_beat()

    parts.until_measured(len(FEW))
    assert parts.ask(MEASURED) == [counted(n, 1, f) for n, f in enumerate(FEW, 1)]


def test_a_run_is_taken_while_valkey_is_down_and_measured_later(parts: Parts) -> None:
    parts.start("worker", *WORKER)
    parts.start_beat()
    parts.kill("valkey")
    parts.submit(*few(parts.folder))
    assert parts.statuses() == ["queued"] * len(FEW)

    parts.start_valkey()
    parts.let_the_lease_pass()

    parts.until_measured(len(FEW))
    assert parts.ask(MEASURED) == [counted(n, 1, f) for n, f in enumerate(FEW, 1)]


def test_a_valkey_that_never_answers_does_not_hold_up_the_reader(parts: Parts) -> None:
    group = parts.running["valkey"].pid
    os.killpg(group, signal.SIGSTOP)
    # Held up for ever, the program would run into its own time limit.
    parts.submit(few(parts.folder)[0])
    assert parts.statuses() == ["queued"]

    os.killpg(group, signal.SIGCONT)
    parts.start("worker", *WORKER)
    parts.start_beat()
    parts.let_the_lease_pass()

    parts.until_measured(1)


SWEEP_NOW = """
from datetime import timedelta
from django.utils import timezone
from evaluation.models import Run, UNFINISHED
from evaluation.tasks import sweep_runs
past = timezone.now() - timedelta(seconds=1)
Run.objects.filter(status__in=UNFINISHED).update(lease_until=past)
sweep_runs.delay()
"""


@needs_proc
def test_make_run_brings_back_its_worker_and_the_run_it_had(tmp_path: Path) -> None:
    file = detections(tmp_path / "long.csv", MOST)
    with kenshu(tmp_path / "var") as running:
        running.program("tests.agreed", "anomaly", "miss_rate", "at_most", "0.5", file)
        claimed = "select count(*) from evaluation_run where status = 'running'"
        until(lambda: running.ask(claimed) == [(1,)], "the run is being measured")

        killed = group(running.parts(PARTS["worker"])[0])
        os.killpg(killed, signal.SIGKILL)
        assert running.ask(MEASURED) == []
        until(
            lambda: running.restarted("worker", PARTS["worker"], killed),
            "a new worker",
        )
        running.program("django", "shell", "--command", SWEEP_NOW)

        until(lambda: bool(running.ask(MEASURED)), "the run is measured", seconds=60)
        assert running.ask(MEASURED) == [counted(1, 2, MOST)]
