"""Whose turn it is: a fair order of waiting runs, and how long one will wait.

No Django in here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RunKey = TypeVar("RunKey")


@dataclass(frozen=True, slots=True)
class Waiting(Generic[RunKey]):
    """A waiting run: its key, its engagement, and its rows."""

    run: RunKey
    engagement: Any  # whatever names an engagement
    rows: int = 0


def fair_order(
    waiting: Sequence[Waiting[RunKey]], running: Mapping[Any, int]
) -> list[Waiting[RunKey]]:
    """Waiting runs, the oldest given first, in the order they will be taken.

    Engagements take turns: a run stands behind as many of every other engagement's as
    its own engagement has before it, being measured or waiting. Among equals the older
    one comes first, so that none waits for ever.
    """
    before: Counter[object] = Counter()
    turns: list[tuple[int, int]] = []
    for number, one in enumerate(waiting):
        turns.append((running.get(one.engagement, 0) + before[one.engagement], number))
        before[one.engagement] += 1
    return [waiting[number] for _turn, number in sorted(turns)]


def takeable(
    waiting: Sequence[Waiting[RunKey]], running: Mapping[Any, int], limit: int
) -> list[Waiting[RunKey]]:
    """The same without engagements that have as many runs as they may."""
    return [
        one
        for one in fair_order(waiting, running)
        if running.get(one.engagement, 0) < limit
    ]


def wait_seconds(rows_ahead: int, seconds_a_row: float, workers: int) -> float:
    """How long the rows before a run take so many workers."""
    return rows_ahead * seconds_a_row / max(1, workers)
