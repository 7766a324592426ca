"""Ranking of scored rows: AUC, average precision and the counts at every threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_POINTS: Final = 400

# A threshold, then the counts of rows scored at or above it counted as flagged.
Point = tuple[float, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the scores say: of ``positives`` real and ``negatives`` normal rows.

    ``auc`` and ``average_precision`` are None when a class is missing; ``auc_error``
    is DeLong's standard error, None where the data gives none.
    """

    positives: int
    negatives: int
    auc: float | None
    auc_error: float | None
    average_precision: float | None
    sweep: tuple[Point, ...]


def rank(positives: NDArray[np.float64], negatives: NDArray[np.float64]) -> Ranking:
    """Rank exactly: each class is sorted once, and ties count one half.

    AUC is the Mann-Whitney share of pairs in order; average precision is the sum of
    precision times the gain in recall over distinct scores, without interpolation.
    """
    real, normal = np.sort(positives), np.sort(negatives)
    auc = error = precision = None
    if len(real) and len(normal):
        auc, error = _auc(real, normal)
    if len(real):
        precision = _average_precision(real, normal)
    sweep = _sweep(real, normal)
    return Ranking(len(real), len(normal), auc, error, precision, sweep)


def _auc(
    real: NDArray[np.float64], normal: NDArray[np.float64]
) -> tuple[float, float | None]:
    # Twice the number of normal rows below each real one, a tie being one: integers.
    below = normal.searchsorted(real, "left") + normal.searchsorted(real, "right")
    auc = int(below.sum()) / (2 * len(real) * len(normal))
    if len(real) < 2 or len(normal) < 2:
        return auc, None
    beneath = real.searchsorted(normal, "left") + real.searchsorted(normal, "right")
    of_real = below / (2 * len(normal))
    of_normal = 1 - beneath / (2 * len(real))
    # DeLong, DeLong and Clarke-Pearson (1988): variance of the placements.
    variance = of_real.var(ddof=1) / len(real) + of_normal.var(ddof=1) / len(normal)
    # Classes wholly apart give no spread, which is not the same as certainty.
    return auc, math.sqrt(float(variance)) if variance > 0 else None


def _average_precision(real: NDArray[np.float64], normal: NDArray[np.float64]) -> float:
    scores, counts = np.unique(real, return_counts=True)
    caught = len(real) - real.searchsorted(scores, "left")
    alarms = len(normal) - normal.searchsorted(scores, "left")
    return math.fsum(counts * (caught / (caught + alarms))) / len(real)


def _sweep(real: NDArray[np.float64], normal: NDArray[np.float64]) -> tuple[Point, ...]:
    scores = np.unique(np.concatenate([real, normal]))
    if len(scores) > MOST_POINTS:
        chosen = np.linspace(0, len(scores) - 1, MOST_POINTS).round().astype(np.int64)
        scores = scores[chosen]
    missed = real.searchsorted(scores, "left")
    quiet = normal.searchsorted(scores, "left")
    return tuple(
        (float(at), len(real) - int(fn), len(normal) - int(tn), int(fn), int(tn))
        for at, fn, tn in zip(scores, missed, quiet, strict=True)
    )
