"""What an upgrade of the questions would change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.catalogue import Text
from projects.checklist import Block, Due, NumberLimit, load
from projects.checklists.difference import difference

FULL = load()


def changed(item_id, **fields):
    items = tuple(
        replace(item, **fields) if item.id == item_id else item for item in FULL.items
    )
    return replace(FULL, items=items)


def test_the_same_questions_are_no_difference():
    found = difference(FULL, FULL)

    assert (found.added, found.removed, found.changed) == ((), (), ())


def test_questions_come_and_go():
    fewer = replace(FULL, items=FULL.items[1:])

    assert difference(fewer, FULL).added == FULL.items[:1]
    assert difference(FULL, fewer).removed == FULL.items[:1]


@pytest.mark.parametrize(
    ("item_id", "fields", "aspect"),
    [
        ("P1", {"question": Text(ja="何", en="What?")}, "wording"),
        ("P1", {"group": FULL.item("D1").group}, "heading"),
        ("P1", {"against": "yes"}, "kind of answer"),
        ("P1", {"block": Block.ADVISORY}, "effect on the verdict"),
        ("P1", {"due": Due.POC}, "when it is due"),
        ("T3", {"limit": NumberLimit()}, "limit"),
        ("E7", {"unless": None}, "condition"),
        ("P1", {"evidence": None}, "evidence asked for"),
    ],
)
def test_each_way_a_question_may_change_has_its_name(item_id, fields, aspect):
    (one,) = difference(FULL, changed(item_id, **fields)).changed

    assert (one.new.id, [name.en for name in one.aspects]) == (item_id, [aspect])


def test_the_source_of_a_question_is_nothing_its_reader_decides_by():
    assert difference(FULL, changed("P1", sources=("own",))).changed == ()
