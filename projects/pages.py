"""What the pages show, made from rows; no HTTP in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects import preview
from projects.checklist import DUE_NAMES, load, with_own
from projects.difference import Direction, differences
from projects.models import AgreementStatus, Membership, Side
from projects.models.engagement import STAGES
from projects.own_item_forms import BLOCKS
from projects.permissions import ROLE_NAMES, Permission, Role
from projects.promised import promise_of
from projects.provable import warning
from projects.templatetags.parts import named
from projects.templatetags.times import day
from projects.terms import term_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from projects.catalogue import Text
    from projects.models import (
        Agreement,
        Criterion,
        Engagement,
        Event,
        Invitation,
        Organisation,
    )

MOVED = "engagement.stage_changed"


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
    """Events as sentences in the reader's language, with where they happened.

    An engagement has a page for it; an organisation's is not open to everybody in it.
    """
    language = get_language() or "ja"
    return [
        {
            "at": event.at,
            "day": timezone.localdate(event.at),
            "text": event.sentence(language),
            "where": named(event.engagement or event.organisation) if linked else "",
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


def stage_steps(
    engagement: Engagement, moved: Iterable[Event] | None = None
) -> list[dict[str, str]]:
    """The six steps, each with the day it was done or since when it is under way.

    Declined and closed stand in place of the current one. ``moved``: the events that
    changed its stage, the oldest first, where the page has them already.
    """
    at = engagement.stage_number
    here = "now" if engagement.is_open else "ended"
    if moved is None:
        moved = engagement.events.filter(verb=MOVED).order_by("at")
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


def members(engagement: Engagement) -> QuerySet[Membership]:
    """Who is on the engagement, the customer's people first."""
    taking_part = Membership.objects.in_engagement(engagement)
    return taking_part.select_related("user", "organisation").order_by(
        "organisation__kind", "pk"
    )


def people(members: Iterable[Membership]) -> list[dict[str, str]]:
    """Who is on an engagement, from both sides, with the role they have."""
    language = get_language() or "ja"
    return [
        {
            "name": named(member.user),
            "role": ROLE_NAMES[Role(member.role)].in_(language),
            "what": named(member.organisation),
        }
        for member in members
    ]


def invitations(listed: Iterable[Invitation], *, now: datetime) -> list[dict[str, Any]]:
    """Links with what became of them, in a word."""
    return [
        {
            "of": one,
            "state": "withdrawn"
            if one.withdrawn_at
            else "expired"
            if one.expires_at <= now
            else "valid"
            if one.organisation.takes_visitors
            else "stopped",
            # The day after it is no longer the last one.
            "until": one.expires_at - timedelta(seconds=1),
        }
        for one in listed
    ]


def own_items(organisation: Organisation) -> dict[str, list[dict[str, Any]]]:
    """An organisation's own questions: those asked now, and those retired."""
    written = list(organisation.own_items.all())
    # Each as it was read when it was written; a retired one never clashes with another.
    asked = {
        one.item_id: with_own(load(), [one.entry]).item(one.item_id) for one in written
    }
    blocks = dict(BLOCKS)
    lines = [
        {
            "of": one,
            "item": item,
            "due": DUE_NAMES[item.due],
            "block": blocks[item.block.value],
        }
        for one in written
        for item in [asked[one.item_id]]
    ]
    return {
        "own_items": [line for line in lines if not line["of"].retired_at],  # type: ignore[attr-defined]
        "retired_items": [line for line in lines if line["of"].retired_at],  # type: ignore[attr-defined]
    }
