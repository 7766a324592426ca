"""Sums of rows by group, in arrays; groups are small numbers from nought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def coded(batch: pa.RecordBatch, name: str) -> tuple[Ints, list[str]]:
    """A column of names as numbers, and the names they stand for."""
    column = batch.column(name)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = column.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, column.dictionary.to_pylist()


def stamps(batch: pa.RecordBatch, name: str) -> Ints:
    """A column of times as microseconds."""
    column = batch.column(name).cast(pa.timestamp("us")).cast(pa.int64())
    found: Ints = column.to_numpy(zero_copy_only=False)
    return found


def distinct(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The pairs that occur, shape (2, pairs), and which of them each row is."""
    low = int(other.min())
    span = int(other.max()) - low + 1
    size = (int(one.max()) + 1) * span
    if size <= 4 * len(one) + 1_024:
        key = one * span + (other - low)
        occurs = np.bincount(key, minlength=size) > 0
        kept = np.flatnonzero(occurs)
        at: Ints = (np.cumsum(occurs) - 1)[key]
        return np.stack([kept // span, kept % span + low]), at
    pairs, inverse = np.unique(np.stack([one, other]), axis=1, return_inverse=True)
    return pairs, inverse.ravel()


def added(columns: Iterable[Floats], at: Ints, rows: int) -> Floats:
    """Each column summed by group, in the order of the rows; shape (rows, columns)."""
    found: Floats = np.stack(
        [np.bincount(at, column, rows).astype(np.float64) for column in columns],
        axis=1,
    )
    return found


def groups(codes: Ints, count: int) -> list[Ints]:
    """The rows of each group, in their order."""
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(1, count))
    return np.split(order, ends)
