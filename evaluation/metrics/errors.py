"""The errors of a forecast, row by row, and the metrics made of their sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.arrays import values_of
from evaluation.metrics.history import History, ahead
from evaluation.metrics.sums import stamps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from projects.catalogue import Terms

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Sums = Mapping[str, Floats]

ZERO: Final = 1e-9
PINBALL: Final = "pinball of "
BOTH: Final = ("absolute", "error")
BASELINES: Final = ("rule", "naive", "seasonal_naive", "naive2", "mean")


def errors_of(
    batch: pa.RecordBatch, terms: Terms, history: History | None, places: Ints | None
) -> dict[str, Floats | None]:
    """One column for each quantity that metrics add up, a value for each row.

    None stands for one a row. ``places`` says where the series of each row stands in
    the history.
    """
    # Too large a number ends as a withheld value.
    with np.errstate(over="ignore", invalid="ignore"):
        return _errors_of(batch, terms, history, places)


def _errors_of(
    batch: pa.RecordBatch, terms: Terms, history: History | None, places: Ints | None
) -> dict[str, Floats | None]:
    actual, forecast = _column(batch, "y_true"), _column(batch, "y_pred")
    names = set(batch.schema.names)
    error = forecast - actual
    absolute, size = np.abs(error), np.abs(actual)
    found: dict[str, Floats | None] = {
        "rows": None,
        "error": error,
        "absolute": absolute,
        "square": np.square(error),
        "ape": _percentage(absolute, size),
        "sape": _symmetric(absolute, size, forecast),
        "actual": size,
    }
    if {"y_lower", "y_upper"} <= names:
        lower, upper = _column(batch, "y_lower"), _column(batch, "y_upper")
        found |= _interval(actual, lower, upper, 1 - terms.interval)
    for name in batch.schema.names:
        if name.startswith("q0."):
            level = float(name.removeprefix("q"))
            found[PINBALL + name] = _pinball(actual, _column(batch, name), level)
    baselines: dict[str, Floats] = {}
    if "y_rule" in names:
        baselines["rule"] = _column(batch, "y_rule")
    if history is not None and places is not None:
        baselines |= _naives(batch, history, places)
    for name, other in baselines.items():
        away = np.abs(other - actual)
        found[f"{name}_absolute"] = away
        if name == "naive2":
            found["naive2_sape"] = _symmetric(away, size, other)
    return found


def _column(batch: pa.RecordBatch, name: str) -> Floats:
    found: Floats = values_of(batch.column(name))
    return found.astype(np.float64, copy=False)


def _percentage(absolute: Floats, size: Floats) -> Floats:
    if size.min(initial=1.0) >= ZERO:
        found: Floats = 100 * absolute
        return np.divide(found, size, out=found)
    # An actual of zero has no percentage at all.
    return np.divide(100 * absolute, size, out=np.zeros_like(size), where=size >= ZERO)


def _symmetric(absolute: Floats, size: Floats, forecast: Floats) -> Floats:
    both = size + np.abs(forecast)
    if both.min(initial=1.0) > 0:
        found: Floats = 200 * absolute
        return np.divide(found, both, out=found)
    # Zero forecast of zero is no error.
    return np.divide(200 * absolute, both, out=np.zeros_like(both), where=both > 0)


def _interval(
    actual: Floats, lower: Floats, upper: Floats, left_out: float
) -> dict[str, Floats]:
    """Winkler (1972): the width, and 2/a for each unit that an end falls short by."""
    below, above = np.maximum(lower - actual, 0), np.maximum(actual - upper, 0)
    outside = 2 / left_out * (below + above)
    return {
        "covered": ((below == 0) & (above == 0)).astype(np.float64),
        "below": (below > 0).astype(np.float64),
        "above": (above > 0).astype(np.float64),
        "width": upper - lower,
        "winkler": upper - lower + outside,
        "pinball_lower": _pinball(actual, lower, left_out / 2),
        "pinball_upper": _pinball(actual, upper, 1 - left_out / 2),
    }


def _pinball(actual: Floats, quantile: Floats, level: float) -> Floats:
    """Koenker and Bassett (1978)."""
    away = actual - quantile
    return np.maximum(level * away, (level - 1) * away)


def _naives(batch: pa.RecordBatch, history: History, places: Ints) -> dict[str, Floats]:
    names = set(batch.schema.names)
    horizon = times = None
    if "horizon" in names:
        horizon = _column(batch, "horizon")
    if "timestamp" in names:
        times = stamps(batch, "timestamp")
    unknown = places < 0
    steps = ahead(history, places, horizon, times)
    found = {"naive": history.last[places], "mean": history.mean[places]}
    if steps is not None:
        at = (steps - 1) % history.season.shape[1]
        found["seasonal_naive"] = history.season[places, at]
        found["naive2"] = history.naive2[places, at]
    # A series without a past has no baseline: whatever sums it is withheld.
    return {name: np.where(unknown, np.nan, values) for name, values in found.items()}


@dataclass(frozen=True, slots=True)
class Made:
    """A metric made of sums: the columns it needs, and how."""

    needs: tuple[str, ...]
    of: Callable[[Sums, Terms], Floats]


def _share(above: str, below: str, scale: float = 1.0) -> Made:
    def of(sums: Sums, _terms: Terms) -> Floats:
        found: Floats = scale * sums[above] / sums[below]
        return found

    return Made((above, below), of)


def _skill(baseline: str) -> Made:
    column = f"{baseline}_absolute"

    def of(sums: Sums, _terms: Terms) -> Floats:
        found: Floats = 1 - sums["absolute"] / sums[column]
        return found

    return Made(("absolute", column), of)


def _rmse(sums: Sums, _terms: Terms) -> Floats:
    found: Floats = np.sqrt(sums["square"] / sums["rows"])
    return found


def _acd(sums: Sums, terms: Terms) -> Floats:
    found: Floats = np.abs(sums["covered"] / sums["rows"] - terms.interval)
    return found


def _quantiles(sums: Sums) -> list[Floats]:
    found = [sums[name] for name in sorted(sums) if name.startswith(PINBALL)]
    if not found and "pinball_lower" in sums:
        found = [sums["pinball_lower"], sums["pinball_upper"]]
    return found


def _mean_pinball(sums: Sums, _terms: Terms) -> Floats:
    held = _quantiles(sums)
    found: Floats = np.sum(held, axis=0) / len(held) / sums["rows"]
    return found


def _wql(sums: Sums, _terms: Terms) -> Floats:
    held = _quantiles(sums)
    found: Floats = 2 * np.sum(held, axis=0) / len(held) / sums["actual"]
    return found


def _crps(sums: Sums, terms: Terms) -> Floats:
    return 2 * _mean_pinball(sums, terms)


def _over(sums: Sums) -> Floats:
    """What was forecast too much: half of all errors with and without their sign."""
    return np.maximum(sums["absolute"] + sums["error"], 0) / 2


def _under(sums: Sums) -> Floats:
    return np.maximum(sums["absolute"] - sums["error"], 0) / 2


def _cost(sums: Sums, terms: Terms) -> Floats:
    over, under = _over(sums), _under(sums)
    found: Floats = over * (terms.yen_over or 0) + under * (terms.yen_under or 0)
    return found


# sMAPE is the mean of 200|e| / (|y| + |f|), as in the M4 competition; WAPE all absolute
# errors over all absolute actuals; WQL and CRPS as in GluonTS and Gneiting and Raftery
# (2007), twice the pinball loss over the quantiles given.
MADE: Final[dict[str, Made]] = {
    "mae": _share("absolute", "rows"),
    "rmse": Made(("square", "rows"), _rmse),
    "mape": _share("ape", "rows"),
    "smape": _share("sape", "rows"),
    "wape": _share("absolute", "actual", 100),
    "bias": _share("error", "rows"),
    "coverage": _share("covered", "rows"),
    "below_share": _share("below", "rows"),
    "above_share": _share("above", "rows"),
    "acd": Made(("covered", "rows"), _acd),
    "width": _share("width", "rows"),
    "winkler": _share("winkler", "rows"),
    "pinball_lower": _share("pinball_lower", "rows"),
    "pinball_upper": _share("pinball_upper", "rows"),
    "pinball": Made(("rows",), _mean_pinball),
    "wql": Made(("actual",), _wql),
    "crps": Made(("rows",), _crps),
    "cost_over": Made(BOTH, lambda s, t: _over(s) * (t.yen_over or 0)),
    "cost_under": Made(BOTH, lambda s, t: _under(s) * (t.yen_under or 0)),
    "cost_of_error": Made(BOTH, _cost),
    "skill_rule": _skill("rule"),
    "skill_naive": _skill("naive"),
    "skill_seasonal_naive": _skill("seasonal_naive"),
}
COSTS: Final = ("cost_over", "cost_under", "cost_of_error")
OF_INTERVAL: Final = (
    *("coverage", "below_share", "above_share", "acd", "width", "winkler"),
    *("pinball_lower", "pinball_upper"),
)
OF_QUANTILES: Final = ("pinball", "wql", "crps")
SKILLS: Final = ("skill_rule", "skill_naive", "skill_seasonal_naive")


def made_of(sums: Sums, terms: Terms) -> dict[str, Floats]:
    """Every metric that can be made of these sums; nan or inf where it has no value."""
    with np.errstate(all="ignore"):
        return {
            key: made.of(sums, terms)
            for key, made in MADE.items()
            if all(need in sums for need in made.needs)
            and (key not in OF_QUANTILES or _quantiles(sums))
        }
