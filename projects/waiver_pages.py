"""What the pages of waivers show, made from rows; no HTTP in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from projects.answer_words import answer_words
from projects.checklist import load, with_own
from projects.models import OwnItem
from projects.services.waivers import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from projects.checklist import Item
    from projects.models import Assessment, Waiver


def items_of(waivers: Iterable[Waiver]) -> list[tuple[Waiver, Item | None]]:
    """Each waiver with its question; a query more only where one is of an
    organisation's own.
    """
    listed = list(waivers)
    checklist = load()
    own = [w.item_id for w in listed if w.item_id.startswith("OWN-")]
    if own:
        rows = OwnItem.objects.filter(
            item_id__in=own, organisation__provided=listed[0].engagement_id
        )
        checklist = with_own(checklist, [row.entry for row in rows])
    known = {item.id: item for item in checklist.items}
    return [(waiver, known.get(waiver.item_id)) for waiver in listed]


def waiving(assessment: Assessment, item_id: str, *, today: date) -> dict[str, Any]:
    """One answer that stops the engagement, and the verdict with and without it."""
    answers = {a.item_id: a for a in assessment.answers.all()}
    item = assessment.checklist.item(item_id)
    engagement = assessment.engagement
    held = in_force(engagement, today=today).values_list("item_id", flat=True)
    waived = frozenset(held)
    answer = answers[item_id]
    return {
        "assessment": assessment,
        "engagement": engagement,
        "item": item,
        "answer": answer_words(item, answer.given).in_(get_language() or "ja"),
        "note": answer.note,
        "before": assessment.screened(answers.values(), waived),
        "after": assessment.screened(answers.values(), waived | {item_id}),
    }


def withdrawing(waiver: Waiver, *, today: date) -> dict[str, Any]:
    """One waiver, and as what the last issued round stands without it."""
    engagement = waiver.engagement
    issued = engagement.assessments.filter(issued_at__isnull=False).first()
    held = in_force(engagement, today=today).exclude(pk=waiver.pk)
    waived = frozenset(held.values_list("item_id", flat=True))
    after = issued.screened(issued.answers.all(), waived).verdict if issued else None
    ((_waiver, item),) = items_of([waiver])
    return {"waiver": waiver, "engagement": engagement, "item": item, "after": after}
