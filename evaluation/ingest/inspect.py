"""What kind of file this is: its format, encoding, separator, columns, first rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.ingest.faults import Fault, FileRefused, shortened
from evaluation.ingest.folders import (
    Piece,
    all_columns,
    is_address,
    is_folder,
    pieces,
    where,
)
from evaluation.ingest.tables import Table, opened, tables_in

if TYPE_CHECKING:
    from pathlib import Path

HEAD: Final = 1 << 20
PREVIEW_ROWS: Final = 5
PREVIEW_CELL: Final = 120
SEPARATORS: Final = (",", ";", "\t")
# Kana and kanji: proof that what came before really was UTF-8.
JAPANESE: Final = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")

# First bytes, and the fault they are. A renamed file is known by these only.
MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x7fELF", "executable"),
    (b"MZ", "executable"),
    (b"\xd0\xcf\x11\xe0", "spreadsheet"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"%PDF", "not_a_table"),
)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most a file may hold: bytes on disk, rows, columns, bytes in one cell.

    ``unpacked`` is how many bytes a gzipped file may hold; ``segments`` how many names.
    A zip may hold so many ``files``, and a ``folder`` of so many bytes, which is at
    most ``ratio`` times its own size.
    """

    bytes: int = 500_000_000
    rows: int = 50_000_000
    columns: int = 500
    cell: int = 10_000
    unpacked: int = 10_000_000_000
    segments: int = 100_000
    files: int = 10_000
    folder: int = 2_000_000_000
    ratio: int = 100


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a file: "csv" or "parquet", and what its first rows look like.

    ``rows`` is what the file itself claims, without the header; None for CSV. Of
    several ``tables`` the one from ``first_line`` on is read, ``lines`` long. Of a
    folder, how many ``files`` it has, and which columns are names of folders.
    """

    format: str
    encoding: str
    separator: str
    columns: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]
    rows: int | None
    compressed: bool = False
    tables: tuple[Table, ...] = ()
    first_line: int = 0
    lines: int = 0
    files: int = 0
    from_path: tuple[str, ...] = ()

    def with_table(self, number: int) -> Layout:
        """The same file read as another of its tables; IndexError beyond them."""
        if not self.tables:
            if number:
                raise IndexError(number)
            return self
        chosen = self.tables[number]
        return replace(
            self,
            columns=chosen.columns,
            preview=chosen.preview,
            first_line=chosen.first_line,
            lines=chosen.lines,
        )

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return asdict(self) | {
            "columns": list(self.columns),
            "preview": [list(row) for row in self.preview],
            "from_path": list(self.from_path),
            "tables": [asdict(table) for table in self.tables],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        columns = tuple(stored["columns"])
        preview = tuple(tuple(row) for row in stored["preview"])
        tables = tuple(
            Table(
                table["first_line"],
                table["lines"],
                tuple(table["columns"]),
                tuple(map(tuple, table["preview"])),
            )
            for table in stored.get("tables", ())
        )
        read = {"columns": columns, "preview": preview, "tables": tables}
        read["from_path"] = tuple(stored.get("from_path", ()))
        return cls(**(stored | read))


def inspect(path: Path, name: str, caps: Caps) -> Layout:
    """Look at the file without trusting its name; FileRefused if it is no table.

    A folder is one table of all the Parquet files in it. Otherwise reads the first
    megabyte, and the whole once to learn its encoding.
    """
    if is_folder(path):
        return _parquet(path, caps)
    size = path.stat().st_size
    if size > caps.bytes:
        params: dict[str, Any] = {"size": size, "limit": caps.bytes}
        raise FileRefused([Fault("too_many_bytes", params=params)])
    compressed = _is_gzip(path)
    try:
        with opened(path, compressed=compressed) as file:
            head = file.read(HEAD)
    except (OSError, EOFError, zlib.error) as broken:
        raise FileRefused([Fault("unreadable")]) from broken
    if compressed and head.startswith(b"\x1f\x8b"):
        raise FileRefused([Fault("archive")])
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise FileRefused([Fault("empty_file")])
    if head.startswith(b"PK\x03\x04"):
        office = b"xl/" in head or name.lower().endswith((".xlsx", ".xlsm", ".ods"))
        raise FileRefused([Fault("spreadsheet" if office else "archive")])
    for magic, code in MAGIC:
        # "MZ" could begin a header; a program also holds a zero byte.
        if head.startswith(magic) and (code != "executable" or b"\0" in head):
            raise FileRefused([Fault(code)])
    if head.startswith(b"PAR1"):
        if compressed:
            raise FileRefused([Fault("packed_parquet")])
        return _parquet(path, caps)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileRefused([Fault("unknown_encoding", row=1)])
    if b"\0" in head:
        raise FileRefused([Fault("not_a_table")])
    if b"\n" not in head and b"\r" not in head and size > HEAD:
        raise FileRefused([Fault("line_too_long", row=1)])
    try:
        return _csv(path, head, compressed, caps)
    except (OSError, EOFError, zlib.error) as broken:
        raise FileRefused([Fault("unreadable")]) from broken


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _parquet(path: Path, caps: Caps) -> Layout:
    try:
        # Of a folder the first file tells what they all are like.
        first_file, rows, store, held = str(path), 0, None, list[Piece]()
        if is_folder(path):
            held = pieces(path)
            columns = list(all_columns(held[0]))
            rows = sum(sum(piece.groups) for piece in held)
            first_file, (store, _base) = held[0].path, where(path)
        with pq.ParquetFile(first_file, filesystem=store, pre_buffer=False) as file:
            if store is None:
                rows, columns = file.metadata.num_rows, file.schema_arrow.names
            _check_columns(columns, caps)
            if rows > caps.rows:
                raise FileRefused([too_many_rows(caps)])
            first = next(file.iter_batches(PREVIEW_ROWS), None)
            batch = [] if first is None else first.columns
            cells = [column.to_pylist() for column in batch]
    except UnicodeDecodeError as wrong:
        # Some writers put Shift_JIS where Parquet's texts are UTF-8.
        raise FileRefused([Fault("unknown_encoding")]) from wrong
    except OSError as away:
        if is_address(path):
            params: dict[str, Any] = {"why": shortened(str(away))}
            raise FileRefused([Fault("unreachable", params=params)]) from away
        raise FileRefused([Fault("unreadable")]) from away
    except (pa.ArrowException, ValueError) as broken:
        raise FileRefused([Fault("unreadable")]) from broken
    said = held[0].values if held else ()
    ends = tuple(value for _name, value in said)
    lines = (row + ends for row in zip(*cells, strict=True))
    preview = tuple(tuple(map(_shown, row)) for row in lines)
    seen = Layout("parquet", "", "", tuple(columns), preview, rows)
    names = tuple(name for name, _value in said)
    return replace(seen, files=len(held), from_path=names)


def _csv(path: Path, head: bytes, compressed: bool, caps: Caps) -> Layout:
    encoding, size = _encoding(path, compressed, caps)
    cut = size > len(head)
    decoder = codecs.getincrementaldecoder(encoding)()
    text = decoder.decode(head, final=not cut)
    separator = _separator(text)
    tables = () if cut else tables_in(text, _separator(_widest(text)))
    if tables:
        separator = _separator(_widest(text))
        plain = Layout("csv", encoding, separator, (), (), None, compressed, tables)
        longest = max(range(len(tables)), key=lambda number: tables[number].lines)
        return plain.with_table(longest)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    lines: list[list[str]] = []
    try:
        for line in reader:
            lines.append(line)
            # One more than shown, as the last may be cut by the end of the head.
            if len(lines) > PREVIEW_ROWS + 1:
                break
    except csv.Error as broken:
        fault = Fault("line_too_long", row=len(lines) + 1)
        raise FileRefused([fault]) from broken
    columns = [
        name.strip() or f"({number})" for number, name in enumerate(lines[0], start=1)
    ]
    if not lines[0]:
        raise FileRefused([Fault("empty_cell", row=1)])
    if len(columns) == 1 and "|" in columns[0]:
        params: dict[str, Any] = {"separator": "|"}
        raise FileRefused([Fault("wrong_separator", row=1, params=params)])
    _check_columns(columns, caps)
    preview = tuple(tuple(map(_shown, row)) for row in lines[1 : PREVIEW_ROWS + 1])
    return Layout("csv", encoding, separator, tuple(columns), preview, None, compressed)


def _widest(text: str) -> str:
    """The line with the most separators, which tells them best in a mixed file."""
    return max(text.splitlines(), key=lambda line: max(map(line.count, SEPARATORS)))


def _encoding(path: Path, compressed: bool, caps: Caps) -> tuple[str, int]:
    """utf-8-sig or cp932, whichever reads the whole file, and its bytes unpacked.

    FileRefused for neither, or when more is unpacked than the caps allow.
    """
    size = 0
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    japanese, wrong_at = False, 0
    with opened(path, compressed=compressed) as file:
        while chunk := file.read(HEAD):
            size += len(chunk)
            if size > caps.unpacked:
                params: dict[str, Any] = {"size": size, "limit": caps.unpacked}
                raise FileRefused([Fault("too_many_bytes", params=params)])
            pending = decoder.getstate()[0]
            # Most files hold nothing else than ASCII, which is known at once.
            if not pending and chunk.isascii():
                continue
            try:
                text = decoder.decode(chunk)
                japanese = japanese or bool(JAPANESE.search(text))
            except UnicodeDecodeError as wrong:
                before = (pending + chunk)[: wrong.start]
                japanese = japanese or bool(
                    JAPANESE.search(before.decode(errors="ignore"))
                )
                wrong_at = size - len(pending + chunk) + wrong.start
                break
        else:
            if not decoder.getstate()[0]:
                return "utf-8-sig", size
            wrong_at = size
    if japanese:
        row = _row_at(path, compressed, wrong_at)
        raise FileRefused([Fault("mixed_encodings", row=row)])
    other = codecs.getincrementaldecoder("cp932")()
    size = 0
    with opened(path, compressed=compressed) as file:
        while chunk := file.read(HEAD):
            size += len(chunk)
            pending = other.getstate()[0]
            try:
                other.decode(chunk)
            except UnicodeDecodeError as wrong:
                wrong_at = size - len(pending + chunk) + wrong.start
                row = _row_at(path, compressed, wrong_at)
                raise FileRefused([Fault("unknown_encoding", row=row)]) from wrong
    if other.getstate()[0]:
        row = _row_at(path, compressed, size)
        raise FileRefused([Fault("unknown_encoding", row=row)])
    return "cp932", size


def _row_at(path: Path, compressed: bool, place: int) -> int:
    """The row in which so many bytes of the file, unpacked, end."""
    row = 1
    with opened(path, compressed=compressed) as file:
        while place > 0 and (chunk := file.read(min(place, HEAD))):
            row += chunk.count(b"\n")
            place -= len(chunk)
    return row


def _separator(text: str) -> str:
    """The separator seen most in the header, outside quotes; a comma if none is."""
    header = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    seen = Counter(character for character in header if character in SEPARATORS)
    return seen.most_common(1)[0][0] if seen else ","


def _check_columns(columns: list[str], caps: Caps) -> None:
    if len(columns) > caps.columns:
        params: dict[str, Any] = {"size": len(columns), "limit": caps.columns}
        raise FileRefused([Fault("too_many_columns", params=params)])
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        faults = [Fault("duplicate_column", row=1, column=name) for name in twice]
        raise FileRefused(faults)


def too_many_rows(caps: Caps) -> Fault:
    """The fault of a file with more rows than may be measured."""
    return Fault("too_many_rows", params={"limit": caps.rows})


# Any: a Parquet cell may hold anything.
def _shown(value: Any) -> str:
    shown = "" if value is None else str(value)
    return shown if len(shown) <= PREVIEW_CELL else shown[:PREVIEW_CELL] + "…"
