"""What the counts of right and wrong judgements say, with exact intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from projects.catalogue import METRICS, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from projects.catalogue import Terms

    Shares = NDArray[np.float64]

COUNTS: Final = ("tp", "fp", "fn", "tn")
RATES: Final = (
    *("false_positive_rate", "miss_rate", "precision", "recall", "specificity"),
    *("negative_predictive_value", "accuracy", "alarm_rate"),
)
MIXED: Final = ("f_beta", "mcc", "balanced_accuracy", "cost", "cost_per_case")
KEYS: Final = (*COUNTS, *RATES, "f1", *MIXED)


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

    @property
    def flagged(self) -> int:
        """How many cases were flagged."""
        return self.tp + self.fp

    @property
    def rows(self) -> int:
        """How many cases there are."""
        return self.happened + self.calm


def withheld(reason: Text, cases: int = 0) -> Measured:
    """No value, and why."""
    return Measured(None, None, None, cases, withheld=reason)


def counted(
    metric: str,
    c: Confusion,
    terms: Terms,
    confidence: float = 0.95,
    one_sided: bool = True,
) -> Measured:
    """One of KEYS. Rates have the Clopper-Pearson interval, counts the same times
    their rows, F1 the one carried over from it; the others, which mix several shares,
    have the interval of plausible shares (see ``intervals.shares``).
    """
    if metric == "f1":
        cases = c.tp + c.fp + c.fn
        if cases == 0:
            return withheld(reasons.NO_CASES)
        low, high = intervals.f1_interval(
            c.tp, c.fp, c.fn, confidence, one_sided=one_sided
        )
        value = 2 * c.tp / (2 * c.tp + c.fp + c.fn)
        return Measured(value, low, high, cases, None, confidence)
    if metric in MIXED:
        return _mixed(metric, c, terms, confidence, one_sided)
    hits, cases, reason = _rate(metric, c)
    if cases == 0:
        return withheld(reason)
    low, high = intervals.clopper_pearson(hits, cases, confidence, one_sided=one_sided)
    if METRICS[metric].is_rate:
        return Measured(hits / cases, low, high, cases, hits, confidence)
    return Measured(float(hits), low * cases, high * cases, cases, None, confidence)


def _mixed(
    metric: str, c: Confusion, terms: Terms, confidence: float, one_sided: bool
) -> Measured:
    reason = _why_not(metric, c, terms)
    if reason is not None:
        return withheld(reason, c.rows)
    statistic = _STATISTICS[metric]
    # All of them but cost stay the same when every count is multiplied.
    held = np.array([[c.tp, c.fp, c.fn, c.tn]], np.float64)
    value = float(statistic(held, terms)[0])
    scale = float(c.rows) if metric == "cost" else 1.0
    if metric == "cost_per_case":
        value /= c.rows
    drawn = statistic(intervals.shares((c.tp, c.fp, c.fn, c.tn)), terms)
    low, high = intervals.ends(drawn, confidence, one_sided=one_sided)
    low, high = min(scale * low, value), max(scale * high, value)
    return Measured(value, low, high, c.rows, None, confidence)


def _why_not(metric: str, c: Confusion, terms: Terms) -> Text | None:
    if c.rows == 0:
        return reasons.NO_CASES
    if metric in ("cost", "cost_per_case"):
        priced = terms.yen_false_alarm is not None and terms.yen_miss is not None
        return None if priced else reasons.NO_PRICE
    if metric == "f_beta":
        return None if c.tp + c.fp + c.fn else reasons.NO_CASES
    if metric == "balanced_accuracy":
        if c.happened and c.calm:
            return None
        return reasons.NO_NORMAL_CASES if c.happened else reasons.NO_REAL_CASES
    several = c.happened and c.calm and c.flagged and c.fn + c.tn
    return None if several else reasons.ONE_KIND


def _f_beta(p: Shares, terms: Terms) -> Shares:
    """Van Rijsbergen (1979): recall weighs beta times as much as precision."""
    tp, fp, fn, _tn = p.T
    weight = terms.beta**2
    found: Shares = (1 + weight) * tp / ((1 + weight) * tp + weight * fn + fp)
    return found


def _mcc(p: Shares, _terms: Terms) -> Shares:
    """Matthews (1975): the correlation of truth and judgement, -1 to 1."""
    tp, fp, fn, tn = p.T
    # Rounding may take a product of shares a hair past one.
    spread = np.sqrt((tp + fp) * (tp + fn)) * np.sqrt((tn + fp) * (tn + fn))
    found: Shares = np.clip((tp * tn - fp * fn) / spread, -1, 1)
    return found


def _balanced(p: Shares, _terms: Terms) -> Shares:
    tp, fp, fn, tn = p.T
    found: Shares = (tp / (tp + fn) + tn / (tn + fp)) / 2
    return found


def _cost(p: Shares, terms: Terms) -> Shares:
    _tp, fp, fn, _tn = p.T
    found: Shares = fp * (terms.yen_false_alarm or 0) + fn * (terms.yen_miss or 0)
    return found


_STATISTICS: Final[dict[str, Callable[[Shares, Terms], Shares]]] = {
    "f_beta": _f_beta,
    "mcc": _mcc,
    "balanced_accuracy": _balanced,
    "cost": _cost,
    "cost_per_case": _cost,
}


def _rate(metric: str, c: Confusion) -> tuple[int, int, Text]:
    """k, n and why there may be no n."""
    return {
        "tp": (c.tp, c.rows, reasons.NO_CASES),
        "fp": (c.fp, c.rows, reasons.NO_CASES),
        "fn": (c.fn, c.rows, reasons.NO_CASES),
        "tn": (c.tn, c.rows, reasons.NO_CASES),
        "false_positive_rate": (c.fp, c.calm, reasons.NO_NORMAL_CASES),
        "miss_rate": (c.fn, c.happened, reasons.NO_REAL_CASES),
        "precision": (c.tp, c.flagged, reasons.NO_ALARMS),
        "recall": (c.tp, c.happened, reasons.NO_REAL_CASES),
        "specificity": (c.tn, c.calm, reasons.NO_NORMAL_CASES),
        "negative_predictive_value": (c.tn, c.fn + c.tn, reasons.NO_CASES),
        "accuracy": (c.tp + c.tn, c.rows, reasons.NO_CASES),
        "alarm_rate": (c.flagged, c.rows, reasons.NO_CASES),
    }[metric]
