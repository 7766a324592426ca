"""Forecasts: sums of errors by series, by segment and time, by hour and horizon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.arrays import values_of
from evaluation.metrics import summing
from evaluation.metrics.errors import errors_of
from evaluation.metrics.peaks import Peaks, peaks_of
from evaluation.metrics.shifts import ShiftPart, shift_part
from evaluation.metrics.sums import (
    Cells,
    added,
    by_line,
    by_time,
    coded,
    distinct,
    runs_of,
    stamps,
    told_apart,
)
from projects.catalogue import Terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    from evaluation.metrics.forecasted import FinishedForecast
    from evaluation.metrics.history import History

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PLAIN: Final = Terms()
# Without times, neighbouring rows of the file stand in for neighbouring times.
ROWS_A_BLOCK: Final = 16
MOST_STEPS: Final = 1_000
DAY: Final = 86_400_000_000
HOUR: Final = 3_600_000_000
# What the tables by horizon, hour and weekday are made of, as ``errors_of`` has it.
SHOWN: Final = ("rows", "error", "absolute", "actual", "covered")


@dataclass(frozen=True, slots=True)
class Sums:
    """One batch: rows of ``columns`` by pair of line and series, and by line and day.

    ``cells`` are by line and block of time. ``smallest`` is the smallest actual of each
    pair, without its sign.
    """

    first_row: int
    columns: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    by_pair: Floats
    smallest: Floats
    cells: Cells
    shown: dict[str, tuple[Ints, Floats]]
    peaks: Peaks | None
    shifts: ShiftPart | None


@dataclass(frozen=True, slots=True)
class ForecastPart:
    """Sums of some rows; batches stay apart, so that their order can be restored."""

    batches: tuple[Sums, ...]
    has_lines: bool


def part(
    batch: pa.RecordBatch,
    first_row: int = 0,
    terms: Terms = PLAIN,
    *,
    history: History | None = None,
) -> ForecastPart:
    """Sum one batch with columns y_true, y_pred, segment? series_id? timestamp?
    horizon? y_lower? y_upper? y_rule? and quantiles (q0.05 to q0.95).

    A line is a segment, or a series where no segment is given. ``first_row`` is the
    batch's place in the file, which decides the blocks when there are no times.
    """
    names = set(batch.schema.names)
    rows = batch.num_rows
    series, series_names = np.zeros(rows, np.int64), [""]
    if "series_id" in names:
        series, series_names = coded(batch, "series_id")
    line, line_names = series, series_names
    if "segment" in names:
        line, line_names = coded(batch, "segment")
    places = None
    if history is not None:
        places = history.places(series_names)[series]
    columns = errors_of(batch, terms, history, places)
    pairs, pair = np.tile(np.arange(len(series_names)), (2, 1)), series
    if line is not series:
        pairs, pair = distinct(line, series)
    known = told_apart(line_names, line)
    peaks = times = days = None
    if "timestamp" in names:
        times = stamps(batch, "timestamp")
        days = times // DAY
        cells = distinct(known, days)
        of_pair = cells if known is pair else distinct(pair, days)
        peaks = peaks_of(batch, of_pair, times)
    else:
        cells = distinct(known, (first_row + np.arange(rows)) // ROWS_A_BLOCK)
    by_cell = by_time(line_names, cells, columns.values())
    if pair is known:
        by_pair = by_line(by_cell)
    else:
        by_pair = added(columns.values(), pair, pairs.shape[1])
    return ForecastPart(
        (
            Sums(
                first_row,
                tuple(columns),
                tuple(
                    (line_names[at], series_names[of])
                    for at, of in zip(*pairs.tolist(), strict=True)
                ),
                by_pair,
                _smallest(values_of(batch.column("y_true")), pair, pairs.shape[1]),
                by_cell,
                _shown(batch, columns, times, by_cell),
                peaks,
                _shifts(batch, first_row, line_names, line, terms),
            ),
        ),
        "segment" in names or "series_id" in names,
    )


def _shifts(
    batch: pa.RecordBatch, first_row: int, names: list[str], line: Ints, terms: Terms
) -> ShiftPart | None:
    # Only a price makes use of them.
    if terms.yen_over is None or terms.yen_under is None:
        return None
    forecast, actual = (
        batch.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
        for name in ("y_pred", "y_true")
    )
    return shift_part(first_row, names, line, forecast, actual)


def _smallest(actual: Floats, pair: Ints, count: int) -> Floats:
    """The smallest actual of each pair, without its sign."""
    size = np.abs(actual.astype(np.float64, copy=False))
    starts = runs_of(pair)
    if starts is not None:
        size, pair = np.minimum.reduceat(size, starts), pair[starts]
    found = np.full(count, np.inf)
    np.minimum.at(found, pair, size)
    return found


def _shown(
    batch: pa.RecordBatch,
    columns: dict[str, Floats | None],
    times: Ints | None,
    by_day: Cells,
) -> dict[str, tuple[Ints, Floats]]:
    found: dict[str, tuple[Ints, Floats]] = {}
    values = [columns[name] for name in SHOWN if name in columns]
    if "horizon" in batch.schema.names:
        column = values_of(batch.column("horizon"))
        horizon = np.clip(column.astype(np.int64), 0, MOST_STEPS)
        found["horizon"] = _occurring(values, horizon)
    if times is not None:
        found["hour"] = _occurring(values, times // HOUR % 24)
        own = [place for place, name in enumerate(columns) if name in SHOWN]
        # Day nought of the epoch was a Thursday; Monday is 0.
        found["weekday"] = _occurring(by_day.table.T[own], (by_day.at[1] + 3) % 7)
    return found


def _occurring(columns: Iterable[Floats | None], at: Ints) -> tuple[Ints, Floats]:
    table = added(columns, at, int(at.max()) + 1)
    held = np.flatnonzero(table[:, 0])
    return held, table[held]


def merge(one: ForecastPart, other: ForecastPart) -> ForecastPart:
    """Both parts as one; finishing does not depend on the order of merging."""
    return ForecastPart(one.batches + other.batches, one.has_lines or other.has_lines)


def finish(
    part: ForecastPart, terms: Terms = PLAIN, history: History | None = None
) -> FinishedForecast:
    """Everything that can be said of the rows summed."""
    # Added in the order of the file, so that the same bits come out of any merging.
    batches = sorted(part.batches, key=lambda sums: sums.first_row)
    return summing.finished(batches, terms, history, has_lines=part.has_lines)
