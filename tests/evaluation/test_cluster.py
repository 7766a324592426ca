"""The same evaluation on a real Dask cluster of two processes, one of them killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from distributed import Client, LocalCluster

from evaluation import stripes
from evaluation.executors import on_cluster
from evaluation.stripes import measure, part_of
from projects.catalogue import Shape
from tests.evaluation.test_stripes import source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.processes


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
    ) as local:
        yield local


# Any: as the function it slows down.
def slowly(*given: Any, **named: Any) -> Any:
    """A stripe that takes its time, so that a worker can be killed while it has one."""
    time.sleep(0.5)
    return part_of(*given, **named)


@pytest.mark.filterwarnings("ignore")  # of the cluster's own going up and down
def test_a_cluster_gives_the_same_even_when_a_worker_is_killed(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = source(tmp_path, Shape.DETECTION)
    alone = measure(held)
    with on_cluster(cluster.scheduler_address) as executor:
        assert measure(held, threads=4, executor=executor) == alone

        first = next(iter(cluster.workers.values()))
        had: list[int] = []

        def kill() -> None:
            with Client(cluster.scheduler_address, set_as_default=False) as watching:
                until = time.monotonic() + 30
                while not (busy := watching.processing()[first.worker_address]):
                    assert time.monotonic() < until
                    time.sleep(0.01)
            os.kill(first.pid, signal.SIGKILL)
            had.append(len(busy))

        monkeypatch.setattr(stripes, "part_of", slowly)
        killer = threading.Thread(target=kill)
        killer.start()
        assert measure(held, threads=6, executor=executor) == alone
        killer.join(60)
        # It was killed with stripes in its hands.
        assert had
        assert had[0] >= 1

        monkeypatch.undo()
        # The one that is left goes on alone.
        assert measure(held, sketch=True, threads=3, executor=executor) == measure(
            held, sketch=True
        )


@pytest.mark.filterwarnings("ignore")  # of the cluster's own going up and down
def test_leaving_the_cluster_ends_what_it_still_does(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = source(tmp_path, Shape.DETECTION)
    monkeypatch.setattr(stripes, "part_of", slowly)
    broken: list[BaseException] = []

    def run() -> None:
        try:
            measure(held, threads=6, executor=executor)
        except BaseException as error:
            broken.append(error)

    with on_cluster(cluster.scheduler_address) as executor:
        left = threading.Thread(target=run)
        left.start()
        time.sleep(0.3)
    left.join(10)
    assert not left.is_alive()
    assert broken
