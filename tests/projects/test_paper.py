"""Sheets for paper: tagged PDF with both languages, made of words alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from projects.catalogue import Text
from projects.paper import pdf
from projects.paper.words import (
    alike,
    at_moment,
    called,
    languages_of,
    on_day,
    pair,
    printed,
    spoken,
    yen,
)

NOW = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)


def letter(language="both", said="前年の記録がありません。", times=1) -> bytes:
    words = {
        "languages": languages_of(language),
        "title": pair("お知らせ", "Notice"),
        "to": pair("委託 御中", "To the customer"),
        "draft": None,
        "about": alike("案件"),
        "day": on_day(NOW.date()),
        "from": alike("受託"),
        "who": alike("佐藤"),
        "parts": [
            {
                "head": pair("理由", "Reason"),
                "verdict": {"word": pair("実施不可", "NO-GO"), "tone": "no_go"},
                "said": [pair(said, "There is no record.")] * times,
            }
        ],
        "foot": {"printed": printed("佐藤", NOW), "digest": alike("SHA-256 0")},
    }
    return pdf("letter", words, at=NOW)


def read(content: bytes) -> tuple[PdfReader, str]:
    reader = PdfReader(BytesIO(content))
    return reader, "".join(page.extract_text() for page in reader.pages)


def test_a_sheet_is_one_tagged_page_in_both_languages():
    reader, text = read(letter())

    assert len(reader.pages) == 1
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/StructTreeRoot"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert reader.metadata.title == "お知らせ / Notice"
    for said in ("前年の記録がありません。", "There is no record.", "NO-GO", "1 / 1"):
        assert said in text


@pytest.mark.parametrize(
    ("language", "there", "missing"),
    [("ja", "記録がありません", "no record"), ("en", "no record", "記録がありません")],
)
def test_a_sheet_may_be_asked_for_in_one_language(language, there, missing):
    reader, text = read(letter(language))

    assert there in text
    assert missing not in text
    spoken_in = {"ja": "ja-JP", "en": "en-GB"}[language]
    assert reader.trailer["/Root"]["/Lang"] == spoken_in


def test_what_somebody_typed_is_never_read_as_markup():
    typed = '#panic("x") *太字* $x$ @nobody <label> \\ // [a]'
    _reader, text = read(letter(said=typed))

    assert "#panic" in text
    assert "*太字*" in text
    assert "@nobody <label>" in text


def test_more_text_makes_smaller_letters_and_only_then_a_second_page():
    assert len(read(letter(times=34))[0].pages) == 1
    assert len(read(letter(times=120))[0].pages) > 1


def test_the_same_words_at_the_same_moment_are_the_same_file():
    assert letter() == letter()


def test_a_template_that_is_not_there_is_said_by_name():
    with pytest.raises(FileNotFoundError, match=r"nothing\.typ"):
        pdf("nothing", {}, at=NOW)


def test_words_that_a_template_lacks_are_a_fault_of_ours():
    with pytest.raises(RuntimeError):
        pdf("letter", {"languages": ["ja"]}, at=NOW)


def test_a_missing_half_is_stood_for_by_the_other():
    assert pair("日", "") == pair("", "日") == alike("日")
    assert spoken(Text(ja="はい", en="Yes")) == pair("はい", "Yes")


def test_names_days_and_money_in_both_languages():
    person = SimpleNamespace(name="佐藤 恵", name_en="Megumi Sato")
    assert called(person) == pair("佐藤 恵", "Megumi Sato")
    assert called("受託") == alike("受託")
    assert on_day(date(2026, 1, 2)) == pair("2026年1月2日", "2 January 2026")
    at = pair("2026年11月25日 9:05", "25 November 2026, 9:05")
    assert at_moment(NOW) == at
    assert yen(Decimal("51600.00")) == pair("51,600円", "¥51,600")
    assert printed(person, NOW) == pair(
        "佐藤 恵が2026年11月25日 9:05に印刷",
        "Printed by Megumi Sato, 25 November 2026, 9:05",
    )


@pytest.mark.parametrize(
    ("asked", "given"),
    [("ja", ["ja"]), ("en", ["en"]), (None, ["ja", "en"]), ("fr", ["ja", "en"])],
)
def test_an_unknown_language_is_both(asked, given):
    assert languages_of(asked) == given
