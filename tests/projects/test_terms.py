"""Terms as they are typed in, refused and read, in both languages."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from projects.catalogue import TERMS_OF, Shape, TermError, Terms
from projects.terms import TermsForm, term_lines


@pytest.mark.parametrize("shape", list(Shape))
def test_what_is_agreed_can_be_typed_and_comes_back(shape: Shape) -> None:
    terms = Terms(
        threshold=0.5,
        classes=("良品", "傷", "汚れ"),
        without_score="left_out",
        hold_rows=30,
        season=24,
        interval=0.9,
        holding_rate=0.02,
        yen_order=5_200.0,
        smaller_is_better=False,
    )
    used = {term.key: getattr(terms, term.key) for term in TERMS_OF[shape]}
    blank = TermsForm(shape=shape, terms=Terms(**used))
    posted = {
        name: "" if bound.initial is None else bound.initial
        for name, bound in blank.fields.items()
    }
    form = TermsForm(posted, shape=shape)
    assert form.is_valid(), form.errors
    assert form.terms() == Terms(**used)
    for language in ("ja", "en"):
        with override(language):
            lines = term_lines(form.terms(), shape)
        assert all(line.label and line.value for line in lines)


@pytest.mark.parametrize(
    ("typed", "japanese", "english"),
    [
        ({"beta": "-1"}, "0より大きい数", "More than zero"),
        ({"alarm_gap_seconds": "-1"}, "0以上の数", "Zero or more"),
        ({"classes": "one"}, "2つ以上", "2 to 50"),
        ({"classes": "a, a"}, "2回", "named twice"),
    ],
)
def test_a_term_that_makes_no_sense_is_said_at_its_field(
    typed: dict[str, str], japanese: str, english: str
) -> None:
    for language, says in (("ja", japanese), ("en", english)):
        with override(language):
            form = TermsForm(typed, shape=Shape.DETECTION)
            assert not form.is_valid()
            assert says in form.errors[next(iter(typed))][0]


def test_an_error_names_its_term() -> None:
    with pytest.raises(TermError, match="season"):
        Terms(season=0)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ({"yen_miss_low": 1.0}, "yen_miss"),
        ({"yen_miss_high": 1.0}, "yen_miss"),
        ({"yen_miss": 2.0, "yen_miss_low": 3.0}, "yen_miss_low"),
        ({"yen_miss": 2.0, "yen_miss_high": 1.0}, "yen_miss_high"),
    ],
)
def test_estimates_stand_around_their_cost(typed: dict[str, float], at: str) -> None:
    with pytest.raises(TermError, match=at):
        Terms(**typed)
