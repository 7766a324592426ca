"""Errors relative to a series' own past, and means over series instead of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.metrics.intervals import TAILS, around

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evaluation.metrics.history import History

    Floats = NDArray[np.float64]

# With fewer series their spread says little; the error's own interval is scaled.
FEWEST_SERIES: Final = 5
MEANS: Final = ("smape_mean_of_series", "mape_mean_of_series")
SCALED: Final = ("mase", "rmsse", "msis", "owa")


@dataclass(frozen=True, slots=True)
class Scaled:
    """Values and ends of MEANS and SCALED; series without a past are ``missing``."""

    values: dict[str, float]
    ends: dict[str, tuple[float, ...]]
    without_scale: int
    missing: int


def scaled_of(
    sums: Mapping[str, Floats],
    series: Sequence[str],
    history: History | None,
    values: Mapping[str, float],
    ends: Mapping[str, tuple[float, ...]],
) -> Scaled:
    """From the sums of each series, and the values and ends of their rows together.

    MASE and RMSSE (Hyndman and Koehler 2006; M5 2022) and MSIS (Gneiting and Raftery
    2007, scaled as in M4) are means over series of an error over its in-sample scale;
    series without a scale are left out. OWA (M4) is the mean of sMAPE and MASE, each
    relative to Naive2's.
    """
    found: dict[str, float] = {}
    bounds: dict[str, tuple[float, ...]] = {}
    rows = sums["rows"]
    for key, column, like in (
        ("smape_mean_of_series", "sape", "smape"),
        ("mape_mean_of_series", "ape", "mape"),
    ):
        _mean(found, bounds, key, sums[column] / rows, values.get(like), ends.get(like))
    if history is None:
        return Scaled(found, bounds, 0, 0)
    places = history.places(series)
    missing = int((places < 0).sum())
    if missing:
        return Scaled(found, bounds, 0, missing)
    scale, square = history.scale[places], history.square[places]
    kept = np.isfinite(scale)
    without = int((~kept).sum())
    if not kept.any():
        return Scaled(found, bounds, without, 0)

    def add(key: str, of_series: Floats, like: str) -> None:
        _mean(found, bounds, key, of_series[kept], values.get(like), ends.get(like))

    add("mase", sums["absolute"] / rows / scale, "mae")
    with np.errstate(all="ignore"):
        add("rmsse", np.sqrt(sums["square"] / rows / square), "rmse")
    if "winkler" in sums:
        add("msis", sums["winkler"] / rows / scale, "winkler")
    if "naive2_absolute" in sums:
        theirs = (sums["naive2_absolute"] / rows / scale)[kept].mean()
        smape = sums["naive2_sape"].sum() / rows.sum()
        if theirs > 0 and smape > 0:
            own = values["smape"] / smape, found["mase"] / float(theirs)
            found["owa"] = float(sum(own) / 2)
            _proportional(bounds, "owa", found["owa"], values["mae"], ends.get("mae"))
    return Scaled(found, bounds, without, 0)


def _mean(
    found: dict[str, float],
    bounds: dict[str, tuple[float, ...]],
    key: str,
    of_series: Floats,
    like: float | None,
    ends: tuple[float, ...] | None,
) -> None:
    """The mean over series and its ends: from their spread, or as the rows' error."""
    value = float(of_series.mean())
    found[key] = value
    if len(of_series) < FEWEST_SERIES:
        _proportional(bounds, key, value, like, ends)
        return
    if not np.isfinite(of_series).all():
        return
    error = float(of_series.std(ddof=1) / np.sqrt(len(of_series)))
    pairs = [around(value, error, 1 - out) for out in TAILS]
    low, high = zip(*pairs, strict=True)
    bounds[key] = tuple(max(0.0, end) for end in low) + high


def _proportional(
    bounds: dict[str, tuple[float, ...]],
    key: str,
    value: float,
    like: float | None,
    ends: tuple[float, ...] | None,
) -> None:
    if ends is not None and like:
        bounds[key] = tuple(value * end / like for end in ends)
