"""Tables of money as files: CSV and workbooks that run nothing when they are opened."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from costs.sheets import Kind
from projects.workbook.cells import LONGEST, LOOKS_LIKE_A_FORMULA, UNWRITABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from costs.sheets import Cell, Sheet

# A spreadsheet holds no more rows than this, the head among them.
ROWS: Final = 1_048_576
FORMATS: Final = {
    Kind.YEN: "#,##0",
    Kind.HOURS: "#,##0.00",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MONTH: "yyyy-mm",
}
# Names of sheets may have none of these, and no more than 31 letters.
FORBIDDEN: Final = str.maketrans("", "", "[]:*?/\\")


def guarded(text: str) -> str:
    """Text that a spreadsheet shows as it is, even where it looks like a formula."""
    return f"'{text}" if text.startswith(LOOKS_LIKE_A_FORMULA) else text


def written(cell: Cell) -> str:
    """A cell of CSV: numbers with a point, days as 2026-10-01."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return guarded(cell) if isinstance(cell, str) else str(cell)


def as_csv(head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """Line by line, with the mark that lets spreadsheets read Japanese."""
    yield b"\xef\xbb\xbf" + _line([guarded(name) for name in head])
    for row in rows:
        yield _line([written(cell) for cell in row])


def _line(cells: list[str]) -> bytes:
    line = StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()


def as_workbook(sheets: Iterable[Sheet]) -> bytes:
    """A sheet each, written row by row."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page: WriteOnlyWorksheet = book.create_sheet(
            sheet.title.translate(FORBIDDEN)[:31]
        )
        page.freeze_panes = "A2"
        page.append([_text(page, column.name) for column in sheet.columns])
        rows = (*sheet.rows, sheet.total) if sheet.total else sheet.rows
        for row in rows[: ROWS - 1]:
            page.append(
                [
                    _cell(page, cell, column.kind)
                    for cell, column in zip(row, sheet.columns, strict=True)
                ]
            )
    file = BytesIO()
    book.save(file)
    return file.getvalue()


# Any: cells of pages that are only written have no type.
def _cell(page: Any, cell: Cell, kind: Kind) -> Any:
    if cell is None or isinstance(cell, str):
        return _text(page, cell or "")
    # openpyxl takes any number or day; its stub knows fewer.
    value: Any = cell
    made = WriteOnlyCell(page, value)
    made.number_format = FORMATS.get(kind, "General")
    return made


def _text(page: Any, text: str) -> Any:
    made = WriteOnlyCell(page, UNWRITABLE.sub("", text)[:LONGEST])
    # Text is text, whatever it begins with.
    made.data_type = "s"
    if text.startswith(LOOKS_LIKE_A_FORMULA):
        made.quotePrefix = True
    return made
