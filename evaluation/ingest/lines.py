"""The rows of a CSV as text, under the numbers they have in the file.

A file is cut into blocks behind the last line break in each, and the blocks are parsed
side by side. That is right only while no quoted cell goes on in the next block and
every row is whole; from a block on where it is not, the rest of the file is read in
one go, which tells what is wrong with it.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from evaluation.ingest.ahead import ahead
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.tables import table_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from evaluation.ingest.inspect import Layout

    # A range where no row was skipped, which takes no memory.
    Rows = NDArray[np.int64] | range

# No line may be longer than a block; pyarrow would otherwise ask for a larger one.
BLOCK_BYTES: Final = 4 << 20
# After so many uneven rows the separator is wrong, and reading on teaches nothing.
MOST_RAGGED: Final = 10_000
# Every cell of a row that is put behind each block. Where it does not come back as the
# last row, the block ends inside a quoted cell.
END: Final = "\x1eend of block\x1e"


@dataclass(frozen=True, slots=True)
class Raw:
    """Cells as they stand, named by role, with the file's number of each row."""

    cells: pa.RecordBatch
    rows: Rows


class Uneven:
    """Notes the rows that pyarrow finds too short or too long, and skips them.

    pyarrow calls it from a thread of its own.
    """

    def __init__(self, before: int, ragged: list[Fault]) -> None:
        self.skipped: list[int] = []
        self._before = before
        self._ragged = ragged

    # Any: pyarrow's InvalidRow is not typed.
    def __call__(self, row: Any) -> str:
        number = row.number + self._before
        self.skipped.append(number)
        params = {
            "found_cells": row.actual_columns,
            "needed_cells": row.expected_columns,
        }
        self._ragged.append(Fault("ragged_row", row=number, params=params))
        return "skip" if len(self._ragged) < MOST_RAGGED else "error"


def rows_of(
    path: Path, layout: Layout, used: Mapping[str, str], ragged: list[Fault]
) -> Iterator[Raw]:
    """The rows without the header, and uneven ones into ``ragged``.

    FileRefused, after the rows before, when reading cannot go on.
    """
    reading = _Reading(path, layout, used)
    raws = reading.rest(ragged) if layout.tables else reading.blocks(ragged)
    last: Raw | None = None
    stopped: FileRefused | None = None
    while True:
        try:
            raw = next(raws, None)
        except FileRefused as refused:
            stopped, raw = refused, None
        if raw is None:
            break
        if last is not None:
            yield last
        # The header is read as a row, and left out.
        header = int(len(raw.rows) > 0 and raw.rows[0] == 1 + layout.first_line)
        last = Raw(raw.cells.slice(header), raw.rows[header:])
    if last is not None:
        yield _without_blank_end(last)
    if stopped is not None:
        raise stopped


