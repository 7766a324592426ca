"""What accuracy has cost and will cost: error against money spent. No Django here.

Error falls with effort by a power law: Hestness et al. (2017), "Deep learning scaling
is predictable, empirically", for data; assumed here for money, and said so on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from numpy.typing import NDArray

# Of a line through fewer points nobody can say how sure it is.
FEWEST: Final = 4
# A slope that is nothing but the rounding of floats.
FLAT: Final = 1e-9
REPLICATES: Final = 2000
SEED: Final = 20_180_310
# The range that holds eight in ten of the replicates.
RANGE: Final = (10, 90)
# Beyond a hundred times of what was spent a line is no estimate any more.
FARTHEST: Final = 100


@dataclass(frozen=True, slots=True)
class Point:
    """One run: yen spent until its day, its error by what is allowed (1 is the line).

    ``low`` and ``high`` are the same of its interval; None where it has none.
    """

    number: int
    day: date
    yen: Decimal
    value: float
    error: float
    low: float | None
    high: float | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Reach:
    """At which spend the error is thought to come down to what is allowed, in yen.

    ``high`` is None where the slow end of the range never comes there.
    """

    low: float
    middle: float
    high: float | None


def best_so_far(points: Sequence[Point]) -> list[Point]:
    """Of each run the best up to it: a worse one later takes nothing back."""
    return list(accumulate(points, _better))


def _better(before: Point, after: Point) -> Point:
    return after if after.error < before.error else before


def yen_a_point(points: Sequence[Point]) -> float | None:
    """Yen for each hundredth of the allowed error that was gained since the first run.

    None where nothing was gained, or nothing spent in between.
    """
    if len(points) < 2:
        return None
    first, best = points[0], min(points, key=lambda point: point.error)
    gained, paid = (first.error - best.error) * 100, float(best.yen - first.yen)
    return paid / gained if gained > 0 and paid > 0 else None


def reach(points: Sequence[Point]) -> Reach | None:
    """Fit error = a * yen^-b to the best so far, and ask where it comes to 1.

    The range is that of a bootstrap of the residuals (fixed seed, 2,000 replicates,
    10 to 90 %). None with too few points at different spends, where the line has been
    reached already, or where the error does not fall with money.
    """
    used = [(float(p.yen), best.error) for p, best in _paired(points)]
    if len({yen for yen, _error in used}) < FEWEST or min(e for _y, e in used) <= 1:
        return None
    x = np.log([yen for yen, _error in used])
    y = np.log([error for _yen, error in used])
    slope, start = _line(x, y)
    if slope > -FLAT:
        return None
    residuals = y - (start + slope * x)
    rng = np.random.default_rng(SEED)
    drawn = rng.choice(residuals, size=(REPLICATES, len(x)))
    spread = np.sqrt(len(x) / (len(x) - 2))
    slopes, starts = _line(x, start + slope * x + drawn * spread)
    farthest = float(x[-1] + np.log(FARTHEST))
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.where(slopes < 0, -starts / slopes, np.inf)
    # What is spent is spent: the line is not reached before today.
    low, high = np.percentile(np.clip(at, x[-1], farthest), RANGE)
    middle = -start / slope
    if middle > farthest:
        return None
    return Reach(
        low=float(np.exp(min(low, middle))),
        middle=float(np.exp(max(middle, x[-1]))),
        high=None if high >= farthest else float(np.exp(max(high, middle))),
    )


def _paired(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    both = zip(points, best_so_far(points), strict=True)
    return [(point, best) for point, best in both if point.yen > 0 and best.error > 0]


def _line(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope and start of the least-squares line of each row of ``y``."""
    centred = x - x.mean()
    slope = (y @ centred) / (centred @ centred)
    return slope, y.mean(axis=-1) - slope * x.mean()


def fitted(
    points: Sequence[Point], until: float, steps: int = 40
) -> list[tuple[float, float]]:
    """Yen and error along the fitted line, from the last run's spend on."""
    used = [(float(p.yen), best.error) for p, best in _paired(points)]
    x = np.log([yen for yen, _error in used])
    slope, start = _line(x, np.log([error for _yen, error in used]))
    yen = np.linspace(used[-1][0], until, steps)
    error = np.exp(start + slope * np.log(yen))
    return [(float(a), float(b)) for a, b in zip(yen, error, strict=True)]
