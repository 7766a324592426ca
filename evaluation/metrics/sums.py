"""Sums of rows by group, in arrays; groups are small numbers from nought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from evaluation.arrays import values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


# Of more lines than this no sums by time are kept for each, and so no intervals.
MOST_LINES: Final = 1_000
FEWEST_IN_A_RUN: Final = 8


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums by line and time: a row of ``table`` for each column of ``at``.

    ``at`` holds the line and the time of each cell. ``lines`` is empty when there are
    too many of them; the cells are then of all lines together.
    """

    lines: tuple[str, ...]
    at: Ints
    table: Floats


def told_apart(names: list[str], line: Ints) -> Ints:
    """The line of each row; all rows in one where there are too many lines."""
    return line if len(names) <= MOST_LINES else np.zeros(len(line), np.int64)


def by_time(
    names: list[str], cells: tuple[Ints, Ints], columns: Iterable[Floats | None]
) -> Cells:
    """The sums of one batch; ``cells`` are its distinct pairs of line and time.

    Lines are those of ``told_apart``.
    """
    at, cell = cells
    kept = tuple(names) if len(names) <= MOST_LINES else ()
    return Cells(kept, at, added(columns, cell, at.shape[1]))


def by_line(cells: Cells) -> Floats:
    """The sums of each line over all times; cells are in the order of their lines."""
    starts = cells.at[0].searchsorted(np.arange(len(cells.lines)))
    found: Floats = np.add.reduceat(cells.table, starts, axis=0)
    return found


def joined(parts: Sequence[Cells]) -> Cells:
    """The cells of all batches as one, added in the order given.

    Without lines when any batch had too many of them, or all batches together have.
    """
    place: dict[str, int] = {}
    for lines in dict.fromkeys(part.lines for part in parts):
        for name in lines:
            place.setdefault(name, len(place))
    if len(place) > MOST_LINES or not all(part.lines for part in parts):
        place = {}
    at: list[Ints] = []
    last, of_part = None, np.array([0])
    for part in parts:
        own = part.at.copy()
        if part.lines != last:
            last = part.lines
            of_part = np.array([place.get(name, 0) for name in last] or [0])
        own[0] = of_part[own[0]] if place else 0
        at.append(own)
    every = np.concatenate(at, axis=1)
    kept, cell = distinct(every[0], every[1])
    table = np.concatenate([part.table for part in parts])
    return Cells(tuple(place), kept, added(table.T, cell, kept.shape[1]))


def over_time(cells: Cells) -> tuple[dict[str, Floats], Floats]:
    """The sums of each line in the order of time, and those of all lines together."""
    by_line: dict[str, Floats] = {}
    if cells.lines:
        order = np.argsort(cells.at[1], kind="stable")
        apart = groups(cells.at[0][order], len(cells.lines))
        for name, own in zip(cells.lines, apart, strict=True):
            by_line[name] = cells.table[order[own]]
    times, at = np.unique(cells.at[1], return_inverse=True)
    return by_line, added(cells.table.T, at.ravel(), len(times))


def coded(batch: pa.RecordBatch, name: str) -> tuple[Ints, list[str]]:
    """A column of names as numbers, and the names they stand for.

    A dictionary may know names that no row has; these are left out.
    """
    column = batch.column(name)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = values_of(column.indices).astype(np.int64)
    names: list[str] = column.dictionary.to_pylist()
    used = in_use(codes, len(names))
    if used.all():
        return codes, names
    return (np.cumsum(used) - 1)[codes], [
        name for name, kept in zip(names, used.tolist(), strict=True) if kept
    ]


def in_use(codes: NDArray[np.integer], count: int) -> NDArray[np.bool_]:
    """Which of so many codes occur."""
    used = np.zeros(count, np.bool_)
    used[codes] = True
    return used


def stamps(batch: pa.RecordBatch, name: str) -> Ints:
    """A column of times as microseconds."""
    column = batch.column(name).cast(pa.timestamp("us")).cast(pa.int64())
    found: Ints = values_of(column)
    return found


def distinct(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The pairs that occur, shape (2, pairs), and which of them each row is."""
    low = int(other.min())
    span = int(other.max()) - low + 1
    size = (int(one.max()) + 1) * span
    if size <= 4 * len(one) + 1_024:
        key = one * span + (other - low)
        occurs = in_use(key, size)
        kept = np.flatnonzero(occurs)
        if len(kept) == size:
            return np.stack([kept // span, kept % span + low]), key
        at: Ints = (np.cumsum(occurs) - 1)[key]
        return np.stack([kept // span, kept % span + low]), at
    pairs, inverse = np.unique(np.stack([one, other]), axis=1, return_inverse=True)
    return pairs, inverse.ravel()


def added(columns: Iterable[Floats | None], at: Ints, rows: int) -> Floats:
    """Each column summed by group, in the order of the rows; shape (rows, columns).

    None stands for a column of ones.
    """
    starts = runs_of(at)
    if starts is not None:
        held = at[starts]
        sizes = np.diff(starts, append=len(at)).astype(np.float64)
        sums = [
            np.bincount(held, sizes if c is None else np.add.reduceat(c, starts), rows)
            for c in columns
        ]
    else:
        sums = [np.bincount(at, column, rows) for column in columns]
    found: Floats = np.stack([one.astype(np.float64, copy=False) for one in sums], 1)
    return found


def runs_of(at: Ints) -> Ints | None:
    """Where runs of one group begin; None where they are too short to be of use.

    Files are mostly in the order of their series or of time.
    """
    changes = at[1:] != at[:-1]
    if not len(at) or FEWEST_IN_A_RUN * np.count_nonzero(changes) > len(at):
        return None
    return np.concatenate([[0], np.flatnonzero(changes) + 1])


def groups(codes: Ints, count: int) -> list[Ints]:
    """The rows of each group, in their order."""
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(1, count))
    return np.split(order, ends)
