"""Telling people in time that a budget will be used up before it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from costs import breaches, outlook
from costs.budgeting import standings
from costs.models import Budget
from projects.models import Engagement, Reminder, Stage
from projects.services.audit import record_event
from projects.services.notices import tell

if TYPE_CHECKING:
    from datetime import datetime

    from costs.outlook import Outlook


def announce_forecasts(*, now: datetime) -> int:
    """Announce each line that will be reached before its budget ends; how many it were.

    Safe to run twice, and beside itself: each line of a budget is announced once.
    """
    today = timezone.localdate(now)
    with_budget = Budget.objects.in_force().values("engagement")
    engagements = Engagement.objects.filter(pk__in=with_budget).exclude(
        stage__in=[Stage.CLOSED, Stage.DECLINED]
    )
    return sum(
        _announce(standing.budget, standing.outlook)
        for engagement in engagements
        for standing in standings(engagement, today)
        # Where management is asked already, nobody needs to be warned.
        if standing.outlook is not None and not standing.needs_management
    )


def _announce(budget: Budget, ahead: Outlook) -> int:
    """Of the full budget and the stop line, the one that comes first."""
    coming = [
        (reach.day, line)
        for line, reach in ahead.reaches.items()
        if line in outlook.DECIDED and reach.day is not None
    ]
    if not coming:
        return 0
    day, line = min(coming)
    with transaction.atomic():
        key = f"budget {budget.pk} will pass {line}"
        _made, is_new = Reminder.objects.get_or_create(key=key)
        if is_new:
            # Any: the parameters of a verb.
            said: dict[str, Any] = {
                "period": budget.period,
                "line": line,
                "day": day.isoformat(),
                "at_end_yen": f"{ahead.at_end:.0f}",
                "amount_yen": f"{budget.amount_yen:.0f}",
            }
            engagement = budget.engagement
            verb = "budget.will_pass"
            record_event(verb, engagement=engagement, by=None, **said)
            tell(
                breaches.told_of_money(engagement),
                verb,
                path=breaches.page_of(budget),
                engagement=engagement,
                **said,
            )
    return int(is_new)
