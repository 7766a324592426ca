"""The checklist file: whole, in both languages, and refused in words when it is not."""

from __future__ import annotations

from collections import Counter

import pytest

from projects import checklist
from projects.checklist import AnswerType, Block, ChecklistError, Due, load, parse

FULL = load()
ITEM_IDS = [item.id for item in FULL.items]


def test_it_holds_the_ninety_items():
    blocks = Counter(
        "hard on condition" if item.is_hard_on_condition else item.block.value
        for item in FULL.items
    )

    assert len(FULL.items) == 90
    assert blocks == {
        "hard": 34,
        "hard on condition": 2,
        "conditional": 42,
        "advisory": 12,
    }
    assert len(FULL.groups) == 11


@pytest.mark.parametrize(
    ("due", "ids"),
    [
        pytest.param(
            Due.SCREEN, "P1 P7 P8 D1 D2 D8 T1 K1 E1 O1 M1 I1", id="first meeting"
        ),
        pytest.param(
            Due.POC,
            "P2 P5 P6 D3 D4 D5 D6 T3 T9 K3 E7 M3 I3 S1 X1",
            id="before the proof of concept",
        ),
        pytest.param(Due.ACCEPTANCE, "E2 E3 E10 G2", id="before acceptance"),
        pytest.param(Due.PRODUCTION, "T7 O2 O3 O5 I8", id="before production"),
    ],
)
def test_each_step_has_its_hard_items(due, ids):
    hard = {i.id for i in FULL.items if i.due is due and i.block is Block.HARD}

    assert hard == set(ids.split())


@pytest.mark.parametrize("item_id", ITEM_IDS)
def test_every_item_speaks_both_languages(item_id):
    item = FULL.item(item_id)
    texts = [item.question, item.short, item.group.name]
    texts += [text for text in (item.unit, item.evidence) if text]
    texts += [choice.name for choice in item.choices]

    for text in texts:
        assert text.ja.strip()
        assert text.en.strip()
        assert text.en.strip() != text.ja.strip()


@pytest.mark.parametrize("item_id", ITEM_IDS)
def test_every_item_can_be_answered_and_has_evidence_and_a_source(item_id):
    item = FULL.item(item_id)

    assert item.answers
    assert item.evidence or item.type is AnswerType.CHOICE
    assert item.sources


def test_the_short_form_names_one_item_only():
    for language in ("ja", "en"):
        shorts = Counter(item.short.in_(language) for item in FULL.items)
        assert [short for short, count in shorts.items() if count > 1] == []


def test_ids_stand_in_the_order_of_their_groups():
    groups = [item.group.id for item in FULL.items]

    assert list(dict.fromkeys(groups)) == [group.id for group in FULL.groups]


@pytest.mark.parametrize(
    ("due", "placement", "count"),
    [
        pytest.param(Due.SCREEN, "cloud", 12, id="screening is short"),
        pytest.param(Due.PRODUCTION, "cloud", 82, id="without a device"),
        pytest.param(Due.PRODUCTION, "on_prem", 82, id="in the house"),
        pytest.param(Due.PRODUCTION, "edge", 90, id="on a device"),
        pytest.param(Due.PRODUCTION, "hybrid", 90, id="partly on a device"),
    ],
)
def test_what_is_due_depends_on_step_and_placement(due, placement, count):
    assert len(FULL.items_due(due, placement, "")) == count


def test_a_later_step_asks_for_all_that_came_before():
    due = [set(FULL.items_due(step, "edge", "")) for step in Due]

    assert due[0] < due[1] < due[2] < due[3]


def test_limits_and_conditions_are_data():
    assert FULL.item("K2").limit.at_least == 4
    assert str(FULL.item("K4").limit.at_least) == "0.6"
    assert FULL.item("T3").limit.at_least == 59
    assert FULL.item("I3").when == checklist.Condition("I1", "conditional")
    assert FULL.item("E7").unless == checklist.Condition("E8", "yes")
    assert FULL.item("E7").against == "yes"
    assert FULL.item("D8").answers == (
        "forecast",
        "inventory",
        "anomaly",
        "sales",
        "layout",
    )
    assert [c.counts for c in FULL.item("I1").choices] == ["yes", "partial", "no"]


def test_an_answer_has_a_name_in_both_languages():
    assert FULL.item("I1").answer_name("conditional").ja == "条件付き"
    assert FULL.item("D2").answer_name("partial").en == "Partly"


def test_an_unknown_version_is_refused():
    with pytest.raises(ChecklistError, match="no checklist '1999-1'"):
        load("1999-1")


