"""One line of a promise as the judge reads it. No Django in here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from projects.catalogue import detection, forecast, inventory, trial
from projects.catalogue.words import (
    CONFIDENCES,
    Bound,
    Metric,
    Scope,
    Shape,
    Unit,
)

_ALL: Final = (
    *detection.METRICS,
    *forecast.METRICS,
    *inventory.METRICS,
    *trial.METRICS,
)
METRICS: Final[dict[str, Metric]] = {metric.key: metric for metric in _ALL}


def metrics_of(shape: Shape) -> tuple[Metric, ...]:
    """Every metric of one shape, in the order screens list them."""
    return tuple(metric for metric in _ALL if metric.shape == shape)


@dataclass(frozen=True, slots=True)
class Limit:
    """One criterion as the judge reads it; the value is in the metric's own unit.

    ValueError for an unknown metric, a value that is not finite, a confidence not
    offered, a segment that does not fit the scope, or a negative number of cases.
    """

    metric: str
    bound: Bound
    value: float
    confidence: float | None
    scope: Scope
    segment: str = ""
    smallest_cases: int = 0

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"unknown metric: {self.metric!r}")
        if not math.isfinite(self.value):
            raise ValueError(f"limit is not a finite number: {self.value!r}")
        if self.confidence is not None and self.confidence not in CONFIDENCES:
            raise ValueError(f"confidence is not offered: {self.confidence!r}")
        if (self.scope == Scope.NAMED) != bool(self.segment):
            raise ValueError(
                "a named scope needs a segment, and no other scope has one"
            )
        if self.smallest_cases < 0:
            raise ValueError("the smallest number of cases is negative")

    @property
    def tolerated(self) -> float | None:
        """The share of errors it leaves room for; None where it is no rate, or all.

        At least 95 % right is at most 5 % wrong.
        """
        if not METRICS[self.metric].is_rate:
            return None
        share = self.value if self.bound.is_upper else 1 - self.value
        return share if 0 < share < 1 else None


def error_share(value: float, limit: float, bound: Bound, unit: Unit) -> float | None:
    """The error by the error that is allowed: 1 at the line, less is better.

    Of a share that must be high (recall at least .9) the error is what it lacks to 1.
    Of another measure that must be high it is the limit by the value. None where the
    limit allows no error at all, or the value leaves none to compare.
    """
    if bound.is_upper:
        return value / limit if limit > 0 else None
    if unit in (Unit.SHARE, Unit.RATIO):
        return (1 - value) / (1 - limit) if limit < 1 else None
    return limit / value if value > 0 and limit > 0 else None


def error_span(
    value: float,
    low: float | None,
    high: float | None,
    limit: float,
    bound: Bound,
    unit: Unit,
) -> tuple[float, float, float] | None:
    """`error_share` of a value and of its interval: the error, its least, its most.

    Of what must be high, the lower end of the interval is the larger error. An end that
    is not known or leaves nothing to compare is the error itself; None without one.
    """
    error, *ends = (
        None if end is None else error_share(end, limit, bound, unit)
        for end in (value, low, high)
    )
    if error is None:
        return None
    least, most = sorted(error if end is None else end for end in ends)
    return error, least, most
