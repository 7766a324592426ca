"""What accuracy over time shows against the agreed line. No Django in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from projects.catalogue import Bound

# A line of so many runs is still read; those before stand in the table.
POINTS: Final = 400


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: when it ended (without a zone, local), and the worst it measured.

    ``limit`` and ``version`` are those it was judged by.
    """

    number: int
    at: datetime
    value: float
    low: float | None
    high: float | None
    outcome: str
    limit: float
    bound: Bound
    version: int
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the agreement, since when, and its limit where it has one."""

    number: int
    since: datetime
    limit: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """From the first run to the last, and since which run the limit is kept.

    ``since`` is None unless the last run passes. ``is_better`` is None where both
    measure the same.
    """

    first: Measured
    last: Measured
    runs: int
    since: int | None
    is_better: bool | None


def finding(points: Sequence[Measured]) -> Finding | None:
    """What the runs show, the oldest first; None without any."""
    if not points:
        return None
    first, last = points[0], points[-1]
    since = None
    for point in reversed(points):
        if point.outcome != "pass":
            break
        since = point.number
    gained = first.value - last.value
    if not last.bound.is_upper:
        gained = -gained
    return Finding(
        first=first,
        last=last,
        runs=len(points),
        since=since,
        is_better=None if gained == 0 else gained > 0,
    )
