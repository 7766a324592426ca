"""What a year brought, beside what was expected of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month and what it brought, in yen; below zero it cost more than before."""

    first: date
    yen: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a month's bar begins and how long it is, in per cent of the width."""

    month: Month
    starts: float
    width: float


@dataclass(frozen=True, slots=True)
class Year:
    """The twelve months that end with the newest one written.

    ``yen`` of those ``months`` that are written. ``expected``: yen a year, None where
    nobody said; ``by_now``: its part for as many months. ``expected_at``: where an
    expected month ends, in per cent of the width of the bars.
    """

    yen: Decimal
    months: int
    expected: Decimal | None
    by_now: Decimal | None
    bars: tuple[Bar, ...]
    zero: float
    expected_at: float | None

    @property
    def on_course(self) -> bool | None:
        """Whether it brought what as many months should; None where nobody said."""
        return None if self.by_now is None else self.yen >= self.by_now


def year_of(months: Sequence[Month], expected: Decimal | None) -> Year | None:
    """The newest year there is, its newest month first; None without any month."""
    if not months:
        return None
    newest = max(month.first for month in months)
    begins = date(newest.year - 1, newest.month, 1)
    shown = sorted(
        (month for month in months if month.first > begins),
        key=lambda month: month.first,
        reverse=True,
    )
    yen = sum((month.yen for month in shown), Decimal())
    a_month = None if expected is None else expected / YEAR
    heights = [*(month.yen for month in shown), Decimal(), a_month or Decimal()]
    low, high = min(heights), max(heights)
    span = high - low

    def at(value: Decimal) -> float:
        return float((value - low) / span * 100) if span else 0.0

    zero = at(Decimal())
    return Year(
        yen=yen,
        months=len(shown),
        expected=expected,
        by_now=None if a_month is None else (a_month * len(shown)).quantize(Decimal(1)),
        bars=tuple(
            Bar(month, min(zero, at(month.yen)), abs(at(month.yen) - zero))
            for month in shown
        ),
        zero=zero,
        expected_at=None if a_month is None else at(a_month),
    )
