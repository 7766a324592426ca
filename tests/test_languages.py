"""Every page speaks its reader's language, but for what people wrote themselves."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse

from projects.models import Agreement, AgreementStatus, Side
from projects.services.agreement import sign
from tests.conftest import PASSWORD
from tests.past import past_the_guard
from tests.test_access import (
    ADDRESSES,
    FILES,
    FRAGMENTS,
    reader_of,
    reads,
    rows,  # noqa: F401 - a fixture
)

JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")
# Four words in a row are a sentence, three may be a name or a command. The groups of a
# digest are no words.
WORD = r"(?![0-9a-f]{4}\b)[A-Za-z][a-z’']*"
SENTENCE = re.compile(rf"(?:\b{WORD}\b[ ,]+){{3,}}\b{WORD}\b")
# A language is offered by its own name.
LANGUAGES = ["日本語", "English"]
# A link may be read in the language it was made for.
FOR_OTHERS = {"dashboards:link"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label", "content")
# What stands in a language of its own on purpose: code, and names of programs.
OTHER = {"code", "pre", "kbd", "samp", "style"}
EMPTY = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
    *("source", "track", "wbr"),
}
OURS = ("projects", "evaluation", "costs", "dashboards")
PARTS = sorted({name.partition(":")[0] for name in ADDRESSES})


class Words(HTMLParser):
    """The words of a page that are said in the page's own language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        above = self.open[-1][1] if self.open else "own"
        # The language of the page itself is its own; every other one is told.
        language = above if tag == "html" else given.get("lang") or above
        if tag in OTHER or given.get("hreflang"):
            language = "other"
        if tag == "script":
            language = "json" if given.get("type") == "application/json" else "other"
        if language == "own":
            spoken = [value for key, value in attrs if key in SPOKEN and value]
            # The head of a page has settings besides words.
            self.found += spoken if tag != "meta" else []
        if tag not in EMPTY:
            self.open.append((tag, language))

    def handle_endtag(self, tag):
        while self.open and tag in [one for one, _language in self.open]:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data):
        language = self.open[-1][1] if self.open else "own"
        if language == "own" and data.strip():
            self.found.append(" ".join(data.split()))
        elif language == "json":
            self.found += texts_in(json.loads(data))


def texts_in(value) -> list[str]:
    """Every text within what a script reads; the names of its keys are for it alone."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        # Fonts and colours are words to no reader.
        return [
            t for key, one in value.items() if key != "family" for t in texts_in(one)
        ]
    return (
        [t for one in value for t in texts_in(one)] if isinstance(value, list) else []
    )


def words_of(page: str) -> list[str]:
    reading = Words()
    reading.feed(page)
    return reading.found


def written_by_people() -> list[str]:
    """Every text that a row holds, the longest first."""
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            names = [
                field.attname
                for field in model._meta.concrete_fields
                if isinstance(field, (CharField, TextField, JSONField))
            ]
            for row in model._base_manager.values_list(*names):
                for value in row:
                    found.update(texts_in(value))
    return sorted((text for text in found if text.strip()), key=len, reverse=True)


def without(text: str, theirs: list[str]) -> str:
    for one in [*theirs, *LANGUAGES]:
        if one in text and (JAPANESE.search(one) or " " in one):
            text = text.replace(one, "…")
    return text


def wrong_in(page: str, language: str, theirs: list[str]) -> list[str]:
    """What is said in the other language."""
    looked_for = JAPANESE if language == "en" else SENTENCE
    return sorted(
        {
            text
            for text in words_of(page)
            if looked_for.search(without(text, theirs))
            and not (language == "ja" and JAPANESE.search(text))
        }
    )


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("part", PARTS)
def test_a_page_is_said_in_its_readers_language(part, language, rows):  # noqa: F811
    theirs, readers, wrong = written_by_people(), {}, {}
    for name, (verb, on, allowed) in sorted(ADDRESSES.items()):
        skipped = name in FILES or name in FRAGMENTS or not allowed
        if (
            verb != "get"
            or skipped
            or name in FOR_OTHERS
            or not name.startswith(f"{part}:")
        ):
            continue
        who = "customer" if name == "projects:agreement_sign" else reads(allowed)
        if who not in readers:
            readers[who] = Client()
            user = reader_of(rows, who)
            user.language = language
            user.save()
            readers[who].force_login(user)
        answer = readers[who].get(reverse(name, args=rows[on]))
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            found = wrong_in(answer.text, language, theirs)
            if found:
                wrong[name] = found

    assert wrong == {}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", ["projects:agreement_edit", "projects:agreement_part"])
def test_a_draft_is_edited_in_its_readers_language(name, language, rows):  # noqa: F811
    past_the_guard(Agreement).update(status=AgreementStatus.DRAFT, digest="")
    user = reader_of(rows, "manager")
    user.language = language
    user.save()
    client = Client()
    client.force_login(user)
    part = ADDRESSES[name][1]

    page = client.get(reverse(name, args=rows[part])).text

    assert wrong_in(page, language, written_by_people()) == []


def test_what_is_in_the_other_language_is_found():
    page = """<html lang="ja"><body><p>All runs of this engagement</p>
    <p lang="en">All runs of this engagement</p><code>make run as a user</code>
    <input placeholder="Write it down right here"><p>MEASURED by 北川</p>
    <script type="application/json">{"title": ["Cost of all the runs"]}</script>
    </body></html>"""

    assert wrong_in(page, "ja", []) == [
        "All runs of this engagement",
        "Cost of all the runs",
        "Write it down right here",
    ]
    assert wrong_in(page, "en", []) == ["MEASURED by 北川"]
    assert wrong_in(page, "en", ["北川"]) == []


def test_what_was_signed_in_the_other_language_is_read_aloud_in_it(
    client, draft, manager, executive
):
    manager.language = "ja"
    manager.save()
    for side, by in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        sign(agreement=draft, side=side, password=PASSWORD, by=by)
    client.force_login(executive)

    for address in (draft.get_absolute_url(), draft.engagement.get_absolute_url()):
        page = client.get(address).text
        assert '<html lang="en"' in page
        assert re.search(
            r'<p class="accepted" lang="ja">[^<]*「予兆検知」[^<]*。</p>', page
        )
        assert re.search(
            r'<p class="accepted" lang="en">[^<]*“予兆検知”[^<]*\.</p>', page
        )
