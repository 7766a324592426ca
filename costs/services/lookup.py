"""The price and the exchange rate of a day, or which of them is missing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from costs.currencies import YEN
from costs.models import ExchangeRate, Price, PurchaseOption, Service
from costs.pricing import Lane, choose
from costs.rates import LONGEST
from costs.services.prices import offer_of
from projects.catalogue import day_in_words

if TYPE_CHECKING:
    from datetime import date, datetime

    from costs.models import GpuType
    from projects.models import Engagement

# Codes of the refusals, for doors that show where to add what is missing.
PRICE_MISSING: Final = "price_missing"
RATE_MISSING: Final = "rate_missing"


@dataclass(frozen=True, slots=True)
class Rate:
    """Yen for one of a currency; ``day`` is the rate's own, None for the yen."""

    yen: Decimal
    day: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """The price of one of a type on a day, with what its currency is worth."""

    price: Price
    rate: Rate

    @property
    def per_hour_yen(self) -> Decimal:
        """An hour of one of the type, in yen."""
        return self.price.per_hour * self.rate.yen


def price_of_day(
    *, gpu_type: GpuType, service: str, option: str, day: date, region: str = ""
) -> Found:
    """The price that holds on the day, and the rate of its currency; two queries.

    ValidationError with the code ``price_missing`` or ``rate_missing``.
    """
    lane = Lane(gpu_type.name, service, option, region)
    held = {
        price.pk: price
        for price in Price.objects.valid_on(day)
        .filter(gpu_type=gpu_type, service=service, option=option)
        .select_related("gpu_type")
    }
    chosen = choose([offer_of(price) for price in held.values()], lane, day)
    if chosen is None:
        raise _no_price(lane, day, sorted({one.region for one in held.values()}))
    price = held[chosen.number]
    rate = rate_of_day(
        organisation_id=gpu_type.organisation_id, currency=price.currency, day=day
    )
    return Found(price, rate)


def rate_of_day(*, organisation_id: int, currency: str, day: date) -> Rate:
    """The rate of the day, or of the last one before it.

    ValidationError with the code ``rate_missing`` if there is none, or none of the
    last 31 days: that of another season would be no rate of this one.
    """
    if currency == YEN:
        return Rate(Decimal(1), None)
    known = ExchangeRate.objects.filter(organisation=organisation_id)
    found = known.for_day(currency, day)
    if found is None or day - found.day > LONGEST:
        raise ValidationError(
            _(
                "There is no exchange rate of %(currency)s for %(day)s or the 31 days "
                "before."
            )
            % {"currency": currency, "day": _words(day)},
            code=RATE_MISSING,
            params={"currency": currency},
        )
    return Rate(found.yen, found.day)


class Paid(TypedDict):
    """What a price says of a use: of which type and way of buying it is."""

    gpu_type: str
    gpus_of_one: Decimal
    price_per_hour: Decimal
    currency: str
    rate_yen: Decimal
    option: str
    service: str
    region: str
    # Why it was typed instead of looked up.
    price_reason: NotRequired[str]


def looked_up(
    *,
    engagement: Engagement,
    started_at: datetime,
    gpu_type: GpuType,
    option: str,
    service: str,
    region: str = "",
) -> Paid:
    """The price of the day and its rate; ValidationError where one is missing."""
    if gpu_type.organisation_id != engagement.provider_id:
        raise ValidationError(_("This type is of another provider."))
    refuse_naive(started_at)
    found = price_of_day(
        gpu_type=gpu_type,
        service=service,
        option=option,
        region=region,
        day=timezone.localdate(started_at),
    )
    return Paid(
        gpu_type=gpu_type.name,
        gpus_of_one=gpu_type.gpus,
        price_per_hour=found.price.per_hour,
        currency=found.price.currency,
        rate_yen=found.rate.yen,
        option=option,
        service=service,
        region=region or found.price.region,
    )


def refuse_naive(*times: datetime) -> None:
    """ValidationError for a time that does not say its zone."""
    if any(timezone.is_naive(each) for each in times):
        raise ValidationError(_("A time needs its time zone."))


def _no_price(lane: Lane, day: date, regions: list[str]) -> ValidationError:
    said = {
        "type": lane.gpu_type,
        "option": PurchaseOption(lane.option).label,
        "service": Service(lane.service).label,
        "day": _words(day),
    }
    if regions and not lane.region:
        told = _(
            "%(type)s (%(option)s, %(service)s) has prices by region on %(day)s: "
            "choose one of %(regions)s."
        ) % (said | {"regions": ", ".join(regions)})
    elif lane.region:
        told = _(
            "There is no price of %(type)s (%(option)s, %(service)s) in %(region)s on "
            "%(day)s."
        ) % (said | {"region": lane.region})
    else:
        told = (
            _("There is no price of %(type)s (%(option)s, %(service)s) on %(day)s.")
            % said
        )
    return ValidationError(told, code=PRICE_MISSING)


def _words(day: date) -> str:
    return day_in_words(day).in_(get_language() or "ja")
