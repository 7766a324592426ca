"""How the demo's questions are answered: most plainly, one engagement richly."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.files.base import ContentFile

from dashboards.demo import PASSWORD
from dashboards.demo_clock import ago
from projects.checklist import Due
from projects.services import assignments, evidence, feasibility, tasks, waivers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projects.models import Assessment, Engagement, Evidence, User

NOTES: Final[Mapping[str, str]] = {
    "P1": "プレスの停止を月6時間から2時間へ減らす。",
    "D2": "停止の何分前に知らせるかが決まっていない。",
    "K1": "音と匂いで判断している2項目が数値になっていない。",
    "O1": "北村 健(保全課)、代行 大塚 亮",
    "M1": "西村 徹(工場長)",
}
# Item, what is to be done, who, due so many days ago (ahead of today if negative).
FIRST_TASKS: Final = (
    ("D2", "何分前に知らせれば間に合うかを、保全課と決める", "tanaka", 135),
    ("K1", "音と匂いの2項目を、振動と温度に置き換えられるか試す", "yamamoto", -14),
)
# The second round, before the proof of concept: words, then numbers.
SECOND_WORDS: Final[Mapping[str, str]] = {
    "P2": "yes",
    "P3": "yes",
    "P5": "no",
    "D3": "yes",
    "D4": "yes",
    "D6": "yes",
    "T4": "partial",
    "T9": "yes",
    "M3": "yes",
    "E7": "no",
}
SECOND_NUMBERS: Final[Mapping[str, int]] = {
    "D5": 2,
    "T2": 36,
    "T3": 23,
    "P4": 4_800_000,
}
# What a year is expected to bring, where somebody reckoned it at once.
EXPECTED_YEN: Final[Mapping[str, int]] = {
    "demand_forecast": 24_000_000,
    "inventory": 9_600_000,
}


def answer(
    assessment: Assessment,
    item_id: str,
    by: User,
    value: str = "",
    number: int | None = None,
    note: str = "",
) -> None:
    """One answer of the demo."""
    feasibility.give_answer(
        assessment=assessment,
        item_id=item_id,
        value=value,
        number=None if number is None else Decimal(number),
        note=note,
        by=by,
    )


def answer_screening(
    engagement: Engagement,
    by: User,
    changed: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> Assessment:
    """All of screening answered in favour, but for what is changed."""
    assessment = feasibility.open_assessment(engagement=engagement, by=by)
    # D8 has a shorter word for forecasts of demand.
    words = {"D8": engagement.kind.removeprefix("demand_")} | dict(changed or {})
    for item in assessment.checklist.items:
        if item.due is Due.SCREEN:
            word, note = words.get(item.id, "yes"), (notes or {}).get(item.id, "")
            answer(assessment, item.id, by, word, note=note)
    return assessment


def issue_plainly(engagement: Engagement, people: Mapping[str, User]) -> None:
    """A first round with nothing in the way."""
    assessment = answer_screening(engagement, people["kato"])
    if engagement.kind in EXPECTED_YEN:
        answer(assessment, "P4", people["kato"], number=EXPECTED_YEN[engagement.kind])
    feasibility.issue_assessment(assessment=assessment, by=people["kato"])


def issue_with_conditions(engagement: Engagement, people: Mapping[str, User]) -> None:
    """A first round with evidence, two conditions and who sees to them."""
    manager = people["kato"]
    assessment = answer_screening(
        engagement, manager, {"D2": "partial", "K1": "partial"}, NOTES
    )
    ask(engagement, people, "D1", "T1")
    draft = attach(engagement, "D1", "入力一覧_草案.csv", "温度,℃,PLC\n", manager)
    attach(
        engagement,
        "D1",
        "入力一覧.csv",
        "温度,℃,PLC\n振動,mm/s,後付け\n電流,A,PLC\n",
        people["tanaka"],
        draft,
    )
    attach(engagement, "T1", "抽出サンプル.csv", "2026-03-01,71.2\n", people["tanaka"])
    evidence.attach_link(
        engagement=engagement,
        item_id="P8",
        url="https://intra.mikawa.example/press/flow",
        name="停止時の業務フロー",
        by=manager,
    )
    evidence.name_document(
        engagement=engagement,
        item_id="E1",
        name="確認書(署名済み)",
        kept_at="三河精機 総務部 契約棚",
        by=manager,
    )
    for item_id, what, owner, days in FIRST_TASKS:
        tasks.plan_task(
            engagement=engagement,
            item_id=item_id,
            what=what,
            owner=people[owner],
            due_on=ago(days),
            by=manager,
        )
    feasibility.issue_assessment(assessment=assessment, by=manager)


def finish_first_task(engagement: Engagement, engineer: User) -> None:
    """What was planned first, done with its proof."""
    proof = attach(engagement, "D2", "出力仕様.csv", "予告,20分前\n", engineer)
    done = engagement.tasks.undone().get(item_id="D2")
    tasks.finish_task(task=done, proof=proof, by=engineer)


def begin_second_round(engagement: Engagement, people: Mapping[str, User]) -> None:
    """The next step's questions half answered, one answer waived."""
    manager, engineer = people["kato"], people["tanaka"]
    assessment = feasibility.open_assessment(
        engagement=engagement, by=manager, due=Due.POC
    )
    ask(engagement, people, "T4", "T8")
    feasibility.give_answer(
        assessment=assessment,
        item_id="D2",
        value="yes",
        number=None,
        note="停止の20分前に知らせる。",
        by=manager,
    )
    for item_id, word in SECOND_WORDS.items():
        by = engineer if item_id == "T4" else manager
        answer(assessment, item_id, by, word)
    for item_id, count in SECOND_NUMBERS.items():
        answer(assessment, item_id, manager, number=count)
    feasibility.give_answer(
        assessment=assessment,
        item_id="K5",
        value="",
        number=None,
        note="",
        because="ラベル付けは社内だけで行います。",
        by=manager,
    )
    waivers.give_waiver(
        engagement=engagement,
        item_id="P5",
        reason="実証の3か月で、停止時間と見逃し率の関係を確かめます。",
        until=ago(-55),
        password=PASSWORD,
        by=people["yamamoto"],
    )


def ask(engagement: Engagement, people: Mapping[str, User], *item_ids: str) -> None:
    """Have the engineer answer these."""
    for item_id in item_ids:
        assignments.assign_item(
            engagement=engagement,
            item_id=item_id,
            assignee=people["tanaka"],
            by=people["kato"],
        )


def attach(
    engagement: Engagement,
    item_id: str,
    name: str,
    text: str,
    by: User,
    instead_of: Evidence | None = None,
) -> Evidence:
    """A small file as evidence."""
    return evidence.attach_file(
        engagement=engagement,
        item_id=item_id,
        file=ContentFile(text.encode(), name=name),
        by=by,
        instead_of=instead_of,
    )
