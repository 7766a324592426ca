"""Several classes: what the table of truth against judgement says, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from evaluation.metrics.counts import Confusion, withheld

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shares = NDArray[np.float64]

KEYS: Final = (
    *("class_accuracy", "macro_precision", "macro_recall", "macro_f1"),
    *("weighted_f1", "micro_f1"),
)


def as_binary(table: NDArray[np.int64]) -> Confusion:
    """Any class but the first is real, and any judgement but the first an alarm."""
    tn, fp, fn = table[0, 0], table[0, 1:].sum(), table[1:, 0].sum()
    return Confusion(int(table[1:, 1:].sum()), int(fp), int(fn), int(tn))


def one_against_rest(table: NDArray[np.int64], of_class: int) -> Confusion:
    """The counts of one class, all others being normal."""
    tp = int(table[of_class, of_class])
    fp = int(table[:, of_class].sum()) - tp
    fn = int(table[of_class].sum()) - tp
    return Confusion(tp, fp, fn, int(table.sum()) - tp - fp - fn)


def of_classes(
    metric: str,
    table: NDArray[np.int64],
    confidence: float = 0.95,
    one_sided: bool = True,
) -> Measured:
    """One of KEYS from the table, truth by row and judgement by column.

    A class neither real nor flagged is left out of the macro means; precision of a
    class never flagged is 0, as is recall of one never real (scikit-learn's choice).
    """
    rows = int(table.sum())
    if rows == 0:
        return withheld(reasons.NO_CASES)
    if metric in ("class_accuracy", "micro_f1"):
        # Of one label a row, micro precision, recall and F1 are all the accuracy.
        hits = int(np.trace(table))
        low, high = intervals.clopper_pearson(
            hits, rows, confidence, one_sided=one_sided
        )
        return Measured(hits / rows, low, high, rows, hits, confidence)
    seen = (table.sum(axis=0) + table.sum(axis=1)) > 0
    value = float(_means(metric, table[None] / rows, seen)[0])
    kinds = len(table)
    drawn = intervals.shares(tuple(int(n) for n in table.ravel()))
    found = _means(metric, drawn.reshape(-1, kinds, kinds), seen)
    low, high = intervals.ends(found, confidence, one_sided=one_sided)
    return Measured(value, min(low, value), max(high, value), rows, None, confidence)


def _means(metric: str, tables: Shares, seen: NDArray[np.bool_]) -> Shares:
    hits = np.diagonal(tables, axis1=1, axis2=2)
    flagged, real = tables.sum(axis=1), tables.sum(axis=2)
    both = flagged + real
    of_class = {
        "macro_precision": (hits, flagged),
        "macro_recall": (hits, real),
        "macro_f1": (2 * hits, both),
        "weighted_f1": (2 * hits, both),
    }[metric]
    shares = np.divide(*of_class, out=np.zeros_like(hits), where=of_class[1] > 0)
    if metric == "weighted_f1":
        found: Shares = (shares * real).sum(axis=1) / real.sum(axis=1)
        return found
    kept: Shares = shares[:, seen].mean(axis=1)
    return kept
