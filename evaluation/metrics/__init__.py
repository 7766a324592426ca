"""From rows to values: mergeable parts, finished into metrics with intervals."""

from __future__ import annotations

from typing import Any, Final

from evaluation.metrics import detection, forecast
from evaluation.metrics.detection import Confusion, FinishedDetection
from evaluation.metrics.forecast import FinishedForecast
from evaluation.metrics.intervals import SEED
from projects.catalogue import Shape

__all__ = ["IMPLEMENTED", "SEED", "Confusion", "Finished", "finished_from_json"]

Finished = FinishedDetection | FinishedForecast

IMPLEMENTED: Final = frozenset(
    {
        *("tp", "fp", "fn", "tn", "false_positive_rate", "miss_rate", "precision"),
        *("recall", "specificity", "accuracy", "f1", "roc_auc", "average_precision"),
        *forecast.KEYS,
    }
)


# Any: what json gives.
def finished_from_json(stored: dict[str, Any]) -> Finished:
    """A stored result of either shape, as it was when it was measured."""
    if stored["shape"] == Shape.DETECTION:
        return detection.FinishedDetection.from_json(stored)
    return forecast.FinishedForecast.from_json(stored)
