"""Detection: counts of caught, missed and false alarms, and what the scores say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from evaluation.metrics.scores import Point, Ranking, rank
from projects.catalogue import METRICS, Shape, Terms, Text

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]


PLAIN: Final = Terms()


@dataclass(frozen=True, slots=True)
class Confusion:
    """The four counts of a yes-or-no judgement."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def happened(self) -> int:
        """How many cases were real."""
        return self.tp + self.fn

    @property
    def calm(self) -> int:
        """How many cases were normal."""
        return self.fp + self.tn


@dataclass(frozen=True, slots=True)
class DetectionPart:
    """Counts and scores of some rows; parts merge in any order.

    ``whole`` and each of ``segments`` hold tn, fp, fn, tp. Scores are kept apart by
    class, one array a batch; None when the file has no scores.
    """

    whole: Counts
    segments: dict[str, Counts]
    scores: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...] | None
    rows_without_score: int


def part(
    batch: pa.RecordBatch, first_row: int = 0, terms: Terms = PLAIN
) -> DetectionPart:
    """Count one batch with columns y_true, y_pred and/or y_score, segment?.

    Without y_pred, a row scored at or above the threshold is flagged and a row without
    a score is not. ValueError without y_pred and a threshold.
    """
    names, threshold = set(batch.schema.names), terms.threshold
    real = batch.column("y_true").to_numpy(zero_copy_only=False).astype(np.int64)
    score: NDArray[np.float64] | None = None
    if "y_score" in names:
        score = batch.column("y_score").to_numpy(zero_copy_only=False)
        score = score.astype(np.float64)
    if "y_pred" in names:
        flagged = batch.column("y_pred").to_numpy(zero_copy_only=False)
        flagged = flagged.astype(np.int64)
    elif score is not None and threshold is not None:
        flagged = (score >= threshold).astype(np.int64)
    else:
        raise ValueError("either y_pred, or y_score with a threshold, is needed")
    cell = 2 * real + flagged
    segments: dict[str, Counts] = {}
    if "segment" in names:
        coded = batch.column("segment").dictionary_encode()
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        named = coded.dictionary.to_pylist()
        table = np.bincount(4 * codes + cell, minlength=4 * len(named))
        rows = table.astype(np.int64).reshape(-1, 4)
        segments = dict(zip(named, rows, strict=True))
    scores, without = None, 0
    if score is not None:
        known = np.isfinite(score)
        without = int((~known).sum())
        scores = ((score[known & (real == 1)], score[known & (real == 0)]),)
    whole = np.bincount(cell, minlength=4).astype(np.int64)
    return DetectionPart(whole, segments, scores, without)


def merge(one: DetectionPart, other: DetectionPart) -> DetectionPart:
    """Both parts as one; finishing does not depend on the order of merging."""
    segments = dict(one.segments)
    for name, counts in other.segments.items():
        segments[name] = segments[name] + counts if name in segments else counts
    scores = None
    if one.scores is not None or other.scores is not None:
        scores = (one.scores or ()) + (other.scores or ())
    return DetectionPart(
        one.whole + other.whole,
        segments,
        scores,
        one.rows_without_score + other.rows_without_score,
    )


# Any: there is no history to detection.
def finish(
    part: DetectionPart, terms: Terms = PLAIN, history: Any = None
) -> FinishedDetection:
    """Everything that can be said of the rows counted."""
    ranking = None
    if part.scores is not None:
        empty = [np.empty(0)]
        ranking = rank(
            np.concatenate(empty + [real for real, _ in part.scores]),
            np.concatenate(empty + [normal for _, normal in part.scores]),
        )
    return FinishedDetection(
        whole=_confusion(part.whole),
        by_segment={n: _confusion(part.segments[n]) for n in sorted(part.segments)},
        ranking=ranking,
        rows_without_score=part.rows_without_score,
        threshold=terms.threshold,
    )


def _confusion(counts: Counts) -> Confusion:
    tn, fp, fn, tp = (int(count) for count in counts)
    return Confusion(tp=tp, fp=fp, fn=fn, tn=tn)


