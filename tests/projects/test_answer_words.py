"""Answers in words, and what a number means for its limit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from projects.answer_words import answer_words, number_remark
from projects.checklist import load
from projects.standing import Given, Standing

FULL = load()


def words(item_id, **answer):
    item = FULL.item(item_id)
    return answer_words(item, Given(item_id, **answer))


@pytest.mark.parametrize(
    ("item_id", "answer", "ja", "en"),
    [
        ("P1", {}, "未回答", "not answered"),
        ("P1", {"value": "partial"}, "一部", "Partly"),
        ("P1", {"does_not_apply": True}, "該当しない", "does not apply"),
        ("D5", {"number": Decimal("2.0000")}, "2日", "2 days"),
        ("T3", {"number": Decimal(1200)}, "1,200件", "1,200 events"),
        ("T3", {"value": "no"}, "いいえ", "No"),
    ],
)
def test_an_answer_reads_as_its_page_calls_it(item_id, answer, ja, en):
    said = words(item_id, **answer)

    assert (said.ja, said.en) == (ja, en)


def test_a_unit_in_latin_letters_stands_apart_in_japanese_too():
    assert words("P6", number=Decimal(3)).ja == "3 KPIの単位"


def test_a_number_without_a_unit_stands_alone():
    item = replace(FULL.item("K4"), unit=None)

    said = answer_words(item, Given("K4", number=Decimal("0.70")))

    assert (said.ja, said.en) == ("0.7", "0.7")


@pytest.mark.parametrize(
    ("item_id", "number", "standing", "en"),
    [
        ("T3", None, Standing.OPEN, "At least 59 events needed."),
        ("T3", 59, Standing.MET, "59 events meets the condition: at least 59 events."),
        ("T3", 0, Standing.AGAINST, "At least 59 events needed; 0 events is 59 short."),
        (
            "T3",
            23,
            Standing.PARTLY,
            "At least 59 events needed; 23 events is 36 short.",
        ),
        ("D5", 2, Standing.MET, "2 days meets the condition: at most 365 days."),
        ("D5", 400, Standing.AGAINST, "At most 365 days allowed; 400 days is 35 over."),
        ("D5", None, Standing.OPEN, "At most 365 days allowed."),
    ],
)
def test_a_number_is_held_against_its_limit(item_id, number, standing, en):
    typed = None if number is None else Decimal(number)

    remark = number_remark(FULL.item(item_id), typed)

    assert (remark.standing, remark.text.en) == (standing, en)
    assert remark.text.ja.endswith("。")


def test_where_every_number_will_do_there_is_nothing_to_remark():
    assert number_remark(FULL.item("P4"), Decimal(1)) is None
