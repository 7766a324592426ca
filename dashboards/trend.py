"""Where the points of a little curve of errors stand, in per cent. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# The agreed line never leaves the frame, and one wild run does not flatten the rest.
LOWEST_TOP: Final = 1.5
HIGHEST_TOP: Final = 3.0
AIR: Final = 1.1
# Dots are round: they keep off the edges of the frame.
SIDE: Final = 2.0
ABOVE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One run; ``kept`` when its worst error is inside what was agreed."""

    x: float
    y: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight piece from one run to the next."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Trend:
    """Runs from left to right, the better the lower; ``limit`` is the agreed line."""

    dots: tuple[Dot, ...]
    strokes: tuple[Stroke, ...]
    limit: float

    @property
    def below(self) -> float:
        """The height of what is accepted."""
        return round(100 - self.limit, 2)


def trend_of(errors: Sequence[float]) -> Trend:
    """Place errors by what is allowed (1 = the agreed line), the newest last.

    x and y are in 0..100, y from the top; what lies above the frame is cut at its edge.
    """
    top = min(HIGHEST_TOP, max(LOWEST_TOP, *(error * AIR for error in errors), 0))

    def y(error: float) -> float:
        return round(100 - min(error / top, 1) * (100 - ABOVE), 2)

    step = (100 - 2 * SIDE) / max(len(errors) - 1, 1)
    dots = tuple(
        Dot(round(SIDE + place * step, 2), y(error), error <= 1)
        for place, error in enumerate(errors)
    )
    strokes = tuple(
        Stroke(one.x, one.y, after.x, after.y) for one, after in pairwise(dots)
    )
    return Trend(dots, strokes, y(1))
