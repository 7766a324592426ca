"""The errors an executive bears: how many in which period, and when it is more."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from evaluation.budget import Allowance, Day, Measure, burned
from evaluation.metrics.intervals import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# The shortest of these in which at least one error is expected; rarer ones a year.
PERIODS: Final = (("month", 1), ("quarter", 3), ("year", 12))
CONFIDENCE: Final = 0.95
# Ends of intervals and sums of days carry no more than this of rounding.
ROUNDING: Final = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Borne:
    """What was accepted: errors and yen expected a month, with the band of the yen."""

    false_alarms: Decimal
    misses: Decimal
    yen: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Allowed:
    """So many whole errors in a calendar period: month, quarter or year."""

    most: int
    per: str


def allowed(a_month: Decimal) -> Allowed:
    """What is expected a month, as whole errors in a period that holds one or more.

    An error every half a year is two a year, not one each month. Rounded up, so that
    what was expected is never a breach. ValueError below zero.
    """
    if a_month < 0:
        raise ValueError(f"fewer errors than none: {a_month}")
    fits = (one for one in PERIODS if a_month * one[1] >= 1)
    per, months = next(fits, PERIODS[-1])
    expected = a_month * months
    return Allowed(int(expected.to_integral_value(ROUND_CEILING)), per)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a later run shows at the accepted point: errors of so many rows.

    Cases counted give an interval; units, which are not, give none.
    """

    false_alarms: float
    misses: float
    rows: int
    scale: Decimal
    are_cases: bool


def is_worse(borne: Borne, seen: Seen) -> bool:
    """Whether a later run is worse than what was accepted, beyond chance.

    As a limit is broken only where the whole interval lies outside it, the lower end of
    the one-sided 95 % interval (Clopper and Pearson) of either count must pass what was
    accepted. Units of a forecast have no such interval and pass by value.
    """
    found = (
        (seen.false_alarms, borne.false_alarms),
        (seen.misses, borne.misses),
    )
    return any(
        _at_least(count, seen) * seen.scale > most + ROUNDING for count, most in found
    )


def _at_least(count: float, seen: Seen) -> Decimal:
    if not seen.are_cases:
        return Decimal(repr(count))
    low, _high = clopper_pearson(int(count), seen.rows, CONFIDENCE)
    return Decimal(repr(low)) * seen.rows


def passed_on(borne: Borne, days: Iterable[Day], today: date) -> date | None:
    """The first day on which the days in operation passed what was accepted, or None.

    Errors are counted by calendar period, yen by month against the high estimate.
    """
    written = list(days)
    lines = []
    for measure, a_month in (
        (Measure.FALSE_ALARMS, borne.false_alarms),
        (Measure.MISSES, borne.misses),
    ):
        line = allowed(a_month)
        lines.append(Allowance(measure, Decimal(line.most), line.per))
    lines.append(Allowance(Measure.YEN, borne.high, "month"))
    found = [burned(written, line, today).breached_on for line in lines]
    return min((day for day in found if day is not None), default=None)
