"""Predictions laid beside a truth that their maker never saw, by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.inspect import Layout
from evaluation.ingest.read import ROWS_A_BATCH, batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from evaluation.ingest.inspect import Caps
    from projects.catalogue import Shape

SHOWN_IDS: Final = 10


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose rows are known by id, and how to read it."""

    path: Path
    layout: Layout
    mapping: Mapping[str, str]
    shape: Shape
    caps: Caps
    classes: tuple[str, ...] = ()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Typed batches, ids as strings. FileRefused for a bad cell."""
        return batches(
            self.path,
            self.layout,
            self.mapping,
            self.shape,
            self.caps,
            self.classes,
        )


def check_ids(truth: Table, predictions: Table) -> None:
    """FileRefused when ids are missing or too many, with counts and the first ten.

    Both tables were checked before: within each, no id stands twice. The truth's ids
    are held in memory; nothing else of it is read.
    """
    known = _index(truth)
    found = np.zeros(len(known), np.bool_)
    extra, first_extra = 0, list[str]()
    for batch in predictions.batches():
        ids = batch.column("id").to_pandas()
        at = known.get_indexer(ids)
        found[at[at >= 0]] = True
        strange = ids[at < 0]
        extra += len(strange)
        first_extra += strange.head(SHOWN_IDS - len(first_extra)).tolist()
    faults = []
    missing = len(found) - int(found.sum())
    if missing:
        first = known[~found][:SHOWN_IDS].tolist()
        faults.append(_fault("ids_missing", predictions, missing, first))
    if extra:
        faults.append(_fault("ids_extra", predictions, extra, first_extra))
    if faults:
        raise FileRefused(faults, missing + extra)


def write_joined(truth: Table, predictions: Table, to: Path) -> Layout:
    """Write a Parquet file with the columns of both, named by role, in truth's order.

    Keeps both in memory. FileRefused as ``check_ids``.
    """
    check_ids(truth, predictions)
    right = pa.Table.from_batches(list(truth.batches()))
    guessed = pa.Table.from_batches(list(predictions.batches()))
    known = pd.Index(guessed.column("id").to_pandas())
    at: NDArray[np.intp] = known.get_indexer(right.column("id").to_pandas())
    guessed = guessed.drop_columns("id").take(pa.array(at))
    for name in guessed.column_names:
        right = right.append_column(name, guessed.column(name))
    pq.write_table(right, to, row_group_size=ROWS_A_BATCH)
    columns = tuple(right.column_names)
    return Layout("parquet", "", "", columns, (), right.num_rows)


def _index(truth: Table) -> pd.Index[Any]:
    only_ids = {"id": truth.mapping["id"]}
    narrow = Table(
        truth.path, truth.layout, only_ids, truth.shape, truth.caps, truth.classes
    )
    ids: pd.Index[Any] = pd.Index(
        np.concatenate(
            [b.column("id").to_pandas().to_numpy(object) for b in narrow.batches()]
        )
    )
    return ids


def _fault(code: str, table: Table, count: int, first: list[str]) -> Fault:
    params: dict[str, Any] = {"count": count, "first": ", ".join(first)}
    return Fault(code, column=table.mapping["id"], params=params)
