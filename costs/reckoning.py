"""What a delivery of costs comes to, added up exactly while it is read. No Django."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

NOTHING: Final = Decimal(0)
# So many days without a rate are named; the rest is counted.
DAYS_NAMED: Final = 31


class Fate(StrEnum):
    """What taking a line over does."""

    NEW = "new"
    KNOWN = "known"  # taken over before, word for word
    REPEATED = "repeated"  # earlier in the same file, word for word
    CORRECTED = "corrected"  # known by its identity, but it says something else


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What one line comes to: cost, rate, and whose work it is.

    ``cost`` is in ``currency``; ``yen`` is None where the day has no rate, and
    ``unpriced`` names the type where nothing says what an hour of it costs.
    """

    content: str
    day: date
    month: date
    currency: str
    cost: Decimal
    billed: Decimal
    rate: Decimal | None
    yen: Decimal | None
    count: Decimal
    price_per_hour: Decimal | None
    gpu_hours: Decimal
    is_gpu: bool
    engagement: UUID | None
    rule: int | None
    unpriced: str | None = None


class Came(NamedTuple):
    """What a line added to the report, as text that can be put away."""

    currency: str
    month: str
    cost: str
    billed: str
    yen: str
    engagement: str | None
    is_gpu: int
    gpu_hours: str

    @classmethod
    def of(cls, one: Reckoned) -> Self:
        return cls(
            one.currency,
            one.month.isoformat(),
            str(one.cost),
            str(one.billed),
            str(one.yen or 0),
            None if one.engagement is None else str(one.engagement),
            int(one.is_gpu),
            str(one.gpu_hours),
        )

    def to_text(self) -> str:
        return json.dumps(self)


@dataclass(slots=True)
class Sum:
    """Of a currency and month: lines, what counts, and what was billed."""

    lines: int = 0
    counted: Decimal = NOTHING
    billed: Decimal = NOTHING


@dataclass(slots=True)
class Tally:
    """The report of a delivery, line by line; sums are exact, whatever the database.

    ``totals`` are of the lines as they will stand: a line that is repeated counts once,
    a corrected one with what it says last.
    """

    lines: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    gpu_lines: int = 0
    gpu_hours: Decimal = NOTHING
    unassigned: int = 0
    unassigned_yen: Decimal = NOTHING
    yen: Decimal = NOTHING
    delivered: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    totals: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))
    engagements: dict[str, list[Any]] = field(default_factory=dict)
    without_rate: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    unpriced: Counter[str] = field(default_factory=Counter)

    def add(self, one: Reckoned, fate: Fate) -> None:
        """Count a line; one that is repeated adds nothing to the totals."""
        self.lines += 1
        self.fates[fate] += 1
        self.delivered[one.currency] += one.billed
        if fate is Fate.REPEATED:
            return
        self._count(Came.of(one), 1)
        if one.unpriced is not None:
            self.unpriced[one.unpriced] += 1
        elif one.yen is None:
            self.without_rate[one.currency].add(one.day)

    def take_back(self, came_to: str) -> None:
        """Leave out what a line of the same file said before it was corrected."""
        self._count(Came(*json.loads(came_to)), -1)

    def _count(self, one: Came, times: int) -> None:
        total = self.totals[one.currency, one.month]
        total.lines += times
        total.counted += times * Decimal(one.cost)
        total.billed += times * Decimal(one.billed)
        yen = times * Decimal(one.yen)
        self.yen += yen
        self.gpu_lines += times * one.is_gpu
        self.gpu_hours += times * Decimal(one.gpu_hours)
        if one.engagement is None:
            self.unassigned += times
            self.unassigned_yen += yen
            return
        of_it = self.engagements.setdefault(one.engagement, [0, NOTHING])
        of_it[0] += times
        of_it[1] += yen

    def to_json(self) -> dict[str, Any]:
        """As it is kept: numbers as they are, sums as exact text."""
        return {
            "lines": self.lines,
            **{fate.value: self.fates[fate] for fate in Fate},
            "gpu_lines": self.gpu_lines,
            "gpu_hours": text(self.gpu_hours),
            "unassigned": self.unassigned,
            "unassigned_yen": text(self.unassigned_yen),
            "yen": text(self.yen),
            "delivered": {c: text(total) for c, total in self.delivered.items()},
            "totals": [
                {
                    "currency": currency,
                    "month": month,
                    "lines": total.lines,
                    "counted": text(total.counted),
                    "billed": text(total.billed),
                }
                for (currency, month), total in sorted(self.totals.items())
            ],
            "engagements": [
                {"id": pk, "lines": lines, "yen": text(yen)}
                for pk, (lines, yen) in sorted(
                    self.engagements.items(), key=lambda one: -one[1][1]
                )
            ],
            "without_rate": [
                {
                    "currency": currency,
                    "days": [day.isoformat() for day in sorted(days)[:DAYS_NAMED]],
                    "count": len(days),
                }
                for currency, days in sorted(self.without_rate.items())
            ],
            "unpriced": dict(self.unpriced),
        }


def text(amount: Decimal) -> str:
    """A number to its last digit, never with an exponent."""
    return f"{amount:f}"


@dataclass(frozen=True, slots=True)
class Held:
    """What was billed beside the total of the invoice; ``above`` is billed less that.

    ``above`` is None where the two cannot be compared: several currencies, or none.
    """

    billed: Decimal | None
    currency: str
    above: Decimal | None


def held_against(report: dict[str, Any], invoice: Decimal | None) -> Held:
    """The sum of what was billed, each line once, against the invoice."""
    currencies = {total["currency"] for total in report.get("totals", [])}
    if len(currencies) != 1:
        return Held(None, "", None)
    billed = sum((Decimal(t["billed"]) for t in report["totals"]), NOTHING)
    above = None if invoice is None else billed - invoice
    return Held(billed, currencies.pop(), above)
