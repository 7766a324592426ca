"""The same evaluation on a real Dask cluster of two processes, one of them killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest
from distributed import LocalCluster

from evaluation.executors import on_cluster
from evaluation.stripes import measure
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


@pytest.mark.filterwarnings("ignore")  # of the cluster's own going up and down
def test_a_cluster_gives_the_same_even_when_a_worker_is_killed(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    held = source(tmp_path, Shape.DETECTION)
    alone = measure(held)
    with on_cluster(cluster.scheduler_address) as executor:
        assert measure(held, threads=4, executor=executor) == alone
        first = next(iter(cluster.workers.values()))

        def kill() -> None:
            time.sleep(0.05)
            os.kill(first.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        assert measure(held, threads=6, executor=executor) == alone
        killer.join()
        # The one that is left goes on alone.
        assert measure(held, sketch=True, threads=3, executor=executor) == measure(
            held, sketch=True
        )
