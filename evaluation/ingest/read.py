"""Reading a file in batches of typed columns named by role, never the whole of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evaluation.ingest.ahead import ahead
from evaluation.ingest.clock import clock_of, told_by
from evaluation.ingest.columns import as_text, typed
from evaluation.ingest.faults import MOST_FAULTS, Fault, FileRefused, shortened
from evaluation.ingest.folders import chosen, where
from evaluation.ingest.inspect import too_many_rows
from evaluation.ingest.lines import Raw, rows_of
from evaluation.ingest.roles import Cell, cells_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from evaluation.ingest.inspect import Caps, Layout
    from evaluation.ingest.lines import Rows
    from projects.catalogue import Shape

ROWS_A_BATCH: Final = 262_144
MOST_CLASSES: Final = 10


@dataclass(frozen=True, slots=True)
class Batch:
    """Typed columns named by role, their row numbers, and what is wrong in them."""

    columns: pa.RecordBatch
    rows: Rows
    faults: tuple[Fault, ...]
    total: int


def batches(
    path: Path,
    layout: Layout,
    mapping: Mapping[str, str],
    shape: Shape,
    caps: Caps,
    classes: Collection[str] = (),
    row_groups: tuple[int, ...] | None = None,
    first_row: int = 0,
) -> Iterator[pa.RecordBatch]:
    """Typed batches of 262,144 rows: y_true, and every other role that was mapped.

    Labels are int8, numbers float64, times in microseconds by the clock of the file's
    first row, names strings; with
    ``classes``, labels are names, and no others than these. FileRefused
    at the first batch with a fault, or when the file cannot be read.
    """
    ragged: list[Fault] = []
    for batch in typed_batches(
        path, layout, mapping, shape, caps, ragged, classes, row_groups, first_row
    ):
        faults = [*ragged, *batch.faults]
        if faults:
            raise FileRefused(faults, batch.total + len(ragged))
        yield batch.columns
    if ragged:
        raise FileRefused(ragged)


def typed_batches(
    path: Path,
    layout: Layout,
    mapping: Mapping[str, str],
    shape: Shape,
    caps: Caps,
    ragged: list[Fault],
    classes: Collection[str] = (),
    row_groups: tuple[int, ...] | None = None,
    first_row: int = 0,
) -> Iterator[Batch]:
    """Every batch with its faults, and rows of uneven length into ``ragged``.

    FileRefused only when reading cannot go on.
    """
    used = {role: column for role, column in mapping.items() if column}
    names = {r for r in used if cells_of(shape)[r] in (Cell.NAME, Cell.ID)}
    clock = clock_of(layout, used)
    shown = {role: name for role, name in used.items() if role != "time_of_day"}
    typing = partial(_typed, used=shown, shape=shape, caps=caps, classes=classes)
    # Batches of Parquet are of one size already, but for the last of a row group.
    found: Iterator[Batch]
    if layout.format == "parquet":
        raws = _parquet(path, used, names, row_groups, first_row)
        found = map(typing, _capped(raws, caps))
    else:
        raws = _evened(rows_of(path, layout, used, ragged))
        found = ahead(typing, _capped(raws, caps))
    try:
        for batch in found:
            yield replace(batch, columns=told_by(clock, batch.columns))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as broken:
        raise FileRefused([Fault("unreadable")]) from broken


def _capped(raws: Iterator[Raw], caps: Caps) -> Iterator[Raw]:
    """The same rows; FileRefused when there are more than may be measured."""
    seen = 0
    for raw in raws:
        seen += len(raw.rows)
        if seen > caps.rows:
            raise FileRefused([too_many_rows(caps)])
        yield raw


# Any: pyarrow's types are not typed.
def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _parquet(
    path: Path,
    used: Mapping[str, str],
    names: Collection[str],
    row_groups: tuple[int, ...] | None,
    first_row: int,
) -> Iterator[Raw]:
    number = first_row + 2
    store, _name = where(path)
    for piece, groups in chosen(path, row_groups):
        said = dict(piece.values)
        own = [c for c in dict.fromkeys(used.values()) if c not in said]
        # Names stay dictionaries, so that no string is made for every row.
        held = pq.read_schema(piece.path, filesystem=store)
        wanted = {used[role] for role in names} & set(own)
        coded = [column for column in wanted if _is_text(held.field(column).type)]
        with pq.ParquetFile(
            piece.path,
            filesystem=store,
            pre_buffer=False,
            buffer_size=1 << 20,
            read_dictionary=coded,
        ) as file:
            found = file.iter_batches(
                ROWS_A_BATCH,
                row_groups=groups,
                columns=own,
                use_threads=row_groups is None,
            )
            for batch in found:
                rows = batch.num_rows
                cells = [
                    _same(said[c], rows) if c in said else batch.column(c)
                    for c in used.values()
                ]
                named = pa.RecordBatch.from_arrays(cells, names=list(used))
                yield Raw(named, range(number, number + rows))
                number += rows


def _same(value: str, rows: int) -> pa.Array:
    """What a folder's name says, for each of its rows."""
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), [value])


