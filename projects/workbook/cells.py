"""Cells as this project writes them: text is text, whatever it begins with."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Final

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties

if TYPE_CHECKING:
    from datetime import datetime

    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from projects.catalogue import Text

# What XML cannot carry.
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# A spreadsheet takes no more in one cell.
LONGEST: Final = 32_767
# A program that opens the file may take text that begins so for a formula.
LOOKS_LIKE_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
HAIR: Final = Side(style="thin", color="C8CED6")
HEAD: Final = PatternFill("solid", start_color="EDF1FB")
OPEN: Final = PatternFill("solid", start_color="FFFBEA")
TOP: Final = Alignment(vertical="top", wrap_text=True)


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Text that stays text: it is never taken for a formula, here or after editing."""
    cell: Cell = sheet.cell(row, column)  # type: ignore[assignment]  # none is merged
    cell.value = UNWRITABLE.sub("", text)[:LONGEST]
    cell.data_type = "s"
    if text.startswith(LOOKS_LIKE_A_FORMULA):
        cell.quotePrefix = True
    cell.alignment = TOP
    return cell


def write_head(sheet: Worksheet, row: int, names: list[str]) -> None:
    """The names of the columns, kept in view and on every printed page."""
    for column, name in enumerate(names, start=1):
        cell = write_text(sheet, row, column, name)
        cell.font = Font(bold=True)
        cell.fill = HEAD
        cell.border = Border(bottom=HAIR)
    sheet.freeze_panes = f"B{row + 1}"
    sheet.print_title_rows = f"{row}:{row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def set_widths(sheet: Worksheet, widths: list[int]) -> None:
    """How wide each column is, in characters."""
    for number, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJKLMNOP"[number]].width = width


def label(text: Text) -> str:
    """Both languages in one cell."""
    return text.ja if text.ja == text.en else f"{text.ja} / {text.en}"


def saved(book: Workbook, at: datetime) -> bytes:
    """The workbook as a file, dated at that moment."""
    book.properties.creator = "Kenshu"
    book.properties.created = book.properties.modified = at.replace(tzinfo=None)
    made = BytesIO()
    book.save(made)
    return made.getvalue()
