"""What came before a forecast: the scale of its errors, and the naive forecasts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evaluation.arrays import values_of
from evaluation.metrics.sums import coded, groups, stamps

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# The M4 competition's test of seasonality keeps nine chances in ten.
SEASONAL_LIMIT: Final = 1.645


@dataclass(frozen=True, slots=True)
class History:
    """Past values by series, summed up; arrays have a row for each of ``names``.

    ``scale`` is the mean |y(t) - y(t - m)| of season m and ``square`` the mean of its
    square, nan where the series is too short; ``season`` and ``naive2`` repeat every m
    periods after the last one. ``last_time`` and ``step`` are microseconds, step 0
    without times.
    """

    names: tuple[str, ...]
    scale: Floats
    square: Floats
    last: Floats
    mean: Floats
    season: Floats
    naive2: Floats
    last_time: Ints
    step: Ints

    def places(self, names: Iterable[str]) -> Ints:
        """Where each series stands, -1 for one without a past."""
        place = {name: i for i, name in enumerate(self.names)}
        return np.array([place.get(name, -1) for name in names], np.int64)


def history_of(batches: Iterable[pa.RecordBatch], season: int) -> History:
    """Sum up batches with columns y_true, series_id? and timestamp?, in file order."""
    place: dict[str, int] = {}
    codes: list[Ints] = []
    values: list[Floats] = []
    times: list[Ints] = []
    for batch in batches:
        names = set(batch.schema.names)
        at = np.zeros(batch.num_rows, np.int64)
        if "series_id" in names:
            own, named = coded(batch, "series_id")
            of_name = [place.setdefault(name, len(place)) for name in named]
            at = np.array(of_name, np.int64)[own]
        else:
            place.setdefault("", 0)
        codes.append(at)
        values.append(values_of(batch.column("y_true")))
        if "timestamp" in names:
            times.append(stamps(batch, "timestamp"))
    if not place:
        raise ValueError("there is no history")
    every = np.concatenate(values).astype(np.float64)
    stamp = np.concatenate(times) if times else np.zeros(len(every), np.int64)
    rows = groups(np.concatenate(codes), len(place))
    pasts, stamped = [every[own] for own in rows], [stamp[own] for own in rows]
    return History(
        names=tuple(place),
        scale=np.array([_scale(past, season, 1) for past in pasts]),
        square=np.array([_scale(past, season, 2) for past in pasts]),
        last=np.array([past[-1] for past in pasts]),
        mean=np.array([past.mean() for past in pasts]),
        season=np.stack([_last_season(past, season) for past in pasts]),
        naive2=np.stack([_naive2(past, season) for past in pasts]),
        last_time=np.array([t[-1] for t in stamped], np.int64),
        step=np.array([_step(t) for t in stamped], np.int64),
    )


def _scale(past: Floats, season: int, power: int) -> float:
    """Hyndman and Koehler (2006): in-sample errors of the seasonal naive forecast."""
    if len(past) <= season:
        return math.nan
    found = float((np.abs(past[season:] - past[:-season]) ** power).mean())
    return found if found > 0 else math.nan


def _last_season(past: Floats, season: int) -> Floats:
    if len(past) < season:
        return np.full(season, past[-1])
    return past[-season:]


def _step(times: Ints) -> int:
    return int(np.median(np.diff(times))) if len(times) > 1 else 0


def _naive2(past: Floats, season: int) -> Floats:
    """The last season of the M4 competition's Naive2 (Makridakis et al. 2020).

    The last value without its season, times the seasonal indices of the classical
    multiplicative decomposition, where the series proves seasonal; else the last value.
    """
    if season == 1 or not _is_seasonal(past, season) or (past <= 0).any():
        return np.full(season, past[-1])
    weights = np.ones(season + 1 - season % 2)
    if season % 2 == 0:
        weights[[0, -1]] = 0.5
    half = len(weights) // 2
    trend = np.convolve(past, weights / season, "valid")
    ratio = past[half:-half] / trend
    position = np.arange(half, len(past) - half) % season
    index = np.bincount(position, ratio, season) / np.bincount(position, None, season)
    index /= index.mean()
    at = (len(past) - season + np.arange(season)) % season
    repeated = past[-1] / index[(len(past) - 1) % season] * index[at]
    # As the competition published it, so that Naive2 itself scores an OWA of just 1.
    return np.array([float(f"{value:.10g}") for value in repeated.tolist()])


def _is_seasonal(past: Floats, season: int) -> bool:
    """Whether the autocorrelation at one season is beyond Bartlett's limit."""
    if len(past) < 3 * season:
        return False
    apart = past - past.mean()
    total = float(apart @ apart)
    if total == 0:
        return False
    lags = [float(apart[lag:] @ apart[:-lag]) / total for lag in range(1, season + 1)]
    spread = math.sqrt((1 + 2 * sum(r * r for r in lags[:-1])) / len(past))
    return abs(lags[-1]) > SEASONAL_LIMIT * spread


# Any: a row of the batch may be of any of the numeric types.
def ahead(history: History, places: Ints, horizon: Any, times: Any) -> Ints | None:
    """How many periods after its history each row stands, 1 the next; None if unknown.

    From the file's own horizon, else from the times.
    """
    if horizon is not None:
        found: Ints = np.maximum(np.asarray(horizon).astype(np.int64), 1)
        return found
    if times is None or not (history.step > 0).any():
        return None
    step = np.maximum(history.step[places], 1)
    passed: Ints = np.rint((times - history.last_time[places]) / step).astype(np.int64)
    passed[passed < 1] = 1
    return passed
