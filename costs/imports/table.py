"""Rows of a CSV or Parquet file as text, a batch at a time, needed columns only."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

from costs.imports.faults import FileRefused, refused
from costs.imports.stream import CAPS, Caps, Stream, head_of, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

ROWS_A_BATCH: Final = 16_384
FIRST: Final = 2
# What exports write where there is nothing.
NULLS: Final = ["", "NULL", "null", "None", "\\N"]
# No row may be longer than a block.
BLOCK_BYTES: Final = 1 << 20
COLUMN_NUMBER: Final = re.compile(r"column #(\d+)")


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read as rows: "csv" or "parquet", and its columns.

    ``columns`` of a CSV are the cells of its first row, whether or not it is a header.
    """

    path: Path
    kind: str
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    separator: str = ","
    packed: bool = False

    def places(self) -> dict[str, int]:
        """Where each column stands, by its plain name; the first of equal ones."""
        found: dict[str, int] = {}
        for place, name in enumerate(self.columns):
            found.setdefault(plain(name), place)
        return found


def plain(name: str) -> str:
    """A name without case and signs: lineItem/UsageType is line_item_usage_type."""
    return re.sub(r"[\W_]", "", name.lower())


def table_of(path: Path, caps: Caps = CAPS) -> Table:
    """The columns of a file; FileRefused if it is no table."""
    head = head_of(path, caps)
    if head.kind == "parquet":
        return Table(path, "parquet", _parquet_columns(path))
    text = head.text
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=lambda sign: _unquoted(first).count(sign))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        cells = next(filter(None, reader), [])
    except csv.Error as broken:
        raise refused("long_line", row=1) from broken
    columns = tuple(cell.strip() for cell in cells)
    return Table(path, "csv", columns, head.encoding, separator, head.packed)


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def rows(
    table: Table,
    wanted: Sequence[int | None],
    caps: Caps = CAPS,
    *,
    header: bool = True,
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The number of each row and its cells in the columns ``wanted``, as text.

    The header is row 1. A column of None is empty in every row; a null is "" too. Rows
    of nothing but empty cells are left out. FileRefused where reading cannot go on.
    """
    own = sorted({place for place in wanted if place is not None})
    read = table.kind == "csv"
    batches = (_csv if read else _parquet)(table, own, caps)
    number = 1 if read else 2
    try:
        for batch in batches:
            texts = [_texts(column, read=read) for column in batch.columns]
            for place, column in zip(own, texts, strict=True):
                _check_length(column, table.columns[place], number, caps)
            empty = [""] * batch.num_rows
            cells = [empty if w is None else texts[own.index(w)] for w in wanted]
            for row, found in enumerate(zip(*cells, strict=True), start=number):
                if (row > 1 or not header) and any(found):
                    yield row, found
            number += batch.num_rows
    except (pa.ArrowException, OSError, ValueError, OverflowError) as broken:
        raise refused("broken", row=number if number > FIRST else None) from broken


def _csv(table: Table, own: Sequence[int], caps: Caps) -> Iterator[pa.RecordBatch]:
    uneven: list[FileRefused] = []

    # Any: pyarrow's InvalidRow is not typed. Arrow may call it from a thread of its
    # own, which coverage does not see.
    def note(row: Any) -> str:  # pragma: no cover
        counts = {"held": row.actual_columns, "needed": row.expected_columns}
        uneven.append(refused("uneven", row.number, "", "", **counts))
        return "error"

    names = [f"c{place}" for place in range(len(table.columns))]
    with opened(table.path, packed=table.packed) as file:
        stream = Stream(file, table.encoding, caps)
        start = partial(
            pc_csv.open_csv,
            pa.PythonFile(stream, mode="r"),
            # One thread: only then does pyarrow tell the number of an uneven row.
            read_options=pc_csv.ReadOptions(
                use_threads=False, block_size=BLOCK_BYTES, column_names=names
            ),
            parse_options=pc_csv.ParseOptions(
                delimiter=table.separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            convert_options=pc_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[names[place] for place in own],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=NULLS,
                # Stream has looked at every byte.
                check_utf8=False,
            ),
        )
        try:
            yield from _streamed(start)
        except (pa.ArrowException, OSError):
            if stream.refused is not None:
                raise stream.refused from None
            if uneven:
                raise uneven[0] from None
            # A row that fills a block: most often a quote that nobody closed.
            raise refused("long_line") from None


# Any: pyarrow's reader is not typed. Opening reads the first block already.
def _streamed(start: Callable[[], Any]) -> Iterator[pa.RecordBatch]:
    yield from start()


def _parquet_columns(path: Path) -> tuple[str, ...]:
    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError, ValueError) as broken:
        raise refused("broken") from broken


def _parquet(table: Table, own: Sequence[int], caps: Caps) -> Iterator[pa.RecordBatch]:
    names = [table.columns[place] for place in own]
    with pq.ParquetFile(table.path, pre_buffer=False, buffer_size=1 << 20) as file:
        groups = map(file.metadata.row_group, range(file.num_row_groups))
        if sum(group.total_byte_size for group in groups) > caps.unpacked:
            raise refused("bomb", limit=caps.unpacked)
        for batch in file.iter_batches(ROWS_A_BATCH, columns=names, use_threads=False):
            yield batch.select(names)


def _check_length(found: list[str], column: str, first: int, caps: Caps) -> None:
    """No cell may fill the memory of those that are remembered."""
    if max(map(len, found), default=0) > caps.cell:
        at = next(at for at, cell in enumerate(found) if len(cell) > caps.cell)
        raise refused("long_cell", first + at, column, found[at], limit=caps.cell)


# Any: pyarrow's arrays are not typed.
def _texts(cells: Any, *, read: bool) -> list[str]:
    """Every cell as text; what stands for nothing is empty, maps are JSON.

    Reading CSV has found the NULLs already, which is quicker.
    """
    kind = cells.type
    if pa.types.is_dictionary(kind):
        cells, kind = cells.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind):
        return [_json(cell) for cell in cells.to_pylist()]
    if not pa.types.is_string(kind):
        cells = pc.cast(cells, pa.string())
    if not read:
        nothing = pc.is_in(cells, value_set=pa.array(NULLS))
        cells = pc.if_else(nothing, pa.scalar(None, pa.string()), cells)
    if cells.null_count:
        cells = pc.fill_null(cells, "")
    return list(cells.to_pylist())


# Any: a cell of a map is a list of pairs, of a struct a dict.
def _json(cell: Any) -> str:
    if not cell:
        return ""
    held = dict(cell) if isinstance(cell, list) else cell
    return json.dumps(held, ensure_ascii=False, default=str)
