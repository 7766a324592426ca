"""Folders of Parquet files: which files, how many rows, what their paths say."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from evaluation.ingest.faults import LONGEST_FOUND, Fault, FileRefused, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from projects.catalogue import Text

# pathlib folds the two slashes of an address into one.
ADDRESS: Final = re.compile(r"^(s3|gs|file):/+(.+)$")
ENDINGS: Final = (".parquet", ".parq", ".pq")
# What Hive and pandas write for a value that is missing.
NOTHING: Final = "__HIVE_DEFAULT_PARTITION__"
CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a folder: the rows of its row groups, and what its path says.

    ``values`` are of folders named ``segment=A``, as Hive, Spark and pandas name them.
    """

    path: str
    groups: tuple[int, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


def is_address(path: Path) -> bool:
    """Whether it is in an object store, as s3://bucket/folder."""
    return ADDRESS.match(path.as_posix()) is not None


def is_folder(path: Path) -> bool:
    """Whether many files are meant: a folder, or an address of an object store."""
    return is_address(path) or path.is_dir()


# Any: pyarrow's file systems are not typed.
def where(path: Path) -> tuple[Any, str]:
    """The file system a path lies on, and its name there. OSError for none."""
    address = ADDRESS.match(path.as_posix())
    if address is None:
        return fs.LocalFileSystem(), str(path)
    slashes = "///" if address[1] == "file" else "//"
    store, name = fs.FileSystem.from_uri(f"{address[1]}:{slashes}{address[2]}")
    return store, name


def pieces(path: Path) -> list[Piece]:
    """Every Parquet file below, by name; hidden ones and those named _ left out.

    FileRefused when there is none, or when one has other columns than the first.
    """
    store, base = where(path)
    found: list[Piece] = []
    for name in _names(store, base):
        try:
            with pq.ParquetFile(name, filesystem=store, pre_buffer=False) as file:
                held = file.metadata
                groups = [
                    held.row_group(i).num_rows for i in range(held.num_row_groups)
                ]
                columns = tuple(file.schema_arrow.names)
        except (pa.ArrowException, OSError, ValueError) as broken:
            away = isinstance(broken, OSError) and is_address(path)
            if away or isinstance(broken, UnicodeDecodeError):
                raise  # there are words for these
            file_name = told(inside(name, base))
            fault = Fault("unreadable_part", params={"file": file_name})
            raise FileRefused([fault]) from broken
        # Of thousands of files the names of columns are kept once.
        if found and columns == found[0].columns:
            columns = found[0].columns
        piece = Piece(
            name, tuple(groups), columns, _values(inside(name, base), columns)
        )
        found.append(piece)
        _check_even(found[0], piece, base)
    if not found:
        raise FileRefused([Fault("empty_folder")])
    return found


def _check_even(first: Piece, piece: Piece, base: str) -> None:
    """FileRefused when the file has other columns, or its path says other ones."""
    columns, needed = all_columns(piece), all_columns(first)
    names = [told(inside(one.path, base)) for one in (piece, first)]
    faults = []
    for column in sorted(set(needed) ^ set(columns)):
        # A file beside the folders it belongs into is the one to be named.
        has, lacks = (piece, names[1]) if column in columns else (first, names[0])
        if column in dict(has.values):
            params: dict[str, str | int | Text] = {"file": lacks}
            faults.append(Fault("uneven_path", column=column, params=params))
        else:
            params = {"file": names[0], "first": names[1]}
            faults.append(Fault("uneven_folder", column=column, params=params))
    if faults:
        raise FileRefused(faults)


def all_columns(piece: Piece) -> tuple[str, ...]:
    """The columns of the file, then those of its path."""
    return piece.columns + tuple(name for name, _value in piece.values)


def chosen(
    path: Path, row_groups: tuple[int, ...] | None
) -> Iterator[tuple[Piece, list[int] | None]]:
    """Files and their row groups; ``row_groups`` are numbered through all files."""
    if not is_folder(path):
        groups = None if row_groups is None else list(row_groups)
        yield Piece(str(path), (), (), ()), groups
        return
    before = 0
    for piece in pieces(path):
        here = range(before, before + len(piece.groups))
        before = here.stop
        own = [n for n in here if row_groups is None or n in row_groups]
        if own:
            yield piece, [n - here.start for n in own]


def row_groups_of(path: Path) -> list[int]:
    """How many rows each row group holds, over all files."""
    if is_folder(path):
        return [rows for piece in pieces(path) for rows in piece.groups]
    with pq.ParquetFile(path, pre_buffer=False) as file:
        held = file.metadata
        return [held.row_group(i).num_rows for i in range(held.num_row_groups)]


def digest_of(path: Path) -> str:
    """SHA-256 of a file; of a folder, of the digests and names of its files."""
    if not is_folder(path):
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    store, base = where(path)
    whole = hashlib.sha256()
    for name in _names(store, base):
        one = hashlib.sha256()
        with store.open_input_stream(name) as stream:
            while chunk := stream.read(CHUNK):
                one.update(chunk)
        whole.update(f"{one.hexdigest()}  {name.removeprefix(base)}\n".encode())
    return whole.hexdigest()


def located(refused: FileRefused, path: Path) -> FileRefused:
    """The same refusal, with rows of a folder told by the file they stand in."""
    if not is_folder(path) or all(fault.row is None for fault in refused.faults):
        return refused
    _store, base = where(path)
    held = pieces(path)
    ends = list(accumulate(sum(piece.groups) for piece in held))

    def told_by(fault: Fault) -> Fault:
        # Row 1 of every table is its header, also where a file has none.
        row = None if fault.row is None else fault.row - 2
        if row is None or fault.file or row >= ends[-1]:
            return fault
        at = bisect_right(ends, row)
        name = told(inside(held[at].path, base))
        return replace(fault, row=row + 2 - (0, *ends)[at], file=name)

    faults = [told_by(fault) for fault in refused.faults]
    return FileRefused(faults, refused.total, refused.file_name)


def is_hidden(name: str) -> bool:
    """Whether a path in a folder is for machines: a part begins with a dot or _."""
    return any(part[:1] in ("_", ".") for part in name.split("/"))


def is_piece(name: str) -> bool:
    """Whether a path in a folder is of a Parquet file that is read."""
    return name.lower().endswith(ENDINGS) and not is_hidden(name)


def inside(name: str, base: str) -> str:
    """A file's path from its folder on."""
    return name.removeprefix(base).lstrip("/")


def told(name: str) -> str:
    """A path as it fits into a sentence: its end, which is the file's own name."""
    shown = name if len(name) <= LONGEST_FOUND else "…" + name[1 - LONGEST_FOUND :]
    return shortened(shown)


def _names(store: Any, base: str) -> list[str]:
    listed = store.get_file_info(fs.FileSelector(base, recursive=True))
    return sorted(
        info.path
        for info in listed
        if info.type == fs.FileType.File and is_piece(inside(info.path, base))
    )


def _values(name: str, columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What the folders on the way say; a column of the file itself comes first."""
    # A Mac takes kana apart in names of folders; typed they are one letter.
    plain = unicodedata.normalize("NFC", name)
    said = [part.partition("=") for part in plain.split("/")[:-1] if "=" in part]
    return tuple(
        (unquote(key), "" if value == NOTHING else unquote(value))
        for key, _equals, value in said
        if unquote(key) not in columns
    )
