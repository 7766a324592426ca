"""Folders of Parquet files, and zips of them: whole, odd and broken ones."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

# Where the flags, the way of packing and the size stand in an entry of the list of
# contents, after its signature.
FLAGS, PACKING, SIZE = 8, 10, 24


def parquet(**columns: object) -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table(columns), held, row_group_size=30)
    return held.getvalue()


def rows(first: int, count: int = 80) -> dict[str, list[int]]:
    """Truth and judgement, other ones for every first row."""
    numbers = range(first, first + count)
    truth = [int(n % 3 == 0) for n in numbers]
    return {"y_true": truth, "y_pred": [int(n % 3 == 0 or n % 7 == 0) for n in numbers]}


PARTS = {
    "segment=A/part-0.parquet": parquet(**rows(0)),
    "segment=A/part-1.parquet": parquet(**rows(80)),
    "segment=B%20棟/part-0.parquet": parquet(**rows(500, 50)),
}
ASIDE = {
    "_SUCCESS": b"",
    "_metadata": b"PAR1",
    ".DS_Store": b"\0\0",
    "__MACOSX/segment=A/._part-0.parquet": b"\0\5\x16\7",
    "segment=A/.part-0.parquet.crc": b"crc",
    "README.md": b"# From the press",
}


def zipped(
    parts: dict[str, bytes] | None = None,
    *,
    packing: int = zipfile.ZIP_DEFLATED,
    top: str = "",
) -> bytes:
    """A zip as a tool would make it, below a top folder if one is named."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        for name, content in (PARTS if parts is None else parts).items():
            archive.writestr(top + name, content)
    return held.getvalue()


def unpacked(folder: Path, parts: dict[str, bytes] | None = None) -> Path:
    """The same files in a folder."""
    for name, content in (PARTS if parts is None else parts).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def patched(content: bytes, at: int, value: bytes, entry: int = 0) -> bytes:
    """The zip with other bytes in one entry of its list of contents."""
    found = -1
    for _ in range(entry + 1):
        found = content.index(b"PK\x01\x02", found + 1)
    return content[: found + at] + value + content[found + at + len(value) :]
