"""Where a model answers: added, corrected, ended, and its months booked to the spend.

A month is booked by a person and not by the clock: a cloud's bill may hold the same
cost already, and only a person knows whether it is imported too.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.inference.line import Line, line_of
from costs.models import CostKind, Deployment, DeploymentMonth
from costs.pricing import in_yen
from costs.rollup import Alike, Ledger, Sums
from costs.services.paid import rate_for
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from projects.models import Engagement, User

# As a row keeps a cost.
DIGITS: Final = Decimal("1e-14")


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of a deployment; ``prices`` are the numbers of its price model."""

    name: str
    target: str
    prices: Mapping[str, Decimal]
    currency: str
    predictions_a_month: int
    source: str
    starts_on: date
    rate_yen: Decimal | None = None
    p50_ms: Decimal | None = None
    p95_ms: Decimal | None = None


def line_in_yen(deployment: Deployment) -> Line:
    """The deployment's cost against its volume, in yen at the rate it keeps."""
    prices = {name: Decimal(text) for name, text in deployment.prices.items()}
    return line_of(deployment.target, prices).times(deployment.rate_yen)


def add(*, engagement: Engagement, said: Described, by: User) -> Deployment:
    """Add a deployment. ValidationError where its currency has no rate of the day."""
    require(by, Permission.RECORD_COST, engagement)
    deployment = Deployment(engagement=engagement, recorded_by=by)
    with transaction.atomic():
        _write(deployment, said)
        record_event("deployment.added", engagement=engagement, by=by, name=said.name)
    return deployment


def correct(*, deployment: Deployment, said: Described, by: User) -> None:
    """Replace what is said of it; months that are booked keep what they cost."""
    require(by, Permission.RECORD_COST, deployment.engagement)
    with transaction.atomic():
        _write(deployment, said)
        record_event(
            "deployment.corrected",
            engagement=deployment.engagement,
            by=by,
            name=said.name,
        )


def _write(deployment: Deployment, said: Described) -> None:
    if deployment.ends_on and said.starts_on > deployment.ends_on:
        raise ValidationError(_("It would begin after its end."))
    deployment.name = said.name
    deployment.target = said.target
    deployment.prices = {name: f"{one:f}" for name, one in said.prices.items()}
    deployment.currency = said.currency
    deployment.rate_yen = rate_for(
        deployment.engagement, said.currency, said.starts_on, said.rate_yen
    )
    deployment.predictions_a_month = said.predictions_a_month
    deployment.p50_ms, deployment.p95_ms = said.p50_ms, said.p95_ms
    deployment.source = said.source
    deployment.starts_on = said.starts_on
    deployment.save()


def end(*, deployment: Deployment, on: date, by: User) -> None:
    """Say on which day it answered for the last time.

    ValidationError for a day before its first, and where a later month is booked.
    """
    require(by, Permission.RECORD_COST, deployment.engagement)
    if on < deployment.starts_on:
        raise ValidationError(_("It cannot end before it began."))
    with transaction.atomic():
        if deployment.months.filter(day__gt=on).exists():
            raise ValidationError(
                _("A month after this day is booked; take it back first.")
            )
        deployment.ends_on = on
        deployment.save(update_fields=["ends_on"])
        record_event(
            "deployment.ended",
            engagement=deployment.engagement,
            by=by,
            name=deployment.name,
            day=on.isoformat(),
        )


def days_of(deployment: Deployment, month: date) -> tuple[date, Decimal] | None:
    """The last day of the month in operation, and which part of the month it was.

    ``month`` is its first day. None for a month without such a day.
    """
    length = calendar.monthrange(month.year, month.month)[1]
    first = max(month, deployment.starts_on)
    last = month.replace(day=length)
    if deployment.ends_on:
        last = min(last, deployment.ends_on)
    if last < first:
        return None
    return last, Decimal((last - first).days + 1) / length


def book(
    *, deployment: Deployment, month: date, predictions: int, by: User
) -> DeploymentMonth:
    """Book a month that is over to the spend, once.

    Fixed costs count for the days it was in operation. ValidationError for a month
    that is not over, in which it did not answer, or which is booked already.
    """
    engagement = deployment.engagement
    require(by, Permission.RECORD_COST, engagement)
    first = month.replace(day=1)
    if first >= timezone.localdate().replace(day=1):
        raise ValidationError(_("A month is booked when it is over."))
    found = days_of(deployment, first)
    if found is None:
        raise ValidationError(_("It did not answer in this month."))
    day, part = found
    prices = {name: Decimal(text) for name, text in deployment.prices.items()}
    line = line_of(deployment.target, prices).for_part(part)
    cost = line.at(Decimal(predictions)).quantize(DIGITS)
    rate = _rate(deployment, day)
    with transaction.atomic():
        booked, new = DeploymentMonth.objects.get_or_create(
            deployment=deployment,
            month=first,
            defaults={
                "day": day,
                "predictions": predictions,
                "cost": cost,
                "rate_yen": rate,
                "cost_yen": in_yen(cost, rate),
                "booked_by": by,
            },
        )
        if not new:
            raise ValidationError(_("This month is booked already."))
        _count(booked)
        record_event(
            "inference.booked",
            engagement=engagement,
            by=by,
            name=deployment.name,
            month=f"{first:%Y-%m}",
            predictions=predictions,
            cost_yen=f"{booked.cost_yen:.0f}",
        )
    return booked


def _rate(deployment: Deployment, day: date) -> Decimal:
    """The recorded rate of the day, else the one the deployment keeps."""
    try:
        return rate_for(deployment.engagement, deployment.currency, day)
    except ValidationError:
        return deployment.rate_yen


def take_back(*, booked: DeploymentMonth, by: User) -> None:
    """Take a booked month back; ValidationError when somebody did a moment before."""
    deployment = booked.deployment
    require(by, Permission.RECORD_COST, deployment.engagement)
    with transaction.atomic():
        gone, _each = DeploymentMonth.objects.filter(pk=booked.pk).delete()
        if not gone:
            raise ValidationError(_("This month has been taken back already."))
        _count(booked, times=-1)
        record_event(
            "inference.unbooked",
            engagement=deployment.engagement,
            by=by,
            name=deployment.name,
            month=f"{booked.month:%Y-%m}",
            cost_yen=f"{booked.cost_yen:.0f}",
        )


def _count(booked: DeploymentMonth, times: int = 1) -> None:
    deployment = booked.deployment
    alike = Alike(
        organisation=deployment.engagement.provider_id,
        engagement=deployment.engagement_id,
        day=booked.day,
        month=booked.month,
        kind=CostKind.INFERENCE,
        purpose="inference",
        currency=deployment.currency,
    )
    ledger = Ledger()
    ledger.add(alike, Sums(1, cost=booked.cost, cost_yen=booked.cost_yen), times)
    ledger.write()
