"""What the pages show, made from rows; no HTTP in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects import preview
from projects.checklist import Due
from projects.difference import Direction, differences
from projects.hints import hints
from projects.models import AgreementStatus, Membership, Side
from projects.models.engagement import STAGES
from projects.permissions import ROLE_NAMES, Permission, Role
from projects.promised import promise_of
from projects.provable import warning
from projects.templatetags.parts import named
from projects.templatetags.times import day
from projects.terms import term_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from projects.catalogue import Text
    from projects.checklist import Item
    from projects.hints import Hint
    from projects.models import (
        Agreement,
        Answer,
        Assessment,
        Criterion,
        Engagement,
        Event,
    )


@dataclass(frozen=True, slots=True)
class Question:
    """One item with the answer it has."""

    item: Item
    answer: Answer | None
    choices: tuple[tuple[str, str], ...]
    hint: Hint | None


def feasibility(assessment: Assessment, item_id: str = "") -> dict[str, Any]:
    """The questions due now, the verdict they give, and its reasons.

    ``item_id`` names the question whose answer was kept a moment ago.
    """
    language = get_language() or "ja"
    given = {a.item_id: a for a in assessment.answers.select_related("answered_by")}
    engagement = assessment.engagement
    due = assessment.checklist.items_due(
        Due(assessment.due), engagement.placement, engagement.kind
    )
    hinted = hints(engagement, [answer.given for answer in given.values()])
    questions = [
        Question(
            item=item,
            hint=hinted.get(item.id),
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
        "kept": given.get(item_id),
    }


def team(engagement: Engagement) -> list[dict[str, Any]]:
    """Both organisations with everybody who takes part for them, in one query."""
    language = get_language() or "ja"
    sides = (engagement.provider, engagement.customer)
    taking_part = Membership.objects.in_engagement(engagement).select_related("user")
    people = [
        {
            "member": member,
            "user": member.user,
            "role": ROLE_NAMES[Role(member.role)].in_(language),
            "is_owner": member.user_id == engagement.owner_id,
        }
        for member in taking_part
    ]
    return [
        {
            "organisation": side,
            "people": [p for p in people if p["member"].organisation_id == side.pk],  # type: ignore[attr-defined]
        }
        for side in sides
    ]


@dataclass(frozen=True, slots=True)
class PromisedLine:
    """One criterion with what it says, and what speaks against its proof."""

    criterion: Criterion
    words: Text
    doubt: Text | None


@dataclass(frozen=True, slots=True)
class PromisedPart:
    """One other part of the promise, in words; ``key`` is its form."""

    key: str
    title: str
    words: tuple[Text, ...]


def agreement(shown: Agreement) -> dict[str, Any]:
    """All that a version promises, with its signatures."""
    promise = promise_of(shown)
    lines = [
        PromisedLine(
            criterion,
            preview.line_in_words(line),
            # Nothing is promised of a smaller number of cases: those expected count.
            criterion.doubt or warning(line, promise),
        )
        for criterion, line in zip(
            shown.criteria.order_by("pk"), promise.lines, strict=True
        )
    ]
    shape = promise.shape
    expected = preview.rest_in_words(promise)
    costs = preview.costs_in_words(promise.measured_by, shape)
    parts = [
        PromisedPart("conditions", _("What is expected and compared"), expected),
        PromisedPart("terms", _("What errors cost"), costs),
        PromisedPart(
            "budget", _("Error budget"), (preview.budget_in_words(promise.budget),)
        ),
        PromisedPart("stop", _("Stop line"), (preview.stop_in_words(promise.stop),)),
    ]
    return {
        "agreement": shown,
        "engagement": shown.engagement,
        "lines": lines,
        "parts": parts,
        "terms": term_lines(promise.measured_by, shape),
        "signatures": signatures(shown),
        "before": before(shown),
    }


def before(shown: Agreement) -> Agreement | None:
    """The version that this one follows: the newest that ever was in force."""
    earlier = shown.engagement.agreements.filter(
        version__lt=shown.version, in_force_since__isnull=False
    )
    return earlier.select_related("engagement", "truth_set").first()


def changes(shown: Agreement) -> dict[str, Any] | None:
    """What a version changes of the one it follows; None when it is the first."""
    earlier = before(shown)
    if earlier is None:
        return None
    found = differences(promise_of(earlier), promise_of(shown))
    return {
        "before": earlier,
        "changed": [one for one in found if not one.is_same],
        "same": [one for one in found if one.is_same],
        "loosens": any(one.direction is Direction.LOOSER for one in found),
        "results_seen": shown.engagement.events.filter(verb="run.measured").exists(),
    }


def side_to_sign(agreement: Agreement, held: Collection[Permission]) -> Side | None:
    """The side the reader may sign for now, if any."""
    if agreement.is_draft and Permission.SIGN_FOR_PROVIDER in held:
        return Side.PROVIDER
    offered = agreement.status == AgreementStatus.OFFERED
    if offered and Permission.SIGN_FOR_CUSTOMER in held:
        return Side.CUSTOMER
    return None


def feed(events: Iterable[Event], *, linked: bool = True) -> list[dict[str, Any]]:
    """Events as sentences in the reader's language, with their engagement's page."""
    language = get_language() or "ja"
    return [
        {
            "at": event.at,
            "day": timezone.localdate(event.at),
            "text": event.sentence(language),
            "where": named(event.engagement) if event.engagement else "",
            "href": event.engagement.get_absolute_url()
            if linked and event.engagement
            else "",
        }
        for event in events
    ]


def signatures(agreement: Agreement) -> list[dict[str, Any]]:
    """Both sides' boxes, signed or waited for, the provider's first."""
    engagement = agreement.engagement
    given = {s.side: s for s in agreement.signatures.select_related("signer")}
    return [
        {
            "side": f"{side.label} · {named(organisation)}",
            "name": named(given[side].signer) if side in given else "",
            "role": given[side].signer.job_title if side in given else "",
            "at": given[side].signed_at if side in given else None,
            "sentence": given[side].sentence if side in given else "",
        }
        for side, organisation in (
            (Side.PROVIDER, engagement.provider),
            (Side.CUSTOMER, engagement.customer),
        )
    ]


def stage_steps(engagement: Engagement) -> list[dict[str, str]]:
    """The six steps, each with the day it was done or since when it is under way.

    Declined and closed stand in place of the current one.
    """
    at = engagement.stage_number
    here = "now" if engagement.is_open else "ended"
    moved = engagement.events.filter(verb="engagement.stage_changed").order_by("at")
    entered = {event.params["stage"]: event.at for event in moved}
    entered.setdefault(STAGES[1], engagement.created_at)

    def text(place: int) -> str:
        if place == at and not engagement.is_open:
            return str(engagement.get_stage_display())
        # A step is done on the day the next one begins.
        asked = STAGES[place] if place < at else STAGES[place - 1]
        if place > at or asked not in entered:
            return ""
        began = day(entered[asked])
        return began if place < at else _("since %(day)s") % {"day": began}

    return [
        {
            "name": str(stage.label),
            "state": "done" if place < at else here if place == at else "future",
            "text": text(place),
        }
        for place, stage in enumerate(STAGES, start=1)
    ]


def people(engagement: Engagement) -> list[dict[str, str]]:
    """Who is on the engagement, from both sides, with the role they have."""
    language = get_language() or "ja"
    members = (
        Membership.objects.in_engagement(engagement)
        .select_related("user", "organisation")
        .order_by("organisation__kind", "pk")
    )
    return [
        {
            "name": named(member.user),
            "role": ROLE_NAMES[Role(member.role)].in_(language),
            "what": named(member.organisation),
        }
        for member in members
    ]
