"""Telling management in time that the errors it accepted must be accepted anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from evaluation.models import ErrorAcceptance
from projects.services.reminders import Ending, announce, within_sight

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


def remind_of_acceptances(*, now: datetime) -> int:
    """Announce each acceptance that ends soon, once; how many it were."""
    return announce(_endings(timezone.localdate(now)), now=now)


def _endings(today: date) -> Iterator[Ending]:
    ending = ErrorAcceptance.objects.standing().filter(until__range=within_sight(today))
    for one in ending.select_related("engagement"):
        yield Ending(
            what=f"acceptance {one.pk}",
            verb="acceptance.ends_soon",
            engagement=one.engagement,
            since=timezone.localdate(one.accepted_at),
            until=one.until,
            path=reverse("evaluation:run", args=[one.run_id]),
        )