@dataclass(frozen=True, slots=True)
class FinishedDetection:
    """A measured detection file; small, and enough to be judged again."""

    whole: Confusion
    by_segment: dict[str, Confusion]
    ranking: Ranking | None
    rows_without_score: int
    threshold: float | None

    @property
    def rows(self) -> int:
        """How many rows were measured."""
        return self.whole.tp + self.whole.fp + self.whole.fn + self.whole.tn

    def segments(self) -> list[str]:
        """The names of all segments, sorted."""
        return list(self.by_segment)

    def confusion(self, segment: str = "") -> Confusion:
        """The four counts of the whole file, or of one segment; else KeyError."""
        return self.by_segment[segment] if segment else self.whole

    def sweep(self) -> list[Point] | None:
        """At most 400 thresholds, rising, with tp, fp, fn and tn at each; or None.

        Rows without a score are left out of it.
        """
        return None if self.ranking is None else list(self.ranking.sweep)

    def measured(
        self,
        metric: str,
        segment: str = "",
        confidence: float = 0.95,
        one_sided: bool = True,
    ) -> Measured:
        """One metric with its interval. KeyError: no such metric here, or segment.

        Rates have the Clopper-Pearson interval, counts the same times their rows, F1
        the one carried over from it, AUC DeLong's, average precision none yet.
        """
        if METRICS[metric].shape != Shape.DETECTION:
            raise KeyError(metric)
        c = self.confusion(segment)
        if metric in ("roc_auc", "average_precision"):
            return self._ranked(metric, segment, confidence, one_sided)
        if metric == "f1":
            cases = c.tp + c.fp + c.fn
            if cases == 0:
                return _withheld(reasons.NO_CASES)
            low, high = intervals.f1_interval(
                c.tp, c.fp, c.fn, confidence, one_sided=one_sided
            )
            value = 2 * c.tp / (2 * c.tp + c.fp + c.fn)
            return Measured(value, low, high, cases, None, confidence)
        hits, cases, reason = _rate(metric, c)
        if cases == 0:
            return _withheld(reason)
        low, high = intervals.clopper_pearson(
            hits, cases, confidence, one_sided=one_sided
        )
        if METRICS[metric].is_rate:
            return Measured(hits / cases, low, high, cases, hits, confidence)
        return Measured(float(hits), low * cases, high * cases, cases, None, confidence)

    def _ranked(
        self, metric: str, segment: str, confidence: float, one_sided: bool
    ) -> Measured:
        if self.ranking is None:
            return _withheld(reasons.NO_SCORES)
        if segment:
            return _withheld(reasons.WHOLE_ONLY)
        cases = self.ranking.positives + self.ranking.negatives
        if self.ranking.positives == 0:
            return _withheld(reasons.NO_REAL_CASES, cases)
        if metric == "average_precision":
            value = self.ranking.average_precision
            return Measured(value, None, None, cases, None, confidence)
        auc, error = self.ranking.auc, self.ranking.auc_error
        if auc is None:
            return _withheld(reasons.NO_NORMAL_CASES, cases)
        if error is None:
            return Measured(auc, None, None, cases, None, confidence)
        low, high = intervals.normal(auc, error, confidence, one_sided=one_sided)
        return Measured(auc, low, high, cases, None, confidence)

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return {
            "shape": Shape.DETECTION.value,
            "whole": list(asdict(self.whole).values()),
            "segments": {
                name: list(asdict(counts).values())
                for name, counts in self.by_segment.items()
            },
            "ranking": None
            if self.ranking is None
            else asdict(self.ranking)
            | {"sweep": [list(point) for point in self.ranking.sweep]},
            "rows_without_score": self.rows_without_score,
            "threshold": self.threshold,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        ranking = stored["ranking"]
        if ranking is not None:
            sweep = tuple(tuple(point) for point in ranking["sweep"])
            ranking = Ranking(**(ranking | {"sweep": sweep}))
        return cls(
            whole=Confusion(*stored["whole"]),
            by_segment={n: Confusion(*c) for n, c in stored["segments"].items()},
            ranking=ranking,
            rows_without_score=stored["rows_without_score"],
            threshold=stored["threshold"],
        )


def _withheld(reason: Text, cases: int = 0) -> Measured:
    return Measured(None, None, None, cases, withheld=reason)


def _rate(metric: str, c: Confusion) -> tuple[int, int, Text]:
    """k, n and why there may be no n."""
    real, normal, flagged = c.tp + c.fn, c.fp + c.tn, c.tp + c.fp
    rows = real + normal
    return {
        "tp": (c.tp, rows, reasons.NO_CASES),
        "fp": (c.fp, rows, reasons.NO_CASES),
        "fn": (c.fn, rows, reasons.NO_CASES),
        "tn": (c.tn, rows, reasons.NO_CASES),
        "false_positive_rate": (c.fp, normal, reasons.NO_NORMAL_CASES),
        "miss_rate": (c.fn, real, reasons.NO_REAL_CASES),
        "precision": (c.tp, flagged, reasons.NO_ALARMS),
        "recall": (c.tp, real, reasons.NO_REAL_CASES),
        "specificity": (c.tn, normal, reasons.NO_NORMAL_CASES),
        "accuracy": (c.tp + c.tn, rows, reasons.NO_CASES),
    }[metric]
