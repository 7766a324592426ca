"""Cost against volume: what stands, machines that come in whole, each prediction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Final

from costs.inference.models import HOURS, NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

MILLION: Final = Decimal(1_000_000)
THOUSAND: Final = Decimal(1000)
ONE: Final = Decimal(1)
# So many machines more are looked through for where two lines cross.
MOST_STEPS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """The cost of a month in one currency.

    ``fixed`` whatever happens; ``machines`` of them at ``machine`` each, or as many
    as ``capacity`` predictions a month need; ``each`` for one prediction.
    """

    fixed: Decimal = NOTHING
    machine: Decimal = NOTHING
    machines: Decimal = NOTHING
    capacity: Decimal | None = None
    each: Decimal = NOTHING

    def needed(self, volume: Decimal) -> Decimal:
        """How many machines answer the volume."""
        if self.capacity is None:
            return self.machines
        whole = (volume / self.capacity).to_integral_value(ROUND_CEILING)
        return max(self.machines, whole)

    def standing(self, volume: Decimal) -> Decimal:
        """The part that is paid even if nothing is asked, at this size."""
        return self.fixed + self.needed(volume) * self.machine

    def at(self, volume: Decimal) -> Decimal:
        """The cost of a month with so many predictions."""
        return self.standing(volume) + volume * self.each

    def times(self, rate: Decimal) -> Line:
        """The same in another currency, of which ``rate`` are one of this."""
        return replace(
            self,
            fixed=self.fixed * rate,
            machine=self.machine * rate,
            each=self.each * rate,
        )

    def for_part(self, part: Decimal) -> Line:
        """The line of a part of the month, .5 for half of its days."""
        return replace(
            self,
            fixed=self.fixed * part,
            machine=self.machine * part,
            capacity=None if self.capacity is None else self.capacity * part,
        )


@dataclass(frozen=True, slots=True)
class Month:
    """A month's cost at a volume, in the line's currency.

    ``per_thousand`` is None where nothing is predicted.
    """

    cost: Decimal
    fixed: Decimal
    variable: Decimal
    per_thousand: Decimal | None


def month_of(line: Line, volume: Decimal) -> Month:
    """What the volume costs, split into what stands and what comes with each."""
    fixed = line.standing(volume)
    variable = volume * line.each
    cost = fixed + variable
    return Month(cost, fixed, variable, cost / volume * THOUSAND if volume else None)


def line_of(target: str, prices: Mapping[str, Decimal]) -> Line:
    """The line of a target. KeyError for an unknown target or a number that lacks."""
    return LINES[target](prices)


def _lambda(prices: Mapping[str, Decimal]) -> Line:
    # Billed by the millisecond begun.
    billed = prices["milliseconds"].to_integral_value(ROUND_CEILING)
    gb_seconds = billed / THOUSAND * prices["megabytes"] / 1024
    calls = (prices["per_million"] + prices["gateway_per_million"]) / MILLION
    return Line(each=calls + gb_seconds * prices["per_gb_second"])


def _machines(prices: Mapping[str, Decimal], an_hour: Decimal) -> Line:
    return Line(
        fixed=prices["hours"] * prices.get("balancer_hour", NOTHING),
        machine=prices["hours"] * an_hour,
        machines=prices["instances"],
        capacity=prices.get("capacity"),
    )


def _instances(prices: Mapping[str, Decimal]) -> Line:
    return _machines(prices, prices["per_hour"])


def _fargate(prices: Mapping[str, Decimal]) -> Line:
    cores = prices["vcpus"] * prices["per_vcpu_hour"]
    return _machines(prices, cores + prices["gigabytes"] * prices["per_gb_hour"])


def _on_prem(prices: Mapping[str, Decimal]) -> Line:
    return _machines(prices, prices["per_hour"] * prices["percent"] / 100)


def _edge(prices: Mapping[str, Decimal]) -> Line:
    power = prices["watts"] / THOUSAND * Decimal(HOURS) * prices["per_kwh"]
    changes = prices["changes_a_year"] / 12 * prices["per_change"]
    wear = prices["price"] / prices["life_months"]
    return Line(fixed=prices["devices"] * (wear + power + changes))


LINES: Final = {
    "lambda": _lambda,
    "beanstalk": _instances,
    "sagemaker": _instances,
    "fargate": _fargate,
    "on_prem": _on_prem,
    "edge": _edge,
}


def break_even(first: Line, other: Line, most: Decimal) -> Decimal | None:
    """The volume from which on the dearer of two is the cheaper one.

    Both in one currency; up to ``most`` predictions a month, or as far as 2,000 steps
    of machines go. None where one stays the cheaper.
    """
    most = min(most, _looked_at(first), _looked_at(other))
    before = _sign(first.at(NOTHING) - other.at(NOTHING))
    starts = _starts(first, other, most)
    for start, end in zip(starts, [*starts[1:], most], strict=True):
        # Just above the start a step has been taken, up to the end none is.
        gap = _gap(first, other, start, end)
        slope = first.each - other.each
        now = _sign(gap + slope * start) or _sign(slope)
        if before and now and now != before:
            return start
        before = before or now
        if slope:
            crossing = -gap / slope
            if start < crossing < end:
                return crossing
    return None


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _gap(first: Line, other: Line, start: Decimal, end: Decimal) -> Decimal:
    """How much more the first stands at between two steps."""
    between = (start + end) / 2
    return first.standing(between) - other.standing(between)


def _looked_at(line: Line) -> Decimal:
    """Up to which volume the steps of a line are looked through."""
    if line.capacity is None:
        return Decimal("Infinity")
    return line.capacity * (line.machines + MOST_STEPS)


def _starts(first: Line, other: Line, most: Decimal) -> list[Decimal]:
    """0 and every volume above which one of them needs a machine more."""
    found = {NOTHING}
    for line in (first, other):
        if line.capacity is not None:
            steps = range(max(int(line.machines), 1), int(most / line.capacity) + 1)
            found.update(line.capacity * step for step in steps)
    return sorted(one for one in found if one < most)
