"""Sums that follow every line: a day's like lines in one row, an engagement in one.

Called inside the transaction of the act that writes, changes or removes lines.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import F

from costs import breaches
from costs.glances import retell_spend
from costs.models import CostKind, Spend, SpendDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from uuid import UUID

    from costs.models import Charge

NOTHING: Final = Decimal(0)
AT_ONCE: Final = 400
# The sums of an engagement that are shown apart.
OF_KIND: Final = {
    CostKind.GPU.value: "gpu_yen",
    CostKind.LABELS.value: "labels_yen",
    CostKind.PEOPLE.value: "people_yen",
}


@dataclass(frozen=True, slots=True)
class Alike:
    """What lines must share to be summed in one row."""

    organisation: int
    engagement: UUID | None
    day: date
    month: date
    kind: str
    category: str = "usage"
    gpu_type: str = ""
    option: str = ""
    service: str = ""
    purpose: str = ""
    person: str = ""
    currency: str = "JPY"

    @property
    def key(self) -> str:
        """The name of the row, the same on every machine."""
        parts = (str(getattr(self, name)) for name in self.__slots__)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(slots=True)
class Sums:
    """What is added to a row; below zero when lines are taken back."""

    lines: int = 0
    hours: Decimal = NOTHING
    gpu_hours: Decimal = NOTHING
    lost_gpu_hours: Decimal = NOTHING
    interruptions: int = 0
    cost: Decimal = NOTHING
    cost_yen: Decimal = NOTHING

    def add(self, other: Sums, times: int = 1) -> None:
        """Add another's sums, or take them away with -1."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + times * getattr(other, name))


@dataclass(slots=True)
class Ledger:
    """Sums that wait to be written: gathered line by line, written at the end."""

    rows: dict[Alike, Sums] = field(default_factory=lambda: defaultdict(Sums))

    def add(self, alike: Alike, sums: Sums, times: int = 1) -> None:
        """Gather the sums of lines that are alike."""
        self.rows[alike].add(sums, times)

    def add_charge(self, charge: Charge, times: int = 1) -> None:
        """Gather a line of cost, or take it back with -1."""
        self.add(alike_of(charge), sums_of(charge), times)

    def write(self) -> None:
        """Add what was gathered to the rows of days and engagements, and forget it."""
        named = {alike.key: (alike, sums) for alike, sums in self.rows.items()}
        for keys in _chunks(sorted(named)):
            _add_to_days([_day(key, *named[key]) for key in keys])
            # Without lines behind it a row would be shown as a day without cost.
            SpendDay.objects.filter(lines=0, key__in=keys).delete()
        self._write_spend()
        self.rows.clear()

    def _write_spend(self) -> None:
        totals: dict[UUID, dict[str, Decimal]] = defaultdict(
            lambda: defaultdict(Decimal)
        )
        added: dict[UUID, dict[date, Decimal]] = defaultdict(
            lambda: defaultdict(Decimal)
        )
        for alike, sums in self.rows.items():
            if alike.engagement is None:
                continue
            added[alike.engagement][alike.day] += sums.cost_yen
            total = totals[alike.engagement]
            total["spent_yen"] += sums.cost_yen
            if alike.kind in OF_KIND:
                total[OF_KIND[alike.kind]] += sums.cost_yen
            if alike.kind == CostKind.GPU:
                total["gpu_hours"] += sums.gpu_hours
        # In one order everywhere, so that two writers never wait for each other.
        for engagement in sorted(totals):
            Spend.objects.get_or_create(engagement_id=engagement)
            Spend.objects.filter(engagement_id=engagement).update(
                **{name: F(name) + sum_ for name, sum_ in totals[engagement].items()}
            )
        retell_spend(totals)
        # Whoever changed a row of Spend holds it until the end: no other writer can
        # pass a line of the same budget meanwhile.
        breaches.write_breaches(added)


def alike_of(charge: Charge) -> Alike:
    """Where a line of cost is summed."""
    return Alike(
        organisation=charge.organisation_id,
        engagement=charge.engagement_id,
        day=charge.day,
        month=charge.month,
        kind=kind_of(charge),
        category=charge.category,
        gpu_type=charge.gpu_type,
        option=charge.option,
        service=charge.service,
        purpose=charge.purpose,
        person=charge.person,
        currency=charge.currency,
    )


def kind_of(charge: Charge) -> str:
    """GPUs where the line is time on GPUs, else other services of the cloud."""
    return CostKind.GPU if charge.gpu_hours or charge.gpu_type else CostKind.CLOUD


def sums_of(charge: Charge) -> Sums:
    """What a line of cost adds."""
    return Sums(
        lines=1,
        hours=charge.hours,
        gpu_hours=charge.gpu_hours,
        lost_gpu_hours=charge.lost_hours * charge.gpus,
        interruptions=charge.interruptions,
        cost=charge.cost,
        cost_yen=charge.cost_yen,
    )


def _day(key: str, alike: Alike, sums: Sums) -> SpendDay:
    return SpendDay(
        key=key,
        organisation_id=alike.organisation,
        engagement_id=alike.engagement,
        **{
            name: getattr(alike, name)
            for name in Alike.__slots__
            if name not in ("organisation", "engagement")
        },
        **{name: getattr(sums, name) for name in Sums.__slots__},
    )


def _add_to_days(days: list[SpendDay]) -> None:
    """Write the rows that are new and add to those that are there, in one statement.

    Django writes what was there over; adding to it is SQL that Postgres and SQLite
    share. A bill has ten thousand such rows, so that one statement each is too slow.
    """
    fields = [f for f in SpendDay._meta.concrete_fields if not f.primary_key]
    quote = connection.ops.quote_name
    table = quote(SpendDay._meta.db_table)
    columns = ", ".join(quote(str(f.column)) for f in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    added = ", ".join(
        f"{quote(name)} = {table}.{quote(name)} + excluded.{quote(name)}"
        for name in Sums.__slots__
    )
    # Nothing but names of our own columns is put into the text.
    statement = (
        f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * len(days))} "  # noqa: S608
        f"ON CONFLICT ({quote('key')}) DO UPDATE SET {added}"
    )
    values = [
        f.get_db_prep_save(getattr(day, f.attname), connection)
        for day in days
        for f in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


def write_charges(charges: Iterable[Charge], times: int = 1) -> None:
    """Gather and write the sums of some lines at once."""
    ledger = Ledger()
    for charge in charges:
        ledger.add_charge(charge, times)
    ledger.write()
