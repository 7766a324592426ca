"""Recording the use of GPUs, and mending what was recorded by mistake."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from costs import pricing, rollup
from costs.currencies import YEN, is_currency
from costs.models import (
    AssignedBy,
    Charge,
    Outcome,
    PurchaseOption,
    Purpose,
    Service,
    Source,
)
from costs.services import lookup
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import datetime

    from costs.models import GpuType
    from projects.models import Engagement, User

ONE: Final = Decimal(1)
NOTHING: Final = Decimal(0)
RECORDED: Final = "gpu_usage.recorded"
SECONDS_AN_HOUR: Final = Decimal(3600)


def hours_between(started_at: datetime, ended_at: datetime) -> Decimal:
    """Hours of the clock, to the digit the row keeps."""
    seconds = Decimal(str((ended_at - started_at).total_seconds()))
    return (seconds / SECONDS_AN_HOUR).quantize(Decimal("1e-9"))


class Said(TypedDict):
    """What is said of one use of GPUs besides whose it is.

    ``gpus_of_one`` is the GPUs of one of the type, ``count`` how many of the type.
    ``price_reason`` says why a price was typed instead of looked up.
    """

    started_at: datetime
    ended_at: datetime
    gpu_type: str
    gpus_of_one: Decimal
    price_per_hour: Decimal
    count: NotRequired[Decimal]
    currency: NotRequired[str]
    rate_yen: NotRequired[Decimal]
    option: NotRequired[str]
    service: NotRequired[str]
    region: NotRequired[str]
    purpose: NotRequired[str]
    outcome: NotRequired[str]
    interruptions: NotRequired[int]
    lost_hours: NotRequired[Decimal]
    utilisation: NotRequired[Decimal | None]
    resource: NotRequired[str]
    note: NotRequired[str]
    used_by: NotRequired[User | None]
    price_reason: NotRequired[str]
    source: NotRequired[str]
    # Of what a program sends: the same again is known by it.
    identity: NotRequired[str]


class Details(TypedDict, total=False):
    """What may be said of a use whose price is looked up."""

    count: Decimal
    purpose: str
    outcome: str
    interruptions: int
    lost_hours: Decimal
    utilisation: Decimal | None
    resource: str
    note: str
    used_by: User | None
    source: str
    identity: str


def record_use(*, engagement: Engagement, by: User, **said: Unpack[Said]) -> Charge:
    """Write one use of GPUs with the price it was paid at; the sums follow.

    ValidationError for a time that runs backwards or has no zone, a number below zero,
    a currency that is none, and somebody who takes no part in the engagement.
    """
    require(by, Permission.RECORD_COST, engagement)
    _check(engagement, said)
    with transaction.atomic():
        charge = _charge(engagement, said, by)
        charge.save()
        rollup.write_charges([charge])
        _tell(RECORDED, charge, by)
    return charge


def record_priced_use(
    *,
    engagement: Engagement,
    started_at: datetime,
    ended_at: datetime,
    gpu_type: GpuType,
    by: User,
    option: str = PurchaseOption.ON_DEMAND,
    service: str = Service.COMPUTE,
    region: str = "",
    **details: Unpack[Details],
) -> Charge:
    """Write one use at the price that held on the day it began, in Japan.

    ValidationError as in ``record_use``, and as ``lookup.price_of_day`` says where the
    price or its exchange rate is missing. A type of another provider is refused.
    """
    require(by, Permission.RECORD_COST, engagement)
    said = lookup.looked_up(
        engagement=engagement,
        started_at=started_at,
        gpu_type=gpu_type,
        option=option,
        service=service,
        region=region,
    )
    return record_use(
        engagement=engagement,
        started_at=started_at,
        ended_at=ended_at,
        by=by,
        **said,
        **details,
    )


def correct_use(*, charge: Charge, by: User, **said: Unpack[Said]) -> Charge:
    """Take a line back and write it anew; the log tells both.

    ValidationError as in ``record_use`` and ``remove_use``; then nothing has changed.
    """
    engagement = charge.engagement
    if engagement is None:
        raise ValidationError(_("A line of a bill is corrected by a corrected bill."))
    # What a program sent keeps its name, so that sent again it is known.
    said["source"], said["identity"] = charge.source, charge.identity
    with transaction.atomic():
        remove_use(charge=charge, by=by)
        return record_use(engagement=engagement, by=by, **said)


def _check(engagement: Engagement, said: Said) -> None:
    lookup.refuse_naive(said["started_at"], said["ended_at"])
    if said["ended_at"] <= said["started_at"]:
        raise ValidationError(_("The use must end after it began."))
    numbers = (said.get("count", ONE), said["gpus_of_one"])
    if min(numbers) <= 0 or said["price_per_hour"] < 0:
        raise ValidationError(_("GPUs must be above 0 and the price not below 0."))
    hours = hours_between(said["started_at"], said["ended_at"])
    if not 0 <= said.get("lost_hours", NOTHING) <= hours:
        raise ValidationError(_("No more hours can be lost than were used."))
    if not is_currency(said.get("currency", YEN)):
        raise ValidationError(_("No currency has this code."))
    busy = said.get("utilisation")
    if busy is not None and not 0 <= busy <= 100:
        raise ValidationError(_("Utilisation is a share from 0 to 100."))
    who = said.get("used_by")
    if who is not None and not who.memberships.in_engagement(engagement).exists():
        raise ValidationError(
            _("%(name)s takes no part in this engagement.") % {"name": who.name}
        )


def _charge(engagement: Engagement, said: Said, by: User) -> Charge:
    """The line as it will be kept, with its cost."""
    hours = hours_between(said["started_at"], said["ended_at"])
    count = said.get("count", ONE)
    gpus = count * said["gpus_of_one"]
    cost = pricing.cost_of(hours, count, said["price_per_hour"])
    rate = said.get("rate_yen", ONE)
    who = said.get("used_by") or by
    day = timezone.localdate(said["started_at"])
    return Charge(
        organisation_id=engagement.provider_id,
        engagement=engagement,
        assigned_by=AssignedBy.LINE,
        source=said.get("source", Source.HAND),
        identity=said.get("identity", ""),
        started_at=said["started_at"],
        ended_at=said["ended_at"],
        day=day,
        month=day.replace(day=1),
        used_by=who,
        person=who.name,
        purpose=said.get("purpose", Purpose.TRAINING),
        note=said.get("note", ""),
        gpu_type=said["gpu_type"],
        count=count,
        gpus=gpus,
        hours=hours,
        gpu_hours=pricing.gpu_hours(hours, gpus),
        option=said.get("option", PurchaseOption.ON_DEMAND),
        service=said.get("service", Service.COMPUTE),
        region=said.get("region", ""),
        outcome=said.get("outcome", Outcome.FINISHED),
        interruptions=said.get("interruptions", 0),
        lost_hours=said.get("lost_hours", NOTHING),
        utilisation=said.get("utilisation"),
        resource=said.get("resource", ""),
        # Why the price is not the one of the list.
        description=said.get("price_reason", ""),
        currency=said.get("currency", YEN),
        price_per_hour=said["price_per_hour"],
        cost=cost,
        rate_yen=rate,
        cost_yen=pricing.in_yen(cost, rate),
        recorded_by=by,
    )


def _tell(verb: str, charge: Charge, by: User) -> None:
    record_event(
        "gpu_usage.priced_by_hand" if charge.description and verb == RECORDED else verb,
        engagement=charge.engagement,
        by=by,
        type=charge.gpu_type,
        hours=f"{charge.gpu_hours:f}",
        cost_yen=f"{charge.cost_yen:.0f}",
        reason=charge.description,
    )


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
        _tell("gpu_usage.removed", charge, by)
