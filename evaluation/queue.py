"""Whose turn it is: a fair order of waiting runs, and how long one will wait.

No Django in here.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

RunKey = TypeVar("RunKey")


@dataclass(frozen=True, slots=True)
class Waiting(Generic[RunKey]):
    """A waiting run: its key, its engagement, since when, and its rows."""

    run: RunKey
    engagement: Any  # whatever names an engagement
    since: datetime
    rows: int = 0


def fair_order(
    waiting: Sequence[Waiting[RunKey]],
    running: Mapping[Any, int],
    served: Mapping[Any, datetime],
) -> list[Waiting[RunKey]]:
    """Waiting runs, the oldest given first, in the order they will be taken.

    Next is the engagement with the fewest runs being measured, among these the one
    whose last turn (``served``) is longest ago, and of it the oldest run. One that
    never had a turn counts from when its oldest run began to wait: so neither a long
    queue nor ever new engagements can pass by a run again and again.
    """
    own: dict[Any, list[Waiting[RunKey]]] = {}
    for one in waiting:
        own.setdefault(one.engagement, []).append(one)
    # Runs before the next, its turn in this order, the last real turn, and which.
    names = list(own)
    line = [
        (running.get(name, 0), 0, served.get(name, own[name][0].since), number)
        for number, name in enumerate(names)
    ]
    heapify(line)
    left = [deque(own[name]) for name in names]
    order: list[Waiting[RunKey]] = []
    while line:
        before, _turn, last, number = heappop(line)
        order.append(left[number].popleft())
        if left[number]:
            heappush(line, (before + 1, len(order), last, number))
    return order


def takeable(
    waiting: Sequence[Waiting[RunKey]],
    running: Mapping[Any, int],
    served: Mapping[Any, datetime],
    limit: int,
) -> list[Waiting[RunKey]]:
    """The same without engagements that have as many runs as they may."""
    return [
        one
        for one in fair_order(waiting, running, served)
        if running.get(one.engagement, 0) < limit
    ]


def wait_seconds(rows_ahead: int, seconds_a_row: float, workers: int) -> float:
    """How long the rows before a run take so many workers."""
    return rows_ahead * seconds_a_row / max(1, workers)
