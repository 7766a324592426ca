"""Textbook sums of stock keeping: how much to order, when, and how much to hold.

Formulas as in Zipkin (2000), Foundations of Inventory Management, and Silver, Pyke and
Thomas (2017). Quantities in units, times in any one unit, money in any one currency.
Every function raises ValueError for a number that makes no sense.
"""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from scipy.special import ndtr, ndtri, pdtr

if TYPE_CHECKING:
    from collections.abc import Mapping

# A Poisson demand beyond this has no chance left that a float can hold.
MOST_DEMAND: Final = 1_000_000


def eoq(order_cost: float, holding_cost: float, demand: float) -> tuple[float, float]:
    """Economic order quantity (Harris 1913) and its cost a time unit.

    Q = sqrt(2 K D / h), and K D / Q + h Q / 2 = sqrt(2 K D h).
    """
    _positive(order_cost=order_cost, holding_cost=holding_cost, demand=demand)
    both = 2 * order_cost * demand
    return math.sqrt(both / holding_cost), math.sqrt(both * holding_cost)


def newsvendor(
    holding_cost: float, shortage_cost: float, mean: float, sd: float
) -> tuple[float, float]:
    """Stock for one period of normal demand, and its expected cost.

    S = mean + sd z with P(Z <= z) = p / (p + h), the critical ratio.
    """
    _positive(holding_cost=holding_cost, shortage_cost=shortage_cost, sd=sd)
    ratio = shortage_cost / (shortage_cost + holding_cost)
    level = mean + sd * float(ndtri(ratio))
    return level, newsvendor_cost(level, holding_cost, shortage_cost, mean, sd)


def newsvendor_cost(
    level: float, holding_cost: float, shortage_cost: float, mean: float, sd: float
) -> float:
    """The expected cost of any level S: h E[(S - D)+] + p E[(D - S)+]."""
    _positive(holding_cost=holding_cost, shortage_cost=shortage_cost, sd=sd)
    short = sd * normal_loss((level - mean) / sd)
    return holding_cost * (level - mean + short) + shortage_cost * short


def newsvendor_discrete(
    holding_cost: float, shortage_cost: float, chances: Mapping[int, float]
) -> tuple[int, float]:
    """The same for demand of known chances: the smallest S with F(S) >= p / (p + h)."""
    _positive(holding_cost=holding_cost, shortage_cost=shortage_cost)
    total = math.fsum(chances.values())
    if not chances or min(chances.values()) < 0 or abs(total - 1) > 1e-9:
        raise ValueError("the chances of demand are not negative and add up to 1")
    ratio = shortage_cost / (shortage_cost + holding_cost)
    demands = sorted(chances)
    reached = accumulate(chances[demand] for demand in demands)
    enough = (d for d, seen in zip(demands, reached, strict=True) if seen >= ratio)
    # Rounding may leave the last sum a hair under one.
    level = next(enough, demands[-1])
    cost = math.fsum(
        chance
        * (
            holding_cost * max(level - demand, 0)
            + shortage_cost * max(demand - level, 0)
        )
        for demand, chance in chances.items()
    )
    return level, cost


def newsvendor_poisson(
    holding_cost: float, shortage_cost: float, mean: float
) -> tuple[int, float]:
    """The same for Poisson demand."""
    _positive(holding_cost=holding_cost, shortage_cost=shortage_cost, mean=mean)
    ratio = shortage_cost / (shortage_cost + holding_cost)
    level = 0
    while float(pdtr(level, mean)) < ratio:
        level += 1
        if level > MOST_DEMAND:
            raise ValueError("the mean demand is too large for the Poisson law")
    # E[(D - S)+] = mean P(D >= S) - S P(D >= S + 1), from k P(k) = mean P(k - 1).
    at_least = 1 - float(pdtr(level - 1, mean)) if level else 1.0
    short = mean * at_least - level * (1 - float(pdtr(level, mean)))
    return level, holding_cost * (level - mean + short) + shortage_cost * short


def safety_stock(service_level: float, sd: float, lead_time: float) -> float:
    """z sd sqrt(L): what meets demand over the lead time with that chance.

    ``sd`` is of the demand of one period, ``lead_time`` in periods.
    """
    _share(service_level=service_level)
    _positive(sd=sd, lead_time=lead_time)
    return float(ndtri(service_level)) * sd * math.sqrt(lead_time)


def reorder_point(
    order_cost: float,
    holding_cost: float,
    shortage_cost: float,
    demand: float,
    sd: float,
    lead_time: float,
) -> tuple[float, float]:
    """(r, Q): order Q once stock and orders fall to r.

    Q is the economic order quantity; r = D L + z sd sqrt(L) with P(Z <= z) =
    p / (p + h). Demand and its deviation are of one time unit.
    """
    quantity, _cost = eoq(order_cost, holding_cost, demand)
    _positive(shortage_cost=shortage_cost)
    ratio = shortage_cost / (shortage_cost + holding_cost)
    return demand * lead_time + safety_stock(ratio, sd, lead_time), quantity


def order_up_to(
    service_level: float, demand: float, sd: float, lead_time: float, review: float
) -> float:
    """(R, S): every ``review`` time units, order up to this level.

    S = D (R + L) + z sd sqrt(R + L): demand is unknown over both times together.
    """
    _positive(demand=demand, review=review)
    exposed = review + lead_time
    return demand * exposed + safety_stock(service_level, sd, exposed)


def fill_rate(level: float, mean: float, sd: float) -> float:
    """The share of normal demand that a base stock meets: 1 - E[(D - S)+] / E[D]."""
    _positive(mean=mean, sd=sd)
    return 1 - sd * normal_loss((level - mean) / sd) / mean


def normal_loss(z: float) -> float:
    """E[(Z - z)+] of a standard normal Z: density(z) - z (1 - P(Z <= z))."""
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return density - z * float(ndtr(-z))


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (math.isfinite(number) and number > 0):
            raise ValueError(f"{name.replace('_', ' ')} is not above zero: {number!r}")


def _share(**numbers: float) -> None:
    for name, number in numbers.items():
        if not 0 < number < 1:
            raise ValueError(f"{name.replace('_', ' ')} is not a share: {number!r}")
