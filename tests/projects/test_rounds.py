"""What changed between two rounds, and what that did to the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.catalogue import Text
from projects.checklist import Due, load
from projects.models import Stage
from projects.rounds import DUE_AT, Round, Said, compare
from projects.standing import Given

FULL = load()
WHY = Text(ja="理由", en="Why")


def a_round(answers=(), verdict="go", reasons=(), checklist=FULL):
    said = {i: Said(Given(i, **a), **more) for i, a, more in answers}
    return Round(checklist, said, verdict, dict.fromkeys(reasons, WHY))


def test_the_same_answers_are_no_difference():
    one = a_round([("P1", {"value": "yes"}, {})])

    assert compare(one, one).changes == ()
    assert not compare(one, one).verdict_changed


def test_an_answer_given_otherwise_is_told_with_both_words():
    before = a_round([("P1", {"value": "no"}, {"note": "まだ"})], "no_go", ["P1", "D2"])
    after = a_round([("P1", {"value": "yes"}, {})], "conditional", ["D2", "K1"])

    found = compare(before, after)

    (change,) = found.changes
    assert (change.item.id, change.before.en, change.after.en) == ("P1", "No", "Yes")
    assert (change.note_before, change.note_after) == ("まだ", "")
    assert [
        [i for i, _w in part] for part in (found.gone, found.come, found.stayed)
    ] == [
        ["P1"],
        ["K1"],
        ["D2"],
    ]
    assert found.verdict_changed


def test_another_note_alone_is_a_change_too():
    before = a_round([("P1", {"value": "yes"}, {"note": "旧"})])
    after = a_round([("P1", {"value": "yes"}, {"note": "新"})])

    assert [c.item.id for c in compare(before, after).changes] == ["P1"]


def test_a_reason_to_set_aside_stands_in_place_of_the_note():
    aside = a_round(
        [("K5", {"does_not_apply": True}, {"note": "メモ", "because": "社内だけ"})]
    )

    (change,) = compare(a_round(), aside).changes

    assert (change.after.en, change.note_after) == ("does not apply", "社内だけ")


def test_a_question_that_was_not_asked_then_is_told_so():
    fewer = replace(FULL, items=tuple(i for i in FULL.items if i.id != "P1"))
    without = a_round(checklist=fewer)
    with_it = a_round([("P1", {"value": "yes"}, {"note": "一文"})])

    (came,) = compare(without, with_it).changes
    (went,) = compare(with_it, without).changes

    assert (came.before, came.after.en, came.note_before) == (None, "Yes", "")
    assert (went.before.en, went.after, went.note_after) == ("Yes", None, "")


def test_a_new_question_nobody_answered_is_no_change():
    fewer = replace(FULL, items=tuple(i for i in FULL.items if i.id != "P1"))

    assert compare(a_round(checklist=fewer), a_round()).changes == ()


def test_an_answer_its_question_no_longer_takes_counts_as_none():
    before = a_round([("P7", {"value": "partial"}, {})])
    after = a_round([("P7", {"value": "yes"}, {})])

    (change,) = compare(before, after).changes

    assert change.before.en == "not answered"


@pytest.mark.parametrize("stage", [s for s in Stage if s not in ("closed", "declined")])
def test_every_open_stage_says_what_is_due_before_its_end(stage):
    assert isinstance(DUE_AT[stage.value], Due)
