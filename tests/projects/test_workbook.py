"""Workbooks: what is written stays text, what comes back is read or named by cell."""

from __future__ import annotations

import zipfile
from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from projects.answer_words import answer_words
from projects.catalogue import Text
from projects.checklist import DUE_NAMES, AnswerType, load
from projects.standing import Given, Standing
from projects.workbook import (
    Asked,
    Filled,
    Line,
    WorkbookRefused,
    form_workbook,
    opening,
    read_filled,
    whole_workbook,
)
from projects.workbook.filled import MOST_ROWS
from projects.workbook.form import ANSWERS

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
CHECKLIST = load()
EVERY = [Asked(item, 0) for item in CHECKLIST.items]
NUMBER = next(i for i in CHECKLIST.items if i.type is AnswerType.NUMBER)
FIRST = 5


def seal(words: str) -> str:
    return f"sealed {words}"


def form(asked=EVERY, assessment=7) -> bytes:
    return form_workbook(asked, assessment=assessment, title="=案件", seal=seal, at=NOW)


def filled(write, content=None, *, assessment=7, answering=None, sheet=ANSWERS):
    """What is read of the form after ``write`` changed its sheet."""
    book = load_workbook(BytesIO(content or form()))
    write(book[sheet])
    return read(saved(book), assessment=assessment, answering=answering)


def saved(book: Workbook) -> bytes:
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def read(content: bytes, *, assessment=7, answering=None):
    every = {item.id for item in CHECKLIST.items}
    return read_filled(
        content,
        assessment=assessment,
        checklist=CHECKLIST,
        answering=every if answering is None else answering,
        seal=seal,
    )


def row_of(item_id: str) -> int:
    return FIRST + [asked.item.id for asked in EVERY].index(item_id)


def one_fault(write, **other):
    rows, faults = filled(write, **other)
    assert rows == []
    (fault,) = faults
    assert fault.sheet == ANSWERS
    assert all((fault.what.ja, fault.what.en, fault.mend.ja, fault.mend.en))
    return fault


# The form --------------------------------------------------------------------------


def test_a_form_nobody_filled_says_nothing():
    assert read(form()) == ([], [])


def test_each_question_offers_its_own_answers_from_a_hidden_sheet():
    book = load_workbook(BytesIO(form()))

    assert [s.sheet_state for s in book] == ["visible", "hidden", "hidden"]
    hidden = [c for c in "HI" if book[ANSWERS].column_dimensions[c].hidden]
    assert hidden == ["H", "I"]
    (chosen,) = (
        v
        for v in book[ANSWERS].data_validations.dataValidation
        if str(v.sqref) == f"D{row_of('D8')}"
    )
    cells = book["lists"][chosen.formula1.partition("!")[2].replace("$", "")]
    named = [CHECKLIST.item("D8").answer_name(a) for a in CHECKLIST.item("D8").answers]
    assert [c[0].value for c in cells] == [f"{n.ja} / {n.en}" for n in named]
    assert chosen.showErrorMessage


def test_a_question_for_a_number_takes_what_is_not_in_its_list():
    validations = load_workbook(BytesIO(form()))[ANSWERS].data_validations
    place = f"D{row_of(NUMBER.id)}"
    (chosen,) = (v for v in validations.dataValidation if str(v.sqref) == place)

    assert not chosen.showErrorMessage


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_what_begins_like_a_formula_is_written_as_text(begins):
    content = form_workbook([], assessment=7, title=begins, seal=seal, at=NOW)
    cell = load_workbook(BytesIO(content))[ANSWERS]["A1"]

    assert (cell.value, cell.data_type, cell.quotePrefix) == (begins, "s", True)


def test_what_a_spreadsheet_cannot_hold_is_left_out():
    title = "a\x00b\x0bc\ud800" + "長" * 40_000
    content = form_workbook([], assessment=7, title=title, seal=seal, at=NOW)

    value = load_workbook(BytesIO(content))[ANSWERS]["A1"].value
    assert value.startswith("abc長")
    assert len(value) == 32_767


# Reading it back -------------------------------------------------------------------


def test_answers_are_taken_in_either_language_and_numbers_as_people_type_them():
    def write(sheet):
        sheet[f"D{row_of('P1')}"] = "一部 / Partly"
        sheet[f"F{row_of('P1')}"] = " 議事録にある "
        sheet[f"D{row_of('P7')}"] = "はい"
        sheet[f"D{row_of('D1')}"] = "NO"
        sheet[f"D{row_of('D2')}"] = "yes"
        sheet[f"D{row_of(NUMBER.id)}"] = "１,200.5"
        sheet[f"G{row_of('K1')}"] = "画像がない"

    rows, faults = filled(write)

    assert faults == []
    said = {row.item_id: row for row in rows}
    assert said["P1"] == Filled("P1", "partial", None, "議事録にある", "", 0)
    words = [said[i].value for i in ("P7", "D1", "D2")]
    assert words == ["yes", "no", "yes"]
    assert said[NUMBER.id].number == Decimal("1200.5")
    assert said["K1"] == Filled("K1", "", None, "", "画像がない", 0)


