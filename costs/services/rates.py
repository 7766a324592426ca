"""What a currency is worth in yen on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from costs.currencies import YEN, is_currency
from costs.lists.rates import Rate, fault_of, read_rates
from costs.lists.table import Fault, ListRefused
from costs.models import ExchangeRate
from costs.services.prices import lock
from projects.catalogue import Text
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from projects.models import Organisation, User


def add_rate(
    *,
    organisation: Organisation,
    currency: str,
    day: date,
    yen: Decimal,
    source: str,
    by: User,
    replaces: bool = False,
) -> ExchangeRate:
    """Set the yen for one of a currency on a day.

    A day that has another rate keeps it unless ``replaces``; no cost that is recorded
    changes either way. ValidationError for an unknown currency, the yen itself, and a
    number that is no rate.
    """
    require_role(by, organisation, *MANAGING)
    if not is_currency(currency):
        raise ValidationError({"currency": _("No currency has this code.")})
    if currency == YEN:
        raise ValidationError({"currency": _("The yen needs no rate.")})
    fault = fault_of(yen)
    if fault:
        raise ValidationError({"yen": fault.in_(get_language() or "ja")})
    with transaction.atomic():
        lock(organisation)
        held = organisation.exchange_rates.filter(currency=currency, day=day)
        before = held.first()
        if before is None:
            return _add(organisation, Rate(day, currency, yen), source, by)
        if before.yen == yen:
            return before
        if not replaces:
            raise ValidationError(
                {
                    "yen": _(
                        "This day has the rate %(yen)s already. Tick “Replace” to "
                        "put this one in its place."
                    )
                    % {"yen": f"{before.yen.normalize():f}"}
                }
            )
        return _replace(before, yen, source, by)


@dataclass(frozen=True, slots=True)
class RatesTaken:
    """What a list of rates brought: new days, and days that had the same rate."""

    added: int
    unchanged: int


HAS_ANOTHER = Text(
    ja="この日には別のレート({yen}円)があります。直すときは1件ずつ入力してください。",
    en="This day has another rate (¥{yen}). To replace it, enter the day by itself.",
)


def take_rates(
    *, organisation: Organisation, content: bytes, source: str, by: User
) -> RatesTaken:
    """Take in all rates of a list, or none: ListRefused with every fault of it."""
    require_role(by, organisation, *MANAGING)
    rates = read_rates(content)
    with transaction.atomic():
        lock(organisation)
        days = [rate.day for rate in rates]
        held = organisation.exchange_rates.filter(day__range=(min(days), max(days)))
        known = {(one.currency, one.day): one.yen for one in held}
        new, faults = [], []
        for rate in rates:
            before = known.get((rate.currency, rate.day))
            if before is None:
                new.append(rate)
            elif before != rate.yen:
                faults.append(_clash(rate, before))
        if faults:
            raise ListRefused(faults)
        ExchangeRate.objects.bulk_create(
            ExchangeRate(
                organisation=organisation,
                currency=rate.currency,
                day=rate.day,
                yen=rate.yen,
                source=source,
                recorded_by=by,
            )
            for rate in new
        )
        if new:
            record_event(
                "exchange_rates.taken",
                by=by,
                for_organisation=organisation,
                count=len(new),
            )
    return RatesTaken(len(new), len(rates) - len(new))


def _clash(rate: Rate, before: Decimal) -> Fault:
    yen = f"{before.normalize():f}"
    says = Text(HAS_ANOTHER.ja.format(yen=yen), HAS_ANOTHER.en.format(yen=yen))
    return Fault(says, rate.row, "yen", f"{rate.yen:f}")


def _add(organisation: Organisation, rate: Rate, source: str, by: User) -> ExchangeRate:
    added = ExchangeRate.objects.create(
        organisation=organisation,
        currency=rate.currency,
        day=rate.day,
        yen=rate.yen,
        source=source,
        recorded_by=by,
    )
    record_event(
        "exchange_rate.added",
        by=by,
        for_organisation=organisation,
        currency=rate.currency,
        day=rate.day.isoformat(),
        yen=f"{rate.yen.normalize():f}",
    )
    return added


def _replace(rate: ExchangeRate, yen: Decimal, source: str, by: User) -> ExchangeRate:
    before, rate.yen = rate.yen, yen
    rate.source, rate.recorded_by = source, by
    rate.save()
    record_event(
        "exchange_rate.replaced",
        by=by,
        for_organisation=rate.organisation,
        currency=rate.currency,
        day=rate.day.isoformat(),
        before=f"{before.normalize():f}",
        yen=f"{yen.normalize():f}",
    )
    return rate
