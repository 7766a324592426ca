"""Metrics of scores with their intervals: of all rows, or of one segment's sketch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from evaluation.metrics.counts import withheld
from evaluation.metrics.losses import Loss, finished_losses
from evaluation.metrics.scores import Point, Ranking
from evaluation.metrics.sketch import Sketch, edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEYS: Final = (
    *("roc_auc", "average_precision", "brier", "log_loss", "calibration_error"),
    "cheapest_cost",
)
MOST_POINTS: Final = 400
# A segment is one of many, and its sketch is coarse already.
GROUPS_OF_SEGMENT: Final = 200
# Room for the rounding of sums in the printed bounds of a sketch.
ROUNDING: Final = 1e-12


def of_sketch(
    bins: NDArray[np.int64],
    loss: Loss | None,
    prices: tuple[float, float] | None = None,
) -> Ranking:
    """A ranking from normal and real counts by bin, shape (2, BINS).

    AUC and average precision lie within their bounds for certain; DeLong's error
    counts rows of one bin as ties.
    """
    sketch = Sketch.of_counts(bins[1], bins[0])
    positives, negatives = sketch.positives, sketch.negatives
    auc = auc_bounds = error = precision = bounds = cheapest = None
    if positives:
        precision, worst, best = sketch.average_precision()
        bounds = max(0.0, worst - ROUNDING), min(1.0, best + ROUNDING)
        if negatives:
            auc, off = sketch.auc()
            off += ROUNDING
            auc_bounds = max(0.0, auc - off), min(1.0, auc + off)
            error = _delong(sketch)
    if positives and prices is not None:
        cheapest = sketch.cheapest(*prices)
    mean_brier, mean_log, tenths = finished_losses(loss, sketch)
    return Ranking(
        positives=positives,
        negatives=negatives,
        sketched=True,
        auc=auc,
        auc_bounds=auc_bounds,
        auc_error=error,
        average_precision=precision,
        average_precision_bounds=bounds,
        brier=mean_brier,
        log_loss=mean_log,
        calibration=tenths,
        cheapest=cheapest,
        sweep=_sweep(sketch),
        packed=sketch.encoded(),
    )


def _delong(sketch: Sketch) -> float | None:
    if sketch.positives < 2 or sketch.negatives < 2:
        return None
    below = np.cumsum(sketch.normal) - sketch.normal / 2
    beneath = np.cumsum(sketch.real) - sketch.real / 2
    variance = 0.0
    for placed, others, rows in (
        (below, sketch.negatives, sketch.real),
        (beneath, sketch.positives, sketch.normal),
    ):
        total, share = int(rows.sum()), placed / others
        mean = float((share * rows).sum()) / total
        variance += float(((share - mean) ** 2 * rows).sum()) / (total - 1) / total
    return float(np.sqrt(variance)) if variance > 0 else None


def _sweep(sketch: Sketch) -> tuple[Point, ...]:
    """Thresholds at edges of bins, half of them where the real rows are."""
    count = len(sketch.bins)
    chosen = np.arange(count)
    if count > MOST_POINTS:
        share = np.linspace(0, 1, MOST_POINTS // 2)
        chosen = np.unique(
            np.concatenate(
                [
                    np.cumsum(counts).searchsorted(share * total)
                    for counts, total in (
                        (sketch.real, sketch.positives),
                        (sketch.normal, sketch.negatives),
                    )
                ]
            ).clip(0, count - 1)
        )
    missed = (np.cumsum(sketch.real) - sketch.real)[chosen].tolist()
    quiet = (np.cumsum(sketch.normal) - sketch.normal)[chosen].tolist()
    at = edges(sketch.bins[chosen]).tolist()
    return tuple(
        (edge, sketch.positives - fn, sketch.negatives - tn, fn, tn)
        for edge, fn, tn in zip(at, missed, quiet, strict=True)
    )


def of_ranking(
    metric: str,
    ranking: Ranking | None,
    confidence: float = 0.95,
    one_sided: bool = True,
) -> Measured:
    """One of KEYS for all rows with a score.

    AUC has DeLong's interval, average precision the Poisson bootstrap's, the mean
    losses the normal one; each is widened by what a sketch leaves open.
    """
    if ranking is None:
        return withheld(reasons.NO_SCORES)
    cases = ranking.positives + ranking.negatives
    if metric in ("brier", "log_loss", "calibration_error"):
        return _loss(metric, ranking, cases, confidence, one_sided)
    if ranking.positives == 0:
        return withheld(reasons.NO_REAL_CASES, cases)
    if metric == "cheapest_cost":
        if ranking.cheapest is None:
            return withheld(reasons.NO_PRICE, cases)
        return Measured(ranking.cheapest[1], None, None, cases, None, confidence)
    if metric == "average_precision":
        value = ranking.average_precision
        bounds = ranking.average_precision_bounds or (1.0, 0.0)
        low, high = intervals.ends(ranking.replicates, confidence, one_sided=one_sided)
        low, high = min(low, bounds[0]), max(high, bounds[1])
        return Measured(value, max(0.0, low), min(1.0, high), cases, None, confidence)
    if ranking.auc is None or ranking.auc_bounds is None:
        return withheld(reasons.NO_NORMAL_CASES, cases)
    if ranking.auc_error is None:
        return Measured(ranking.auc, None, None, cases, None, confidence)
    ends = [
        intervals.normal(bound, ranking.auc_error, confidence, one_sided=one_sided)
        for bound in ranking.auc_bounds
    ]
    return Measured(ranking.auc, ends[0][0], ends[1][1], cases, None, confidence)


def _loss(
    metric: str, ranking: Ranking, cases: int, confidence: float, one_sided: bool
) -> Measured:
    mean = ranking.log_loss if metric == "log_loss" else ranking.brier
    if mean is None:
        return withheld(reasons.NOT_PROBABILITIES, cases)
    if metric == "calibration_error":
        # Naeini et al. (2015): the mean gap of score and share, weighted by rows.
        gap = sum(t.rows * abs(t.score - t.share) for t in ranking.calibration) / cases
        return Measured(gap, None, None, cases, None, confidence)
    low, high = intervals.around(mean.value, mean.error, confidence, one_sided)
    return Measured(mean.value, max(0.0, low), high, cases, None, confidence)


def of_segment(
    metric: str,
    packed: str | None,
    ranking: Ranking | None,
    confidence: float = 0.95,
    one_sided: bool = True,
) -> Measured:
    """AUC or average precision of one segment, from its coarse sketch."""
    if metric not in ("roc_auc", "average_precision"):
        return withheld(reasons.WHOLE_ONLY)
    if ranking is None:
        return withheld(reasons.NO_SCORES)
    if packed is None:
        return withheld(reasons.MANY_SEGMENTS)
    sketch = Sketch.decoded(packed)
    cases = sketch.positives + sketch.negatives
    if not sketch.positives:
        return withheld(reasons.NO_REAL_CASES, cases)
    if metric == "average_precision":
        value, worst, best = sketch.average_precision()
        drawn = sketch.replicates(intervals.SEED, GROUPS_OF_SEGMENT)
        low, high = intervals.ends(drawn, confidence, one_sided=one_sided)
        low, high = min(low, worst), max(high, best)
        return Measured(value, low, high, cases, None, confidence)
    if not sketch.negatives:
        return withheld(reasons.NO_NORMAL_CASES, cases)
    auc, off = sketch.auc()
    error = _delong(sketch)
    if error is None:
        return Measured(auc, None, None, cases, None, confidence)
    low, high = intervals.around(auc, error, confidence, one_sided)
    low, high = max(0.0, low - off), min(1.0, high + off)
    return Measured(auc, low, high, cases, None, confidence)
