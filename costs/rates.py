"""What a currency was worth on a day, out of the rates a provider has recorded."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Self

from costs.currencies import YEN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

ONE: Final = Decimal(1)
# A rate of the first of a month serves the month, one of a Friday the weekend.
LONGEST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Rates:
    """Yen for one unit of a currency, by day. The yen itself is always 1."""

    days: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))
    yen: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, known: Iterable[tuple[str, date, Decimal]]) -> Self:
        """Out of (currency, day, yen), in any order."""
        rates = cls()
        for currency, day, yen in sorted(known):
            rates.days[currency].append(day)
            rates.yen[currency].append(yen)
        return rates

    def yen_on(self, currency: str, day: date) -> Decimal | None:
        """The rate of the day, or of the last day before it that has one.

        None where there is none, or where the last is more than 31 days old: a bill
        must not be turned into yen at the rate of another season.
        """
        if currency == YEN:
            return ONE
        days = self.days.get(currency, [])
        at = bisect_right(days, day) - 1
        if at < 0 or day - days[at] > LONGEST:
            return None
        return self.yen[currency][at]
