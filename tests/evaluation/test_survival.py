"""Killed workers and brokers, with runs in them: real processes, nothing lost."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.config.test_running import PARTS, Running, broker, group, kenshu, needs_proc
from tests.config.watching import until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.processes, needs_proc]

SMALL = 3
# So many rows take some seconds to measure: time enough to be killed in between.
MANY = 2_500_000
RUNS = "select status, attempt from evaluation_run order by number"
RESULTS = """
    select r.number, json_extract(result.finished, '$.whole.rows'), result.rows
    from evaluation_result result join evaluation_run r on r.id = result.run_id
    order by r.number
"""


def forecasts(path: Path, rows: int, seed: int) -> str:
    random = np.random.default_rng(seed)
    table = random.integers(100, 999, size=(rows, 2))
    body = "\n".join(map("%d,%d".__mod__, map(tuple, table.tolist())))
    path.write_text(f"y_true,y_pred\n{body}\n", encoding="utf-8")
    return str(path)


def small(folder: Path) -> list[str]:
    return [forecasts(folder / f"{n}.csv", 100 + n, n) for n in range(SMALL)]


def submit(running: Running, files: list[str]) -> None:
    running.program(
        *("tests.agreed", "demand_forecast", "mae", "at_most", "1000"), *files
    )


def statuses(running: Running) -> list[object]:
    return [status for status, _attempt in running.ask(RUNS)]


def measured(running: Running, runs: int) -> bool:
    return statuses(running) == ["measured"] * runs


def worker_group(running: Running) -> int:
    return group(running.parts(PARTS["worker"])[0])


def let_the_lease_pass(running: Running) -> None:
    """Time goes by: nobody answers for these runs any more, and the sweep comes."""
    running.program(
        "django",
        "shell",
        "--command",
        "from datetime import timedelta;"
        "from django.utils import timezone;"
        "from evaluation.models import Run, UNFINISHED;"
        "from evaluation.tasks import sweep_runs;"
        "past = timezone.now() - timedelta(seconds=1);"
        "Run.objects.filter(status__in=UNFINISHED).update(lease_until=past);"
        "sweep_runs.delay()",
    )


def test_a_worker_killed_in_mid_run_loses_nothing(tmp_path):
    with kenshu(tmp_path / "var") as running:
        submit(running, [forecasts(tmp_path / "long.csv", MANY, 1)])
        reading = "select count(*) from evaluation_run where rows_read > 0"
        until(lambda: running.ask(reading) == [(1,)], "rows are read")
        assert statuses(running) == ["running"]

        killed = worker_group(running)
        os.killpg(killed, signal.SIGKILL)
        assert running.ask(RESULTS) == []
        until(
            partial(running.restarted, "worker", PARTS["worker"], killed),
            "a new worker",
        )
        let_the_lease_pass(running)

        until(lambda: measured(running, 1), "the run is measured", seconds=60)
        assert running.ask(RUNS) == [("measured", 2)]
        assert running.ask(RESULTS) == [(1, MANY, MANY)]


def test_a_killed_valkey_keeps_the_runs_that_wait(tmp_path):
    with kenshu(tmp_path / "var") as running:
        submit_while_stopped(running, tmp_path)

        killed = running.parts(PARTS["valkey"])[0]
        os.kill(killed, signal.SIGKILL)
        until(
            partial(running.restarted, "valkey", PARTS["valkey"], killed),
            "a new Valkey",
        )
        os.killpg(worker_group(running), signal.SIGCONT)
        let_the_lease_pass(running)

        until(lambda: measured(running, SMALL), "all are measured", seconds=60)
        assert [row[1] for row in running.ask(RESULTS)] == [100, 101, 102]


def test_an_emptied_valkey_loses_no_run(tmp_path):
    with kenshu(tmp_path / "var") as running:
        submit_while_stopped(running, tmp_path)

        with closing(broker(running.folder)) as client:
            client.flushall()
        os.killpg(worker_group(running), signal.SIGCONT)
        let_the_lease_pass(running)

        until(lambda: measured(running, SMALL), "all are measured", seconds=60)
        assert [row[1] for row in running.ask(RESULTS)] == [100, 101, 102]


def test_a_run_submitted_while_valkey_is_down_is_measured_later(tmp_path):
    with kenshu(tmp_path / "var") as running:
        valkey = running.parts(PARTS["valkey"])[0]
        environment = running.environment()
        # An address where nobody listens is what a broker that is down looks like.
        running.environment = lambda: (
            environment
            | {  # type: ignore[method-assign]
                "REDIS_URL": "redis://127.0.0.1:1/0"
            }
        )
        submit(running, small(tmp_path))
        running.environment = lambda: environment  # type: ignore[method-assign]

        assert statuses(running) == ["queued"] * SMALL
        assert running.parts(PARTS["valkey"])[0] == valkey
        let_the_lease_pass(running)

        until(lambda: measured(running, SMALL), "all are measured", seconds=60)


def submit_while_stopped(running: Running, folder: Path) -> None:
    """Runs that wait in Valkey, because every worker holds still."""
    os.killpg(worker_group(running), signal.SIGSTOP)
    submit(running, small(folder))
    assert statuses(running) == ["queued"] * SMALL
