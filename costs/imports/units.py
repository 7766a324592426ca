"""Amounts of time as bills write them, to hours."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from costs.imports.faults import CellRefused

if TYPE_CHECKING:
    from datetime import datetime

HOURS: Final = frozenset({"hrs", "hours", "hour", "hr"})
SECONDS: Final = frozenset({"seconds", "second", "secs", "sec"})
SECONDS_AN_HOUR: Final = Decimal(3600)


def in_hours(quantity: Decimal | None, unit: str, column: str) -> Decimal | None:
    """Hours of an amount; None where its unit is no time. CellRefused below 0."""
    if quantity is None:
        return None
    named = unit.lower()
    if named not in HOURS and named not in SECONDS:
        return None
    if quantity < 0:
        raise CellRefused("negative", column, str(quantity))
    return quantity if named in HOURS else of_seconds(quantity)


def of_seconds(seconds: Decimal) -> Decimal:
    """Seconds as hours, to 28 digits: a third of an hour never ends."""
    return seconds / SECONDS_AN_HOUR


def between(started: datetime, ended: datetime) -> Decimal:
    """Hours of the clock between two times, to 28 digits."""
    passed = ended - started
    seconds = Decimal(passed.days * 86_400 + passed.seconds)
    return of_seconds(seconds + Decimal(passed.microseconds) / 1_000_000)
