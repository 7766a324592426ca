"""A round as a workbook and back: rows in, rows out, and the payload in between."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from projects.answer_words import answer_words
from projects.catalogue import Text
from projects.checklist import DUE_NAMES, Due
from projects.filling import Stands, plan
from projects.rounds import Said
from projects.screening import VERDICT_NAMES, Verdict
from projects.services.assignments import answering
from projects.standing import Given, Standing
from projects.workbook import (
    Asked,
    Filled,
    Line,
    form_workbook,
    read_filled,
    whole_workbook,
)

if TYPE_CHECKING:
    from datetime import datetime

    from projects.assessing.sheet import Sheet
    from projects.filling import Plan
    from projects.models import Assessment, Engagement, User
    from projects.workbook import Fault

SALT: Final = "projects.sheet_files"
# A preview left open longer than this is made again from the file.
GOOD_FOR: Final = 24 * 60 * 60


def seal(words: str) -> str:
    """The fingerprint of one row; nobody else can make it."""
    return salted_hmac(SALT, words, algorithm="sha256").hexdigest()[:20]


def asked_of(sheet: Sheet) -> list[Asked]:
    """The open questions that this reader may answer now."""
    due = Due(sheet.assessment.due).by_then()
    revisions = {answer.item_id: answer.revision for answer in sheet.all_answers}
    return [
        Asked(question.item, revisions.get(item_id, 0))
        for item_id, question in sheet.questions.items()
        if question.may_answer
        and question.item.due in due
        and question.standing is not Standing.ASIDE
        and not question.is_given
    ]


def form_of(sheet: Sheet, *, at: datetime) -> bytes:
    """The form to fill in."""
    engagement, number = sheet.engagement, sheet.assessment.round
    names = " / ".join(_names(engagement))
    return form_workbook(
        asked_of(sheet),
        assessment=sheet.assessment.pk,
        title=f"{names} 実現性評価 第{number}回 / Feasibility, round {number}",
        seal=seal,
        at=at,
    )


def _names(engagement: Engagement) -> list[str]:
    names = (engagement.name, engagement.name_en)
    return list(dict.fromkeys(name for name in names if name))


def whole_of(sheet: Sheet, *, at: datetime) -> bytes:
    """Every question of the round with its answer and standing."""
    whys = _whys(sheet)
    lines = []
    for item_id, question in sheet.questions.items():
        answer, task = question.answer, question.in_hand
        given = answer.given if answer else Given(item_id)
        lines.append(
            Line(
                item=question.item,
                due=DUE_NAMES[question.item.due],
                answer=answer_words(question.item, given),
                number=answer.number if answer else None,
                standing=question.standing,
                note=answer.note if answer else "",
                because=answer.not_applicable_because if answer else "",
                why=whys.get(item_id),
                task=f"{task.what} ({task.owner}, {task.due_on})" if task else "",
                evidence="\n".join(piece.name for piece in question.evidence),
                by=answer.answered_by.name if answer else "",
                on=timezone.localdate(answer.answered_at).isoformat() if answer else "",
            )
        )
    return whole_workbook(lines, about=_about(sheet), at=at)


def _whys(sheet: Sheet) -> dict[str, Text]:
    kept = sheet.assessment.record.get("reasons")
    if kept is None:
        return {reason.item_id: reason.why for reason in sheet.screened.reasons}
    return {each["item"]: Text(ja=each["ja"], en=each["en"]) for each in kept}


def _about(sheet: Sheet) -> list[tuple[Text, str]]:
    assessment, engagement = sheet.assessment, sheet.engagement
    screened, record = sheet.screened, assessment.record
    verdict = VERDICT_NAMES[Verdict(sheet.verdict)]
    told = [
        (
            Text(ja="案件", en="Engagement"),
            " / ".join(_names(engagement)),
        ),
        (Text(ja="お客様", en="Customer"), engagement.customer.name),
        (Text(ja="課題", en="Problem"), engagement.problem),
        (Text(ja="回", en="Round"), str(assessment.round)),
        (Text(ja="質問票", en="Questions"), assessment.template),
        (Text(ja="判定", en="Verdict"), f"{verdict.ja} / {verdict.en}"),
    ]
    change = Text(ja="何が変わればよいか", en="What would change it")
    for name, key, now in (
        (Text(ja="要約", en="In words"), "summary", screened.summary),
        (change, "would_change", screened.would_change),
    ):
        words = record.get(key) or {"ja": now.ja, "en": now.en}
        told.append((name, f"{words['ja']}\n{words['en']}"))
    issued = _("not issued yet")
    if assessment.issued_at and assessment.issued_by:
        day = timezone.localtime(assessment.issued_at)
        issued = f"{day:%Y-%m-%d %H:%M} {assessment.issued_by.name}"
    return [*told, (Text(ja="確定", en="Issued"), issued)]


def read(
    content: bytes, assessment: Assessment, by: User
) -> tuple[list[Filled], list[Fault]]:
    """What a file says about the round; WorkbookRefused for one that is no form."""
    may = answering(by, assessment.engagement)
    asked = assessment.checklist.asked(assessment.placement, assessment.kind)
    return read_filled(
        content,
        assessment=assessment.pk,
        checklist=assessment.checklist,
        answering={item.id for item in asked if item.id in may},
        seal=seal,
    )


def planned(filled: list[Filled], assessment: Assessment) -> Plan:
    """What taking these rows in would mean as the round stands now."""
    answers = assessment.answers.select_related("answered_by")
    standing = {
        answer.item_id: Stands(
            Said(answer.given, answer.note, answer.not_applicable_because),
            answer.revision,
        )
        for answer in assessment.fitting(answers)
    }
    return plan(filled, standing, assessment.checklist)


def packed(filled: list[Filled], assessment: Assessment, by: User, file: str) -> str:
    """The rows between preview and taking in, signed for this person and round."""
    rows = [
        [row.item_id, row.value, _written(row.number), row.note, row.because]
        for row in filled
    ]
    looked_at = [row.revision for row in filled]
    kept: dict[str, Any] = {"of": [assessment.pk, by.pk], "file": file}
    kept |= {"rows": rows, "revisions": looked_at}
    return signing.dumps(kept, salt=SALT, compress=True)


def _written(number: Decimal | None) -> str:
    return "" if number is None else str(number)


def unpacked(
    payload: str, assessment: Assessment, by: User
) -> tuple[list[Filled], str] | None:
    """The rows again and the name of their file; None when they are not to be used."""
    try:
        kept = signing.loads(payload, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return None
    if kept["of"] != [assessment.pk, by.pk]:
        return None
    filled = [
        Filled(
            item_id=item_id,
            value=value,
            number=Decimal(number) if number else None,
            note=note,
            because=because,
            revision=revision,
        )
        for (item_id, value, number, note, because), revision in zip(
            kept["rows"], kept["revisions"], strict=True
        )
    ]
    return filled, str(kept["file"])
