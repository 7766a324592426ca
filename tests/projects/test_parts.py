"""The parts every page is built from, rendered by the template engine."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from projects.catalogue import Text
from projects.templatetags import parts


def drawn(source: str, **context: object) -> str:
    template = engines["django"].from_string("{% load parts %}" + source)
    with translation.override("en"):
        return template.render(context, RequestFactory().get("/runs/?q=a&page=2"))


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        ("21 Nov 2026", '<span class="nowrap">21 Nov 2026</span>'),
        ("one fact that takes a whole line", "one fact that takes a whole line"),
        (
            "2.5% (0.1–9%)",
            '<span class="nowrap">2.5%</span> <span class="nowrap">(0.1–9%)</span>',
        ),
        (
            "2.5%(0.1–9%)",
            '<span class="nowrap">2.5%</span><wbr><span class="nowrap">(0.1–9%)</span>',
        ),
    ],
)
def test_a_figure_breaks_before_its_interval_only(cell: str, html: str) -> None:
    assert drawn("{{ cell|foldable }}", cell=cell) == html


def test_sentences_stand_apart_but_not_in_japanese() -> None:
    template = engines["django"].from_string("{% load parts %}a.{% gap %}b.")

    assert drawn("a.{% gap %}b.") == "a. b."
    with translation.override("ja"):
        assert template.render() == "a.b."


class LimitForm(forms.Form):
    limit = forms.IntegerField(help_text="A whole number a week.")
    note = forms.CharField(required=False)
    read = forms.BooleanField(label="I have read it")


class PriceForm(forms.Form):
    price = forms.DecimalField()


@pytest.mark.parametrize(
    ("outcome", "word", "css"),
    [
        ("pass", "PASS", "v-pass"),
        ("fail", "FAIL", "v-fail"),
        ("undecided", "UNDECIDED", "v-open"),
        ("conditional", "CONDITIONAL", "v-warn"),
        ("no_go", "NO-GO", "v-fail"),
        ("not_yet", "NOT YET", "v-none"),
        (None, "NOT MEASURED", "v-none"),
    ],
)
def test_an_outcome_has_icon_word_and_class(
    outcome: str | None, word: str, css: str
) -> None:
    html = drawn("{% verdict outcome %}", outcome=outcome)
    assert word in html
    assert css in html
    assert 'aria-hidden="true"' in html


def test_a_refused_field_ties_hint_and_error_to_its_input() -> None:
    html = drawn("{% field form.limit %}", form=LimitForm({"limit": "x"}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_limit_hint id_limit_error"' in html
    assert html.index("id_limit_error") < html.index("<input")


@pytest.mark.parametrize(
    ("kept", "typed"), [("0E-9", "0"), ("6500.00", "6500"), ("0.250", "0.25")]
)
def test_a_field_holds_a_number_as_people_type_it(kept: str, typed: str) -> None:
    form = PriceForm(initial={"price": Decimal(kept)})
    assert f'value="{typed}"' in drawn("{% field form.price %}", form=form)
    sent = PriceForm({"price": "1.50"}, initial={"price": Decimal(kept)})
    assert 'value="1.50"' in drawn("{% field form.price %}", form=sent)


def test_only_an_optional_field_says_so() -> None:
    form = LimitForm()
    assert "(optional)" in drawn("{% field form.note %}", form=form)
    assert "(optional)" not in drawn("{% field form.limit %}", form=form)


def test_a_tick_stands_before_its_label() -> None:
    html = drawn("{% field form.read %}", form=LimitForm())
    assert html.index("<input") < html.index("<label")


def test_the_summary_of_a_refused_form_links_to_each_field() -> None:
    html = drawn("{% form_errors form %}", form=LimitForm({}))
    assert 'role="alert"' in html
    assert 'href="#id_limit"' in html
    assert "2 entries need mending." in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert "alert" not in drawn("{% form_errors form %}", form=LimitForm())


def test_an_interval_bar_uses_attributes_only() -> None:
    html = drawn(
        '{% interval_bar 3.0 2.5 5.0 4 "at_most" "undecided" name="c1" '
        'spoken="3.0, limit 4" label="limit 4" %}'
    )
    assert "style=" not in html
    assert 'aria-label="3.0, limit 4"' in html
    assert "url(#hatch-c1)" in html


def test_a_bar_without_a_value_is_a_dash() -> None:
    html = drawn('{% interval_bar None None None 4 "at_most" "" name="c1" %}')
    assert "–" in html


def test_the_mini_stepper_is_spoken() -> None:
    assert "stage 4 of 6" in drawn('{% mini_steps 4 "Accuracy" %}')


@pytest.mark.parametrize(
    ("status", "mark"), [("queued", "now"), ("refused", "stop"), ("measured", "done")]
)
def test_a_run_shows_how_far_it_came(status: str, mark: str) -> None:
    assert f'class="{mark}"' in drawn("{% run_steps status %}", status=status)


def test_the_pager_keeps_the_rest_of_the_question() -> None:
    page = Paginator(range(120), 50).page(2)
    html = drawn("{% pager page %}", page=page)
    assert "?q=a&amp;page=1" in html
    assert "?q=a&amp;page=3" in html


def test_one_page_needs_no_pager() -> None:
    page = Paginator(range(3), 50).page(1)
    assert "<nav" not in drawn("{% pager page %}", page=page)


def test_the_current_page_is_marked_in_the_navigation() -> None:
    match = SimpleNamespace(view_name="projects:audit")
    request = SimpleNamespace(resolver_match=match)
    assert "page" in parts.current({"request": request}, "projects:audit")
    assert not parts.current({"request": request}, "dashboards:portfolio")
    assert not parts.current({}, "projects:audit")


@pytest.mark.parametrize(("language", "name"), [("ja", "佐藤 恵"), ("en", "M. Sato")])
def test_a_name_follows_the_language(language: str, name: str) -> None:
    person = SimpleNamespace(name="佐藤 恵", name_en="M. Sato")
    with translation.override(language):
        assert parts.named(person) == name
        assert parts.said(Text(ja="佐藤 恵", en="M. Sato")) == name


def test_a_name_without_english_form_stays_as_it_is() -> None:
    with translation.override("en"):
        assert parts.named(SimpleNamespace(name="佐藤 恵", name_en="")) == "佐藤 恵"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Megumi Sato", "MS"), ("佐藤 恵", "佐"), ("Prince", "P"), ("", "")],
)
def test_initials_fit_a_dot(name: str, letters: str) -> None:
    assert parts.initials(name) == letters


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("「予兆検知」の検収基準 第1版に合意します。", "ja"),
        ("担当者は「合意します。」", "ja"),
        ("検収基準に合意します", "ja"),
        ("I agree to version 1 of the criteria.", "en"),
        ("I agree to version 1 for “予兆検知”.", "en"),
        ("It is called “Early warning.”", "en"),
        ("PASS", "en"),
        ("", "en"),
    ],
)
def test_a_sentence_tells_its_language_by_how_it_ends(text, language):
    assert parts.written_in(text) == language


def test_what_was_refused_is_spoken_and_what_was_done_is_told():
    said = [SimpleNamespace(level_tag=tag) for tag in ("success", "error", "warning")]
    page = drawn('{% include "_parts/messages.html" %}', messages=said)
    refused, _id, told = page.partition('id="said"')

    assert refused.count('role="alert"') == refused.count("data-focus") == 1
    assert "note-fail" in refused
    assert "note-fail" not in told
    assert "note-pass" in told
    assert "note-open" in told
    assert 'role="alert"' not in told
    assert 'role="alert"' not in drawn('{% note "Late." "fail" %}')
    assert 'role="alert"' in drawn('{% note "Late." "fail" spoken=True %}')
