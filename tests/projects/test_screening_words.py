"""What the feasibility verdict says: its reasons, its summary, what would change it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.checklist import Due
from tests.projects.answers import judged


def test_three_conditions_are_told_as_on_the_page():
    screened = judged({"D2": "partial", "K1": "partial", "I1": "conditional"})

    assert [reason.why.ja for reason in screened.decided] == [
        "出力の定義が一部だけ",
        "熟練者の手がかりが一部だけ",
        "クラウド利用が条件付き",
    ]
    assert [reason.why.en for reason in screened.decided] == [
        "Definition of the output: only in part",
        "Expert’s cues: only in part",
        "Cloud use: conditional",
    ]
    assert screened.summary.ja == "条件付き。D2、K1、I1の3つの答えが判定を決めました。"
    assert screened.summary.en == "CONDITIONAL. Three answers decide it: D2, K1, I1."
    assert screened.would_change.ja == (
        "3問すべてが「はい」になれば実施可です。"
        "D2、K1、I1のどれかが「いいえ」になれば実施不可です。"
    )
    assert screened.would_change.en == (
        "If all three become yes, it is GO."
        " If any of D2, K1, I1 becomes no, it is NO-GO."
    )


@pytest.mark.parametrize(
    ("changes", "due", "ja", "en"),
    [
        pytest.param(
            {"D2": "no"},
            Due.SCREEN,
            "D2が「はい」になれば実施可です。",
            "If D2 becomes yes, it is GO.",
            id="one no",
        ),
        pytest.param(
            {"D2": "no", "K1": "partial"},
            Due.SCREEN,
            "D2が「はい」になれば条件付きです。",
            "If D2 becomes yes, it is CONDITIONAL.",
            id="a condition would remain",
        ),
        pytest.param(
            {"T3": Decimal(23)},
            Due.POC,
            "T3が満たされれば実施可です。T3が満たされなくなれば実施不可です。",
            "If T3 is met, it is GO. If T3 is no longer met even in part, it is NO-GO.",
            id="number",
        ),
        pytest.param(
            {"M1": None, "D2": "no"},
            Due.SCREEN,
            "すべてに答えると判定が出ます。D2が今の答えのままなら実施不可です。",
            "The verdict comes when every question is answered."
            " If D2 stays as it is, it will be NO-GO.",
            id="open, with a no in hand",
        ),
        pytest.param(
            {},
            Due.SCREEN,
            "どれか1問でも「いいえ」になれば実施不可です。",
            "If any blocking answer becomes no, it is NO-GO.",
            id="go",
        ),
    ],
)
def test_what_would_change_the_verdict(changes, due, ja, en):
    screened = judged(changes, due=due)

    assert screened.would_change.ja == ja
    assert screened.would_change.en == en


@pytest.mark.parametrize(
    ("changes", "ja", "en"),
    [
        pytest.param(
            {"K2": Decimal("3.50")},
            "熟練者の協力時間が3.5時間/月で、4に足りない",
            "Expert’s time: 3.5 hours a month, short of 4",
            id="short of a limit",
        ),
        pytest.param(
            {"D5": Decimal(1200)},
            "正解の後日確認が1,200日で、上限の365を超える",
            "Right answer known later: 1,200 days, over the limit of 365",
            id="over a limit",
        ),
        pytest.param(
            {"E7": "yes", "E8": "no"},
            "人身・環境・法令への影響が「はい」で、人による最終確認が「いいえ」",
            "Harm to people, the environment or the law: yes; human check: no",
            id="harm without a remedy",
        ),
    ],
)
def test_a_reason_names_the_figures(changes, ja, en):
    why = judged(changes, due=Due.POC).decided[0].why

    assert (why.ja, why.en) == (ja, en)
