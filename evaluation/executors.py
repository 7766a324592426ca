"""Where stripes are measured: in this process, or on a Dask cluster that exists."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor


@contextmanager
def on_cluster(address: str) -> Iterator[Executor]:
    """An executor of the cluster whose scheduler listens at ``address``.

    A worker that is lost has its stripe measured again by another. Needs the extra
    ``dask``. OSError when nobody answers there.
    """
    # Loaded late: most installations have no cluster and need not have it.
    from distributed import Client

    with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]  # it has no types
        yield client.get_executor(pure=False, retries=3)
