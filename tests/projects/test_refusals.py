"""The sentence of a fault in what was sent, and the field it names."""

from __future__ import annotations

import pytest
from django.utils import translation

from projects.refusals import sentence_of


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("where", "alone", "field"),
    [
        (("body", "uses", 3, "count"), False, "[3].count"),
        (("body", "uses", 0, "count"), True, "count"),
        (("body", "uses", 0, "a", "b"), True, "a.b"),
        (("body", "uses", 0), True, ""),
        (("form", "basis"), False, "basis"),
        (("query", "since"), False, "since"),
        (("somewhere", 2), False, "somewhere[2]"),
        ((), False, ""),
    ],
)
def test_the_field_is_named_as_the_sender_knows_it(where, alone, field):
    told, named = sentence_of([{"type": "missing", "loc": where}], alone=alone)

    assert named == field
    assert told == (f"{field}: This is needed." if field else "This is needed.")


def test_of_several_faults_the_first_is_told():
    faults = [{"type": "list_type", "loc": ()}, {"type": "missing", "loc": ()}]

    assert sentence_of(faults) == ("Send one object, or a list of them.", "")


def test_a_fault_without_a_sentence_of_its_own_still_names_its_field():
    fault = {"type": "a_later_librarys_fault", "loc": ("query", "since"), "ctx": {}}

    assert sentence_of([fault]) == ("since: Write it anew.", "since")


def test_a_choice_is_listed_without_words_of_any_language():
    fault = {"type": "enum", "loc": (), "ctx": {"expected": "'spot', 'a' or 'b'"}}

    assert sentence_of([fault])[0] == "Choose one of spot, a, b."