class _Reading:
    """A file and the columns wanted of it."""

    def __init__(self, path: Path, layout: Layout, used: Mapping[str, str]) -> None:
        self._path, self._layout = path, layout
        self._names = [f"c{number}" for number in range(len(layout.columns))]
        self._used = {
            role: f"c{layout.columns.index(name)}" for role, name in used.items()
        }
        self._utf8 = layout.encoding.startswith("utf-8") or bool(layout.tables)
        end = layout.separator.join([END] * len(self._names))
        self._end = f"{end}\n".encode()

    def blocks(self, ragged: list[Fault]) -> Iterator[Raw]:
        """Block by block; then the rest, if blocks will not do."""
        number = 1 + self._layout.first_line
        for begins, cells in ahead(self._parsed, self._cut()):
            if cells is None:
                yield from self.rest(ragged, begins, number)
                return
            yield Raw(cells, np.arange(number, number + cells.num_rows))
            number += cells.num_rows

    def _cut(self) -> Iterator[tuple[int, bytes]]:
        """Blocks, each with its place; empty where no line breaks within one."""
        source, begins, left = _source(self._path, self._layout), 0, b""
        while more := source.read(BLOCK_BYTES):
            left += more
            end = left.rfind(b"\n") + 1
            block, left = left[:end], left[end:]
            yield begins, block
            begins += end
        if left:
            yield begins, left

    def _parsed(self, block: tuple[int, bytes]) -> tuple[int, pa.RecordBatch | None]:
        """The place of a block and its cells; None where it will not do alone."""
        begins, text = block
        if not text:
            return begins, None
        line_break = b"" if text.endswith(b"\n") else b"\n"
        # The mark of byte order that pyarrow leaves out is none of the file's own.
        mark = codecs.BOM_UTF8 if begins and self._utf8 else b""
        whole = b"".join([mark, text, line_break, self._end])
        try:
            source = pa.BufferReader(whole)
            table = pc_csv.read_csv(source, **self._options(len(whole) + 1))
        except pa.ArrowInvalid:
            return begins, None
        # Shift_JIS grows in becoming UTF-8, so that a first batch may hold no row, and
        # a table of such lines no batch at all.
        batch = next(iter(table.to_batches()), None)
        last = -1 if batch is None else batch.num_rows - 1
        if batch is None or last < 0 or not _ends(batch, last):
            return begins, None
        return begins, self._named(batch.slice(0, last))

    def rest(
        self, ragged: list[Fault], begins: int = 0, number: int | None = None
    ) -> Iterator[Raw]:
        """What begins at a place of the file, where its row of that number is."""
        number = 1 + self._layout.first_line if number is None else number
        uneven, broken = Uneven(number - 1, ragged), None
        source = _source(self._path, self._layout)
        _skip(source, begins)
        # Opening reads the first block already, and may stop there.
        batches = self._streamed(source, uneven)
        while True:
            try:
                batch = next(batches, None)
            except pa.ArrowInvalid as invalid:
                broken = invalid
                break
            if batch is None:
                break
            rows = _numbers(number, batch.num_rows, uneven.skipped)
            number = int(rows[-1]) + 1 if len(rows) else number
            yield Raw(self._named(batch), rows)
        if len(ragged) >= MOST_RAGGED:
            last_told = ragged[MOST_RAGGED - 1]
            del ragged[MOST_RAGGED - 1 :]
            raise FileRefused([last_told]) from broken
        if broken is not None:
            code = "line_too_long" if "straddling" in str(broken) else "unreadable"
            raise FileRefused([Fault(code, row=number)]) from broken

    # Any: pyarrow's streams and readers are not typed.
    def _streamed(self, source: Any, uneven: Uneven) -> Iterator[pa.RecordBatch]:
        yield from pc_csv.open_csv(source, **self._options(BLOCK_BYTES, uneven))

    def _options(self, size: int, uneven: Uneven | None = None) -> dict[str, Any]:
        return {
            # One thread: only then does pyarrow tell the number of an uneven row.
            "read_options": pc_csv.ReadOptions(
                use_threads=False,
                block_size=size,
                column_names=self._names,
                encoding="utf8" if self._utf8 else self._layout.encoding,
            ),
            "parse_options": pc_csv.ParseOptions(
                delimiter=self._layout.separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=uneven,
            ),
            "convert_options": pc_csv.ConvertOptions(
                column_types=dict.fromkeys(self._names, pa.string()),
                include_columns=list(self._used.values()),
                strings_can_be_null=False,
            ),
        }

    def _named(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays(batch.columns, names=list(self._used))


def _ends(batch: pa.RecordBatch, row: int) -> bool:
    return all(column[row].as_py() == END for column in batch.columns)


# Any: pyarrow's streams are not typed.
def _source(path: Path, layout: Layout) -> Any:
    if layout.tables:
        held = table_bytes(
            path,
            compressed=layout.compressed,
            encoding=layout.encoding,
            first_line=layout.first_line,
            lines=layout.lines,
        )
        return pa.BufferReader(held)
    packing = "gzip" if layout.compressed else None
    return pa.input_stream(path, compression=packing)


def _skip(source: Any, count: int) -> None:
    """So many bytes read, as what is unpacked on the way knows no places."""
    while count:
        count -= len(source.read(min(count, BLOCK_BYTES)))


def _numbers(first: int, count: int, skipped: list[int]) -> NDArray[np.int64]:
    """The next ``count`` row numbers from ``first`` on that were not skipped."""
    behind = [row for row in skipped if row >= first]
    numbers = np.arange(first, first + count + len(behind))
    return numbers[~np.isin(numbers, behind)][:count]


def _without_blank_end(raw: Raw) -> Raw:
    """Blank lines at the end of a file are no rows."""
    filled = np.zeros(len(raw.rows), np.bool_)
    for column in raw.cells.columns:
        filled |= pc.not_equal(column, "").to_numpy(zero_copy_only=False)
    kept = int(filled.nonzero()[0][-1]) + 1 if filled.any() else 0
    return Raw(raw.cells.slice(0, kept), raw.rows[:kept])
