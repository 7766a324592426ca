"""What a list makes of an engagement: how much it needs, and what comes next. Pure."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

# So many past errors are kept for the little curve of a list.
KEPT_ERRORS: Final = 12


class Need(IntEnum):
    """How much an engagement needs somebody to look at it; the most comes first."""

    MISSED = 0
    UNSURE = 1
    UNMEASURED = 2
    KEPT = 3
    ENDED = 4


class Coming(StrEnum):
    """What happens on the next date of an engagement."""

    TASK = "task"
    WAIVER = "waiver"
    RUNS_OUT = "runs_out"
    ACCEPTANCE = "acceptance"
    END = "end"


def need_of(
    *, is_open: bool, outcome: str, unaccepted: bool, burned: float | None
) -> Need:
    """By the newest verdict, whether its errors are accepted, and the budget burned.

    ``burned``: the part of the tightest allowance that is used in its period.
    """
    if not is_open:
        return Need.ENDED
    if outcome == "fail" or (burned is not None and burned > 1):
        return Need.MISSED
    if outcome == "undecided" or unaccepted:
        return Need.UNSURE
    return Need.KEPT if outcome == "pass" else Need.UNMEASURED


def next_of(days: Mapping[Coming, date | None]) -> tuple[date, Coming] | None:
    """The earliest day there is; of one day, what comes first in `Coming`.

    A day that is over stays the next one until somebody does what it asks for.
    """
    order = list(Coming)
    known = [(day, coming) for coming, day in days.items() if day is not None]
    return min(known, key=lambda one: (one[0], order.index(one[1])), default=None)
