"""Setting what may be spent, and what management decides where it is used up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from costs import breaches, outlook
from costs.glances import retell_spend
from costs.models import Breach, BreachChoice, Budget, Spend
from projects.permissions import Permission, require
from projects.services.audit import record_event
from projects.services.notices import tell
from projects.templatetags.figures import yen_full

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from projects.models import Engagement, User


def set_budget(
    *,
    engagement: Engagement,
    budget_yen: Decimal,
    by: User,
    stop_yen: Decimal | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Budget:
    """Set what may be spent, on the whole engagement or between two days.

    The one before it, of the same days, is replaced. ValidationError for a sum of 0 or
    less, for half a period, and where the spend has reached 100 % or the stop line of
    the one before: then management decides (``decide``).
    """
    require(by, Permission.EDIT_ENGAGEMENT, engagement)
    _check(budget_yen, stop_yen, starts_on, ends_on)
    with transaction.atomic():
        _hold(engagement)
        before = _in_force(engagement, starts_on, ends_on)
        if before is not None:
            _check_changeable(before)
        return _put(
            engagement, budget_yen, stop_yen, (starts_on, ends_on), by=by, before=before
        )


def withdraw_budget(*, budget: Budget, by: User) -> None:
    """End a budget that was set by mistake; it stays in the history.

    ValidationError where management decides on it, or if it was replaced already.
    """
    engagement = budget.engagement
    require(by, Permission.EDIT_ENGAGEMENT, engagement)
    with transaction.atomic():
        _hold(engagement)
        _check_changeable(Budget.objects.get(pk=budget.pk))
        _end(budget)
        if budget.starts_on is None:
            Spend.objects.filter(engagement=engagement).update(
                budget_yen=None, stop_yen=None
            )
            retell_spend([engagement.pk])
        record_event(
            "budget.withdrawn", engagement=engagement, by=by, period=budget.period
        )


def decide(
    *,
    budget: Budget,
    choice: str,
    reason: str,
    password: str,
    by: User,
    amount_yen: Decimal | None = None,
    stop_yen: Decimal | None = None,
) -> None:
    """Say how it goes on with a budget that is used up; a raise sets the new budget.

    All lines of the budget that wait are decided at once. Where they were decided
    before, only a raise is left. PermissionDenied unless management of either side;
    ValidationError for a wrong password, for no reason, for a raise that does not
    reach beyond what is spent, or if somebody was faster.
    """
    engagement = budget.engagement
    require(by, Permission.DECIDE_BUDGET, engagement)
    if not by.check_password(password):
        raise ValidationError(_("The password is not right. Nothing was decided."))
    if not reason.strip():
        raise ValidationError(_("A decision needs its reason."))
    with transaction.atomic():
        _hold(engagement)
        _decide(budget, choice, reason.strip(), by)
        if choice == BreachChoice.RAISE:
            _raise(budget, amount_yen, stop_yen, by)


def needs_management(budget: Budget) -> bool:
    """Whether the spend reached 100 % or the stop line, so that management decides."""
    return budget.breaches.filter(threshold__in=outlook.DECIDED).exists()


def _decide(budget: Budget, choice: str, reason: str, by: User) -> None:
    if not Budget.objects.in_force().filter(pk=budget.pk).exists():
        raise ValidationError(_("This budget was replaced a moment ago."))
    if not needs_management(budget):
        raise ValidationError(_("Nothing about this budget waits for a decision."))
    decided = (
        Breach.objects.undecided()
        .filter(budget=budget)
        .update(choice=choice, reason=reason, decided_by=by, decided_at=timezone.now())
    )
    if not decided and choice != BreachChoice.RAISE:
        raise ValidationError(_("This was decided already; it can only be raised."))
    # Any: the parameters of a verb.
    said: dict[str, Any] = {
        "period": budget.period,
        "choice": choice,
        "reason": reason,
    }
    engagement = budget.engagement
    record_event("budget.decided", engagement=engagement, by=by, **said)
    tell(
        breaches.told_of_money(engagement),
        "budget.decided",
        path=breaches.page_of(budget),
        engagement=engagement,
        but=by,
        who=by.name,
        **said,
    )


def _raise(
    budget: Budget, amount_yen: Decimal | None, stop_yen: Decimal | None, by: User
) -> None:
    spent = breaches.spent_of([budget])[budget.pk]
    least = max(spent, budget.amount_yen)
    if amount_yen is None or amount_yen <= least:
        raise ValidationError(
            {
                "amount_yen": _("A raised budget is above %(yen)s.")
                % {"yen": yen_full(least)}
            }
        )
    if stop_yen is not None and stop_yen <= spent:
        raise ValidationError(
            {
                "stop_yen": _("The stop line has to lie above the spend of %(yen)s.")
                % {"yen": yen_full(spent)}
            }
        )
    period = (budget.starts_on, budget.ends_on)
    _put(budget.engagement, amount_yen, stop_yen, period, by=by, before=budget)


def _put(
    engagement: Engagement,
    amount: Decimal,
    stop: Decimal | None,
    period: tuple[date | None, date | None],
    *,
    by: User,
    before: Budget | None,
) -> Budget:
    if before is not None:
        _end(before)
    starts_on, ends_on = period
    if starts_on is None:
        Spend.objects.filter(engagement=engagement).update(
            budget_yen=amount, stop_yen=stop
        )
        retell_spend([engagement.pk])
    budget = Budget.objects.create(
        engagement=engagement,
        starts_on=starts_on,
        ends_on=ends_on,
        amount_yen=amount,
        stop_yen=stop,
        set_by=by,
    )
    yen = f"{amount:.0f}"
    if starts_on is None:
        record_event("budget.set", engagement=engagement, by=by, amount_yen=yen)
    else:
        record_event(
            "budget.set_for",
            engagement=engagement,
            by=by,
            amount_yen=yen,
            period=budget.period,
        )
    breaches.write_breaches({engagement.pk: {}})
    return budget


def _check(
    amount: Decimal, stop: Decimal | None, starts_on: date | None, ends_on: date | None
) -> None:
    if amount <= 0:
        raise ValidationError(_("A budget is above 0 yen."))
    if stop is not None and stop <= 0:
        raise ValidationError(_("A stop line is above 0 yen."))
    if (starts_on is None) != (ends_on is None):
        raise ValidationError(_("A period needs its first day and its last day."))
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise ValidationError(_("A period ends on its first day or later."))


def _check_changeable(budget: Budget) -> None:
    if budget.replaced_at is not None:
        raise ValidationError(_("This budget was replaced a moment ago."))
    if needs_management(budget):
        raise ValidationError(
            _(
                "The spend has reached this budget or its stop line: management "
                "decides on it."
            )
        )


def _hold(engagement: Engagement) -> None:
    """Keep everybody else from writing sums of the engagement until the end."""
    Spend.objects.get_or_create(engagement=engagement)
    Spend.objects.select_for_update().get(engagement=engagement)


def _in_force(
    engagement: Engagement, starts_on: date | None, ends_on: date | None
) -> Budget | None:
    alike = Budget.objects.in_force().filter(engagement=engagement)
    if starts_on is None:
        return alike.filter(starts_on__isnull=True).first()
    return alike.filter(starts_on=starts_on, ends_on=ends_on).first()


def _end(budget: Budget) -> None:
    Budget.objects.filter(pk=budget.pk).update(replaced_at=timezone.now())
