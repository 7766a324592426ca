"""The audit feed: every verb in both languages, and words instead of keys."""

from __future__ import annotations

from decimal import Decimal
from string import Formatter

import pytest

from projects.chronicle import VERBS, describe, params_of

PARAMS = {
    "who": "Yumi Kato",
    "name": "Press line",
    "stage": "accuracy",
    "reason": "no budget",
    "owner": "Ken Sato",
    "due_on": "2027-01-15",
    "proof": "minutes.pdf",
    "document": "minutes.pdf",
    "older": "draft.pdf",
    "role": "engineer",
    "item": "D2",
    "answer": "partial",
    "number": 14,
    "verdict": "fail",
    "version": 2,
    "successor": 3,
    "other": 15,
    "until": "2027-03-31",
    "organisation": "Mikawa Seiki",
    "file": "nov_w3.csv",
    "count": 12,
    "rows": 1638,
    "corrected": 4,
    "lines": 412,
    "rule": "tag:project = demand",
    "place": 2,
    "faults": 12,
    "type": "g5.xlarge",
    "hours": "6.50",
    "skill": "kubernetes",
    "cost_yen": "51600.00",
    "value_yen": "1970000",
    "before_yen": "-240000",
    "amount_yen": 4_000_000,
    "pool": "gpu-01",
    "gpus": 8,
    "deputy": "Ken Yamamoto",
    "day": "2026-11-24",
    "cases": 1638,
    "errors": 3,
    "what": "A new camera for the dark side",
    "problem": "Presses stop without warning",
    "question": "Since when?",
    "text": "Since 2021",
    "period": "2026-10-01/2026-12-31",
    "line": "stop",
    "spent_yen": "3900000",
    "at_end_yen": "4200000",
    "choice": "stop",
    "title": "Photographs of parts",
    "answers": 4620,
    "column": "Answer.kind",
    "sha256": "9f2c41d7",
    "person": "Sho Tanaka",
    "before_day": "2026-11-23",
    "before_hours": "3.50",
    "month": "2026-10",
    "predictions": 1_500_000,
    "currency": "USD",
    "per_hour": "4.194",
    "valid_from": "2026-10-01",
    "yen": "151.37",
    "before": "150.9",
}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_sentence_that_uses_its_parameters(verb, language):
    params = {name: PARAMS[name] for name in params_of(verb)}

    sentence = describe(verb, params, language)

    assert "{" not in sentence
    if language == "ja":
        assert sentence.endswith(
            (
                "。",
                ")",
                "works",
                *(PARAMS[name] for name in ("reason", "what", "question", "text")),
            )
        )
    else:
        assert sentence[0].isupper() or sentence.startswith("nov_w3.csv")


@pytest.mark.parametrize("verb", VERBS)
def test_both_languages_tell_the_same(verb):
    text = VERBS[verb]
    names = [
        {name for _, name, _, _ in Formatter().parse(text.in_(language)) if name}
        for language in ("ja", "en")
    ]

    assert names[0] == names[1] == params_of(verb)


@pytest.mark.parametrize(
    ("verb", "params", "ja", "en"),
    [
        pytest.param(
            "run.measured",
            {"number": 14, "verdict": "fail", "version": 2},
            "評価14を測定しました。合意書 第2版で不合格です。",
            "Run 14 measured: FAIL, judged by v2",
            id="run measured",
        ),
        pytest.param(
            "operation.drill",
            {"who": "加藤", "day": "2026-11-05"},
            "加藤が2026年11月5日の切り戻しの練習を記録しました。",
            "加藤 recorded the fallback drill of 5 November 2026",
            id="days are read as people do",
        ),
        pytest.param(
            "agreement.signed",
            {"who": "山本 健一", "version": 3, "organisation": "三河精機"},
            "山本 健一が三河精機として合意書 第3版に署名しました。",
            "山本 健一 signed agreement v3 for 三河精機",
            id="agreement signed",
        ),
        pytest.param(
            "answer.given",
            {"who": "Kato", "item": "I1", "answer": "conditional"},
            "KatoがI1「クラウド利用」に「条件付き」と答えました。",
            "Kato answered I1, cloud use: Conditional",
            id="choice by its name",
        ),
        pytest.param(
            "answer.given",
            {"who": "Kato", "item": "D2", "answer": "partial"},
            "KatoがD2「出力の定義」に「一部」と答えました。",
            "Kato answered D2, definition of the output: Partly",
            id="yes, partly or no",
        ),
        pytest.param(
            "answer.given",
            {"who": "Kato", "item": "Z9", "answer": "12"},
            "KatoがZ9に「12」と答えました。",
            "Kato answered Z9: 12",
            id="item of an older checklist",
        ),
        pytest.param(
            "gpu_usage.recorded",
            {
                "who": "Tanaka",
                "type": "g5.xlarge",
                "hours": Decimal("6.500000002"),
                "cost_yen": "51600.00",
            },
            "TanakaがGPU利用を記録しました。g5.xlarge、6.5時間、51,600円です。",
            "Tanaka recorded GPU use: g5.xlarge, 6.5 hours, ¥51,600",
            id="money as text",
        ),
        pytest.param(
            "engagement.created",
            {"who": "Sato", "name": "accuracy"},
            "Satoが案件「accuracy」を作りました。",
            "Sato created the engagement accuracy",
            id="a name is never translated",
        ),
    ],
)
def test_the_sentence_reads_as_spoken(verb, params, ja, en):
    assert describe(verb, params, "ja") == ja
    assert describe(verb, params, "en") == en


def test_a_brace_in_a_name_is_only_a_brace():
    params = {"who": "{name}", "name": "{0}"}

    assert "{name}" in describe("engagement.created", params, "en")


def test_an_unknown_verb_raises():
    with pytest.raises(KeyError):
        describe("run.vanished", {}, "en")


def test_a_missing_parameter_is_named():
    with pytest.raises(ValueError, match="lacks name, who"):
        describe("engagement.created", {}, "en")
