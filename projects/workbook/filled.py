"""Reading a workbook that was filled in: answers, or the cells that are refused."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from openpyxl.utils import get_column_letter

from projects.catalogue import Text
from projects.checklist import AnswerType
from projects.workbook.cells import label
from projects.workbook.faults import Fault, WorkbookRefused
from projects.workbook.form import (
    ABOUT,
    ANSWER,
    ANSWERS,
    BECAUSE,
    COLUMNS,
    FINGERPRINT,
    FIRST_ROW,
    FORMAT,
    HEAD_ROW,
    ID,
    NOTE,
    REVISION,
    sealed_words,
)
from projects.workbook.opening import open_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from openpyxl import Workbook

    from projects.checklist import Checklist, Item

MOST_ROWS: Final = 1_000
NOTE_LENGTH: Final = 2_000
BECAUSE_LENGTH: Final = 500
SHOWN: Final = 60
# As the answers are kept: 18 digits, four of them behind the point.
PLACES: Final = 4
WHOLE_DIGITS: Final = 14

AGAIN: Final = Text(
    ja="この案件のページから新しいファイルをダウンロードして、書き写してください。",
    en="Download a new file from the page of this engagement and copy your answers.",
)
NOT_OURS: Final = Text(
    ja="ここからダウンロードした記入用ファイルではありません。" + AGAIN.ja,
    en="It is not a form that was downloaded here. " + AGAIN.en,
)
OTHER_ROUND: Final = Text(
    ja="別の案件または別の回の記入用ファイルです。" + AGAIN.ja,
    en="The form is of another engagement or round. " + AGAIN.en,
)
TOO_LONG: Final = Text(
    ja=f"{MOST_ROWS}行を超える行があるため読みませんでした。余分な行を消してください。",
    en=f"It was not read, since it has more than {MOST_ROWS} rows. Remove those in "
    "excess.",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """One row that says something, and the revision of what it was asked beside."""

    item_id: str
    value: str
    number: Decimal | None
    note: str
    because: str
    revision: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell: what it holds, of what type, and where."""

    value: Any  # whatever a spreadsheet keeps
    kind: str
    place: str

    @property
    def text(self) -> str:
        if self.value is None:
            return ""
        return unicodedata.normalize("NFC", str(self.value)).strip()

    def fault(self, what: Text, mend: Text) -> Fault:
        return Fault(ANSWERS, self.place, self.text[:SHOWN], what, mend)


