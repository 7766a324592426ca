"""Several rounds beside each other, and who there is to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projects.answer_words import answer_words
from projects.catalogue import Text
from projects.models import Answer, Membership
from projects.permissions import CUSTOMER, PROVIDER, Permission, Role
from projects.rounds import Round, Said, compare

if TYPE_CHECKING:
    from projects.assessing.sheet import Sheet
    from projects.models import Engagement, User


def as_round(sheet: Sheet) -> Round:
    """A sheet as the rule compares it."""
    kept = sheet.assessment.record.get("reasons")
    if kept is None:
        reasons = {r.item_id: r.why for r in sheet.screened.reasons}
    else:
        reasons = {r["item"]: Text(ja=r["ja"], en=r["en"]) for r in kept}
    answers = {
        answer.item_id: Said(answer.given, answer.note, answer.not_applicable_because)
        for answer in sheet.all_answers
    }
    return Round(sheet.checklist, answers, sheet.verdict, reasons)


# Any: the shapes of projects.rounds, for a template.
def comparison(earlier: Sheet, later: Sheet) -> dict[str, Any]:
    """What changed, by whom and when, and what that did to the verdict."""
    difference = compare(as_round(earlier), as_round(later))
    by_item = {answer.item_id: answer for answer in later.all_answers}
    return {
        "difference": difference,
        "changes": [
            {"change": change, "answer": by_item.get(change.item.id)}
            for change in difference.changes
        ],
    }


def taking_part(engagement: Engagement) -> tuple[list[User], list[User]]:
    """Everybody who takes part, and those of them who may be asked to answer."""
    members = Membership.objects.in_engagement(engagement).select_related("user")
    everybody: dict[int, User] = {}
    able: dict[int, User] = {}
    for member in members.order_by("user__name", "pk"):
        everybody[member.user_id] = member.user
        of_provider = member.organisation_id == engagement.provider_id
        table = PROVIDER if of_provider else CUSTOMER
        if Permission.ANSWER_ASSIGNED in table[Role(member.role)]:
            able[member.user_id] = member.user
    return list(everybody.values()), list(able.values())


# Any: an answer and how it reads, for a template.
def past_answers(sheet: Sheet, item_id: str) -> list[dict[str, Any]]:
    """What was answered to one item in earlier rounds, the newest first."""
    earlier = Answer.objects.filter(
        assessment__engagement=sheet.engagement,
        assessment__round__lt=sheet.assessment.round,
        item_id=item_id,
    )
    answers = earlier.select_related("answered_by", "assessment")
    told: list[dict[str, Any]] = []
    for answer in answers.order_by("-assessment__round"):
        # As the question read then; one that came later was not asked.
        asked = {item.id: item for item in answer.assessment.checklist.items}
        if answer.is_given and item_id in asked:
            words = answer_words(asked[item_id], answer.given)
            told.append({"answer": answer, "words": words.in_(sheet.language)})
    return told
