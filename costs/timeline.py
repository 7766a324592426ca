"""Where turns stand on a picture, in per cent of its width. No Django here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from costs.contention import Turn

DAY: Final = timedelta(days=1)
# Narrower than this no word fits in.
WORDY: Final = 6.0
# Heights, in pixels: the days on top, one lane, the room a waiting bar's words need.
TOP: Final = 28
LANE: Final = 48


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where, in per cent, cut where the picture ends."""

    x: float
    width: float

    @property
    def is_wordy(self) -> bool:
        return self.width >= WORDY


@dataclass(frozen=True, slots=True)
class Bar:
    """One turn, and its wait before it; ``lane`` counts from the top."""

    turn: Turn
    lane: int
    runs: Span | None
    waits: Span | None

    @property
    def y(self) -> int:
        return TOP + self.lane * LANE + 16


@dataclass(frozen=True, slots=True)
class Picture:
    """All bars of a pool between two times, and where its days begin."""

    bars: tuple[Bar, ...]
    days: tuple[tuple[float, datetime], ...]
    now: float | None
    lanes: int

    @property
    def height(self) -> int:
        return TOP + max(self.lanes, 1) * LANE


def draw(turns: Iterable[Turn], begin: datetime, days: int, now: datetime) -> Picture:
    """So many days from the begin on; what lies outside them is left out."""
    end = begin + days * DAY
    ends: list[datetime] = []
    bars = []
    for turn in sorted(turns, key=lambda one: (one.wish.ready, one.wish.key)):
        if turn.end <= begin or turn.wish.ready >= end:
            continue
        lane = next((n for n, free in enumerate(ends) if free <= turn.wish.ready), None)
        if lane is None:
            lane = len(ends)
            ends.append(turn.end)
        ends[lane] = turn.end
        bars.append(
            Bar(
                turn,
                lane,
                _span(turn.start, turn.end, begin, end),
                _span(turn.wish.ready, turn.start, begin, end),
            )
        )
    marks = tuple((100 * n / days, begin + n * DAY) for n in range(days))
    here = 100 * ((now - begin) / (end - begin)) if begin <= now < end else None
    return Picture(tuple(bars), marks, here, len(ends))


def _span(
    start: datetime, stop: datetime, begin: datetime, end: datetime
) -> Span | None:
    start, stop = max(start, begin), min(stop, end)
    if stop <= start:
        return None
    whole = end - begin
    return Span(100 * ((start - begin) / whole), 100 * ((stop - start) / whole))
