"""Use times price, exactly. Money is Decimal; no Django here."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

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
