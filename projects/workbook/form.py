"""The workbook to fill in: the open questions, with a list of answers for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook
from openpyxl.styles import Border, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from projects.checklist import AnswerType
from projects.workbook.cells import (
    HAIR,
    OPEN,
    label,
    saved,
    set_widths,
    write_head,
    write_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from openpyxl.worksheet.worksheet import Worksheet

    from projects.checklist import Item

FORMAT: Final = "kenshu-open-items-1"
ANSWERS: Final = "回答 Answers"
LISTS: Final = "lists"
ABOUT: Final = "kenshu"
HEAD_ROW: Final = 4
FIRST_ROW: Final = HEAD_ROW + 1
COLUMNS: Final = (
    "ID",
    "質問",
    "Question",
    "回答 / Answer",
    "単位・選び方 / Unit, how to answer",
    "メモ / Note",
    "該当しない理由 / Why it does not apply",
    "revision",
    "fingerprint",
)
ID, ANSWER, NOTE, BECAUSE, REVISION, FINGERPRINT = 1, 4, 6, 7, 8, 9
LINE: Final = 16
HOW: Final = (
    "色の付いた列だけに記入してください。"
    "当てはまらない質問には、回答の代わりに理由を書きます。 / "
    "Fill in the coloured columns only. Where a question does not apply, write why "
    "instead of an answer."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One open question, and the revision of what stands there (0: nothing)."""

    item: Item
    revision: int


def sealed_words(assessment: int, item_id: str, revision: int) -> str:
    """What a row's fingerprint is made of, so that no row can pass for another."""
    return f"{assessment}:{item_id}:{revision}"


def form_workbook(
    asked: Sequence[Asked],
    *,
    assessment: int,
    title: str,
    seal: Callable[[str], str],
    at: datetime,
) -> bytes:
    """The questions with room for their answers; ``seal`` makes the fingerprints."""
    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]  # a new book has one
    sheet.title = ANSWERS
    write_text(sheet, 1, 1, title).font = Font(bold=True, size=14)
    write_text(sheet, 2, 1, HOW)
    for row in (1, 2):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=7)
    sheet.row_dimensions[2].height = 34
    write_head(sheet, HEAD_ROW, list(COLUMNS))
    set_widths(sheet, [8, 44, 44, 26, 24, 36, 30, 10, 10])
    for column in (REVISION, FINGERPRINT):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    lists = book.create_sheet(LISTS)
    for row, each in enumerate(asked, start=FIRST_ROW):
        _write(sheet, lists, row, each)
        write_text(sheet, row, REVISION, str(each.revision))
        words = sealed_words(assessment, each.item.id, each.revision)
        write_text(sheet, row, FINGERPRINT, seal(words))
    lists.sheet_state = "hidden"
    about = book.create_sheet(ABOUT)
    for row, told in enumerate((FORMAT, str(assessment)), start=1):
        write_text(about, row, 1, told)
    about.sheet_state = "hidden"
    return saved(book, at)


def _write(sheet: Worksheet, lists: Worksheet, row: int, each: Asked) -> None:
    item = each.item
    for column, text in (
        (1, item.id),
        (2, item.question.ja),
        (3, item.question.en),
        (5, _how(item)),
    ):
        write_text(sheet, row, column, text).border = Border(bottom=HAIR)
    # Not every program grows a row with its text.
    lines = max(len(item.question.ja) / 22, len(item.question.en) / 44)
    sheet.row_dimensions[row].height = LINE * (1 + int(lines))
    for column in (ANSWER, NOTE, BECAUSE):
        cell = write_text(sheet, row, column, "")
        cell.value = None
        cell.fill, cell.border = OPEN, Border(bottom=HAIR)
    names = [label(item.answer_name(word)) for word in item.answers]
    for number, name in enumerate(names, start=1):
        write_text(lists, number, row, name)
    place = get_column_letter(row)
    chosen = DataValidation(
        type="list", formula1=f"{LISTS}!${place}$1:${place}${len(names)}"
    )
    chosen.allow_blank = True
    # A number may be typed as well as the one word that says there is none.
    chosen.showErrorMessage = item.type is not AnswerType.NUMBER
    chosen.error = "一覧から選んでください。 / Choose one of the list."
    chosen.add(sheet.cell(row, ANSWER))
    sheet.add_data_validation(chosen)


def _how(item: Item) -> str:
    if item.type is not AnswerType.NUMBER:
        return "一覧から選ぶ / Choose"
    unit = label(item.unit) if item.unit else ""
    return f"数 / number: {unit}" if unit else "数 / number"