def test_a_file_must_say_its_own_version(tmp_path, monkeypatch):
    (tmp_path / "2030-1.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr(checklist, "FOLDER", tmp_path)

    with pytest.raises(ChecklistError, match="says it is version 'test'"):
        load("2030-1")


def test_an_unknown_item_is_a_key_error():
    with pytest.raises(KeyError):
        FULL.item("Z9")


SMALL = """
version: "test"
sources:
  own: {ja: "独自", en: "Own"}
groups:
  - {id: first, ja: "一", en: "One"}
items:
  - id: A1
    group: first
    ja: "問い"
    en: "Question?"
    short: {ja: "短", en: "short"}
    type: yes_no
    block: hard
    due: screen
    sources: [own]
  - id: A2
    group: first
    ja: "数"
    en: "How many?"
    short: {ja: "数", en: "number"}
    type: number
    block: conditional
    due: poc
    unit: {ja: "件", en: "cases"}
    limit: {at_least: 3}
    when: {item: A1, answer: "yes"}
    sources: [own]
  - id: A3
    group: first
    ja: "型"
    en: "Which?"
    short: {ja: "型", en: "type"}
    type: choice
    block: hard
    due: poc
    choices:
      - {id: "left", counts: "yes", ja: "左", en: "Left"}
    sources: [own-1]
"""


def test_a_small_file_is_read():
    small = parse(SMALL)

    assert [item.id for item in small.items] == ["A1", "A2", "A3"]
    assert small.item("A3").answers == ("left",)
    assert small.item("A2").answers == ("no",)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "type: yes_no", "type: maybe", "A1: type 'maybe' is unknown", id="type"
        ),
        pytest.param(
            "block: hard\n    due: screen",
            "block: soft\n    due: screen",
            "A1: block 'soft' is unknown; known are hard, conditional, advisory",
            id="block",
        ),
        pytest.param("due: screen", "due: later", "A1: due 'later'", id="due"),
        pytest.param(
            '    en: "Question?"\n', "", "A1: the en text is missing", id="language"
        ),
        pytest.param(
            'short: {ja: "短", en: "short"}',
            'short: {ja: "短"}',
            "A1, short: the en text is missing",
            id="language of the short form",
        ),
        pytest.param("id: A2", "id: A1", "item 'A1' stands there twice", id="twice"),
        pytest.param(
            "group: first", "group: second", "unknown group 'second'", id="group"
        ),
        pytest.param(
            "sources: [own]", "sources: [rumour]", "unknown source", id="source"
        ),
        pytest.param(
            "sources: [own]", "sources: []", "needs a source", id="sourceless"
        ),
        pytest.param(
            "sources: [own]", "sources: own", "must be a list of words", id="no list"
        ),
        pytest.param(
            "{item: A1,", "{item: A9,", "A2: depends on 'A9'", id="condition on nothing"
        ),
        pytest.param(
            'answer: "yes"',
            'answer: "often"',
            "A1 cannot be answered 'often'",
            id="when",
        ),
        pytest.param(
            'answer: "yes"', "answer: yes", "'answer' must be a word", id="bare yes"
        ),
        pytest.param(
            "limit: {at_least: 3}",
            "limit: {at_least: many}",
            "A2, limit: 'at_least' must be a number",
            id="limit",
        ),
        pytest.param(
            "limit: {at_least: 3}",
            "limit: {minimum: 3}",
            "A2, limit: unknown field 'minimum'",
            id="limit word",
        ),
        pytest.param(
            "limit: {at_least: 3}",
            "limits: {at_least: 3}",
            "A2: unknown field 'limits'",
            id="slip of the pen",
        ),
        pytest.param(
            '    unit: {ja: "件", en: "cases"}\n', "", "A2: a number needs", id="unit"
        ),
        pytest.param('counts: "yes"', 'counts: "so"', "cannot count 'so'", id="counts"),
        pytest.param("type: choice", "type: yes_no", "A3: a choice needs", id="choice"),
        pytest.param(
            "type: yes_no",
            "type: yes_no\n    limit: {at_most: 1}",
            "A1: only a number has a limit",
            id="limit of a word",
        ),
        pytest.param(
            "type: yes_no",
            "type: yes_no\n    against: partial",
            "A1: 'partial' cannot be the answer against",
            id="against",
        ),
        pytest.param("items:\n", "items: 3\nrest:\n", "must be a list", id="items"),
        pytest.param("items:\n", "items: [3]\nrest:\n", "fields are needed", id="item"),
        pytest.param("version:", "[", "Not YAML", id="yaml"),
    ],
)
def test_a_faulty_file_is_refused_by_name(old, new, sentence):
    assert old in SMALL

    with pytest.raises(ChecklistError, match=sentence.replace("[", r"\[")):
        parse(SMALL.replace(old, new))


OWN = {
    "id": "OWN-1",
    "group": "data",
    "ja": "自社の基準を満たすか",
    "en": "Does it meet our own standard?",
    "short": {"ja": "自社の基準", "en": "our own standard"},
    "type": "yes_no",
    "block": "hard",
    "due": "screen",
    "sources": ["own"],
}


def test_an_organisations_own_item_stands_behind_the_others():
    joined = checklist.with_own(FULL, [OWN])

    assert joined.items[:-1] == FULL.items
    assert joined.item("OWN-1").question.en == OWN["en"]
    assert checklist.with_own(FULL, []) is FULL


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": "P1"}, "item 'P1' stands there twice"),
        ({"group": "none"}, "unknown group 'none'"),
        ({"type": "essay"}, "type 'essay' is unknown"),
        ({"sources": ["nowhere"]}, "unknown source 'nowhere'"),
    ],
)
def test_an_own_item_is_refused_as_one_of_a_file_is(changes, says):
    with pytest.raises(ChecklistError, match=says):
        checklist.with_own(FULL, [OWN | changes])


GROUPED = """
version: "x"
sources: {own: {ja: "独自", en: "Own"}}
groups:
  - {id: all, ja: "全部", en: "All"}
  - {id: some, ja: "在庫", en: "Stock", kinds: [KIND]}
items:
  - {id: A1, group: all, ja: "甲", en: "A", short: {ja: "甲", en: "a"},
     type: yes_no, block: hard, due: screen, sources: [own]}
  - {id: B1, group: some, ja: "乙", en: "B", short: {ja: "乙", en: "b"},
     type: yes_no, block: hard, due: screen, sources: [own]}
"""


def test_a_group_is_asked_for_its_kinds_only():
    found = parse(GROUPED.replace("KIND", "inventory"))

    assert [i.id for i in found.asked("cloud", "inventory")] == ["A1", "B1"]
    assert [i.id for i in found.asked("cloud", "anomaly")] == ["A1"]


def test_a_group_of_an_unknown_kind_is_refused():
    with pytest.raises(ChecklistError, match="kind 'chess' is unknown"):
        parse(GROUPED.replace("KIND", "chess"))