def _evened(raws: Iterator[Raw]) -> Iterator[Raw]:
    """The same rows in batches of one size, whatever the file was written in."""
    held: list[Raw] = []
    rows = 0
    stopped: FileRefused | None = None
    while True:
        try:
            raw = next(raws, None)
        except FileRefused as refused:
            # The rows read until here may hold faults of their own.
            stopped, raw = refused, None
        if raw is None:
            break
        held.append(raw)
        rows += len(raw.rows)
        while rows >= ROWS_A_BATCH:
            whole = _joined(held)
            yield Raw(whole.cells.slice(0, ROWS_A_BATCH), whole.rows[:ROWS_A_BATCH])
            rest = whole.cells.slice(ROWS_A_BATCH)
            held = [Raw(rest, whole.rows[ROWS_A_BATCH:])]
            rows -= ROWS_A_BATCH
    if rows:
        yield _joined(held)
    if stopped is not None:
        raise stopped


def _joined(raws: list[Raw]) -> Raw:
    if len(raws) == 1:
        return raws[0]
    cells = pa.concat_batches([raw.cells for raw in raws])
    return Raw(cells, np.concatenate([raw.rows for raw in raws]))


def _with_time(raw: Raw) -> Raw:
    """A date and a time in columns of their own, as one text."""
    names = list(raw.cells.schema.names)
    if "time_of_day" not in names:
        return raw
    cells = {name: raw.cells.column(name) for name in names}
    both = [as_text(cells[name]) for name in ("timestamp", "time_of_day")]
    cells["timestamp"] = pc.binary_join_element_wise(*both, " ")
    del cells["time_of_day"]
    named = pa.RecordBatch.from_arrays(list(cells.values()), names=list(cells))
    return Raw(named, raw.rows)


def _typed(
    raw: Raw,
    used: Mapping[str, str],
    shape: Shape,
    caps: Caps,
    classes: Collection[str],
) -> Batch:
    raw = _with_time(raw)
    held = cells_of(shape, classes=bool(classes))
    faults: list[Fault] = []
    total = 0
    columns: list[pa.Array] = []
    for role, column in used.items():
        cells = raw.cells.column(role)
        done = typed(held[role], cells, classes)
        columns.append(done.values)
        wrong = done.wrong | _too_long(cells, caps)
        for code, mask in wrong.items():
            at = mask.nonzero()[0]
            total += len(at)
            if not len(at):
                continue
            shown = as_text(cells.take(pa.array(at[:MOST_FAULTS]))).to_pylist()
            params: dict[str, Any] = {"limit": caps.cell}
            if code == "bad_label":
                seen = as_text(cells.take(pa.array(at))).unique().to_pylist()
                more = ["…"] if len(seen) > MOST_CLASSES else []
                named = [shortened(name) for name in seen[:MOST_CLASSES]]
                params = {"classes": ", ".join(named + more)}
            elif code == "bad_class":
                params = {"classes": ", ".join(classes)}
            elif code != "cell_too_long":
                params = {}
            faults += [
                Fault(code, int(raw.rows[i]), column, (cell or "")[:200], params)
                for i, cell in zip(at[:MOST_FAULTS], shown, strict=True)
            ]
    faults.sort(key=lambda fault: fault.row or 0)
    named = pa.RecordBatch.from_arrays(columns, names=list(used))
    return Batch(named, raw.rows, tuple(faults[:MOST_FAULTS]), total)


def _too_long(cells: pa.Array, caps: Caps) -> dict[str, NDArray[np.bool_]]:
    if not _is_text(cells.type) or not len(cells):
        return {}
    lengths = pc.binary_length(cells)
    if (pc.max(lengths).as_py() or 0) <= caps.cell:
        return {}
    held = lengths.fill_null(0).to_numpy(zero_copy_only=False)
    return {"cell_too_long": np.asarray(held > caps.cell, np.bool_)}
