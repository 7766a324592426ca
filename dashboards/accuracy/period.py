"""Which days a page looks at: the last so many, all, or the reader's own. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LAST: Final = (30, 90, 365)


class Fault(StrEnum):
    """What is wrong with the days a reader asked for."""

    NO_DAY = "no_day"
    UPSIDE_DOWN = "upside_down"


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day looked at; None is open. ``key`` names the choice."""

    key: str
    first: date | None = None
    last: date | None = None
    fault: Fault | None = None


def period_of(asked: Mapping[str, str], today: date) -> Period:
    """The days asked for by ``days``, or by ``from`` and ``to``.

    What makes no sense is told as a fault, and then everything is shown.
    """
    typed = [asked.get(name, "").strip() for name in ("from", "to")]
    if any(typed):
        try:
            first, last = (date.fromisoformat(day) if day else None for day in typed)
        except ValueError:
            return Period("all", fault=Fault.NO_DAY)
        if first is not None and last is not None and last < first:
            return Period("all", fault=Fault.UPSIDE_DOWN)
        return Period("own", first, last)
    for days in LAST:
        if asked.get("days") == str(days):
            return Period(str(days), today - timedelta(days=days - 1), today)
    return Period("all")
