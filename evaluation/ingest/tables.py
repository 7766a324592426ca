"""Opening a file as it is, gzipped or not, and telling several tables in it apart."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FEWEST_CELLS: Final = 2
PREVIEW_ROWS: Final = 5


@dataclass(frozen=True, slots=True)
class Table:
    """One of several tables in a file: where its header stands, and what is in it.

    ``first_line`` counts lines before the header; ``lines`` includes the header.
    """

    first_line: int
    lines: int
    columns: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]


def opened(path: Path, *, compressed: bool) -> IO[bytes] | gzip.GzipFile:
    """The file's bytes, unpacked on the way if it is gzipped."""
    if compressed:
        return gzip.open(path, "rb")
    return path.open("rb")


def table_bytes(
    path: Path, *, compressed: bool, encoding: str, first_line: int, lines: int
) -> bytes:
    """The lines of one table, as UTF-8; only small files hold several."""
    with opened(path, compressed=compressed) as file:
        text = file.read().decode(encoding)
    kept = text.splitlines(keepends=True)[first_line : first_line + lines]
    return "".join(kept).encode()


def tables_in(text: str, separator: str) -> tuple[Table, ...]:
    """The tables of a small file, in order; none unless there are two or more.

    Tables stand apart by blank lines. One is a header, which holds no number, and rows
    with as many cells; a title line above it or a lone row is none.
    """
    lines = text.splitlines()
    rows = [next(csv.reader([line], delimiter=separator), []) for line in lines]
    widths = [len(row) if any(cell.strip() for cell in row) else 0 for row in rows]
    found: list[Table] = []
    at = 0
    for width, same in groupby(widths):
        count = len(list(same))
        block = rows[at : at + count]
        if width >= FEWEST_CELLS and count > 1 and _is_header(block[0]):
            columns = tuple(name.strip() for name in block[0])
            preview = tuple(tuple(row) for row in block[1 : PREVIEW_ROWS + 1])
            found.append(Table(at, count, columns, preview))
        at += count
    apart = [
        not all(widths[one.first_line + one.lines : other.first_line])
        for one, other in pairwise(found)
    ]
    return tuple(found) if apart and all(apart) else ()


def _is_header(names: Sequence[str]) -> bool:
    plain = [name.strip() for name in names]
    return (
        all(plain) and len(set(plain)) == len(plain) and not any(map(_is_number, plain))
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
