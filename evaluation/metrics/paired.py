"""Two runs on the same rows: is one better, or was it luck?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import bdtr, chdtrc, ndtr

from evaluation.metrics.intervals import around, ends, moving_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# From so many rows that differ on, the chi-square law is as good as the exact one.
EXACT_UP_TO: Final = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """First minus second, its two-sided interval, and the chance of as much by luck.

    The ends are None where the difference has no spread to tell them from.
    """

    value: float
    low: float | None
    high: float | None
    p_value: float


def mcnemar(only_first: int, only_second: int) -> float:
    """Chance of such a split of the rows that just one of two runs judged rightly.

    McNemar (1947): the exact binomial test of a half, two-sided; above 1,000 rows the
    chi-square with Edwards' (1948) correction. 1.0 when no row differs. ValueError
    for a negative count.
    """
    if min(only_first, only_second) < 0:
        raise ValueError("a number of rows is negative")
    differ = only_first + only_second
    if differ == 0:
        return 1.0
    if differ <= EXACT_UP_TO:
        fewer = min(only_first, only_second)
        return min(1.0, 2 * float(bdtr(fewer, differ, 0.5)))
    apart = max(0, abs(only_first - only_second) - 1)
    return float(chdtrc(1, apart * apart / differ))


def delong(
    truth: NDArray[Any],
    first: NDArray[Any],
    second: NDArray[Any],
    confidence: float = 0.95,
) -> Difference:
    """The difference of two ROC AUCs of scores of the same rows.

    DeLong, DeLong and Clarke-Pearson (1988), with midranks as Sun and Xu (2014).
    ValueError unless each class has two rows, and all three are as long.
    """
    real = np.asarray(truth, bool)
    if not len(real) == len(first) == len(second):
        raise ValueError("truth and scores are not equally long")
    if real.sum() < 2 or (~real).sum() < 2:
        raise ValueError("each class needs two rows or more")
    placed = [_placements(real, np.asarray(s, np.float64)) for s in (first, second)]
    value = float(placed[0][0].mean() - placed[1][0].mean())
    of_real, of_normal = (placed[0][side] - placed[1][side] for side in (0, 1))
    variance = of_real.var(ddof=1) / len(of_real)
    variance += of_normal.var(ddof=1) / len(of_normal)
    if variance <= 0:
        return Difference(value, None, None, 1.0 if value == 0 else 0.0)
    error = math.sqrt(float(variance))
    low, high = around(value, error, confidence, False)
    return Difference(value, low, high, 2 * float(ndtr(-abs(value) / error)))


def _placements(real: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """Of each real row the share of normal ones below it, and the other way round."""
    positive, negative = score[real], score[~real]
    return _below(positive, negative), 1 - _below(negative, positive)


def _below(these: Floats, others: Floats) -> Floats:
    ordered = np.sort(others)
    left, right = ordered.searchsorted(these), ordered.searchsorted(these, "right")
    found: Floats = (left + right) / 2 / len(ordered)
    return found


def paired_blocks(
    first: Floats, second: Floats, confidence: float = 0.95
) -> Difference | None:
    """The difference of two mean losses of the same times, in order of time.

    Blocks of neighbouring times are drawn for both at once (Künsch 1989), so that what
    is hard for both cancels out. The p-value is twice the share of replicates beyond
    zero, never under one in their number. None with fewer than five times. ValueError
    when they are not equally long.
    """
    if len(first) != len(second):
        raise ValueError("the losses are not equally long")
    apart = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    value = float(apart.mean())
    units = np.stack([apart, np.ones(len(apart))], axis=1)
    drawn = moving_blocks(units, lambda sums: sums[:, :1] / sums[:, 1:])
    if drawn is None:
        return None
    if drawn[0, 0] == drawn[-1, 0]:
        return Difference(value, None, None, 1.0 if value == 0 else 0.0)
    low, high = ends(drawn[:, 0], confidence, one_sided=False)
    beyond = min((drawn <= 0).mean(), (drawn >= 0).mean())
    p_value = min(1.0, 2 * max(float(beyond), 1 / len(drawn)))
    return Difference(value, min(low, value), max(high, value), p_value)
