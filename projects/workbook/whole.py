"""The workbook to take away: every question, its answer, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook
from openpyxl.styles import Border, Font

from projects.catalogue import Text
from projects.standing import Standing
from projects.workbook.cells import (
    HAIR,
    label,
    saved,
    set_widths,
    write_head,
    write_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from openpyxl.worksheet.worksheet import Worksheet

    from projects.checklist import Item

STANDING_NAMES: Final[Mapping[Standing, Text]] = {
    Standing.MET: Text(ja="満たす", en="met"),
    Standing.PARTLY: Text(ja="一部", en="in part"),
    Standing.AGAINST: Text(ja="満たさない", en="against"),
    Standing.OPEN: Text(ja="未回答", en="open"),
    Standing.ASIDE: Text(ja="問わない", en="not asked"),
}
BLOCK_NAMES: Final = {
    "hard": Text(ja="必須", en="must"),
    "conditional": Text(ja="条件", en="condition"),
    "advisory": Text(ja="参考", en="advisory"),
}
COLUMNS: Final = (
    "ID",
    "分類 / Group",
    "質問",
    "Question",
    "重み / Weight",
    "何の前か / Before",
    "回答 / Answer",
    "数 / Number",
    "状態 / Standing",
    "メモ / Note",
    "該当しない理由 / Why not",
    "判定を決めた理由 / Why it decides",
    "作業と期限 / Task and day",
    "証拠 / Evidence",
    "回答者 / Answered by",
    "回答日 / Answered on",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One question of a round as the workbook shows it."""

    item: Item
    due: Text
    answer: Text
    number: Decimal | None
    standing: Standing
    note: str
    because: str
    why: Text | None
    task: str
    evidence: str
    by: str
    on: str


def whole_workbook(
    lines: Sequence[Line], *, about: Sequence[tuple[Text, str]], at: datetime
) -> bytes:
    """Every line, and a first sheet that says what the round came to."""
    book = Workbook()
    first: Worksheet = book.active  # type: ignore[assignment]  # a new book has one
    first.title = "判定 Verdict"
    for row, (name, said) in enumerate(about, start=1):
        write_text(first, row, 1, label(name)).font = Font(bold=True)
        write_text(first, row, 2, said)
    set_widths(first, [30, 90])
    sheet = book.create_sheet("質問 Items")
    write_head(sheet, 1, list(COLUMNS))
    set_widths(sheet, [7, 16, 40, 40, 11, 16, 18, 10, 12, 30, 24, 34, 30, 26, 14, 12])
    for row, line in enumerate(lines, start=2):
        texts = (
            line.item.id,
            label(line.item.group.name),
            line.item.question.ja,
            line.item.question.en,
            label(BLOCK_NAMES[line.item.block.value]),
            label(line.due),
            label(line.answer),
            None,
            label(STANDING_NAMES[line.standing]),
            line.note,
            line.because,
            label(line.why) if line.why else "",
            line.task,
            line.evidence,
            line.by,
            line.on,
        )
        for column, text in enumerate(texts, start=1):
            if text is not None:
                write_text(sheet, row, column, text).border = Border(bottom=HAIR)
        if line.number is not None:
            sheet.cell(row, 8, line.number)
    sheet.auto_filter.ref = f"A1:P{len(lines) + 1}"
    return saved(book, at)
