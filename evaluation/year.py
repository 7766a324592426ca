"""The twelve months of a year of operation, and how many days each has. No Django."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month by its first day: days written, and whether it is over or to come.

    ``state``: written, empty (it is over, and no day of it was written), now, ahead.
    """

    first: date
    days: int
    state: str


def year_of(starts: date, days: Iterable[date], today: date) -> tuple[Month, ...]:
    """The year that begins with the month of ``starts``."""
    written = Counter(day.replace(day=1) for day in days)
    first = starts.replace(day=1)
    months = []
    for _each in range(MONTHS):
        months.append(
            Month(first, written[first], _state(first, written[first], today))
        )
        after = first.month
        first = date(first.year + after // 12, after % 12 + 1, 1)
    return tuple(months)


def _state(first: date, days: int, today: date) -> str:
    this = today.replace(day=1)
    if first == this:
        return "now"
    if first > this:
        return "ahead"
    return "written" if days else "empty"
