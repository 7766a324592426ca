"""What the pages show, made from rows; no HTTP in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from projects.checklist import Due
from projects.models import AgreementStatus, Side
from projects.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from projects.checklist import Item
    from projects.models import Agreement, Answer, Assessment, Event


@dataclass(frozen=True, slots=True)
class Question:
    """One item with the answer it has."""

    item: Item
    answer: Answer | None
    choices: tuple[tuple[str, str], ...]


def feasibility(assessment: Assessment) -> dict[str, Any]:
    """The questions due now, the verdict they give, and its reasons."""
    language = get_language() or "ja"
    given = {a.item_id: a for a in assessment.answers.select_related("answered_by")}
    due = assessment.checklist.items_due(
        Due(assessment.due), assessment.engagement.placement
    )
    questions = [
        Question(
            item=item,
            answer=given.get(item.id),
            choices=tuple(
                (word, item.answer_name(word).in_(language)) for word in item.answers
            ),
        )
        for item in due
    ]
    return {
        "assessment": assessment,
        "questions": questions,
        "answered": sum(q.answer is not None for q in questions),
        "screened": assessment.screened(given.values()),
    }


def side_to_sign(agreement: Agreement, held: Collection[Permission]) -> Side | None:
    """The side the reader may sign for now, if any."""
    if agreement.is_draft and Permission.SIGN_FOR_PROVIDER in held:
        return Side.PROVIDER
    offered = agreement.status == AgreementStatus.OFFERED
    if offered and Permission.SIGN_FOR_CUSTOMER in held:
        return Side.CUSTOMER
    return None


def feed(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Events as sentences in the reader's language."""
    language = get_language() or "ja"
    return [
        {
            "at": event.at,
            "text": event.sentence(language),
            "href": event.engagement.get_absolute_url(),
        }
        for event in events
    ]
