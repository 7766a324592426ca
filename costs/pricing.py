"""Use times price, exactly, and which price holds on a day. No Django here.

Money is Decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# Yen are kept to a hundredth of a sen, so that a million small lines add up.
YEN: Final = Decimal("0.0001")


def gpu_hours(hours: Decimal, gpus: Decimal) -> Decimal:
    """Hours of the clock times GPUs held, a part of one included."""
    return hours * gpus


def cost_of(hours: Decimal, count: Decimal, per_hour: Decimal) -> Decimal:
    """What so many of a type cost for so many hours, in the price's currency.

    ``count`` is instances or cards; half an instance is .5.
    """
    return hours * count * per_hour


def in_yen(cost: Decimal, rate: Decimal) -> Decimal:
    """The cost in yen at so many yen for one of its currency, to .0001 yen.

    Halves go to the even digit, so that many roundings do not lean to one side.
    """
    return (cost * rate).quantize(YEN, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Lane:
    """What a price is for. Of one lane no two prices hold on the same day."""

    gpu_type: str
    service: str
    option: str
    # Empty is every region that has no price of its own.
    region: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A price between two days, both of them included; without an end it is open.

    ``number`` tells offers apart; one that is not kept yet has 0.
    """

    lane: Lane
    currency: str
    per_hour: Decimal
    valid_from: date
    valid_until: date | None = None
    number: int = 0

    def holds_on(self, day: date) -> bool:
        """Whether it is the price of that day."""
        begun = self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def meets(self, other: Offer) -> bool:
        """Whether there is a day on which both would hold for the same lane."""
        if self.lane != other.lane:
            return False
        later, earlier = (self, other)
        if self.valid_from < other.valid_from:
            later, earlier = other, self
        return earlier.holds_on(later.valid_from)

    def says_the_same(self, other: Offer) -> bool:
        """Whether both say one price from one day on, wherever they end."""
        return (self.lane, self.currency, self.per_hour, self.valid_from) == (
            other.lane,
            other.currency,
            other.per_hour,
            other.valid_from,
        )


def choose(offers: Iterable[Offer], lane: Lane, day: date) -> Offer | None:
    """The price of the lane on the day; its own region goes before every region."""
    anywhere = None
    for offer in offers:
        if not offer.holds_on(day):
            continue
        if offer.lane == lane:
            return offer
        if offer.lane == Lane(lane.gpu_type, lane.service, lane.option):
            anywhere = offer
    return anywhere


@dataclass(frozen=True, slots=True)
class Room:
    """What a new price does to those there are: one that it ends, one in its way."""

    ends: Offer | None = None
    clash: Offer | None = None


def make_room(known: Iterable[Offer], new: Offer) -> Room:
    """How a new price fits among those of its lane.

    An open one that began earlier ends the day before the new one begins. Any other
    day that two would share is a clash, and nobody may take the new one in.
    """
    ends = None
    for old in sorted(known, key=lambda offer: offer.valid_from):
        if not old.meets(new):
            continue
        if old.valid_until is not None or old.valid_from >= new.valid_from:
            return Room(clash=old)
        ends = old
    return Room(ends=ends)
