"""The verdict: pass, fail, or too few cases to say. No Django, no clock, no I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects import sampling
from projects.catalogue import Limit, Scope, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Outcome(StrEnum):
    """What may be said of a criterion or of a whole run."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why an outcome is what it is; screens hold one sentence for each."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    CROSSES = "crosses"
    TOO_FEW_CASES = "too_few_cases"
    WITHHELD = "withheld"
    NO_INTERVAL = "no_interval"
    NO_SEGMENTS = "no_segments"
    UNKNOWN_SEGMENT = "unknown_segment"


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured value and the interval the true value is believed to lie in.

    ``value`` is None when the value is withheld; ``withheld`` then says why.
    ``cases`` is how many rows the value rests on; of a rate, ``hits`` of them count.
    A one-sided interval has each of its ends at ``confidence`` by itself.
    """

    value: float | None
    low: float | None
    high: float | None
    cases: int
    hits: int | None = None
    confidence: float | None = None
    withheld: Text | None = None


NOTHING: Final = Measured(value=None, low=None, high=None, cases=0)


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion's outcome, the measurement that decided it, and what is missing.

    ``segment`` decided ("" is the whole file). ``further_cases`` without one more error
    would make it a pass; None where no number of cases is known to. ``short_by`` cases
    are missing to the smallest number agreed.
    """

    outcome: Outcome
    measured: Measured
    segment: str = ""
    further_cases: int | None = None
    short_by: int = 0
    reason: Reason = Reason.INSIDE


def judge_limit(
    limit: Limit, whole: Measured, segments: Mapping[str, Measured]
) -> Judged:
    """Judge one criterion on the rows its scope names.

    Without a confidence the value itself is compared, exactly. With one: pass when the
    whole interval is inside the limit, fail when all of it is outside. Of every
    segment, the worst decides; of none, nothing is proved.
    """
    if limit.scope == Scope.WHOLE:
        return _judge_one(limit, whole, "")
    if limit.scope == Scope.NAMED:
        if limit.segment not in segments:
            return Judged(
                Outcome.UNDECIDED,
                NOTHING,
                limit.segment,
                short_by=limit.smallest_cases,
                reason=Reason.UNKNOWN_SEGMENT,
            )
        return _judge_one(limit, segments[limit.segment], limit.segment)
    if not segments:
        return Judged(Outcome.UNDECIDED, NOTHING, reason=Reason.NO_SEGMENTS)
    judged = [_judge_one(limit, measured, name) for name, measured in segments.items()]
    return min(judged, key=lambda one: _badness(limit, one))


def judge(judged: Iterable[Judged]) -> Outcome:
    """The worst criterion decides; an agreement without criteria proves nothing."""
    outcomes = {one.outcome for one in judged}
    for outcome in (Outcome.FAIL, Outcome.UNDECIDED):
        if outcome in outcomes:
            return outcome
    return Outcome.PASS if outcomes else Outcome.UNDECIDED


def _judge_one(limit: Limit, measured: Measured, segment: str) -> Judged:
    undecided = Judged(Outcome.UNDECIDED, measured, segment, reason=Reason.WITHHELD)
    short_by = max(0, limit.smallest_cases - measured.cases)
    if measured.value is None or not math.isfinite(measured.value):
        return replace(undecided, short_by=short_by)
    if short_by:
        return replace(
            undecided,
            short_by=short_by,
            further_cases=_further_cases(limit, measured),
            reason=Reason.TOO_FEW_CASES,
        )
    low, high = measured.low, measured.high
    if limit.confidence is None:
        low = high = measured.value
    if low is None or high is None:
        return replace(undecided, reason=Reason.NO_INTERVAL)
    if limit.bound.holds(low, limit.value) and limit.bound.holds(high, limit.value):
        return Judged(Outcome.PASS, measured, segment, reason=Reason.INSIDE)
    nearest = low if limit.bound.is_upper else high
    if not limit.bound.holds(nearest, limit.value):
        return Judged(Outcome.FAIL, measured, segment, reason=Reason.OUTSIDE)
    return replace(
        undecided,
        further_cases=_further_cases(limit, measured),
        reason=Reason.CROSSES,
    )


def _badness(limit: Limit, judged: Judged) -> tuple[int, float, float, str]:
    """Sorts the worst first; the name last, so that the order of segments is no matter.

    Of failed segments the furthest outside, of undecided ones the one that needs most,
    of passed ones the one nearest to the limit.
    """
    severity = (Outcome.FAIL, Outcome.UNDECIDED, Outcome.PASS).index(judged.outcome)
    sign = -1.0 if limit.bound.is_upper else 1.0
    value = judged.measured.value
    distance = -math.inf if value is None else sign * value
    missing = max(judged.short_by, judged.further_cases or 0)
    needed = 0.0 if judged.outcome != Outcome.UNDECIDED else -float(missing)
    return severity, needed, distance, judged.segment


def _further_cases(limit: Limit, measured: Measured) -> int | None:
    """Cases that, without one more error, would turn this rate into a pass."""
    rate, hits = limit.tolerated, measured.hits
    if limit.confidence is None or rate is None or hits is None:
        return None
    if not limit.bound.is_upper:
        hits = measured.cases - hits
    most = measured.cases + sampling.MOST_CASES
    needed = sampling.cases_needed(rate, limit.confidence, hits, most=most)
    needed = None if needed is None else max(needed, limit.smallest_cases)
    return None if needed is None else max(0, needed - measured.cases)
