"""What the pages of budgets show, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

from costs import outlook
from costs.budgeting import silent_since, standings
from costs.burnup import Ahead
from costs.models import Budget, Threshold
from projects.models import Event
from projects.pages import feed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from costs.budgeting import Standing
    from projects.catalogue import Text
    from projects.models import Engagement

EVENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a budget: its yen, when it was reached, or when it will be."""

    name: str
    yen: Decimal
    reached_at: datetime | None
    spent_then: Decimal | None
    ahead: Text | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One budget as a page shows it."""

    standing: Standing
    lines: tuple[Line, ...]
    asked: str  # the sentence of the highest line that waits for a decision

    @property
    def coming(self) -> tuple[Line, ...]:
        """The lines at which management decides that are not reached yet."""
        labels = {str(Threshold(name).label) for name in outlook.DECIDED}
        return tuple(one for one in self.lines if one.ahead and one.name in labels)


def shown(standing: Standing) -> Shown:
    """A budget with its lines in the order they are reached."""
    reached = {one.threshold: one for one in standing.breaches}
    reaches = standing.outlook.reaches if standing.outlook else {}
    lines = tuple(
        Line(
            name=str(Threshold(name).label),
            yen=yen,
            reached_at=reached[name].at if name in reached else None,
            spent_then=reached[name].spent_yen if name in reached else None,
            ahead=outlook.reach_in_words(reaches[name])
            if name in reaches and name not in reached
            else None,
        )
        for name, yen in standing.lines.items()
    )
    waiting = standing.waiting
    asked = waiting[-1].sentence(get_language() or "ja") if waiting else ""
    return Shown(standing, lines, asked)


def current(engagement: Engagement) -> dict[str, Any]:
    """The budgets that today is in, for the page of costs."""
    found = standings(engagement, timezone.localdate())
    return {
        "budgets": [shown(one) for one in found if one.is_current],
        "others": sum(not one.is_current for one in found),
    }


def ahead(budgets: Iterable[Shown]) -> list[Ahead]:
    """The course of the whole engagement, to be drawn behind what was spent."""
    whole = (one.standing for one in budgets if one.standing.budget.starts_on is None)
    return [
        Ahead(step.day, step.low, step.middle, step.high)
        for standing in whole
        if standing.outlook is not None
        for step in standing.outlook.course
    ]


def whole(engagement: Engagement) -> dict[str, Any]:
    """Every budget in force, those that were replaced, and all that was decided."""
    today = timezone.localdate()
    past = Budget.objects.filter(engagement=engagement, replaced_at__isnull=False)
    events = (
        Event.objects.filter(engagement=engagement, verb__startswith="budget.")
        .select_related("engagement", "actor")
        .order_by("-at", "-pk")
    )
    return {
        "engagement": engagement,
        "tab": "costs",
        "part": "budgets",
        "budgets": [shown(one) for one in standings(engagement, today)],
        "silent_since": silent_since(engagement, today),
        "method": outlook.METHOD,
        "past": past.select_related("set_by").order_by("-replaced_at", "-pk"),
        "events": feed(events[:EVENTS_SHOWN], linked=False),
    }
