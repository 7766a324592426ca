"""Which figures a dashboard shows, by the shape of the file. No Django in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evaluation.figures import NAIVE
from projects.catalogue import METRICS, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.figures import Figures
    from projects.catalogue import Metric

# Those over the runs, the most telling first.
OVER_RUNS: Final = {
    Shape.DETECTION: (
        *("miss_rate", "false_positive_rate", "recall", "precision", "macro_f1"),
        *("class_accuracy", "event_recall", "false_alarms_per_day", "alarms_per_day"),
        *("delay_median",),
    ),
    Shape.FORECAST: ("wape", "bias", "mase", "coverage"),
    Shape.INVENTORY: (
        *("fill_rate", "cycle_service_level", "stockout_periods", "holding_cost"),
        *("shortage_cost", "backorder_cost"),
    ),
    Shape.TRIAL: ("improvement_percent", "improved_share", "mean_after"),
}
# Those a segment is looked at by, the first of them where no limit names another.
OF_SEGMENTS: Final = {
    Shape.DETECTION: ("miss_rate", "false_positive_rate", "recall", "precision"),
    Shape.FORECAST: ("wape", "bias", "mase", "coverage"),
    Shape.INVENTORY: ("fill_rate", "cycle_service_level", "stockout_periods"),
    Shape.TRIAL: ("improvement_percent", "improved_share"),
}
# What stands beside a figure as it would be without the work, on the same rows.
BESIDE: Final = {
    "wape": f"{NAIVE}wape",
    "mae": f"{NAIVE}mae",
    "mase": f"{NAIVE}mase",
    "mean_after": "mean_before",
}


def metrics_over(
    shape: Shape, agreed: Iterable[str], measured: Sequence[Figures]
) -> list[Metric]:
    """What was agreed first, then what its kind is read by; only what has values."""
    keys = dict.fromkeys((*agreed, *OVER_RUNS[shape]))
    return [
        METRICS[key] for key in keys if any(figures.get(key) for figures in measured)
    ]


def metrics_by_segment(shape: Shape, agreed: Iterable[str]) -> list[Metric]:
    """What its segments may be compared by; what limits speak of first."""
    return [METRICS[key] for key in dict.fromkeys((*agreed, *OF_SEGMENTS[shape]))]
