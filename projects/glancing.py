"""What a list makes of an engagement: how much it needs, and what comes next. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import Any, Self

# So many past errors are kept for the little curve of a list.
KEPT_ERRORS: Final = 12
# Less than this part of what is allowed is no change that a reader would act on.
UNCHANGED: Final = 0.005


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


@dataclass(frozen=True, slots=True)
class Worst:
    """The criterion of the newest verdict that needs somebody most, and how it stands.

    ``value`` and its interval are in the unit of ``metric``, as ``limit`` is.
    """

    metric: str
    bound: str
    limit: Decimal
    outcome: str
    value: float | None
    low: float | None
    high: float | None
    further_cases: int | None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `kept` wrote."""
        return cls(**{**kept, "limit": Decimal(kept["limit"])})

    @property
    def kept(self) -> dict[str, Any]:
        """As the row keeps it; the limit in letters, so that no digit is lost."""
        return {**asdict(self), "limit": str(self.limit)}


class Trend(StrEnum):
    """Which way the error went: down is better."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


def trend_of(errors: Sequence[float]) -> tuple[Trend, int] | None:
    """Which way the last run went, and for how many on end; None of fewer than two.

    ``errors``: the worst error of each run by what is allowed, the newest last.
    """
    steps = [_step(before, after) for before, after in pairwise(errors)]
    if not steps:
        return None
    newest = steps[-1]
    runs = 0
    for step in reversed(steps):
        if step is not newest:
            break
        runs += 1
    return newest, runs


def _step(before: float, after: float) -> Trend:
    if abs(after - before) < UNCHANGED:
        return Trend.SAME
    return Trend.BETTER if after < before else Trend.WORSE
