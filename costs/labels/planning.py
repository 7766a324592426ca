"""What labels will cost, and how many workers an item needs.

Condorcet (1785): when workers are right with probability p, independently, and there
are two labels, most of n are right with probability
P(n, p) = sum over k > n/2 of C(n, k) p^k (1 - p)^(n - k), plus half of the term of a
tie where n is even. Above p = 1/2 it grows with n, at 1/2 it stays, below it falls.
Workers who make the same mistakes are not independent: then it promises too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from scipy.special import bdtrc

if TYPE_CHECKING:
    from costs.labels.pay import Fee

MOST_WORKERS: Final = 99
ONE: Final = Decimal(1)
# What is shown beside what was asked.
SHOWN: Final = (1, 3, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wished: money is in one currency, ``rate_yen`` yen for one of it."""

    items: int
    reward: Decimal
    fee: Fee
    rate_yen: Decimal = ONE
    workers: int = 1
    right: Decimal | None = None
    wanted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """So many workers an item: what all items cost in yen, and how many come right."""

    workers: int
    cost_yen: Decimal
    right: float | None
    yen_a_right: Decimal | None


def majority_right(workers: int, right: float) -> float:
    """How probably most of so many are right; a tie counts half."""
    above = float(bdtrc(workers // 2, workers, right))
    if workers % 2:
        return above
    return (above + float(bdtrc(workers // 2 - 1, workers, right))) / 2


def workers_needed(right: float, wanted: float) -> int | None:
    """The fewest workers, an odd number, for a majority so often right.

    None when 99 are not enough, as always at p of 1/2 and below.
    """
    for workers in range(1, MOST_WORKERS + 1, 2):
        if majority_right(workers, right) >= wanted:
            return workers
    return None


def cost_yen(plan: Plan, workers: int) -> Decimal:
    """items x workers x (reward + fee) x yen for one of the currency."""
    each = plan.reward + plan.fee.on(plan.reward)
    return plan.items * workers * each * plan.rate_yen


def step(plan: Plan, workers: int) -> Step:
    """One row of the plan."""
    cost = cost_yen(plan, workers)
    if plan.right is None:
        return Step(workers, cost, None, None)
    right = majority_right(workers, float(plan.right))
    come_right = plan.items * Decimal(str(right))
    return Step(workers, cost, right, cost / come_right if come_right else None)


def steps(plan: Plan) -> list[Step]:
    """The plan as asked, among the usual numbers of workers and the one needed."""
    counts = {*SHOWN, plan.workers}
    needed = needed_by(plan)
    if needed:
        counts.add(needed)
    return [step(plan, workers) for workers in sorted(counts)]


def needed_by(plan: Plan) -> int | None:
    """How many workers the plan's wish needs; None without one, or if none suffice."""
    if plan.right is None or plan.wanted is None:
        return None
    return workers_needed(float(plan.right), float(plan.wanted))
