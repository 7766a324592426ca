"""Waste of a month, added up by the database; the rules are in ``costs.waste``."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, DecimalField, F, FloatField, Max, Q, Sum
from django.db.models.functions import Cast

from costs.models import (
    ExchangeRate,
    GpuType,
    Outcome,
    Price,
    PurchaseOption,
    Purpose,
    Reservation,
)
from costs.waste import Left, Lost, Offer, Spot, Used, left_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from costs.models import Charge
    from projects.models import Engagement, User

NOTHING: Final = Decimal(0)
CENT: Final = Decimal("0.01")
# Of notebooks the dearest so many are looked at, of types the dearest so many.
NOTEBOOKS: Final = 5_000
TYPES: Final = 10
# A rate of exchange may be so much older than the day it is needed for.
OLD_RATE: Final = timedelta(days=31)
WIDE: Final[Any] = DecimalField(max_digits=30, decimal_places=6)
FLOAT: Final[Any] = FloatField()
# SQLite keeps 3.0 as 3, and would divide whole numbers wholly.
LOST_PART: Final[Any] = Cast("lost_hours", FLOAT) / Cast("hours", FLOAT)


@dataclass(frozen=True, slots=True)
class Waste:
    """What was paid for and not used in a month."""

    idle: Lost
    measured: Decimal  # GPU hours with a utilisation
    unmeasured: Decimal
    lost: Lost
    interruptions: int
    failed: Decimal  # GPU hours of failed work whose loss nobody stated
    spot: Spot
    unlisted: Decimal  # GPU hours on spot without a list price
    notebooks: Lost
    notebook_lines: int


def month_of(charges: QuerySet[Charge], asked: str) -> date | None:
    """The month that was asked for as 2026-10, else the newest; None without any."""
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        newest: date | None = charges.aggregate(newest=Max("day"))["newest"]
        return newest.replace(day=1) if newest else None


def within(charges: QuerySet[Charge], month: date) -> QuerySet[Charge]:
    """GPU use that began in the month, by the day in Japan."""
    after = (month + timedelta(days=31)).replace(day=1)
    return charges.filter(day__gte=month, day__lt=after, gpu_hours__gt=0)


def sums(limit: Decimal) -> dict[str, Any]:
    """The sums of ``waste_of``, by names that no field has."""
    idle = Q(utilisation__lt=limit)
    spot = Q(option=PurchaseOption.SPOT, listed__isnull=False)
    unused = 1 - Cast("utilisation", FLOAT) / 100
    return {
        "sum_idle_hours": Sum(F("gpu_hours") * unused, filter=idle, output_field=WIDE),
        "sum_idle_yen": Sum(F("cost_yen") * unused, filter=idle, output_field=WIDE),
        "sum_measured": Sum("gpu_hours", filter=Q(utilisation__isnull=False)),
        "sum_unmeasured": Sum("gpu_hours", filter=Q(utilisation__isnull=True)),
        "sum_lost_hours": Sum(F("lost_hours") * F("gpus"), output_field=WIDE),
        "sum_lost_yen": Sum(
            F("cost_yen") * LOST_PART, filter=Q(hours__gt=0), output_field=WIDE
        ),
        "sum_stops": Sum("interruptions"),
        "sum_failed": Sum("gpu_hours", filter=Q(outcome=Outcome.FAILED, lost_hours=0)),
        "sum_listed_yen": Sum(
            F("listed") * F("rate_yen"), filter=spot, output_field=WIDE
        ),
        "sum_spot_yen": Sum("cost_yen", filter=spot),
        "sum_spot_lost": Sum(
            F("cost_yen") * LOST_PART, filter=spot & Q(hours__gt=0), output_field=WIDE
        ),
        "sum_unlisted": Sum(
            "gpu_hours", filter=Q(option=PurchaseOption.SPOT, listed__isnull=True)
        ),
    }


def waste_of(charges: QuerySet[Charge], limit: Decimal) -> Waste:
    """What was paid for and not used in these lines; two queries."""
    found = charges.aggregate(**sums(limit), books=Count("pk", filter=_left(limit)))
    notebooks = left_on(
        Left(*row)
        for row in charges.filter(_left(limit))
        .order_by("-cost_yen", "pk")
        .values_list("started_at", "ended_at", "hours", "gpu_hours", "cost_yen")[
            :NOTEBOOKS
        ]
    )
    return _waste(found, notebooks, found["books"])


def by_engagement(charges: QuerySet[Charge], limit: Decimal) -> dict[Any, Waste]:
    """The same for each engagement, without its notebooks; one query."""
    rows = charges.filter(engagement__isnull=False).values("engagement")
    return {
        row["engagement"]: _waste(row, Lost(), 0)
        for row in rows.annotate(**sums(limit)).order_by("engagement")
    }


def _exact(value: Decimal | float | None) -> Decimal:
    """To a hundredth, whatever the database adds with."""
    return Decimal(str(value or 0)).quantize(CENT)


def _left(limit: Decimal) -> Q:
    """Notebooks that were not seen to work: little measured, or nothing."""
    unseen = Q(utilisation__isnull=True) | Q(utilisation__lt=limit)
    return Q(purpose=Purpose.NOTEBOOK) & unseen


def _waste(row: Mapping[str, Any], notebooks: Lost, lines: int) -> Waste:
    def of(name: str) -> Decimal:
        value = row[f"sum_{name}"]
        return _exact(value)

    return Waste(
        idle=Lost(of("idle_hours"), of("idle_yen")),
        measured=of("measured"),
        unmeasured=of("unmeasured"),
        lost=Lost(of("lost_hours"), of("lost_yen")),
        interruptions=row["sum_stops"] or 0,
        failed=of("failed"),
        spot=Spot(of("listed_yen"), of("spot_yen"), of("spot_lost")),
        unlisted=of("unlisted"),
        notebooks=notebooks,
        notebook_lines=lines,
    )


def reserved_unused(
    engagement: Engagement, charges: QuerySet[Charge], month: date, *, now: datetime
) -> Decimal:
    """GPU hours reserved until now in a month, less those used of the same types."""
    after = (month + timedelta(days=31)).replace(day=1)
    rows = (
        Reservation.objects.standing()
        .filter(
            engagement=engagement,
            wanted_from__date__gte=month,
            wanted_from__date__lt=after,
            wanted_from__lt=now,
        )
        .values("pool__gpu_type__name")
        .annotate(asked=Sum(F("hours") * F("gpus"), output_field=WIDE))
        .values_list("pool__gpu_type__name", "asked")
    )
    asked = dict(rows.order_by())
    if not asked:
        return NOTHING
    used = dict(
        charges.filter(gpu_type__in=asked)
        .values("gpu_type")
        .annotate(used=Sum("gpu_hours"))
        .values_list("gpu_type", "used")
        .order_by()
    )
    unused = (hours - used.get(name, NOTHING) for name, hours in asked.items())
    return sum((max(one, NOTHING) for one in unused), NOTHING).quantize(CENT)


def spot_at_prices(
    charges: QuerySet[Charge], offers: Sequence[Offer]
) -> tuple[Spot, Decimal]:
    """Spot use without a list price on its line, at the on-demand prices of its days.

    And the GPU hours of which no price is known either; one query.
    """
    on_demand = {
        one.gpu_type: one for one in offers if one.option == PurchaseOption.ON_DEMAND
    }
    listed = paid = lost = unknown = NOTHING
    rows = (
        charges.filter(option=PurchaseOption.SPOT, listed__isnull=True, hours__gt=0)
        .values("gpu_type", "day")
        .annotate(
            each=Sum(F("hours") * F("count"), output_field=WIDE),
            sum_hours=Sum("gpu_hours"),
            yen=Sum("cost_yen"),
            gone=Sum(F("cost_yen") * LOST_PART, output_field=WIDE),
        )
        .order_by()
    )
    for row in rows:
        known = on_demand.get(row["gpu_type"])
        price = known.yen_an_hour.get(row["day"]) if known else None
        if price is None:
            unknown += row["sum_hours"]
            continue
        listed += _exact(row["each"]) * price
        paid += row["yen"]
        lost += _exact(row["gone"])
    spot = Spot(_exact(listed), _exact(paid), _exact(lost))
    return spot, _exact(unknown)


def used_types(charges: QuerySet[Charge], types: Sequence[GpuType]) -> list[Used]:
    """Use by type and option, the dearest first; of types the provider knows."""
    known = {one.name: one for one in types}
    hours: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(dict)
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    rows = (
        charges.filter(gpu_type__in=known)
        .values("gpu_type", "option", "day")
        .annotate(
            each=Sum(F("hours") * F("count"), output_field=WIDE), yen=Sum("cost_yen")
        )
        .order_by("day")
    )
    for row in rows:
        key = (row["gpu_type"], row["option"])
        hours[key][row["day"]] = row["each"]
        paid[key] += row["yen"]
    dearest = sorted(paid, key=lambda key: (-paid[key], key))[:TYPES]
    return [
        Used(
            name, option, known[name].model, known[name].gpus,
            hours[name, option], paid[name, option].quantize(CENT),
        )
        for name, option in dearest
    ]  # fmt: skip


def offers(user: User, types: Sequence[GpuType], month: date) -> list[Offer]:
    """What the provider's types cost in yen on each day of a month; two queries.

    Of several prices of a day the cheapest; days without a price or a rate have none.
    """
    after = (month + timedelta(days=31)).replace(day=1)
    days = [month + timedelta(days=n) for n in range((after - month).days)]
    prices = Price.objects.visible_to(user).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=month),
        gpu_type__in=types,
        valid_from__lt=after,
    )
    rates = ExchangeRate.objects.visible_to(user).filter(
        organisation__in={one.organisation_id for one in types},
        day__gte=month - OLD_RATE,
        day__lt=after,
    )
    known: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for rate in rates.order_by("day"):
        known[rate.currency].append((rate.day, rate.yen))
    by: dict[tuple[int, str], dict[date, Decimal]] = defaultdict(dict)
    for price in prices:
        each = by[price.gpu_type_id, price.option]
        for day in days:
            if day < price.valid_from or (price.valid_until or day) < day:
                continue
            yen = _rate(known, price.currency, day)
            if yen is not None:
                cost = price.per_hour * yen
                each[day] = min(cost, each.get(day, cost))
    named = {one.pk: one for one in types}
    return [
        Offer(named[pk].name, option, named[pk].model, named[pk].gpus, each)
        for (pk, option), each in sorted(by.items())
        if each
    ]


def _rate(
    known: dict[str, list[tuple[date, Decimal]]], currency: str, day: date
) -> Decimal | None:
    if currency == "JPY":
        return Decimal(1)
    before = [yen for on, yen in known.get(currency, ()) if on <= day]
    return before[-1] if before else None
