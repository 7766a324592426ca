"""Recording the use of GPUs, and taking back what was recorded by mistake."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from costs import pricing, rollup
from costs.models import (
    AssignedBy,
    Charge,
    Outcome,
    PurchaseOption,
    Purpose,
    Service,
    Source,
)
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import Engagement, User

ONE: Final = Decimal(1)
SECONDS_AN_HOUR: Final = Decimal(3600)


def hours_between(started_at: datetime, ended_at: datetime) -> Decimal:
    """Hours of the clock, to the digit the row keeps."""
    seconds = Decimal(str((ended_at - started_at).total_seconds()))
    return (seconds / SECONDS_AN_HOUR).quantize(Decimal("1e-9"))


def record_use(
    *,
    engagement: Engagement,
    started_at: datetime,
    ended_at: datetime,
    gpu_type: str,
    gpus_of_one: Decimal,
    price_per_hour: Decimal,
    by: User,
    count: Decimal = ONE,
    currency: str = "JPY",
    rate_yen: Decimal = ONE,
    option: str = PurchaseOption.ON_DEMAND,
    service: str = Service.COMPUTE,
    purpose: str = Purpose.TRAINING,
    outcome: str = Outcome.FINISHED,
    interruptions: int = 0,
    lost_hours: Decimal = Decimal(0),
    utilisation: Decimal | None = None,
    resource: str = "",
    note: str = "",
    used_by: User | None = None,
    source: str = Source.HAND,
) -> Charge:
    """Write one use of GPUs with the price it was paid at; the sums follow.

    ``gpus_of_one`` is the GPUs of one of the type, ``count`` how many of the type.
    ValidationError for a time that runs backwards or a number below zero.
    """
    require(by, Permission.RECORD_COST, engagement)
    if ended_at <= started_at:
        raise ValidationError(_("The use must end after it began."))
    if count <= 0 or gpus_of_one <= 0 or price_per_hour < 0:
        raise ValidationError(
            _("GPUs must be above 0 and the price not below 0."),
        )
    hours = hours_between(started_at, ended_at)
    if not 0 <= lost_hours <= hours:
        raise ValidationError(_("No more hours can be lost than were used."))
    gpus = count * gpus_of_one
    cost = pricing.cost_of(hours, count, price_per_hour)
    who = used_by or by
    day = timezone.localdate(started_at)
    with transaction.atomic():
        charge = Charge.objects.create(
            organisation_id=engagement.provider_id,
            engagement=engagement,
            assigned_by=AssignedBy.LINE,
            source=source,
            started_at=started_at,
            ended_at=ended_at,
            day=day,
            month=day.replace(day=1),
            used_by=who,
            person=who.name,
            purpose=purpose,
            note=note,
            gpu_type=gpu_type,
            count=count,
            gpus=gpus,
            hours=hours,
            gpu_hours=pricing.gpu_hours(hours, gpus),
            option=option,
            service=service,
            outcome=outcome,
            interruptions=interruptions,
            lost_hours=lost_hours,
            utilisation=utilisation,
            resource=resource,
            currency=currency,
            price_per_hour=price_per_hour,
            cost=cost,
            rate_yen=rate_yen,
            cost_yen=pricing.in_yen(cost, rate_yen),
            recorded_by=by,
        )
        rollup.write_charges([charge])
        record_event(
            "gpu_usage.recorded",
            engagement=engagement,
            by=by,
            type=gpu_type,
            hours=f"{charge.gpu_hours:f}",
            cost_yen=f"{charge.cost_yen:.0f}",
        )
    return charge


def remove_use(*, charge: Charge, by: User) -> None:
    """Take back a line that a person recorded by mistake; the event keeps what it said.

    ValidationError if somebody took it back a moment before, or if it is of a bill:
    what a bill says is corrected by a corrected bill.
    """
    engagement = charge.engagement
    if engagement is None or charge.imported_id is not None:
        raise ValidationError(_("A line of a bill is corrected by a corrected bill."))
    require(by, Permission.RECORD_COST, engagement)
    with transaction.atomic():
        # What this statement deletes nobody deletes twice, so the sums follow once.
        gone, _each = Charge.objects.filter(pk=charge.pk).delete()
        if not gone:
            raise ValidationError(_("This line has been removed already."))
        rollup.write_charges([charge], times=-1)
        record_event(
            "gpu_usage.removed",
            engagement=engagement,
            by=by,
            type=charge.gpu_type,
            hours=f"{charge.gpu_hours:f}",
            cost_yen=f"{charge.cost_yen:.0f}",
        )
