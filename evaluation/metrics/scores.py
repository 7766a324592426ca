"""What scores say of real and normal rows, exactly from all of them."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.metrics.intervals import SEED
from evaluation.metrics.kept import alike, beneath, in_order
from evaluation.metrics.losses import Loss, Mean, Tenth, finished_losses
from evaluation.metrics.sketch import BINS, Sketch, bins_of, edges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Scores = NDArray[Any]  # float32 or float64, as the file has them

MOST_POINTS: Final = 400
SOME_SCORES: Final = 1 << 20

# A threshold, then the counts of rows scored at or above it counted as flagged.
Point = tuple[float, int, int, int, int]


@dataclass(frozen=True)
class Ranking:
    """What the scores say: of ``positives`` real and ``negatives`` normal rows.

    ``auc`` and ``average_precision`` are None when a class is missing; their bounds
    hold the exact value, and equal it unless ``sketched``. ``auc_error`` is DeLong's
    standard error, None where the data gives none. Brier score, log loss and
    calibration are None unless every score lies within 0..1. ``cheapest`` is the
    threshold of least cost (None: flag nothing) and that cost, where prices are agreed.
    """

    positives: int
    negatives: int
    sketched: bool
    auc: float | None
    auc_bounds: tuple[float, float] | None
    auc_error: float | None
    average_precision: float | None
    average_precision_bounds: tuple[float, float] | None
    brier: Mean | None
    log_loss: Mean | None
    calibration: tuple[Tenth, ...]
    cheapest: tuple[float | None, float] | None
    sweep: tuple[Point, ...]
    packed: str

    @cached_property
    def sketch(self) -> Sketch:
        """Enough to count at another threshold or price another error, without rows."""
        return Sketch.decoded(self.packed)

    @cached_property
    def replicates(self) -> NDArray[np.float64]:
        """Average precision of resampled rows, sorted; the seed is fixed."""
        return self.sketch.replicates(SEED)

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        pairs = {
            key: None if stored[key] is None else tuple(stored[key])
            for key in ("auc_bounds", "average_precision_bounds", "cheapest")
        }
        means = {
            key: None if stored[key] is None else Mean(**stored[key])
            for key in ("brier", "log_loss")
        }
        tenths = tuple(Tenth(**tenth) for tenth in stored["calibration"])
        sweep = tuple(tuple(point) for point in stored["sweep"])
        changed = {"calibration": tenths, "sweep": sweep}
        return cls(**(stored | pairs | means | changed))


def rank(
    every: Sequence[Scores],
    real: Sequence[Scores],
    loss: Loss | None = None,
    prices: tuple[float, float] | None = None,
) -> Ranking:
    """Rank exactly, from sorted runs; ties count one half.

    ``every`` score is given, then those of ``real`` rows again: what is left is normal.
    AUC is the Mann-Whitney share of pairs in order; average precision is the sum of
    precision times the gain in recall over distinct scores, without interpolation.
    ``prices`` are those of a false alarm and of a miss, in yen.
    """
    every, real = alike(every), alike(real)
    positives = sum(map(len, real))
    negatives = sum(map(len, every)) - positives
    auc = error = precision = cheapest = None
    if positives:
        scores, counts = np.unique(np.concatenate(real), return_counts=True)
        caught = np.cumsum(counts)
        # Of the normal rows, how many are below each score, and how many at it too.
        left = beneath(every, scores) - (caught - counts)
        right = beneath(every, scores, with_ties=True) - caught
        precision = _average_precision(counts, negatives - left)
        if negatives:
            auc, error = _auc(counts, left, right, negatives)
        if prices is not None:
            cheapest = _cheapest(scores, counts, negatives - left, prices)
    sketch = sketch_of(every, real)
    brier, log_loss, tenths = finished_losses(loss, sketch)
    return Ranking(
        positives=positives,
        negatives=negatives,
        sketched=False,
        auc=auc,
        auc_bounds=None if auc is None else (auc, auc),
        auc_error=error,
        average_precision=precision,
        average_precision_bounds=None if precision is None else (precision, precision),
        brier=brier,
        log_loss=log_loss,
        calibration=tenths,
        cheapest=cheapest,
        sweep=_sweep(every, real),
        packed=sketch.encoded(),
    )


def sketch_of(every: Sequence[Scores], real: Sequence[Scores]) -> Sketch:
    """The sketch of sorted runs, by looking up where each bin begins."""
    of_real = sum((_binned(run) for run in real), np.zeros(BINS, np.int64))
    of_all = sum((_binned(run) for run in every), np.zeros(BINS, np.int64))
    return Sketch.of_counts(of_real, of_all - of_real)


def _binned(ordered: Scores) -> NDArray[np.int64]:
    if len(ordered) < SOME_SCORES:
        return np.bincount(bins_of(ordered), minlength=BINS)
    # Sorted already, and there are fewer edges than rows. An edge is rounded up to
    # the next score the file's own type can hold.
    most, every_edge = np.finfo(ordered.dtype).max, _edges()
    cuts = np.clip(every_edge, -most, most).astype(ordered.dtype)
    short = cuts < every_edge
    cuts[short] = np.nextafter(cuts[short], np.inf, dtype=ordered.dtype)
    counts: NDArray[np.int64] = np.diff(ordered.searchsorted(cuts), append=len(ordered))
    return counts


@cache
def _edges() -> Floats:
    return edges(np.arange(BINS))


def _auc(
    counts: NDArray[np.int64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    negatives: int,
) -> tuple[float, float | None]:
    positives = int(counts.sum())
    # Twice the number of normal rows below each real one, a tie being one: integers.
    below = left + right
    auc = int(counts @ below) / (2 * positives * negatives)
    if positives < 2 or negatives < 2:
        return auc, None
    of_real = _variance(below / (2 * negatives), counts)
    # Normal rows between two real scores have the same real rows beneath them.
    beneath = np.cumsum(counts)
    gaps = left - np.append(0, right[:-1])
    ties = right - left
    placed = np.concatenate([beneath - counts, beneath - counts / 2, [positives]])
    rows = np.concatenate([gaps, ties, [negatives - right[-1]]])
    of_normal = _variance(1 - placed / positives, rows)
    # DeLong, DeLong and Clarke-Pearson (1988): variance of the placements.
    variance = of_real / positives + of_normal / negatives
    # Classes wholly apart give no spread, which is not the same as certainty.
    return auc, math.sqrt(variance) if variance > 0 else None


def _variance(values: NDArray[np.float64], rows: NDArray[np.int64]) -> float:
    total = int(rows.sum())
    # Not dot products: their bits would depend on the processors of the machine.
    mean = float((values * rows).sum()) / total
    return float(((values - mean) ** 2 * rows).sum()) / (total - 1)


def _average_precision(counts: NDArray[np.int64], alarms: NDArray[np.int64]) -> float:
    caught = np.cumsum(counts[::-1])[::-1]
    # fsum over a hundred million terms takes minutes; a pairwise sum of doubles is
    # as good as scikit-learn's to the last digits.
    return float((counts * (caught / (caught + alarms))).sum()) / int(caught[0])


def _cheapest(
    scores: Scores,
    counts: NDArray[np.int64],
    alarms: NDArray[np.int64],
    prices: tuple[float, float],
) -> tuple[float | None, float]:
    """It is at a real row's score, as raising it from there only misses more later."""
    false_alarm, miss = prices
    missed = np.cumsum(counts) - counts
    cost = alarms * false_alarm + missed * miss
    at, silent = int(cost.argmin()), float(counts.sum()) * miss
    if silent <= cost[at]:
        return None, silent
    return float(scores[at]), float(cost[at])


def _sweep(every: Sequence[Scores], real: Sequence[Scores]) -> tuple[Point, ...]:
    """Thresholds at scores of the file, half of them where the real rows are."""
    positives, rows = sum(map(len, real)), sum(map(len, every))
    if rows <= MOST_POINTS:
        scores = np.unique(np.concatenate(every))
    else:
        scores = np.unique(np.concatenate([_spread(real), _spread(every)]))
    missed = beneath(real, scores)
    quiet = beneath(every, scores) - missed
    normal = rows - positives
    return tuple(
        (float(at), positives - int(fn), normal - int(tn), int(fn), int(tn))
        for at, fn, tn in zip(scores, missed, quiet, strict=True)
    )


def _spread(runs: Sequence[Scores]) -> Scores:
    rows = sum(map(len, runs))
    if rows <= MOST_POINTS // 2:
        return np.concatenate(runs)
    at = np.linspace(0, rows - 1, MOST_POINTS // 2).round().astype(np.int64)
    return in_order(runs, at)
