"""The whole-file figures of a result, small enough to be read for hundreds of runs.

Pure. They repeat what ``finished`` says at 95 %, as the run's page shows it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from evaluation.metrics.forecasted import FinishedForecast
from projects.catalogue import Shape, metrics_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evaluation.metrics import Finished

    # A value, then the lower and the upper end of its interval.
    Figure = tuple[float, float | None, float | None]
    # As they are stored, by the key of the metric.
    Figures = Mapping[str, list[float | None]]

# What repeating the last value would have got on the same rows.
NAIVE: Final = "naive:"


def figures_of(
    finished: Finished, shape: Shape, keys: Iterable[str] = ()
) -> dict[str, list[float | None]]:
    """Every metric of the whole file that has a value, or those of ``keys``.

    Of a forecast also the naive's own WAPE and MAE, and its MASE where one series was
    measured: its scale is then that of the file's.
    """
    found: dict[str, list[float | None]] = {}
    for key in keys or (metric.key for metric in metrics_of(shape)):
        one = finished.measured(key)
        if one.value is not None and math.isfinite(one.value):
            found[key] = [one.value, _finite(one.low), _finite(one.high)]
    if isinstance(finished, FinishedForecast):
        found |= {
            NAIVE + key: [value, None, None]
            for key, value in _of_naive(finished).items()
        }
    return found


def figure_of(figures: Figures, key: str) -> Figure | None:
    """One of them; None where it has no value."""
    value, low, high = figures.get(key) or (None, None, None)
    return None if value is None else (value, low, high)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _of_naive(finished: FinishedForecast) -> dict[str, float]:
    line = finished.whole
    naive = dict(line.baselines.get("naive", {}))
    mase, mae = line.values.get("mase"), line.values.get("mae")
    if "mae" in naive and mase is not None and mae and line.series == 1:
        naive["mase"] = mase * naive["mae"] / mae
    return naive
