"""What was paid for and not used, and what the same use would have cost. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

JAPAN: Final = ZoneInfo("Asia/Tokyo")
# Under this utilisation (%) a GPU counts as idle where nobody chose another limit: our
# own choice, below what a training run that waits for its data still reaches.
IDLE_BELOW: Final = Decimal(30)
# A working day, in Japan; Saturdays and Sundays have none. Holidays are not known here.
OPENS, CLOSES = 8, 22
SATURDAY: Final = 5
SECONDS_AN_HOUR: Final = Decimal(3600)
NOTHING: Final = Decimal(0)
SEN: Final = Decimal("0.01")


def after_hours(started_at: datetime, ended_at: datetime) -> Decimal:
    """Hours between two moments outside 8:00 to 22:00 of weekdays in Japan."""
    start, end = started_at.astimezone(JAPAN), ended_at.astimezone(JAPAN)
    whole = (end - start).total_seconds()
    open_seconds = 0.0
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < end:
        if day.weekday() < SATURDAY:
            opens, closes = day + timedelta(hours=OPENS), day + timedelta(hours=CLOSES)
            inside = (min(end, closes) - max(start, opens)).total_seconds()
            open_seconds += max(inside, 0.0)
        day += timedelta(days=1)
    return Decimal(str(whole - open_seconds)) / SECONDS_AN_HOUR


@dataclass(frozen=True, slots=True)
class Lost:
    """GPU hours and the yen that were paid for them."""

    gpu_hours: Decimal = NOTHING
    yen: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Left:
    """A notebook as its line says: when, how many GPU hours, for how much."""

    started_at: datetime
    ended_at: datetime
    hours: Decimal
    gpu_hours: Decimal
    yen: Decimal


def left_on(notebooks: Iterable[Left]) -> Lost:
    """What notebooks took outside of working hours, by the clock's share of each."""
    hours, yen = NOTHING, NOTHING
    for one in notebooks:
        if one.hours > 0:
            part = min(
                after_hours(one.started_at, one.ended_at) / one.hours, Decimal(1)
            )
            hours += one.gpu_hours * part
            yen += one.yen * part
    return Lost(hours, yen)


@dataclass(frozen=True, slots=True)
class Spot:
    """Spot use with a list price: what it cost, would have cost, and lost.

    ``lost_yen`` was paid for work that an interruption threw away.
    """

    listed_yen: Decimal
    paid_yen: Decimal
    lost_yen: Decimal

    @property
    def net(self) -> Decimal:
        """Saved against on demand; below 0 when interruptions cost more than that.

        On demand nothing would have been lost: only the hours that counted are held
        against the list price.
        """
        return self.counted_yen - self.paid_yen

    @property
    def counted_yen(self) -> Decimal:
        """The list price of the hours whose work was kept."""
        if not self.paid_yen:
            return self.listed_yen
        return self.listed_yen * (1 - self.lost_yen / self.paid_yen)

    def __add__(self, other: Spot) -> Spot:
        return Spot(
            self.listed_yen + other.listed_yen,
            self.paid_yen + other.paid_yen,
            self.lost_yen + other.lost_yen,
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """What one of a type costs an hour, in yen, from a day to a day."""

    gpu_type: str
    option: str
    model: str
    gpus: Decimal
    yen_an_hour: Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of one type: hours of one of it by day, and what was paid."""

    gpu_type: str
    option: str
    model: str
    gpus: Decimal
    hours: Mapping[date, Decimal]
    paid_yen: Decimal


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same work on another type or option.

    ``speed``: how much of the work of one GPU that was used one GPU of this one does;
    None where both are the same model and nothing is assumed.
    """

    used: Used
    offer: Offer
    yen: Decimal
    speed: Decimal | None

    @property
    def saved(self) -> Decimal:
        """What would have been saved; below 0 when it would have cost more."""
        return self.used.paid_yen - self.yen


def alternatives(
    used: Sequence[Used], offers: Sequence[Offer], speeds: Mapping[str, Decimal]
) -> list[Alternative]:
    """What each use would have cost elsewhere, the largest saving first.

    Offers of another GPU model only count with a speed somebody named for their type;
    offers without a price on each of the days do not count.
    """
    found = []
    for use in used:
        for offer in offers:
            if (offer.gpu_type, offer.option) == (use.gpu_type, use.option):
                continue
            speed = speeds.get(offer.gpu_type)
            if offer.model == use.model:
                speed = None
            elif speed is None:
                continue
            if any(day not in offer.yen_an_hour for day in use.hours):
                continue
            times = use.gpus / offer.gpus / (speed or Decimal(1))
            yen = sum(
                (hours * offer.yen_an_hour[day] for day, hours in use.hours.items()),
                NOTHING,
            )
            found.append(Alternative(use, offer, (yen * times).quantize(SEN), speed))
    return sorted(found, key=lambda one: (-one.saved, one.offer.gpu_type))
