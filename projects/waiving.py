"""How long a waiver may last: at most twelve months, never from the past. No Django."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

LEAP_DAY: Final = (2, 29)


def last_possible_day(today: date) -> date:
    """The same day of the next year; 28 February where that year has no 29th."""
    if (today.month, today.day) == LEAP_DAY:
        return today.replace(year=today.year + 1, day=28)
    return today.replace(year=today.year + 1)


def is_within(until: date, *, today: date) -> bool:
    """Whether a waiver given today may last up to and with that day."""
    return today <= until <= last_possible_day(today)
