"""What scores say of real and normal rows, exactly from all of them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.metrics.intervals import SEED
from evaluation.metrics.losses import (
    TENTHS,
    Mean,
    Tenth,
    mean_of,
    summed,
)
from evaluation.metrics.sketch import BINS, Sketch, bins_of, edges

if TYPE_CHECKING:
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
    positives: Scores, negatives: Scores, prices: tuple[float, float] | None = None
) -> Ranking:
    """Rank exactly; both arrays are sorted in place, and ties count one half.

    AUC is the Mann-Whitney share of pairs in order; average precision is the sum of
    precision times the gain in recall over distinct scores, without interpolation.
    ``prices`` are those of a false alarm and of a miss, in yen.
    """
    _sort(positives)
    _sort(negatives)
    real, normal = positives, negatives
    auc = error = precision = cheapest = None
    if len(real):
        scores, counts = np.unique(real, return_counts=True)
        left = normal.searchsorted(scores, "left")
        right = normal.searchsorted(scores, "right")
        precision = _average_precision(counts, len(normal) - left)
        if len(normal):
            auc, error = _auc(counts, left, right, len(normal))
        if prices is not None:
            alarms = len(normal) - left
            cheapest = _cheapest(scores, counts, alarms, prices)
    brier, log_loss = _mean_losses(real, normal)
    return Ranking(
        positives=len(real),
        negatives=len(normal),
        sketched=False,
        auc=auc,
        auc_bounds=None if auc is None else (auc, auc),
        auc_error=error,
        average_precision=precision,
        average_precision_bounds=None if precision is None else (precision, precision),
        brier=brier,
        log_loss=log_loss,
        calibration=() if brier is None else _calibration(real, normal),
        cheapest=cheapest,
        sweep=_sweep(real, normal),
        packed=sketch_of(real, normal).encoded(),
    )


def _sort(scores: Scores) -> None:
    """In place; many of them by halves, on two processors where there are."""
    if len(scores) < SOME_SCORES:
        scores.sort()
        return
    middle = len(scores) // 2
    scores.partition(middle)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(np.ndarray.sort, (scores[:middle], scores[middle:])))


def sketch_of(real: Scores, normal: Scores) -> Sketch:
    """The sketch of sorted scores, by looking up where each bin begins."""
    return Sketch.of_counts(_binned(real), _binned(normal))


def _binned(ordered: Scores) -> NDArray[np.int64]:
    if len(ordered) < SOME_SCORES:
        return np.bincount(bins_of(ordered), minlength=BINS)
    # Sorted already, and there are fewer edges than rows. An edge is rounded up to
    # the next score the file's own type can hold.
    most = np.finfo(ordered.dtype).max
    cuts = np.clip(_EDGES, -most, most).astype(ordered.dtype)
    short = cuts < _EDGES
    cuts[short] = np.nextafter(cuts[short], np.inf, dtype=ordered.dtype)
    counts: NDArray[np.int64] = np.diff(ordered.searchsorted(cuts), append=len(ordered))
    return counts


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


def _sweep(real: Scores, normal: Scores) -> tuple[Point, ...]:
    """Thresholds at scores of the file, half of them where the real rows are."""
    if len(real) + len(normal) <= MOST_POINTS:
        scores = np.unique(np.concatenate([real, normal]))
    else:
        scores = np.unique(np.concatenate([_spread(real), _spread(normal)]))
    missed = real.searchsorted(scores, "left")
    quiet = normal.searchsorted(scores, "left")
    return tuple(
        (float(at), len(real) - int(fn), len(normal) - int(tn), int(fn), int(tn))
        for at, fn, tn in zip(scores, missed, quiet, strict=True)
    )


def _spread(ordered: Scores) -> Scores:
    if len(ordered) <= MOST_POINTS // 2:
        return ordered
    at = np.linspace(0, len(ordered) - 1, MOST_POINTS // 2).round().astype(np.int64)
    return ordered[at]


def _inside(ordered: Scores) -> bool:
    return not len(ordered) or (ordered[0] >= 0 and ordered[-1] <= 1)


def _mean_losses(real: Scores, normal: Scores) -> tuple[Mean | None, Mean | None]:
    """The mean Brier score and log loss; Nones without rows or of no probabilities."""
    rows = len(real) + len(normal)
    if not rows or not (_inside(real) and _inside(normal)):
        return None, None
    sums = [*summed(real, 1), *summed(normal, 0)]
    briers, logs = [s[:2] for s in sums], [s[2:] for s in sums]
    return mean_of(briers, rows), mean_of(logs, rows)


def _calibration(real: Scores, normal: Scores) -> tuple[Tenth, ...]:
    """Rows by tenth of their score; 1.0 belongs to the last tenth."""
    cuts = np.arange(1, TENTHS) / TENTHS
    tenths: list[Tenth] = []
    ends = [
        np.concatenate([[0], o.searchsorted(cuts, "left"), [len(o)]])
        for o in (real, normal)
    ]
    for i in range(TENTHS):
        held = [
            o[at[i] : at[i + 1]] for o, at in zip((real, normal), ends, strict=True)
        ]
        rows = sum(map(len, held))
        if rows:
            scores = math.fsum(float(o.sum(dtype=np.float64)) for o in held)
            tenths.append(Tenth(rows, scores / rows, len(held[0]) / rows))
    return tuple(tenths)


_EDGES: Final = edges(np.arange(BINS))
