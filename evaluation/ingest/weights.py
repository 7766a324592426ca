"""Rows that stand for several equal cases: each is repeated, in chunks, as often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from evaluation.arrays import values_of
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.read import ROWS_A_BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from evaluation.ingest.inspect import Caps
    from evaluation.ingest.lines import Rows

    Ints = NDArray[np.int64]

WEIGHT: Final = "weight"
# Says of each repeated row whether it is the first of its like.
BEGINS: Final = "begins_row"
# Equal cases have no order in time between them, nor an id of their own each.
OF_COURSE: Final = frozenset({"timestamp", "time_of_day", "changepoint", "id"})


def without_course(mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping without the columns that repeating a row would make wrong."""
    return {role: name for role, name in mapping.items() if role not in OF_COURSE}


class Load:
    """How many cases the rows of a file stand for, held to the cap of rows."""

    def __init__(self, mapping: Mapping[str, str], caps: Caps) -> None:
        self.cases = 0
        self._column = mapping.get(WEIGHT, "")
        self._most = caps.rows

    def add(self, columns: pa.RecordBatch, rows: Rows) -> None:
        """Add typed rows. FileRefused names the one that passes the cap."""
        if not self._column:
            self.cases += len(rows)
            return
        weights = values_of(columns.column(WEIGHT))
        # Doubles are exact far beyond any cap, and end at infinity rather than below 0.
        with np.errstate(over="ignore"):
            sums = self.cases + np.cumsum(weights)
        over = np.flatnonzero(sums > self._most)
        if len(over):
            at = int(over[0])
            found, params = f"{weights[at]:.15g}", {"limit": self._most}
            row = int(rows[at])
            fault = Fault("too_many_cases", row, self._column, found, dict(params))
            raise FileRefused([fault])
        self.cases = int(sums[-1]) if len(sums) else self.cases


def repeated(
    batches: Iterator[pa.RecordBatch], mapping: Mapping[str, str], caps: Caps
) -> Iterator[pa.RecordBatch]:
    """Each row of typed batches as often as its weight says, 262,144 rows at a time.

    The batches are those of a file written out row by row, so that measuring gives the
    same bits. ``begins_row`` takes the place of the weight. FileRefused, before a row
    is repeated, when the batch makes it too many.
    """
    load, row = Load(mapping, caps), 2
    held: list[pa.RecordBatch] = []
    room = ROWS_A_BATCH
    for batch in batches:
        load.add(batch, range(row, row + batch.num_rows))
        row += batch.num_rows
        weights = values_of(batch.column(WEIGHT)).astype(np.int64)
        plain = batch.drop_columns(WEIGHT)
        ends = np.cumsum(weights)
        at, total = 0, int(weights.sum())
        while at < total:
            stop = min(total, at + room)
            held.append(_stretch(plain, weights, ends, at, stop))
            room -= stop - at
            at = stop
            if not room:
                yield pa.concat_batches(held)
                held, room = [], ROWS_A_BATCH
    if held:
        yield pa.concat_batches(held)


def _stretch(
    batch: pa.RecordBatch, weights: Ints, ends: Ints, at: int, stop: int
) -> pa.RecordBatch:
    """The cases ``at`` to ``stop`` of a batch, counted through its repeated rows."""
    first, last = ends.searchsorted([at, stop - 1], "right")
    chosen = np.arange(first, last + 1)
    inside = np.diff(np.minimum(ends[chosen], stop), prepend=at)
    begins = np.zeros(stop - at, np.bool_)
    starts = (ends - weights)[chosen]
    begins[starts[(weights[chosen] > 0) & (starts >= at)] - at] = True
    found = batch.take(pa.array(np.repeat(chosen, inside)))
    return found.append_column(BEGINS, pa.array(begins))
