"""Rows in order, folded into stretches of one state, so that events can be merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.arrays import values_of
from evaluation.metrics.sums import coded, stamps

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# Judgements that flip more often than this are not events any more.
MOST_STRETCHES: Final = 2_000_000
REAL: Final = 1
FLAGGED: Final = 2
COUNTED: Final = 4


@dataclass(frozen=True, slots=True)
class Stretches:
    """One batch: neighbouring rows of a segment in one state.

    ``table`` has a column for each stretch: segment, rows, state (REAL, FLAGGED and
    COUNTED added up), first and last time in microseconds. ``changes`` are the times
    of change points by segment; ``times`` all times by segment, kept only with them.
    """

    first_row: int
    names: tuple[str, ...]
    table: Ints
    changes: tuple[Ints, ...] | None
    times: tuple[Ints, ...] | None


def stretches(
    batch: pa.RecordBatch, first_row: int, real: Ints, flagged: Ints
) -> Stretches:
    """Fold one batch with a timestamp; ``real`` and ``flagged`` are 0 or 1 a row."""
    names = set(batch.schema.names)
    rows = batch.num_rows
    segment, named = np.zeros(rows, np.int64), [""]
    if "segment" in names:
        segment, named = coded(batch, "segment")
    state = REAL * (real > 0) + FLAGGED * (flagged > 0)
    counted = np.ones(rows, np.int64)
    if "scored" in names:
        counted = values_of(batch.column("scored")).astype(np.int64)
    # An alarm in a row that does not count is none.
    state = np.where(counted > 0, state + COUNTED, state & ~FLAGGED)
    time = stamps(batch, "timestamp")
    order = np.arange(rows)
    if (np.diff(segment) < 0).any():
        order = np.argsort(segment, kind="stable")
        segment, state, time = segment[order], state[order], time[order]
    breaks = np.flatnonzero((np.diff(segment) != 0) | (np.diff(state) != 0)) + 1
    start = np.concatenate([[0], breaks])
    end = np.concatenate([breaks, [rows]])
    table = np.stack(
        [segment[start], end - start, state[start], time[start], time[end - 1]]
    )
    changes = held = None
    if "changepoint" in names:
        change = values_of(batch.column("changepoint"))[order] > 0
        ends = np.searchsorted(segment, np.arange(1, len(named)))
        held = tuple(np.split(time, ends))
        changes = tuple(t[c] for t, c in zip(held, np.split(change, ends), strict=True))
    return Stretches(first_row, tuple(named), table, changes, held)


@dataclass(frozen=True, slots=True)
class Course:
    """One segment from its first row to its last, as columns of stretches.

    ``start`` counts rows from the beginning of the segment; ``changes`` and ``times``
    are None without change points.
    """

    name: str
    start: Ints
    rows: Ints
    state: Ints
    first: Ints
    last: Ints
    changes: Ints | None
    times: Ints | None


def courses(batches: list[Stretches]) -> list[Course] | None:
    """The segments, sorted by name; None when there are too many stretches to tell."""
    batches = sorted(batches, key=lambda one: one.first_row)
    if sum(one.table.shape[1] for one in batches) > MOST_STRETCHES:
        return None
    place: dict[str, int] = {}
    for one in batches:
        for name in one.names:
            place.setdefault(name, len(place))
    tables: list[Ints] = []
    changes: dict[str, list[Ints]] = {}
    times: dict[str, list[Ints]] = {}
    for one in batches:
        table = one.table.copy()
        of_name = np.array([place[name] for name in one.names], np.int64)
        table[0] = of_name[table[0]]
        tables.append(table)
        for name, change, time in zip(
            one.names, one.changes or (), one.times or (), strict=False
        ):
            changes.setdefault(name, []).append(change)
            times.setdefault(name, []).append(time)
    joined = np.concatenate(tables, axis=1)
    joined = joined[:, np.argsort(joined[0], kind="stable")]
    ends = np.searchsorted(joined[0], np.arange(len(place) + 1))
    found: list[Course] = []
    for name in sorted(place):
        at = slice(ends[place[name]], ends[place[name] + 1])
        _segment, rows, state, first, last = _joined(joined[:, at])
        found.append(
            Course(
                name,
                np.cumsum(rows) - rows,
                rows,
                state,
                first,
                last,
                np.concatenate(changes[name]) if name in changes else None,
                np.concatenate(times[name]) if name in times else None,
            )
        )
    return found


def _joined(table: Ints) -> Ints:
    """Stretches that a batch's end cut in two, as one again."""
    breaks = np.flatnonzero(np.diff(table[2]) != 0) + 1
    start = np.concatenate([[0], breaks])
    end = np.concatenate([breaks, [table.shape[1]]]) - 1
    rows = np.add.reduceat(table[1], start)
    return np.stack(
        [table[0, start], rows, table[2, start], table[3, start], table[4, end]]
    )
