"""Where delivered zips are unpacked for a while, and what a lost worker left there."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from evaluation.ingest.zipped import as_table
from evaluation.models import LEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from evaluation.ingest.inspect import Caps


def scratch_place() -> Path:
    """The folder for what is needed for a while, made if it is not there.

    Below the kept files, so that every worker, and a cluster, sees the same one.
    """
    place = Path(settings.SCRATCH_ROOT)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


@contextmanager
def laid_out(
    path: Path, name: str, caps: Caps, tell: Callable[[int], None] | None = None
) -> Iterator[Path]:
    """A kept file as the readers take it: a zip unpacked, while this lasts.

    FileRefused as ``as_table``.
    """
    with as_table(path, name, caps, scratch_place(), tell) as table:
        yield table


def sweep_scratch(*, now: datetime) -> int:
    """Remove what was left by workers that were killed; how many there were.

    Nobody works on anything longer than a lease: a worker is stopped before it ends,
    and a request long before that.
    """
    oldest, removed = (now - LEASE).timestamp(), 0
    for left in scratch_place().glob("kenshu-*"):
        try:
            if left.stat().st_mtime >= oldest:
                continue
        except FileNotFoundError:
            continue  # its owner, or another sweep, was quicker
        shutil.rmtree(left, ignore_errors=True)
        removed += 1
    return removed
