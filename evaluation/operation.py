"""A year in operation: its plan, its days, its drills; no HTTP in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation import ended, glances
from evaluation.allowed import allowances
from evaluation.budget import Burn, Day, burned, runs_out_on
from evaluation.models import Drill, OperationDay, OperationPlan
from evaluation.year import Month, year_of
from projects.catalogue import ERRORS
from projects.models import Engagement, Membership, Stage
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projects.models import Agreement, User

MONTHS_OF_A_YEAR = 12


def plan_operation(
    *,
    engagement: Engagement,
    starts_on: date,
    owner: User,
    deputy: User,
    truth_delay_days: int,
    fallback: str,
    days_needed: int,
    by: User,
) -> OperationPlan:
    """Say who answers for the operation and how work goes on without it.

    ValidationError when owner and deputy are one person or take no part, or without a
    way back.
    """
    require(by, Permission.RECORD_OPERATION, engagement)
    _check_open(engagement)
    if owner == deputy:
        raise ValidationError({"deputy": _("Owner and deputy are two people.")})
    for field, person in (("owner", owner), ("deputy", deputy)):
        if not _takes_part(person, engagement):
            raise ValidationError(
                {field: _("This person takes no part in the engagement.")}
            )
    if not fallback.strip():
        raise ValidationError({"fallback": _("Say how work goes on without it.")})
    with transaction.atomic():
        plan, _made = OperationPlan.objects.update_or_create(
            engagement=engagement,
            defaults={
                "starts_on": starts_on,
                "owner": owner,
                "deputy": deputy,
                "truth_delay_days": truth_delay_days,
                "fallback": fallback,
                "days_needed": days_needed,
            },
        )
        record_event(
            "operation.planned",
            engagement=engagement,
            by=by,
            name=owner.name,
            deputy=deputy.name,
        )
    return plan


def record_day(
    *,
    engagement: Engagement,
    day: date,
    cases: int,
    known: int,
    false_alarms: int,
    misses: int,
    note: str,
    by: User,
) -> OperationDay:
    """Write what one day brought; writing it again, as truth arrives, replaces it.

    Its errors cost what the agreement in force says one costs. ValidationError for a
    day before the operation or in the future, and for counts that cannot be.
    """
    require(by, Permission.RECORD_OPERATION, engagement)
    _check_open(engagement)
    plan = OperationPlan.objects.filter(engagement=engagement).first()
    if plan is None:
        raise ValidationError(_("Plan the operation first: owner, deputy, start."))
    if not plan.starts_on <= day <= timezone.localdate():
        raise ValidationError(
            {"day": _("Choose a day between the start of the operation and today.")}
        )
    if known > cases:
        raise ValidationError(
            {"known": _("Truth cannot be known of more cases than there were.")}
        )
    if ERRORS[engagement.shape].of_cases and false_alarms + misses > known:
        raise ValidationError(
            {"known": _("More errors than cases whose truth is known.")}
        )
    with transaction.atomic():
        # The engagement's row is the lock, so two writers leave one day.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        written, _made = OperationDay.objects.update_or_create(
            engagement=engagement,
            day=day,
            defaults={
                "cases": cases,
                "known": known,
                "false_alarms": false_alarms,
                "misses": misses,
                "cost_yen": cost_of(engagement, false_alarms, misses),
                "note": note,
                "recorded_by": by,
            },
        )
        record_event(
            "operation.day_open" if written.truth_is_due else "operation.day",
            engagement=engagement,
            by=by,
            day=day.isoformat(),
            cases=cases,
            errors=false_alarms + misses,
        )
        ended.end_by_days(engagement, today=timezone.localdate())
        glances.retell_operation(engagement, today=timezone.localdate())
    return written


def record_drill(
    *,
    engagement: Engagement,
    held_on: date,
    what: str,
    worked: bool,
    minutes: int,
    by: User,
) -> Drill:
    """Keep that going back to the old way was rehearsed, and whether it worked."""
    require(by, Permission.RECORD_OPERATION, engagement)
    _check_open(engagement)
    if held_on > timezone.localdate():
        raise ValidationError({"held_on": _("A drill lies in the past.")})
    with transaction.atomic():
        drill = Drill.objects.create(
            engagement=engagement,
            held_on=held_on,
            what=what,
            worked=worked,
            minutes=minutes,
            recorded_by=by,
        )
        record_event(
            "operation.drill", engagement=engagement, by=by, day=held_on.isoformat()
        )
    return drill


def cost_of(engagement: Engagement, false_alarms: int, misses: int) -> Decimal:
    """What so many errors cost by the agreement in force; nothing if it is silent."""
    agreement = engagement.agreements.in_force().first()
    if agreement is None:
        return Decimal()
    terms = agreement.agreed_terms
    cost = Decimal()
    prices = ERRORS[engagement.shape].prices
    for count, price in zip((false_alarms, misses), prices, strict=True):
        if price is not None:
            cost += count * Decimal(repr(getattr(terms, price) or 0.0))
    return cost.quantize(Decimal(1))


@dataclass(frozen=True, slots=True)
class Operated:
    """How the operation stands on one day.

    ``truth_share``: of the cases whose truth could be known by then, how many are
    known; None when there are none. ``months``: of the year since the start, in how
    many each month so far had a day.
    """

    days: int
    truth_share: float | None
    months: int
    burns: tuple[Burn, ...]
    # The first day on which an allowance will be passed at the pace of late, or was in
    # this period; None when all of them last.
    runs_out_on: date | None = None
    year: tuple[Month, ...] = ()

    @property
    def tightest(self) -> Burn | None:
        """The allowance of which the largest part is used."""
        return max(self.burns, key=lambda burn: burn.share, default=None)

    @property
    def budget_kept(self) -> bool | None:
        """Whether no allowance was ever passed; None without any."""
        if not self.burns:
            return None
        return all(burn.breached_on is None for burn in self.burns)


def operated(
    engagement: Engagement, agreement: Agreement | None, today: date
) -> Operated:
    """Count the days written so far against the plan and the agreed budget."""
    plan = OperationPlan.objects.filter(engagement=engagement).first()
    written = list(OperationDay.objects.filter(engagement=engagement))
    return counted(plan, written, agreement, today)


def counted(
    plan: OperationPlan | None,
    written: Sequence[OperationDay],
    agreement: Agreement | None,
    today: date,
) -> Operated:
    """The same of rows that are at hand."""
    budget = None if agreement is None else getattr(agreement, "error_budget", None)
    ripe = [
        day
        for day in written
        if plan and day.day + timedelta(days=plan.truth_delay_days) <= today
    ]
    cases = sum(day.cases for day in ripe)
    days = [Day(day.day, day.false_alarms, day.misses, day.cost_yen) for day in written]
    lines = list(allowances(budget)) if days else []
    ends = [runs_out_on(days, one, today) for one in lines]
    return Operated(
        days=len(written),
        truth_share=sum(day.known for day in ripe) / cases if cases else None,
        months=min(
            MONTHS_OF_A_YEAR, len({(day.day.year, day.day.month) for day in written})
        ),
        burns=tuple(burned(days, one, today) for one in allowances(budget)),
        runs_out_on=min((end for end in ends if end is not None), default=None),
        year=year_of(plan.starts_on, (day.day for day in written), today)
        if plan
        else (),
    )


def _check_open(engagement: Engagement) -> None:
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    if Stage(engagement.stage) not in (Stage.ACCURACY, Stage.OPERATION):
        raise ValidationError(
            _("Operation is planned once the initial judgement is accepted.")
        )


def _takes_part(person: User, engagement: Engagement) -> bool:
    return Membership.objects.in_engagement(engagement).filter(user=person).exists()
