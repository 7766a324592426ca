"""What an hour costs from a day on. A price is never changed: it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from costs import on_prem
from costs.currencies import YEN, is_currency
from costs.models import Price, PurchaseOption, Service
from costs.pricing import Lane, Offer, make_room
from projects.catalogue import Text, day_in_words
from projects.models import Organisation
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from costs.models import GpuType
    from projects.models import User


def offer_of(price: Price) -> Offer:
    """The price as the rules see it; its type must have been read with it."""
    return Offer(
        lane=Lane(price.gpu_type.name, price.service, price.option, price.region),
        currency=price.currency,
        per_hour=price.per_hour,
        valid_from=price.valid_from,
        valid_until=price.valid_until,
        number=price.pk or 0,
    )


def add_price(
    *,
    gpu_type: GpuType,
    service: str,
    option: str,
    currency: str,
    per_hour: Decimal,
    valid_from: date,
    source: str,
    by: User,
    region: str = "",
    valid_until: date | None = None,
    worked_out: dict[str, Any] | None = None,
) -> Price:
    """Set what an hour of one costs from a day on.

    An open price of the same type, service, option and region ends the day before.
    ValidationError for an unknown currency, a price below zero, an end before the
    beginning, and for days that another price holds already, which it names.
    """
    organisation = gpu_type.organisation
    require_role(by, organisation, *MANAGING)
    new = Price(
        organisation=organisation,
        gpu_type=gpu_type,
        service=service,
        option=option,
        region=region,
        currency=currency,
        per_hour=per_hour,
        valid_from=valid_from,
        valid_until=valid_until,
        source=source,
        worked_out=worked_out or {},
        recorded_by=by,
    )
    _check(new)
    with transaction.atomic():
        lock(organisation)
        _make_room(new, by)
        new.full_clean(exclude=["worked_out"])
        new.save()
        record_event(
            "price.added",
            by=by,
            for_organisation=organisation,
            name=gpu_type.name,
            per_hour=f"{per_hour.normalize():f}",
            currency=currency,
            valid_from=valid_from.isoformat(),
        )
    return new


def _check(new: Price) -> None:
    if not is_currency(new.currency):
        raise ValidationError({"currency": _("No currency has this code.")})
    if new.per_hour < 0:
        raise ValidationError({"per_hour": _("A price is not below 0.")})
    if new.valid_until is not None and new.valid_until < new.valid_from:
        raise ValidationError({"valid_until": _("It ends before it begins.")})


def _make_room(new: Price, by: User) -> None:
    known = Price.objects.filter(
        gpu_type=new.gpu_type,
        service=new.service,
        option=new.option,
        region=new.region,
    ).select_related("gpu_type", "organisation")
    held = {price.pk: price for price in known}
    room = make_room([offer_of(price) for price in held.values()], offer_of(new))
    if room.clash:
        told = overlap(room.clash).in_(get_language() or "ja")
        raise ValidationError({"valid_from": told})
    if room.ends:
        end_before(held[room.ends.number], new.valid_from, by)


def add_on_prem_price(
    *,
    gpu_type: GpuType,
    machine: on_prem.Machine,
    valid_from: date,
    source: str,
    by: User,
) -> Price:
    """The hour of an own machine as a price, with all that it was worked out from.

    A price is for one of the type: as many GPUs as the type has.
    """
    hour = on_prem.hour_of(machine)
    steps = [
        {
            "name": {"ja": step.name.ja, "en": step.name.en},
            "working": {"ja": step.working.ja, "en": step.working.en},
            "yen": f"{step.yen:f}",
        }
        for step in hour.steps
    ]
    said = {"ja": hour.sentence.ja, "en": hour.sentence.en}
    return add_price(
        gpu_type=gpu_type,
        service=Service.ON_PREM,
        option=PurchaseOption.ON_PREM,
        currency=YEN,
        per_hour=hour.yen * gpu_type.gpus,
        valid_from=valid_from,
        source=source,
        worked_out={"machine": machine.to_json(), "steps": steps, "otherwise": said},
        by=by,
    )


def end_price(*, price: Price, last_day: date, by: User) -> Price:
    """Let a price end after a day; ValidationError if it has ended or had not begun."""
    require_role(by, price.organisation, *MANAGING)
    with transaction.atomic():
        locked = Price.objects.select_for_update(of=("self",)).select_related(
            "gpu_type", "organisation"
        )
        found = locked.get(pk=price.pk)
        if found.valid_until is not None and found.valid_until <= last_day:
            raise ValidationError(
                {"last_day": _("It ends on that day or before already.")}
            )
        if last_day < found.valid_from:
            raise ValidationError({"last_day": _("It had not begun by then.")})
        end_before(found, last_day + timedelta(days=1), by)
    return found


def overlap(clash: Offer) -> Text:
    """Which price is in the way, in both languages."""
    begins = day_in_words(clash.valid_from)
    amount = f"{clash.per_hour.normalize():f} {clash.currency}"
    what = f"{clash.lane.gpu_type} {amount}"
    if clash.valid_until is None:
        return Text(
            ja=f"{begins.ja}から有効な単価({what})と重なります。先にその単価を終わらせて"
            "ください。",
            en=f"It overlaps the price that holds from {begins.en} ({what}). End that "
            "price first.",
        )
    ends = day_in_words(clash.valid_until)
    return Text(
        ja=f"{begins.ja}から{ends.ja}までの単価({what})と重なります。期間をずらして"
        "ください。",
        en=f"It overlaps the price from {begins.en} to {ends.en} ({what}). Choose "
        "other days.",
    )


def end_before(price: Price, day: date, by: User) -> None:
    """Write that a price holds until the day before; the caller has locked it."""
    last = day - timedelta(days=1)
    Price.objects.filter(pk=price.pk).update(valid_until=last)
    price.valid_until = last
    record_event(
        "price.ended",
        by=by,
        for_organisation=price.organisation,
        name=price.gpu_type.name,
        per_hour=f"{price.per_hour.normalize():f}",
        currency=price.currency,
        until=last.isoformat(),
    )


def lock(organisation: Organisation) -> None:
    """The organisation's row is the lock: two prices cannot take one day at once."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
