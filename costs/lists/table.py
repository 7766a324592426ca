"""A small file or a pasted text as rows, and the faults that keep it out."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Final

from costs.currencies import is_currency
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 20_000
MOST_FAULTS: Final = 100
LONGEST_FOUND: Final = 60
# Twelve digits before the point and twelve behind it are what a price keeps.
MOST_DIGITS: Final = 12
NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
DAY: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
MARKUP: Final = re.compile(r"\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)

TOO_LARGE: Final = Text(
    ja="2MBを超えています。分けてから選んでください。",
    en="It is larger than 2 MB. Split it first.",
)
TOO_MANY_ROWS: Final = Text(
    ja=f"{MOST_ROWS:,}行を超えています。分けてから選んでください。",
    en=f"It has more than {MOST_ROWS:,} rows. Split it first.",
)
NO_TEXT: Final = Text(
    ja="CSVとして読めません。UTF-8かShift_JISのCSVで保存し直してください。",
    en="It cannot be read as CSV. Save it as CSV in UTF-8 or Shift_JIS.",
)
A_PAGE: Final = Text(
    ja="CSVではなくウェブページです。ページではなくCSVファイルをダウンロードしてください。",
    en="It is a web page and not CSV. Download the CSV file instead of the page.",
)
NO_ROWS: Final = Text(
    ja="見出しの下に行がありません。", en="There is no row below the header."
)
TWICE: Final = Text(
    ja="この列が2つあります。どちらかを消してください。",
    en="This column is there twice. Take one of them out.",
)
TOO_MANY_CELLS: Final = Text(
    ja="見出しより列が多い行です。コンマを含む値は引用符で囲んでください。",
    en="The row has more cells than the header. Quote a value that holds a comma.",
)
EMPTY: Final = Text(ja="値がありません。", en="There is no value.")
NO_NUMBER: Final = Text(
    ja="0以上の数を、桁区切りなしで書いてください。",
    en="Write a number of 0 or more, without thousands separators.",
)
TOO_LONG_A_NUMBER: Final = Text(
    ja=f"小数点の前後はそれぞれ{MOST_DIGITS}桁までです。",
    en=f"At most {MOST_DIGITS} digits may stand before and behind the point.",
)
NO_DAY: Final = Text(
    ja="日付は2026-10-01のように書いてください。",
    en="Write the day like 2026-10-01.",
)
NO_CURRENCY: Final = Text(
    ja="この通貨コードはありません。USDやJPYなど、ISO 4217の3文字で書いてください。",
    en="No currency has this code. Write three letters of ISO 4217, like USD or JPY.",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a list out; row 1 is the header, 0 the whole file."""

    says: Text
    row: int = 0
    column: str = ""
    found: str = ""


class ListRefused(Exception):
    """Nothing of the list is taken over; ``faults`` are its first hundred."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults[:MOST_FAULTS]
        self.total = len(faults)
        super().__init__(f"{self.total} faults")


@dataclass(slots=True)
class Row:
    """One row, whose cells are read one by one; what is wrong is kept in ``faults``."""

    number: int
    cells: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, column: str, says: Text) -> None:
        """Note what is wrong with a cell."""
        found = " ".join(self.cells.get(column, "").split())[:LONGEST_FOUND]
        self.faults.append(Fault(says, self.number, column, found))

    def text(self, column: str, *, most: int, needed: bool = False) -> str:
        """The cell's text, at most so long."""
        text = self.cells.get(column, "").strip()
        if needed and not text:
            self.refuse(column, EMPTY)
        if len(text) > most:
            says = Text(f"{most}文字までです。", f"At most {most} characters.")
            self.refuse(column, says)
        return text

    def amount(self, column: str) -> Decimal:
        """A number of 0 or more with its own digits; 0 where it is none."""
        text = self.cells.get(column, "").strip()
        if not NUMBER.fullmatch(text):
            self.refuse(column, NO_NUMBER if text else EMPTY)
            return Decimal(0)
        whole, _point, part = text.partition(".")
        if max(len(whole.lstrip("0")), len(part.rstrip("0"))) > MOST_DIGITS:
            self.refuse(column, TOO_LONG_A_NUMBER)
            return Decimal(0)
        return Decimal(text)

    def day(self, column: str) -> date | None:
        """A day, or None for an empty cell."""
        text = self.cells.get(column, "").strip()
        if not text:
            return None
        found = DAY.fullmatch(text)
        try:
            return date(*map(int, found.groups())) if found else self._no_day(column)
        except ValueError:
            return self._no_day(column)

    def _no_day(self, column: str) -> date | None:
        self.refuse(column, NO_DAY)
        return None

    def currency(self, column: str) -> str:
        """Three capital letters that ISO 4217 knows."""
        code = self.cells.get(column, "").strip().upper()
        if not is_currency(code):
            self.refuse(column, NO_CURRENCY if code else EMPTY)
        return code


def columns_and_rows(content: bytes) -> tuple[list[str], list[Row]]:
    """The names of the columns and the rows below; ListRefused for what is no table.

    Names are given in small letters; a first line that is a byte order mark, and
    separators of Excel (tab, semicolon) are understood.
    """
    if len(content) > MOST_BYTES:
        raise ListRefused([Fault(TOO_LARGE)])
    text = _decoded(content)
    if MARKUP.match(text):
        raise ListRefused([Fault(A_PAGE)])
    try:
        lines = list(_lines(text))
    except csv.Error as broken:
        raise ListRefused([Fault(NO_TEXT)]) from broken
    if len(lines) < 2:
        raise ListRefused([Fault(NO_ROWS)])
    if len(lines) > MOST_ROWS + 1:
        raise ListRefused([Fault(TOO_MANY_ROWS)])
    columns = [cell.strip().lower() for cell in lines[0][1]]
    twice = [c for place, c in enumerate(columns) if c and c in columns[:place]]
    if twice:
        raise ListRefused([Fault(TWICE, 1, column) for column in twice])
    rows, faults = [], []
    for number, cells in lines[1:]:
        if any(cell.strip() for cell in cells[len(columns) :]):
            faults.append(Fault(TOO_MANY_CELLS, number))
        rows.append(Row(number, dict(zip(columns, cells, strict=False))))
    if faults:
        raise ListRefused(faults)
    return columns, rows


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise ListRefused([Fault(NO_TEXT)])
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListRefused([Fault(NO_TEXT)])


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold something, with the number a spreadsheet gives them."""
    head = text.split("\n", 1)[0]
    separator = max((",", "\t", ";"), key=head.count)
    table = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    for number, cells in enumerate(table, 1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def checked(rows: list[Row]) -> None:
    """ListRefused with the faults of all rows, if there are any."""
    faults = [fault for row in rows for fault in row.faults]
    if faults:
        raise ListRefused(faults)
