"""The check of the translations finds what a reader would trip over."""

from __future__ import annotations

import pytest
from babel.messages import Catalog
from django.apps import apps
from django.utils.functional import Promise

from config import messages


def told(*, texts, japanese, flags=()) -> list[str]:
    catalogue = Catalog(locale="ja", charset="utf-8")
    catalogue.add(texts, string=japanese, flags=flags)
    return messages.faults(catalogue, [(None, texts)])


@pytest.mark.parametrize(
    ("texts", "japanese"),
    [
        ("Save", "保存する"),
        ("%(n)s of %(all)s", "%(all)sのうち%(n)s"),
        ("Read {path}", "{path}を読む"),
        ("{share:.1f} of it", "その{share:.2f}"),
        ("%s and %d", "%sと%d"),
        ("At 95% in all", "95%の全体"),
        (("One entry.", "%(n)s entries."), ("%(n)s件",)),
    ],
)
def test_a_whole_translation_has_no_fault(texts, japanese):
    assert told(texts=texts, japanese=japanese) == []


@pytest.mark.parametrize(
    ("texts", "japanese"),
    [
        ("%(n)s of %(all)s", "%(n)s"),
        ("%(n)s rows", "%(m)s行"),
        ("Rows", "%(n)s行"),
        ("Read {path}", "読む"),
        ("Read {path}", "{file}を読む"),
        ("{} and {}", "{}"),
        ("%s and %s", "%s"),
        ("%s rows", "行"),
        ("%s and %d", "%dと%s"),
        (("One entry.", "%(n)s entries."), ("項目",)),
    ],
)
def test_a_placeholder_that_is_lost_or_made_up_is_found(texts, japanese):
    key = texts[0] if isinstance(texts, tuple) else texts

    assert told(texts=texts, japanese=japanese) == [f"placeholders differ: {key!r}"]


def test_texts_that_are_missing_empty_or_fuzzy_are_found():
    nothing = Catalog(locale="ja", charset="utf-8")

    assert messages.faults(nothing, [(None, "Save")]) == ["no Japanese: 'Save'"]
    assert told(texts="Save", japanese="") == ["no Japanese: 'Save'"]
    assert told(texts=("One", "Many"), japanese=("",)) == ["no Japanese: 'One'"]
    assert told(texts="Save", japanese="保存", flags=["fuzzy"]) == ["fuzzy: 'Save'"]


def test_a_context_of_its_own_needs_its_own_translation():
    catalogue = Catalog(locale="ja", charset="utf-8")
    catalogue.add("Open", string="開く", context="verb")

    assert messages.faults(catalogue, [("verb", "Open")]) == []
    assert messages.faults(catalogue, [("state", "Open")]) == ["no Japanese: 'Open'"]


@pytest.mark.parametrize(
    ("ja", "en"), [("{n}件", "cases"), ("", "cases"), ("{n}件", "{m} cases")]
)
def test_a_pair_of_texts_that_differs_is_found(ja, en):
    assert messages.one_sided([("here:1", ja, en)]) == [
        f"here:1: {ja!r} and {en!r} differ"
    ]
    assert messages.one_sided([("here:1", "{n}件", "{n} cases")]) == []


def test_the_pairs_of_the_code_are_found_however_they_are_written():
    known = {(ja, en) for _place, ja, en in messages.pairs()}

    assert ("経営層", "Executive") in known  # by place
    assert ("{who}が{file}を預けました。", "{who} uploaded {file}") in known  # by name


@pytest.mark.parametrize(
    "source",
    [
        'box.textContent = "Saved just now";',
        "box.title = 'Try it again.';",
        "say(`保存しました`);",
    ],
)
def test_words_in_a_script_are_found(source):
    (found,) = messages.unworded([("app.js", source)])

    assert found.startswith("app.js: words in a script")


@pytest.mark.parametrize(
    "source",
    [
        '// Told "in two words" to who reads the source.',
        'box.querySelector(".login .btn-main");',
        'document.addEventListener("htmx:beforeRequest", act);',
        "one.matches('[aria-current=\"page\"]');",
        "window.scrollTo({ top: 0 });",
    ],
)
def test_what_is_no_word_of_a_script_is_passed_over(source):
    assert messages.unworded([("app.js", source)]) == []


def test_every_script_is_looked_through():
    assert "app.js" in dict(messages.scripts())


# What names a language itself, and what no page shows by its choices.
LANGUAGES = {"User.language", "ReportLink.language"}
BY_OTHER_WORDS = {"Engagement.kind", "Intake.kind", "Glance.need", "NoticeWish.kind"}


def test_every_choice_of_a_model_is_said_in_both_languages():
    named = {}
    for model in apps.get_models():
        if model._meta.app_label not in messages.FOLDERS:
            continue
        for field in model._meta.concrete_fields:
            for value, label in field.choices or ():
                # A label like its value is not meant to be read.
                if not isinstance(label, Promise) and str(label) != str(value):
                    named[f"{model.__name__}.{field.name}"] = label

    assert set(named) <= LANGUAGES | BY_OTHER_WORDS, named


def test_what_is_kept_has_no_fault(capsys):
    assert messages.main("check") == 0, capsys.readouterr().out
