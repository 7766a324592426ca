"""What people may do with money: record GPU use, take a line back, set a budget."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from costs.models import GpuUsage, Spend
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import date

    from projects.models import Engagement, User


def cost_of(hours: Decimal, price_yen: Decimal) -> Decimal:
    """Hours times price, in whole yen, halves rounded up."""
    return (hours * price_yen).quantize(Decimal(1), rounding=ROUND_HALF_UP)


def record_gpu_usage(
    *,
    engagement: Engagement,
    used_on: date,
    gpu_type: str,
    hours: Decimal,
    option: str,
    price_yen: Decimal,
    purpose: str,
    by: User,
) -> GpuUsage:
    """Write one line of use with the price it was paid at, and renew the spend."""
    require(by, Permission.RECORD_COST, engagement)
    if hours <= 0 or price_yen < 0:
        raise ValidationError(_("Hours must be above 0 and the price not below 0."))
    cost = cost_of(hours, price_yen)
    with transaction.atomic():
        usage = GpuUsage.objects.create(
            engagement=engagement,
            used_on=used_on,
            gpu_type=gpu_type,
            hours=hours,
            option=option,
            price_yen=price_yen,
            cost_yen=cost,
            purpose=purpose,
            recorded_by=by,
        )
        Spend.objects.get_or_create(engagement=engagement)
        Spend.objects.filter(engagement=engagement).update(
            gpu_yen=F("gpu_yen") + cost, gpu_hours=F("gpu_hours") + hours
        )
        record_event(
            "gpu_usage.recorded",
            engagement=engagement,
            by=by,
            type=gpu_type,
            hours=str(hours),
            cost_yen=str(cost),
        )
    return usage


def remove_gpu_usage(*, usage: GpuUsage, by: User) -> None:
    """Take back a line that was recorded by mistake; the event keeps what it said.

    ValidationError if somebody took it back a moment before.
    """
    engagement = usage.engagement
    require(by, Permission.RECORD_COST, engagement)
    with transaction.atomic():
        # What this statement deletes nobody deletes twice, so the spend follows once.
        gone, _each = GpuUsage.objects.filter(pk=usage.pk).delete()
        if not gone:
            raise ValidationError(_("This line has been removed already."))
        Spend.objects.filter(engagement=engagement).update(
            gpu_yen=F("gpu_yen") - usage.cost_yen,
            gpu_hours=F("gpu_hours") - usage.hours,
        )
        record_event(
            "gpu_usage.removed",
            engagement=engagement,
            by=by,
            type=usage.gpu_type,
            hours=str(usage.hours),
            cost_yen=str(usage.cost_yen),
        )


def set_budget(*, engagement: Engagement, budget_yen: Decimal, by: User) -> Spend:
    """Set what may be spent on the engagement."""
    require(by, Permission.EDIT_ENGAGEMENT, engagement)
    if budget_yen <= 0:
        raise ValidationError(_("A budget is above 0 yen."))
    with transaction.atomic():
        spend, _created = Spend.objects.update_or_create(
            engagement=engagement, defaults={"budget_yen": budget_yen}
        )
        record_event(
            "budget.set", engagement=engagement, by=by, amount_yen=str(budget_yen)
        )
    return spend
