"""What the sheet of one round says, for the page, the print and the PDF alike."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from projects.checklist import DUE_NAMES, Due
from projects.linking import canonical, digest_of
from projects.models import Stage
from projects.paper.words import (
    alike,
    at_moment,
    called,
    languages_of,
    on_day,
    pair,
    printed,
    spoken,
)
from projects.screening import VERDICT_NAMES, Verdict
from projects.services.waivers import in_force
from projects.waiver_pages import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from projects.checklist import Item
    from projects.models import Answer, Assessment, User, Waiver
    from projects.paper.words import Pair

# More reasons than fit a page nobody reads on paper; all of them are in the sheet.
MOST: Final = 16
NOTE: Final = 80
HEADS: Final = {
    "waivers": pair("経営判断で条件付きにした回答", "Waived by management"),
    "reasons": pair("判定を決めた回答", "Answers that decided"),
    "why": pair("理由", "Why"),
    "tasks": pair("誰がいつまでに", "Who does what by when"),
    "facts": pair("評価の前提", "About this round"),
}


# Any: pairs, lists and words, as the template reads them.
def words_of(
    assessment: Assessment, *, by: User, at: datetime, language: str | None
) -> dict[str, Any]:
    """The sheet of one round; of one not issued yet, as its answers stand now."""
    engagement = assessment.engagement
    answers = list(assessment.answers.all())
    today = timezone.localdate(at)
    waivers = list(
        in_force(engagement, today=today).select_related("given_by", "organisation")
    )
    record = assessment.record or _unissued(assessment, answers, waivers)
    verdict = Verdict(assessment.verdict or record["verdict"])
    reasons = _reasons(record, answers, verdict)
    return {
        "languages": languages_of(language),
        "title": pair(
            f"実現性評価 第{assessment.round}回",
            f"Feasibility assessment, round {assessment.round}",
        ),
        "name": called(engagement),
        "verdict": {"word": spoken(VERDICT_NAMES[verdict]), "tone": verdict.value},
        "stands": _stands(assessment),
        "draft": None
        if assessment.issued_at
        else pair("確定前の案です。", "A draft: this round is not issued."),
        "facts": _facts(assessment, answers),
        "problem": engagement.problem,
        "summary": record["summary"],
        "would_change": record["would_change"],
        "heads": HEADS,
        "waivers": [_waiver(*held) for held in items_of(waivers)],
        "reasons": reasons[:MOST],
        "more": _more(len(reasons) - MOST),
        "foot": {
            "printed": printed(by, timezone.localtime(at)),
            "digest": alike(f"SHA-256 {_digest(assessment, answers)}"),
        },
    }


def _unissued(
    assessment: Assessment, answers: list[Answer], waivers: Iterable[Waiver]
) -> dict[str, Any]:
    """The same words that would be kept if it were issued now."""
    waived = frozenset(waiver.item_id for waiver in waivers)
    screened = assessment.screened(answers, waived)
    tasks = assessment.engagement.tasks.undone().select_related("owner")
    return {
        "verdict": screened.verdict.value,
        "summary": spoken(screened.summary),
        "would_change": spoken(screened.would_change),
        "reasons": [
            {"item": r.item_id, "leads_to": r.leads_to.value} | spoken(r.why)
            for r in screened.reasons
        ],
        "tasks": [
            {
                "item": task.item_id,
                "what": task.what,
                "owner": task.owner.name,
                "owner_en": task.owner.name_en,
                "due_on": task.due_on.isoformat(),
            }
            for task in tasks
        ],
    }


def _reasons(
    record: dict[str, Any], answers: list[Answer], verdict: Verdict
) -> list[dict[str, Any]]:
    """Those that decided in front, each with its task."""
    tasks = {task["item"]: task for task in record.get("tasks", ())}
    notes = {answer.item_id: answer.note for answer in answers}
    rows = [
        {
            "id": reason["item"],
            "why": pair(reason["ja"], reason["en"]),
            "note": _short(notes.get(reason["item"], "")),
            "decides": reason["leads_to"] == verdict,
            "task": _task(tasks.get(reason["item"])),
        }
        for reason in record.get("reasons", ())
    ]
    return sorted(rows, key=lambda row: not row["decides"])


def _short(note: str) -> str:
    said = " ".join(note.split())
    return said if len(said) <= NOTE else f"{said[:NOTE]}…"


def _task(task: dict[str, str] | None) -> dict[str, Any] | None:
    if task is None:
        return None
    due = on_day(date.fromisoformat(task["due_on"]))
    return {
        "what": task["what"],
        "owner": pair(task["owner"], task["owner_en"]),
        "due": pair(f"{due['ja']}まで", f"by {due['en']}"),
    }


def _more(left: int) -> Pair | None:
    if left <= 0:
        return None
    return pair(
        f"ほか{left}件。すべては評価表(XLSX)にあります。",
        f"And {left} more. All of them are in the spreadsheet (XLSX).",
    )


def _stands(assessment: Assessment) -> Pair | None:
    """As what an issued round stands now, where that is something else."""
    if assessment.stands_as == assessment.verdict:
        return None
    now = VERDICT_NAMES[Verdict(assessment.stands_as)]
    return pair(f"いまは{now.ja}", f"now stands as {now.en}")


def _facts(assessment: Assessment, answers: list[Answer]) -> list[dict[str, Pair]]:
    engagement = assessment.engagement
    issued_at, issued_by = assessment.issued_at, assessment.issued_by
    asked = assessment.checklist.items_due(
        Due(assessment.due), assessment.placement, assessment.kind
    )
    given = {a.item_id for a in answers if a.is_given}
    counted = sum(item.id in given for item in asked)
    facts = [
        (pair("お客様", "Customer"), called(engagement.customer)),
        (pair("受託側", "Provider"), called(engagement.provider)),
        (pair("種類", "Kind"), spoken(engagement.kind_text)),
        (pair("場所", "Place"), alike(engagement.place)),
        (pair("何の前か", "Before"), spoken(DUE_NAMES[Due(assessment.due)])),
        (pair("質問票", "Questions"), alike(assessment.template)),
        (
            pair("回答", "Answered"),
            pair(f"{len(asked)}問中{counted}問", f"{counted} of {len(asked)}"),
        ),
    ]
    if issued_at is not None:
        at, who = at_moment(timezone.localtime(issued_at)), called(issued_by)
        issued = pair(f"{at['ja']} {who['ja']}", f"{at['en']}, {who['en']}")
        facts.append((pair("確定", "Issued"), issued))
    return [{"label": label, "value": value} for label, value in facts]


def _waiver(waiver: Waiver, item: Item | None) -> dict[str, Any]:
    short = spoken(item.short) if item else alike("")
    until, who = on_day(waiver.until), called(waiver.given_by)
    side = called(waiver.organisation)
    return {
        "id": waiver.item_id,
        "said": pair(
            f"{short['ja']}({until['ja']}まで、{side['ja']} {who['ja']})",
            f"{short['en']} (until {until['en']}, {who['en']}, {side['en']})",
        ),
        "reason": waiver.reason,
    }


def _digest(assessment: Assessment, answers: list[Answer]) -> str:
    """Of the answers and the verdict: two sheets with the same one say the same."""
    return digest_of(
        canonical(
            {
                "assessment": assessment.pk,
                "verdict": assessment.verdict,
                "record": assessment.record,
                "answers": [
                    [a.item_id, *_said(a), a.revision]
                    for a in sorted(answers, key=lambda answer: answer.item_id)
                ],
            }
        )
    )


def _said(answer: Answer) -> list[str]:
    number = "" if answer.number is None else f"{answer.number.normalize():f}"
    return [answer.value, number, answer.note, answer.not_applicable_because]


def file_name(assessment: Assessment, ending: str) -> str:
    """What a download of it is called; plain, so that every system takes it."""
    return f"kenshu-assessment-{assessment.round}.{ending}"


def is_declinable(assessment: Assessment) -> bool:
    """Whether the round stops an engagement that is not agreed yet."""
    before = (Stage.INTAKE, Stage.FEASIBILITY, Stage.AGREEMENT)
    return (
        assessment.engagement.stage in before and assessment.stands_as == Verdict.NO_GO
    )
