"""Telling management in time that something it decided comes to its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from projects.models import (
    AgreementStatus,
    ErrorBudget,
    Reminder,
    StopLine,
    Waiver,
)
from projects.services.notices import tell
from projects.services.readers import concerned
from projects.telling import ANNOUNCED, announced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from projects.models import Agreement, Engagement


@dataclass(frozen=True, slots=True)
class Ending:
    """Something with a last day."""

    what: str  # tells it from all others
    verb: str
    engagement: Engagement
    since: date
    until: date
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)


def within_sight(today: date) -> tuple[date, date]:
    """Between which days the last one lies of what is announced today."""
    return today, today + timedelta(days=max(ANNOUNCED))


def remind(*, now: datetime) -> int:
    """Announce ends of waivers, error budgets and stop lines; how many it were.

    Safe to run twice, and beside itself: each announcement is made once.
    """
    return announce(_endings(timezone.localdate(now)), now=now)


def announce(endings: Iterable[Ending], *, now: datetime) -> int:
    """Put those that are due before the people concerned, each once."""
    today = timezone.localdate(now)
    return sum(_announce(ending, today) for ending in endings)


def _announce(ending: Ending, today: date) -> int:
    due = announced(since=ending.since, until=ending.until, today=today)
    if due is None:
        return 0
    with transaction.atomic():
        key = f"{ending.what} {ending.until.isoformat()} {due}"
        _made, is_new = Reminder.objects.get_or_create(key=key)
        if is_new:
            params: dict[str, Any] = dict(ending.params)
            tell(
                concerned(ending.engagement),
                ending.verb,
                path=ending.path,
                engagement=ending.engagement,
                until=ending.until.isoformat(),
                **params,
            )
    return int(is_new)


def _endings(today: date) -> Iterator[Ending]:
    sight = within_sight(today)
    waivers = Waiver.objects.in_force(today=today).filter(until__range=sight)
    for waiver in waivers.select_related("engagement"):
        yield Ending(
            what=f"waiver {waiver.pk}",
            verb="waiver.ends_soon",
            engagement=waiver.engagement,
            since=timezone.localdate(waiver.given_at),
            until=waiver.until,
            path=reverse("projects:feasibility", args=[waiver.engagement_id]),
            params={"item": waiver.item_id},
        )
    budgets = ErrorBudget.objects.filter(
        agreement__status=AgreementStatus.IN_FORCE, until__range=sight
    )
    for budget in budgets.select_related("agreement__engagement"):
        yield _of_agreement("budget.ends_soon", budget.agreement, budget.until)
    lines = StopLine.objects.filter(
        agreement__status=AgreementStatus.IN_FORCE, on__range=sight
    )
    for line in lines.select_related("agreement__engagement"):
        day = cast("date", line.on)  # those in the range have one
        yield _of_agreement("stop_line.near", line.agreement, day)


def _of_agreement(verb: str, agreement: Agreement, until: date) -> Ending:
    return Ending(
        what=f"{verb} {agreement.pk}",
        verb=verb,
        engagement=agreement.engagement,
        since=timezone.localdate(agreement.in_force_since),
        until=until,
        path=agreement.get_absolute_url(),
        params={"version": agreement.version},
    )
