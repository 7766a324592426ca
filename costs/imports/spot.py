"""What an hour of an instance type cost as spot, day by day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from costs.imports import cells
from costs.imports.line import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The digits a price keeps.
DIGITS: Final = Decimal("1e-12")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """From then on an hour costs so many dollars in that zone."""

    type: str
    zone: str
    at: datetime
    per_hour: Decimal


@dataclass(frozen=True, slots=True)
class SpotPrice:
    """The mean of a day over its hours, then over the zones of the region."""

    type: str
    day: date
    per_hour: Decimal
    zones: int
    currency: str = "USD"


# Any: boto3's clients are not typed.
def changes(
    asked: Any, types: Iterable[str], since: datetime, until: datetime
) -> Iterator[Change]:
    """Every change in the time, and what held when it began."""
    pages = asked.get_paginator("describe_spot_price_history").paginate(
        InstanceTypes=sorted(types),
        ProductDescriptions=["Linux/UNIX"],
        StartTime=since,
        EndTime=until,
    )
    for page in pages:
        for found in page["SpotPriceHistory"]:
            yield Change(
                type=found["InstanceType"],
                zone=found["AvailabilityZone"],
                at=found["Timestamp"].astimezone(UTC),
                per_hour=cells.money(found["SpotPrice"], "SpotPrice"),
            )


def daily(
    found: Iterable[Change], since: datetime, until: datetime
) -> Iterator[SpotPrice]:
    """The mean price of each type and day from midnight ``since`` on.

    A price holds until the next one of its zone. A zone counts on days of which it has
    a price for any hour.
    """
    by_zone: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in found:
        by_zone[change.type, change.zone].append(change)
    means: dict[tuple[str, date], list[Decimal]] = defaultdict(list)
    for (name, _zone), held in by_zone.items():
        held.sort(key=lambda change: change.at)
        ends = [later.at for _earlier, later in pairwise(held)] + [until]
        spans = [(c.at, end, c.per_hour) for c, end in zip(held, ends, strict=True)]
        day = since
        while day < until:
            mean = _mean(spans, day, min(day + DAY, until))
            if mean is not None:
                means[name, day.date()].append(mean)
            day += DAY
    for (name, on), zones in sorted(means.items()):
        price = sum(zones, NOTHING) / len(zones)
        yield SpotPrice(name, on, price.quantize(DIGITS, ROUND_HALF_EVEN), len(zones))


def _mean(
    spans: list[tuple[datetime, datetime, Decimal]], began: datetime, ended: datetime
) -> Decimal | None:
    """The price over the part of a day that has one."""
    seconds = total = NOTHING
    for at, until, price in spans:
        part = Decimal((min(until, ended) - max(at, began)).total_seconds())
        if part > 0:
            seconds += part
            total += part * price
    return total / seconds if seconds else None
