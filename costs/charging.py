"""A line that was delivered as a line of cost: its price, rate, and whose it is."""

from __future__ import annotations

import hashlib
import json
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from costs import pricing
from costs.assigning import RuleBook
from costs.currencies import YEN
from costs.models import (
    AssignedBy,
    Category,
    Charge,
    ExchangeRate,
    Outcome,
    Price,
    PurchaseOption,
    Purpose,
    Service,
    TagRule,
)
from costs.rates import Rates
from costs.reckoning import NOTHING, Reckoned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from costs.imports.line import Line
    from costs.models import CostImport

ONE: Final = Decimal(1)
DIGITS: Final = Decimal("1e-14")
HOUR_DIGITS: Final = Decimal("1e-9")
# What of a line its digest is of: all it says, but not where in the file it stands.
SAYS: Final = (
    *("category", "month", "currency", "billed", "effective", "listed"),
    *("provider", "product", "usage_type", "description", "resource", "account"),
    *("region", "gpu_type", "gpus", "hours", "option", "service", "purpose"),
    *("person", "outcome", "interruptions", "price_per_hour"),
)
# As the columns hold them.
LONGEST: Final = {
    "provider": 60,
    "product": 120,
    "usage_type": 200,
    "description": 300,
    "resource": 250,
    "account": 60,
    "region": 40,
    "gpu_type": 60,
    "person": 120,
}
WORDS: Final[Mapping[str, frozenset[str]]] = {
    "category": frozenset(Category.values),
    "option": frozenset(PurchaseOption.values),
    "service": frozenset(Service.values),
    "purpose": frozenset(Purpose.values),
    "outcome": frozenset(Outcome.values),
}


def content_of(line: Line) -> str:
    """A digest of what the line says; numbers that are equal are equal here too."""
    said = [_plain(getattr(line, name)) for name in SAYS]
    said += [line.started_at.isoformat(), line.ended_at.isoformat()]
    said.append(json.dumps(dict(line.tags), sort_keys=True))
    return hashlib.blake2b("\x1f".join(said).encode(), digest_size=16).hexdigest()


def _plain(value: object) -> str:
    return str(value.normalize() if isinstance(value, Decimal) else value)


def kept(amount: Decimal) -> Decimal:
    """The amount with no more digits than its column has."""
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -14:
        return amount.quantize(DIGITS, rounding=ROUND_HALF_EVEN)
    return amount


class Prices:
    """What an hour of a type costs by the provider's own list, by type and day."""

    def __init__(self, organisation: int) -> None:
        self._known: dict[str, list[Price]] = {}
        listed = Price.objects.filter(organisation=organisation)
        for price in listed.select_related("gpu_type"):
            for name in {price.gpu_type.name, price.gpu_type.model}:
                self._known.setdefault(name.lower(), []).append(price)

    def of(self, line: Line, day: date) -> Price | None:
        """The price valid that day; one of the same service and region goes first."""
        option = line.priced_as or line.option or PurchaseOption.ON_DEMAND
        valid = [
            price
            for price in self._known.get(line.gpu_type.lower(), ())
            if price.option == option
            and price.valid_from <= day
            and (price.valid_until is None or day <= price.valid_until)
        ]
        return max(
            valid,
            key=lambda p: (
                p.service == line.service,
                p.region in (line.region, ""),
                p.valid_from,
            ),
            default=None,
        )


class Reckoner:
    """Turns lines into what they come to, by what the provider has recorded."""

    def __init__(self, delivered: CostImport) -> None:
        self.delivered = delivered
        of = delivered.organisation_id
        known = ExchangeRate.objects.filter(organisation=of)
        self.rates = Rates.of(known.values_list("currency", "day", "yen"))
        self.prices = Prices(of)
        in_force = TagRule.objects.in_force().filter(organisation=of)
        self.rules = RuleBook([one.rule for one in in_force])

    def reckon(self, line: Line) -> Reckoned:
        """What the line comes to, and whose it is by the rules."""
        day = timezone.localdate(line.started_at)
        gpu_hours = pricing.gpu_hours(line.hours, line.gpus).quantize(HOUR_DIGITS)
        billed, currency = kept(line.billed), line.currency or YEN
        cost, price, count = billed, line.price_per_hour, ONE
        unpriced = None
        if self.delivered.basis == "effective" and line.effective is not None:
            cost = kept(line.effective)
        # A list of jobs names hours; what an hour costs it does not say.
        if not line.currency and gpu_hours:
            found = self._priced(line, day)
            if found is None:
                unpriced = line.gpu_type
            else:
                currency, price, count = found
                billed = cost = kept(pricing.cost_of(line.hours, count, price))
        rate = self.rates.yen_on(currency, day)
        rule = self.rules.first(line)
        return Reckoned(
            content=content_of(line),
            day=day,
            month=line.month,
            currency=currency,
            cost=cost,
            billed=billed,
            rate=rate,
            yen=None if rate is None else pricing.in_yen(cost, rate),
            count=count,
            price_per_hour=price,
            gpu_hours=gpu_hours,
            is_gpu=bool(gpu_hours or line.gpu_type),
            engagement=None if rule is None else rule.engagement,
            rule=None if rule is None else rule.number,
            unpriced=unpriced,
        )

    def _priced(self, line: Line, day: date) -> tuple[str, Decimal, Decimal] | None:
        """Currency, price an hour, and how many of what is priced."""
        price = self.prices.of(line, day)
        if price is not None:
            return price.currency, price.per_hour, line.gpus / price.gpu_type.gpus
        if self.delivered.gpu_price is not None:
            return self.delivered.gpu_currency, self.delivered.gpu_price, line.gpus
        return None

    def charge(self, line: Line, one: Reckoned) -> Charge:
        """The row it becomes, once somebody has said to take it over."""
        by = self.delivered.taken_by or self.delivered.delivered_by
        return Charge(
            organisation_id=self.delivered.organisation_id,
            imported_id=self.delivered.pk,
            recorded_by_id=by.pk,
            identity=line.identity,
            source=line.source,
            **belongs(one),
            **said_by(line, one),
        )


def belongs(one: Reckoned) -> dict[str, Any]:
    """Whose work it is, by a rule or by nothing yet."""
    return {
        "engagement_id": one.engagement,
        "rule_id": one.rule,
        "assigned_by": AssignedBy.RULE if one.engagement else AssignedBy.NOBODY,
    }


def said_by(line: Line, one: Reckoned) -> dict[str, Any]:
    """Every field that the line itself fills; a corrected one replaces just these."""
    cut = {name: str(getattr(line, name))[:most] for name, most in LONGEST.items()}
    words = {
        name: value if (value := getattr(line, name)) in known else ""
        for name, known in WORDS.items()
    }
    return {
        **cut,
        **words,
        "category": words["category"] or Category.USAGE,
        "service": words["service"] or Service.OTHER,
        "content": one.content,
        "started_at": line.started_at,
        "ended_at": line.ended_at,
        "day": one.day,
        "month": one.month,
        "count": one.count or ONE,
        "gpus": line.gpus,
        "hours": line.hours,
        "gpu_hours": one.gpu_hours,
        "interruptions": line.interruptions,
        "tags": dict(line.tags),
        "currency": one.currency,
        "price_per_hour": one.price_per_hour,
        "billed": one.billed,
        "effective": None if line.effective is None else kept(line.effective),
        "listed": None if line.listed is None else kept(line.listed),
        "cost": one.cost,
        "rate_yen": one.rate or NOTHING,
        "cost_yen": one.yen or NOTHING,
    }
