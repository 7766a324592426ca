"""The error budget burned: daily counts against what management bears. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


# A month of days, all days of the week alike often.
PACE_DAYS: Final = 28


class Measure(StrEnum):
    """What a budget counts."""

    FALSE_ALARMS = "false_alarms"
    MISSES = "misses"
    YEN = "yen"


@dataclass(frozen=True, slots=True)
class Day:
    """The errors of one day in operation, and what they cost in yen."""

    on: date
    false_alarms: int
    misses: int
    yen: Decimal


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much of one measure in each calendar period: week, month, quarter or year."""

    measure: Measure
    most: Decimal
    per: str


@dataclass(frozen=True, slots=True)
class Burn:
    """How much of one allowance is used in the period that holds a day.

    ``breached_on``: the first day ever on which a period's allowance was passed.
    """

    allowance: Allowance
    starts: date
    used: Decimal
    breached_on: date | None

    @property
    def left(self) -> Decimal:
        """What is left of the period's allowance; below zero when it was passed."""
        return self.allowance.most - self.used

    @property
    def share(self) -> float:
        """Used of allowed, from 0; of nothing allowed, 1 for nothing used."""
        if not self.allowance.most:
            return 1.0 if not self.used else 2.0
        return float(self.used / self.allowance.most)


def period_start(day: date, per: str) -> date:
    """The first day of the calendar period that holds it; weeks start on Monday.

    ValueError for an unknown period.
    """
    match per:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case "year":
            return day.replace(month=1, day=1)
    raise ValueError(f"unknown period: {per!r}")


def period_end(day: date, per: str) -> date:
    """The last day of the calendar period that holds it. ValueError as above."""
    start = period_start(day, per)
    if per == "week":
        return start + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[per]
    after = start.month - 1 + months
    first = date(start.year + after // 12, after % 12 + 1, 1)
    return first - timedelta(days=1)


def burned(days: Iterable[Day], allowance: Allowance, today: date) -> Burn:
    """Count one allowance over all days; a budget is kept as long as it is not passed.

    The order of the days does not matter.
    """
    per = allowance.per
    sums: dict[date, Decimal] = {}
    breached = None
    for day in sorted(days, key=lambda one: one.on):
        start = period_start(day.on, per)
        sums[start] = sums.get(start, Decimal()) + _of(day, allowance.measure)
        if breached is None and sums[start] > allowance.most:
            breached = day.on
    start = period_start(today, per)
    return Burn(allowance, start, sums.get(start, Decimal()), breached)


def _of(day: Day, measure: Measure) -> Decimal:
    if measure is Measure.YEN:
        return day.yen
    return Decimal(day.misses if measure is Measure.MISSES else day.false_alarms)


def runs_out_on(days: Iterable[Day], allowance: Allowance, today: date) -> date | None:
    """The day in this period on which the allowance is passed, at the pace of late.

    The pace is that of the last `PACE_DAYS` days up to today, of those since the first
    day written when there are fewer. None when it lasts until the period's end.
    """
    written = [day for day in days if day.on <= today]
    burn = burned(written, allowance, today)
    if burn.used > allowance.most:
        return min(_passed(written, burn), today)
    since = today - timedelta(days=PACE_DAYS - 1)
    first = min((day.on for day in written), default=today)
    late = sum(
        (_of(day, allowance.measure) for day in written if day.on >= since), Decimal()
    )
    if not late:
        return None
    a_day = late / ((today - max(since, first)).days + 1)
    whole_days = int((allowance.most - burn.used) / a_day) + 1
    left = (period_end(today, allowance.per) - today).days
    return today + timedelta(days=whole_days) if whole_days <= left else None


def _passed(written: Iterable[Day], burn: Burn) -> date:
    """The day of the burn's period on which its allowance was passed."""
    days = sorted(
        (day for day in written if day.on >= burn.starts), key=lambda one: one.on
    )
    used = accumulate(_of(day, burn.allowance.measure) for day in days)
    passed = zip(days, used, strict=True)
    return next(day.on for day, so_far in passed if so_far > burn.allowance.most)
