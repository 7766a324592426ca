"""The highest value of each day: how far off, and how many hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.metrics.sums import distinct

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

DAY: Final = 86_400_000_000
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


def peaks_of(batch: pa.RecordBatch, pair: Ints, times: Ints) -> Peaks | None:
    """The peaks of one batch; None when a day has hardly more than one row."""
    cells, cell = distinct(pair, times // DAY)
    if 2 * cells.shape[1] > len(cell):
        return None
    values = [
        batch.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
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
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(cells.shape[1]))
    highest, first = [], []
    for value, time in zip(values, times, strict=True):
        top = np.maximum.reduceat(value[order], starts)
        # The earliest of the highest: others stand after every real time.
        late = np.where(value == top[cell], time, np.iinfo(np.int64).max)
        highest.append(top)
        first.append(np.minimum.reduceat(late[order], starts))
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
