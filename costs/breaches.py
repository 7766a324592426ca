"""Lines of budgets that the spend has reached, written with the sums, each once.

Called inside the transaction that wrote the sums of the engagements, which holds their
rows of Spend: two writers can never both find a line that nobody has passed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from costs import outlook
from costs.models import Breach, BreachChoice, Budget, Spend, SpendDay
from projects.models import Membership, Reminder, User
from projects.permissions import MANAGING, Permission
from projects.services.audit import record_event
from projects.services.notices import tell
from projects.services.readers import concerned, holders_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from projects.models import Engagement

    # Yen that were just written, by engagement and by the day they are of.
    Added = Mapping[UUID, Mapping[date, Decimal]]

NOTHING: Final = Decimal(0)
# To which sums are kept; a database may add them as floating point.
SEN: Final = Decimal("0.0001")


def write_breaches(added: Added) -> None:
    """Write the lines these engagements have reached, and tell whom it concerns.

    One query where no budget is in force, three and what is told otherwise.
    """
    budgets = list(
        Budget.objects.in_force()
        .filter(engagement__in=list(added))
        .select_related("engagement")
        .order_by("pk")
    )
    if not budgets:
        return
    known = _known(budgets)
    spent = spent_of(budgets)
    for budget in budgets:
        _write(budget, spent[budget.pk], known.get(budget.pk, []))
        stop = _stop_of(known.get(budget.pk, []))
        if stop is not None:
            _tell_of_spending(budget, stop, added[budget.engagement_id])


def spent_of(budgets: Collection[Budget]) -> dict[int, Decimal]:
    """The yen spent so far within each budget; two queries at most."""
    whole = [one for one in budgets if one.starts_on is None]
    parts = [one for one in budgets if one.starts_on is not None]
    spent: dict[int, Decimal] = {}
    if whole:
        rows = Spend.objects.in_bulk([one.engagement_id for one in whole])
        for one in whole:
            row = rows.get(one.engagement_id)
            spent[one.pk] = row.spent_yen if row else NOTHING
    if parts:
        days = SpendDay.objects.filter(
            engagement__in={one.engagement_id for one in parts},
            day__gte=min(one.starts_on for one in parts if one.starts_on),
            day__lte=max(one.ends_on for one in parts if one.ends_on),
        )
        # Any: the names of the sums are those of the budgets.
        sums: dict[str, Any] = {
            f"of_{one.pk}": Sum(
                "cost_yen",
                filter=Q(
                    engagement=one.engagement_id,
                    day__range=(one.starts_on, one.ends_on),
                ),
            )
            for one in parts
        }
        found = days.aggregate(**sums)
        for one in parts:
            spent[one.pk] = (found[f"of_{one.pk}"] or NOTHING).quantize(SEN)
    return spent


def told_of_money(engagement: Engagement) -> set[User]:
    """Its owner, who manages it for the provider, and the management of both sides."""
    managing = Membership.objects.in_engagement(engagement).filter(
        organisation=engagement.provider_id, role__in=MANAGING
    )
    managers = User.objects.filter(pk__in=managing.values("user"), is_active=True)
    return {*concerned(engagement), *managers}


def page_of(budget: Budget) -> str:
    """Where the budget is shown among the others of its engagement."""
    return f"{reverse('costs:budgets', args=[budget.engagement_id])}#budget-{budget.pk}"


def _known(budgets: Sequence[Budget]) -> dict[int, list[Breach]]:
    known: dict[int, list[Breach]] = {}
    for breach in Breach.objects.filter(budget__in=budgets).order_by("pk"):
        known.setdefault(breach.budget_id, []).append(breach)
    return known


def _write(budget: Budget, spent: Decimal, known: Sequence[Breach]) -> None:
    before = {breach.threshold for breach in known}
    lines = outlook.passed(spent, budget.amount_yen, budget.stop_yen)
    new = [line for line in lines if line not in before]
    if not new:
        return
    made = {
        line: Breach(budget=budget, threshold=line, spent_yen=spent) for line in new
    }
    Breach.objects.bulk_create(made.values())
    # Of several lines passed at once people hear of the highest; one that asks for a
    # decision comes before one that does not.
    asking = [line for line in new if line in outlook.DECIDED]
    # Any: the parameters of a verb.
    said: dict[str, Any] = dict(made[asking[-1] if asking else new[-1]].params)
    engagement = budget.engagement
    readers = told_of_money(engagement)
    if asking:
        deciders = set(holders_of(Permission.DECIDE_BUDGET, engagement))
        tell(
            deciders,
            "budget.decision_due",
            path=reverse("costs:budget_decide", args=[engagement.pk, budget.pk]),
            engagement=engagement,
            **said,
        )
        readers -= deciders
    record_event("budget.passed", engagement=engagement, by=None, **said)
    tell(
        readers,
        "budget.passed",
        path=page_of(budget),
        engagement=engagement,
        **said,
    )


def _stop_of(known: Sequence[Breach]) -> Breach | None:
    stops = [one for one in known if one.choice == BreachChoice.STOP]
    return stops[-1] if stops else None


def _tell_of_spending(
    budget: Budget, stop: Breach, added: Mapping[date, Decimal]
) -> None:
    """Record that money was spent after it was said to stop, once a day."""
    stopped_on = timezone.localdate(stop.decided_at)
    later = [
        day
        for day, yen in added.items()
        if day > stopped_on and yen > 0 and budget.holds(day)
    ]
    key = f"budget {budget.pk} stopped {timezone.localdate().isoformat()}"
    if not later or not Reminder.objects.get_or_create(key=key)[1]:
        return
    said: dict[str, Any] = {"period": budget.period, "day": min(later).isoformat()}
    engagement = budget.engagement
    verb = "budget.spent_after_stop"
    record_event(verb, engagement=engagement, by=None, **said)
    tell(
        told_of_money(engagement),
        verb,
        path=page_of(budget),
        engagement=engagement,
        **said,
    )
