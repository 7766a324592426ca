"""Whether a run does better than the baseline it was agreed to beat. No Django."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.forecasted import FinishedForecast

if TYPE_CHECKING:
    from evaluation.metrics import Finished
    from evaluation.metrics.counts import Confusion


def beats(finished: Finished, baseline: str) -> bool | None:
    """Strictly better on the same rows; None where the file has no such baseline.

    A detection by the yen of its errors where they are priced, else by F1; a forecast
    by its mean absolute error.
    """
    if isinstance(finished, FinishedDetection):
        other = finished.baselines().get(baseline)
        if other is None:
            return None
        own, terms = finished.confusion(), finished.terms
        if terms.yen_false_alarm is not None and terms.yen_miss is not None:
            costs = [
                c.fp * terms.yen_false_alarm + c.fn * terms.yen_miss
                for c in (own, other)
            ]
            return costs[0] < costs[1]
        return _f1(own) > _f1(other)
    if isinstance(finished, FinishedForecast):
        theirs = finished.whole.baselines.get(baseline, {}).get("mae")
        ours = finished.whole.values.get("mae")
        if theirs is None or ours is None:
            return None
        return bool(ours < theirs)
    return None


def _f1(c: Confusion) -> float:
    both = 2 * c.tp + c.fp + c.fn
    return 2 * c.tp / both if both else 0.0