def test_a_number_cell_and_the_word_that_there_is_none_are_both_answers():
    def number(sheet):
        sheet[f"D{row_of(NUMBER.id)}"] = 12.5

    def none(sheet):
        sheet[f"D{row_of(NUMBER.id)}"] = "いいえ / No"

    assert filled(number)[0][0].number == Decimal("12.5")
    assert filled(none)[0][0].value == "no"


def test_text_that_looks_like_a_formula_is_a_note_like_any_other():
    def write(sheet):
        sheet[f"D{row_of('P1')}"] = "yes"
        cell = sheet[f"F{row_of('P1')}"]
        cell.value, cell.data_type = "=SUM(A1)", "s"

    assert filled(write)[0][0].note == "=SUM(A1)"


REFUSED = {
    "a formula": ("P1", "D", "=1+1", "formula"),
    "a formula as note": ("P1", "F", "=A1", "formula"),
    "an error": ("P1", "D", "#N/A", "error value"),
    "no choice": ("P1", "D", "maybe", "no answer"),
    "a number for a word": ("P1", "D", 3, "no answer"),
    "true": ("P1", "D", True, "no answer"),
    "a word for a number": (NUMBER.id, "D", "many", "number"),
    "a day for a number": (NUMBER.id, "D", date(2026, 1, 1), "number"),
    "true for a number": (NUMBER.id, "D", True, "number"),
    "infinity": (NUMBER.id, "D", "inf", "number"),
    "no number at all": (NUMBER.id, "D", "snan", "number"),
    "too large": (NUMBER.id, "D", "1e14", "number"),
    "too fine": (NUMBER.id, "D", "0.12345", "digits behind"),
    "only a note": ("P1", "F", "これから", "no answer"),
    "a long note": ("P1", "F", "x" * 2_001, "2001 characters"),
    "a long reason": ("P1", "G", "x" * 501, "501 characters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_cell_is_named_with_what_it_holds_and_what_to_do(case):
    item_id, column, value, wrong = REFUSED[case]

    def write(sheet):
        sheet[f"{column}{row_of(item_id)}"] = value

    fault = one_fault(write)
    assert fault.cell == f"{column}{row_of(item_id)}"
    assert wrong in fault.what.en
    assert str(value)[:10] in fault.holds


def test_an_answer_and_a_reason_against_it_refuse_each_other():
    def write(sheet):
        sheet[f"D{row_of('P1')}"] = "yes"
        sheet[f"G{row_of('P1')}"] = "該当しない"

    assert one_fault(write).cell == f"G{row_of('P1')}"


def test_one_refused_cell_leaves_the_other_rows_readable():
    def write(sheet):
        sheet[f"D{row_of('P1')}"] = "maybe"
        sheet[f"D{row_of('P7')}"] = "yes"

    rows, faults = filled(write)
    assert [row.item_id for row in rows] == ["P7"]
    assert len(faults) == 1


def test_somebody_elses_question_is_refused_only_when_it_is_answered():
    def write(sheet):
        sheet[f"D{row_of('P1')}"] = "yes"

    fault = one_fault(write, answering={"P7"})
    assert (fault.cell, fault.holds) == (f"A{row_of('P1')}", "P1")


def test_rows_may_be_sorted_but_not_mixed():
    first, second = row_of("P1"), row_of("P2")

    def sort(sheet):
        for column in "ABCDEFGHI":
            a, b = sheet[f"{column}{first}"], sheet[f"{column}{second}"]
            a.value, b.value = b.value, a.value
        sheet[f"D{first}"] = "yes"

    def mix(sheet):
        sheet[f"A{first}"].value = "P2"

    rows, faults = filled(sort)
    assert ([row.item_id for row in rows], faults) == (["P2"], [])
    assert "mark" in one_fault(mix).what.en


@pytest.mark.parametrize("revision", ["x", "²", "1" * 99, "-1"])
def test_a_revision_that_is_none_is_refused(revision):
    def write(sheet):
        sheet[f"H{row_of('P1')}"] = revision

    assert one_fault(write).cell == f"H{row_of('P1')}"


def test_an_unknown_and_a_repeated_question_are_refused():
    def unknown(sheet):
        sheet[f"A{row_of('P1')}"].value = "ZZ"

    def twice(sheet):
        for column in "AHI":
            value = sheet[f"{column}{row_of('P1')}"].value
            sheet[f"{column}{row_of('P2')}"].value = value
        for item_id in ("P1", "P2"):
            sheet[f"D{row_of(item_id)}"] = "yes"

    assert "id" in one_fault(unknown).what.en
    rows, faults = filled(twice)
    assert len(rows) == 1
    assert "twice" in faults[0].what.en


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40),
    st.sampled_from(
        ["はい", "=1", "1e999999", "NaN", "－１２", "いいえ / No", "１．５"]
    ),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(ANY, min_size=3, max_size=3), st.sampled_from(["P1", "D8", NUMBER.id]))