class _Refused(Exception):
    """One cell is refused, and its row with it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.cell)


def read_filled(
    content: bytes,
    *,
    assessment: int,
    checklist: Checklist,
    answering: Collection[str],
    seal: Callable[[str], str],
) -> tuple[list[Filled], list[Fault]]:
    """What the file says about the round, and every cell that cannot be taken.

    ``answering``: the ids that the person may answer. WorkbookRefused for a file that
    is no form of this round.
    """
    book = open_workbook(content)
    try:
        rows = list(_rows(book, assessment))
    except WorkbookRefused:
        raise
    # The parts are parsed only while they are read: broken ones show up here.
    except Exception as broken:
        raise WorkbookRefused(NOT_OURS) from broken
    finally:
        book.close()
    items = {item.id: item for item in checklist.items}
    filled: dict[str, Filled] = {}
    faults: list[Fault] = []
    for row in rows:
        try:
            item, revision = _item_of(row, items, assessment, seal)
            said = _said(row, item, revision)
            if said is None:
                continue
            if item.id not in answering:
                raise _Refused(row[ID].fault(*NOT_YOURS))
            if item.id in filled:
                raise _Refused(row[ID].fault(*TWICE))
            filled[item.id] = said
        except _Refused as refused:
            faults.append(refused.fault)
    return list(filled.values()), faults


def _rows(book: Workbook, assessment: int) -> Iterator[dict[int, _Cell]]:
    """The rows below the head that hold anything, by the number of the column."""
    if not {ANSWERS, ABOUT} <= set(book.sheetnames):
        raise WorkbookRefused(NOT_OURS)
    about = book[ABOUT].iter_rows(max_row=2, max_col=1, values_only=True)
    told = [str(row[0]) for row in about]
    if told[:1] != [FORMAT]:
        raise WorkbookRefused(NOT_OURS)
    if told[1:] != [str(assessment)]:
        raise WorkbookRefused(OTHER_ROUND)
    read = book[ANSWERS].iter_rows(min_row=HEAD_ROW, max_col=len(COLUMNS))
    for number, cells in enumerate(read, start=HEAD_ROW):
        held = [getattr(cell, "value", None) for cell in cells]
        if number == HEAD_ROW:
            if [str(value) for value in held] != list(COLUMNS):
                raise WorkbookRefused(NOT_OURS)
        elif any(value is not None for value in held):
            if number >= FIRST_ROW + MOST_ROWS:
                raise WorkbookRefused(TOO_LONG)
            yield {
                column: _Cell(
                    value=held[column - 1],
                    kind=str(getattr(cell, "data_type", "n")),
                    place=f"{get_column_letter(column)}{number}",
                )
                for column, cell in enumerate(cells, start=1)
            }


def _item_of(
    row: dict[int, _Cell],
    items: dict[str, Item],
    assessment: int,
    seal: Callable[[str], str],
) -> tuple[Item, int]:
    item = items.get(row[ID].text)
    if item is None:
        raise _Refused(row[ID].fault(*UNKNOWN))
    revision = row[REVISION].text
    if not (revision.isascii() and revision.isdecimal()) or len(revision) > SHOWN:
        raise _Refused(row[REVISION].fault(*MOVED))
    words = sealed_words(assessment, item.id, int(revision))
    if row[FINGERPRINT].text != seal(words):
        raise _Refused(row[ID].fault(*MOVED))
    return item, int(revision)


def _said(row: dict[int, _Cell], item: Item, revision: int) -> Filled | None:
    """What the row answers; None when nothing was written into it."""
    for column in (ANSWER, NOTE, BECAUSE):
        if row[column].kind == "f":
            raise _Refused(row[column].fault(*FORMULA))
        if row[column].kind == "e":
            raise _Refused(row[column].fault(*ERROR))
    note = _text(row[NOTE], NOTE_LENGTH)
    because = _text(row[BECAUSE], BECAUSE_LENGTH)
    answer = row[ANSWER]
    if not answer.text:
        if not because and note:
            raise _Refused(row[NOTE].fault(*ONLY_A_NOTE))
        if not because:
            return None
        return Filled(item.id, "", None, note, because, revision)
    if because:
        raise _Refused(row[BECAUSE].fault(*BOTH_GIVEN))
    value, number = _answer(answer, item)
    return Filled(item.id, value, number, note, "", revision)


def _text(cell: _Cell, most: int) -> str:
    if len(cell.text) > most:
        raise _Refused(
            cell.fault(
                Text(
                    ja=f"{len(cell.text)}文字あります。",
                    en=f"It has {len(cell.text)} characters.",
                ),
                Text(
                    ja=f"{most}文字以内にしてください。",
                    en=f"Write at most {most} characters.",
                ),
            )
        )
    return cell.text


def _answer(cell: _Cell, item: Item) -> tuple[str, Decimal | None]:
    typed = _plain(cell.text)
    for word in item.answers:
        name = item.answer_name(word)
        names = (word, name.ja, name.en, label(name))
        if cell.kind != "b" and typed in map(_plain, names):
            return word, None
    if item.type is AnswerType.NUMBER:
        return "", _number(cell, typed)
    choices = [label(item.answer_name(word)) for word in item.answers]
    raise _Refused(
        cell.fault(
            Text(
                ja="この質問の選択肢にありません。",
                en="It is no answer this question takes.",
            ),
            Text(
                ja=f"次から選んでください: {'、'.join(choices)}",
                en=f"Choose one of: {'; '.join(choices)}",
            ),
        )
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _number(cell: _Cell, typed: str) -> Decimal:
    """A number as people type it: 1,200,000 and full-width digits too."""
    try:
        # What looks like a day or true or false is a number inside, but not meant.
        if cell.kind not in ("n", "s", "str", "inlineStr"):
            raise InvalidOperation
        number = Decimal(typed.replace(",", ""))
    except InvalidOperation:
        raise _Refused(cell.fault(*NO_NUMBER)) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** WHOLE_DIGITS:
        raise _Refused(cell.fault(*NO_NUMBER))
    if number != round(number, PLACES):
        raise _Refused(cell.fault(*TOO_FINE))
    return number


NOT_YOURS: Final = (
    Text(ja="この質問はあなたの担当ではありません。", en="This question is not yours."),
    Text(
        ja="担当者かマネージャーに記入してもらってください。",
        en="Leave it to the person it is assigned to, or to the manager.",
    ),
)
TWICE: Final = (
    Text(ja="同じ質問が二度あります。", en="This question stands here twice."),
    Text(ja="一方の行を消してください。", en="Remove one of the two rows."),
)
UNKNOWN: Final = (
    Text(
        ja="この回の質問票にない番号です。", en="No question of this round has this id."
    ),
    Text(
        ja="元の番号に戻すか、行を消してください。",
        en="Put the id back as it was, or remove the row.",
    ),
)
MOVED: Final = (
    Text(
        ja="隠し列の印が、この行の質問と合いません。",
        en="The mark in the hidden columns does not belong to this row.",
    ),
    AGAIN,
)
FORMULA: Final = (
    Text(ja="数式が入っています。", en="It holds a formula."),
    Text(
        ja="値か文章を直接入力してください。", en="Type the value or the words instead."
    ),
)
ERROR: Final = (
    Text(ja="エラー値が入っています。", en="It holds an error value."),
    Text(
        ja="値か文章を直接入力してください。", en="Type the value or the words instead."
    ),
)
ONLY_A_NOTE: Final = (
    Text(ja="メモだけで回答がありません。", en="There is a note, but no answer."),
    Text(
        ja="回答を選ぶか、メモを消してください。",
        en="Choose an answer, or clear the note.",
    ),
)
BOTH_GIVEN: Final = (
    Text(
        ja="回答と、該当しない理由の両方があります。",
        en="There is an answer and a reason why it does not apply.",
    ),
    Text(ja="どちらか一方を消してください。", en="Clear one of the two."),
)
NO_NUMBER: Final = (
    Text(ja="数として読めません。", en="It cannot be read as a number."),
    Text(
        ja="数だけを入力するか、「いいえ / No」を選んでください。",
        en="Type a number only, or choose “いいえ / No”.",
    ),
)
TOO_FINE: Final = (
    Text(
        ja=f"小数点以下が{PLACES}桁を超えています。",
        en=f"It has more than {PLACES} digits behind the point.",
    ),
    Text(ja="四捨五入してください。", en="Round it."),
)
