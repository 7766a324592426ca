"""Where the budgets of an engagement stand today, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Max, Min, Sum

from costs import breaches, outlook
from costs.models import Budget, SpendDay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from costs.models import Breach
    from projects.models import Engagement

NOTHING: Final = Decimal(0)
# Of a bill that comes once a month, the newest day may be so long ago.
SILENT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """One budget with its spend, the lines it has reached, and what is ahead."""

    budget: Budget
    starts_on: date
    ends_on: date
    spent: Decimal
    lines: dict[str, Decimal]
    breaches: tuple[Breach, ...]
    outlook: outlook.Outlook | None
    today: date

    @property
    def share(self) -> Decimal:
        """The part of the budget that is spent, 0.71 for 71 %."""
        return self.spent / self.budget.amount_yen

    @property
    def left(self) -> Decimal:
        """What is left of the budget; below 0 when more was spent."""
        return self.budget.amount_yen - self.spent

    @property
    def over(self) -> Decimal:
        return max(-self.left, NOTHING)

    @property
    def has_ended(self) -> bool:
        return self.ends_on < self.today

    @property
    def is_current(self) -> bool:
        """Of the whole engagement, or of days that today is one of."""
        whole = self.budget.starts_on is None
        return whole or self.starts_on <= self.today <= self.ends_on

    @property
    def waiting(self) -> tuple[Breach, ...]:
        """The lines that management has not decided on, the highest last."""
        asking = [one for one in self.breaches if one.threshold in outlook.DECIDED]
        return tuple(one for one in asking if one.decided_at is None)

    @property
    def decided(self) -> Breach | None:
        """The newest decision on it."""
        made = [one for one in self.breaches if one.decided_at is not None]
        return max(made, key=lambda one: (one.decided_at, one.pk), default=None)

    @property
    def needs_management(self) -> bool:
        return any(one.threshold in outlook.DECIDED for one in self.breaches)


def standings(engagement: Engagement, today: date) -> list[Standing]:
    """Every budget in force, that of the whole engagement first; six queries."""
    budgets = list(
        Budget.objects.in_force()
        .filter(engagement=engagement)
        .select_related("engagement", "set_by")
        .prefetch_related("breaches__decided_by")
    )
    if not budgets:
        return []
    spent = breaches.spent_of(budgets)
    daily = days_before(engagement, today)
    found = [_standing(one, engagement, spent[one.pk], daily, today) for one in budgets]
    return sorted(
        found,
        key=lambda one: (
            one.budget.starts_on is not None,
            one.has_ended,
            one.starts_on,
            one.ends_on,
        ),
    )


def days_before(engagement: Engagement, today: date) -> list[Decimal]:
    """Yen of each of the last 28 days up to yesterday, the oldest first.

    Days before the first that anything was spent on are not counted.
    """
    of_it = SpendDay.objects.filter(engagement=engagement)
    first = of_it.aggregate(first=Min("day"))["first"]
    if first is None:
        return []
    begin = max(first, today - timedelta(days=outlook.WINDOW))
    sums = of_it.filter(day__gte=begin, day__lt=today).values("day")
    by_day = dict(sums.annotate(yen=Sum("cost_yen")).values_list("day", "yen"))
    days = range((today - begin).days)
    return [by_day.get(begin + timedelta(days=past), NOTHING) for past in days]


def silent_since(engagement: Engagement, today: date) -> date | None:
    """The newest day with costs, where it is longer ago than a week."""
    of_it = SpendDay.objects.filter(engagement=engagement)
    newest: date | None = of_it.aggregate(newest=Max("day"))["newest"]
    return newest if newest is not None and newest < today - SILENT else None


def _standing(
    budget: Budget,
    engagement: Engagement,
    spent: Decimal,
    daily: Sequence[Decimal],
    today: date,
) -> Standing:
    starts_on = budget.starts_on or engagement.starts_on
    ends_on = budget.ends_on or engagement.ends_on
    lines = outlook.lines_of(budget.amount_yen, budget.stop_yen)
    return Standing(
        budget=budget,
        starts_on=starts_on,
        ends_on=ends_on,
        spent=spent,
        lines=lines,
        breaches=tuple(sorted(budget.breaches.all(), key=lambda one: one.pk)),
        outlook=outlook.look_ahead(
            daily,
            spent=spent,
            lines=lines,
            starts_on=starts_on,
            ends_on=ends_on,
            today=today,
        ),
        today=today,
    )
