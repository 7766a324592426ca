"""The highest value of each day: how far off, and how many hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.arrays import values_of
from evaluation.metrics.sums import distinct, runs_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HOUR: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Peaks:
    """By pair of line and series, and day: highest values and their first times.

    ``cells`` has shape (2, cells); values and times have a row for the actual and one
    for the forecast.
    """

    cells: Ints
    highest: Floats
    times: Ints


def peaks_of(
    batch: pa.RecordBatch, of_pair: tuple[Ints, Ints], times: Ints
) -> Peaks | None:
    """The peaks of one batch; None when a day has hardly more than one row.

    ``of_pair`` are the distinct pairs and days, and which of them each row is.
    """
    cells, cell = of_pair
    if 2 * cells.shape[1] > len(cell):
        return None
    values = [
        values_of(batch.column(name)).astype(np.float64, copy=False)
        for name in ("y_true", "y_pred")
    ]
    return _highest(cells, cell, values, [times, times])


def joined(held: list[tuple[Ints, Peaks]]) -> Peaks:
    """Peaks of several batches as one; each with what its pairs are called now."""
    cells = np.concatenate(
        [np.stack([of_pair[p.cells[0]], p.cells[1]]) for of_pair, p in held], axis=1
    )
    highest = np.concatenate([p.highest for _of_pair, p in held], axis=1)
    times = np.concatenate([p.times for _of_pair, p in held], axis=1)
    kept, cell = distinct(cells[0], cells[1])
    return _highest(kept, cell, list(highest), list(times))


def _highest(cells: Ints, cell: Ints, values: list[Floats], times: list[Ints]) -> Peaks:
    highest, first = [], []
    starts = runs_of(cell)
    for value, time in zip(values, times, strict=True):
        top = np.full(cells.shape[1], -np.inf)
        if starts is None:
            np.maximum.at(top, cell, value)
        else:
            np.maximum.at(top, cell[starts], np.maximum.reduceat(value, starts))
        # The earliest of the highest.
        at = np.flatnonzero(value == top[cell])
        earliest = np.full(cells.shape[1], np.iinfo(np.int64).max)
        np.minimum.at(earliest, cell[at], time[at])
        highest.append(top)
        first.append(earliest)
    return Peaks(cells, np.stack(highest), np.stack(first))


def errors(peaks: Peaks) -> Floats:
    """Rows of: one, percent off the highest actual, hours between the two peaks.

    nan where the highest actual is not above zero.
    """
    actual, forecast = peaks.highest
    with np.errstate(all="ignore"):
        percent = np.where(actual > 0, 100 * np.abs(forecast - actual) / actual, np.nan)
    hours = np.abs(peaks.times[1] - peaks.times[0]) / HOUR
    return np.stack([np.ones(len(actual)), percent, hours], axis=1)
