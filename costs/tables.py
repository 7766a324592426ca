"""A small CSV file as rows, whole or refused: each fault with its row and column.

For files that people make or download and that fit in memory: answers of labellers,
gold, time sheets. Nothing of a cell is ever interpreted or rendered here.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MOST_ROWS: Final = 200_000
MOST_FAULTS: Final = 20
LONGEST_FOUND: Final = 40
PAGES: Final = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")
PACKED: Final = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\xd0\xcf\x11\xe0")
MONEY_SIGNS: Final = str.maketrans("", "", "$¥￥円,")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place. ``row`` counts the header as 1, like a spreadsheet.

    ``row`` 0 and an empty ``column`` mean the whole file.
    """

    said: Text
    row: int = 0
    column: str = ""

    def sentence(self, language: str) -> str:
        """The place, then what is wrong and what to do."""
        if language.lower().startswith("ja"):
            row = f"{self.row:,}行目" if self.row else ""
            place = "・".join(filter(None, [row, self.column and f"列{self.column}"]))
            return f"{place}: {self.said.ja}" if place else self.said.ja
        row = f"row {self.row:,}" if self.row else ""
        place = ", ".join(filter(None, [row, self.column and f"column {self.column}"]))
        place = place[:1].upper() + place[1:]
        return f"{place}: {self.said.en}" if place else self.said.en


class TableRefused(Exception):
    """The file is not taken: the first faults of it, and how many there are."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = list(faults)
        super().__init__(found[0].said.en)
        self.faults: tuple[Fault, ...] = tuple(found[:MOST_FAULTS])
        self.count = len(found)

    def sentences(self, language: str) -> list[str]:
        """One sentence for each fault, and how many more there are."""
        told = [fault.sentence(language) for fault in self.faults]
        if self.count > len(self.faults):
            more = self.count - len(self.faults)
            said = Text(f"ほかに{more:,}か所あります。", f"And {more:,} more places.")
            told.append(said.in_(language))
        return told


@dataclass(frozen=True, slots=True)
class Row:
    """One record; a cell may hold line breaks, so this is no line of the file."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The header, and every record with a cell for each name of it."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes, may_lack: Collection[str] = ()) -> Table:
    """The CSV as a table; TableRefused with every fault found.

    UTF-8 or Shift_JIS. ``may_lack`` names columns at the end of the header that a
    record may leave out altogether.
    """
    _refuse_others(content)
    records = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    columns = _header(records)
    rows: list[Row] = []
    faults: list[Fault] = []
    number = 1
    try:
        for record in records:
            number += 1
            if not any(record):
                continue
            if len(rows) >= MOST_ROWS:
                raise TableRefused([_too_many()])
            fault = _misfit(columns, record, may_lack)
            if fault:
                faults.append(Fault(fault, number))
                continue
            record += [""] * (len(columns) - len(record))
            rows.append(Row(number, dict(zip(columns, record, strict=True))))
    except csv.Error as error:
        raise TableRefused([_broken(number + 1)]) from error
    if faults:
        raise TableRefused(faults)
    if not rows:
        raise TableRefused(
            [Fault(Text("見出しの下に行がありません。", "No row follows the header."))]
        )
    return Table(columns, tuple(rows))


def _refuse_others(content: bytes) -> None:
    head = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.lower().startswith(PAGES):
        raise TableRefused([Fault(A_PAGE)])
    if head.startswith(PACKED):
        raise TableRefused([Fault(PACKED_FILE)])
    if b"\0" in content:
        raise TableRefused([Fault(NOT_TEXT)])


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableRefused([Fault(NOT_TEXT)])


def _header(records: Iterable[list[str]]) -> tuple[str, ...]:
    try:
        names = next(iter(records), [])
    except csv.Error as error:
        raise TableRefused([_broken(1)]) from error
    columns = tuple(name.strip() for name in names)
    if not any(columns):
        raise TableRefused([Fault(Text("ファイルが空です。", "The file is empty."))])
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        said = Text(
            "同じ見出しが二つあります。一つにしてください。",
            "Two columns have this name; keep one.",
        )
        raise TableRefused([Fault(said, 1, name or "–") for name in twice])
    return columns


def _misfit(
    columns: tuple[str, ...], record: list[str], may_lack: Collection[str]
) -> Text | None:
    lacking = columns[len(record) :]
    if len(record) <= len(columns) and all(name in may_lack for name in lacking):
        return None
    have, need = len(record), len(columns)
    return Text(
        f"見出しは{need}列ですが、この行は{have}列です。"
        "引用符かコンマを直してください。",
        f"The header has {need} columns, this row {have}. "
        "Mend its quotes or its commas.",
    )


def _broken(number: int) -> Fault:
    return Fault(
        Text(
            "引用符が閉じていないか、セルが長すぎます。CSVとして保存し直してください。",
            "A quote is not closed or a cell is too long. Save it as CSV again.",
        ),
        number,
    )


def _too_many() -> Fault:
    return Fault(
        Text(
            f"{MOST_ROWS:,}行を超えています。分けてください。",
            f"There are more than {MOST_ROWS:,} rows. Divide the file.",
        )
    )


A_PAGE: Final = Text(
    "CSVではなくウェブページが保存されています。サインインし直し、CSVをもう一度ダウンロードしてください。",
    "This is a web page, not CSV. Sign in there and download the CSV again.",
)
PACKED_FILE: Final = Text(
    "圧縮ファイルかExcelのファイルです。CSVに直してください。",
    "This is a compressed or an Excel file. Save it as CSV.",
)
NOT_TEXT: Final = Text(
    "UTF-8でもShift_JISでもありません。CSV(UTF-8)で保存し直してください。",
    "This is neither UTF-8 nor Shift_JIS. Save it as CSV in UTF-8.",
)
NOT_A_NUMBER: Final = Text(
    "0以上の数を書いてください。", "Write a number of 0 or more."
)


def amount(text: str, most: Decimal) -> Decimal | None:
    """A number from 0 to ``most``, a currency's sign before it or not; else None."""
    try:
        value = Decimal(text.translate(MONEY_SIGNS).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value <= most else None


def shortened(text: str) -> str:
    """What stands in a cell, for a sentence: one short line."""
    flat = " ".join(text.split())
    return f"{flat[:LONGEST_FOUND]}…" if len(flat) > LONGEST_FOUND else flat