@example(["yes", None, None], "P1")
def test_whatever_a_cell_holds_its_row_is_an_answer_a_fault_or_nothing(values, item_id):
    def write(sheet):
        for column, value in zip("DFG", values, strict=True):
            sheet[f"{column}{FIRST}"] = value

    item = CHECKLIST.item(item_id)
    rows, faults = filled(write, form([Asked(item, 3)]))

    assert len(rows) + len(faults) <= 1
    for row in rows:
        assert row.revision == 3
        # What was read is something the question takes.
        assert row.value in ("", *item.answers)
        given_ = Given(row.item_id, row.value or None, row.number, bool(row.because))
        assert answer_words(item, given_).ja


# Files that are none ---------------------------------------------------------------


def why(content: bytes, **other) -> str:
    with pytest.raises(WorkbookRefused) as refused:
        read(content, **other)
    return refused.value.why.en


def changed(part: str, edit) -> bytes:
    """The form with one of its parts rewritten."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(form())) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, edit(text) if name == part else text)
    return made.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"ID,Answer\n", form()[:900]])
def test_what_is_no_workbook_is_refused(content):
    assert "cannot be read" in why(content)


def test_a_file_too_large_is_refused_unread():
    assert "too large" in why(b"x" * (opening.MOST_BYTES + 1))


def test_a_small_file_that_unpacks_without_end_is_refused():
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"{number}.bin", b"\x00" * (opening.MOST_UNPACKED // 2))

    assert len(made.getvalue()) < opening.MOST_BYTES
    assert "unpacks" in why(made.getvalue())


def test_a_file_of_too_many_parts_is_refused():
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for number in range(opening.MOST_PARTS + 1):
            packed.writestr(str(number), b"")

    assert "unpacks" in why(made.getvalue())


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: b'<!DOCTYPE x [<!ENTITY a "b">]>' + text,
        lambda text: text.replace(b"<sheets>", b"<!  entity a><sheets>"),
        lambda text: text.decode().encode("utf-16"),
        lambda text: b'<?xml version="1.0" encoding="cp037"?>' + text,
        lambda text: b"<\x00" + text,
        lambda text: b"no xml",
    ],
)
def test_declarations_no_spreadsheet_writes_are_refused(edit):
    assert "declarations" in why(changed("xl/workbook.xml", edit))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
def test_a_part_cut_short_is_refused(part):
    assert why(changed(part, lambda text: text[: len(text) // 2]))


def test_a_part_locked_with_a_password_is_refused():
    content = bytearray(form())
    # The flag that says a part is encrypted, in its own head and in the directory.
    content[6] |= 1
    at = content.rindex(b"PK\x01\x02")
    first = content.index(b"PK\x01\x02")
    assert first <= at
    content[first + 8] |= 1

    assert "cannot be read" in why(bytes(content))


def test_another_workbook_and_another_round_are_refused():
    assert "not a form" in why(saved(Workbook()))
    assert "another engagement or round" in why(form(assessment=8))


def test_a_form_taken_apart_is_refused():
    book = load_workbook(BytesIO(form()))
    book["kenshu"]["A1"] = "kenshu-open-items-0"
    assert "not a form" in why(saved(book))

    book = load_workbook(BytesIO(form()))
    book[ANSWERS].insert_cols(2)
    assert "not a form" in why(saved(book))


def test_rows_without_end_are_refused_but_empty_ones_are_not():
    book = load_workbook(BytesIO(form()))
    book[ANSWERS].cell(FIRST + MOST_ROWS + 5, 4).fill = copy(book[ANSWERS]["D5"].fill)
    assert read(saved(book)) == ([], [])

    book[ANSWERS].cell(FIRST + MOST_ROWS, 4, "yes")
    assert "more than 1000 rows" in why(saved(book))


# The whole round -------------------------------------------------------------------


def test_the_whole_round_holds_every_line_and_numbers_as_numbers():
    lines = [
        Line(
            item=item,
            due=DUE_NAMES[item.due],
            answer=Text(ja="はい", en="Yes"),
            number=Decimal("1.5") if item is NUMBER else None,
            standing=Standing.AGAINST,
            note="=cmd|' /C calc'!A0",
            because="",
            why=Text(ja="足りない", en="Short") if item is NUMBER else None,
            task="",
            evidence="a.pdf\nb.pdf",
            by="@人",
            on="2026-11-25",
        )
        for item in CHECKLIST.items
    ]
    about = [(Text(ja="案件", en="Engagement"), "+案件")]

    book = load_workbook(BytesIO(whole_workbook(lines, about=about, at=NOW)))

    rows = list(book["質問 Items"].iter_rows(min_row=2))
    assert [row[0].value for row in rows] == [item.id for item in CHECKLIST.items]
    formulas = [
        c.coordinate for sheet in book for r in sheet for c in r if c.data_type == "f"
    ]
    assert formulas == []
    number = next(row for row in rows if row[0].value == NUMBER.id)
    assert (number[7].value, number[8].value) == (1.5, "満たさない / against")
    assert number[11].value == "足りない / Short"
    assert book["判定 Verdict"]["B1"].value == "+案件"
