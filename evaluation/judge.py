"""The verdict: pass, fail, or too few cases to say. No Django, no clock, no I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from scipy.special import bdtr

from projects.catalogue import METRICS, Bound, Limit, Scope, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Nobody collects more cases than this to settle one criterion.
MOST_FURTHER_CASES: Final = 10_000_000


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


def required_cases(rate: float, confidence: float, misses: int = 0) -> int:
    """How many cases with so many misses prove a rate of at most ``rate``.

    The smallest n whose one-sided Clopper-Pearson upper bound is within ``rate``; with
    no miss n >= ln(1 - confidence) / ln(1 - rate): 59 for 5 % at 95 %, 299 for 1 %.
    ValueError unless both shares lie strictly between 0 and 1, or when more than
    10 million cases are needed.
    """
    if not (0 < rate < 1 and 0 < confidence < 1 and misses >= 0):
        raise ValueError("rate and confidence lie between 0 and 1, misses from 0")
    needed = _smallest_proof(rate, confidence, misses, MOST_FURTHER_CASES)
    if needed is None:
        raise ValueError("more than ten million cases are needed")
    return needed


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
    rate, hits = limit.value, measured.hits
    if limit.confidence is None or hits is None or not METRICS[limit.metric].is_rate:
        return None
    if limit.bound in (Bound.AT_LEAST, Bound.ABOVE):
        # At least 95 % right is at most 5 % wrong; the wrong ones are counted.
        rate, hits = 1 - rate, measured.cases - hits
    if not 0 < rate < 1:
        return None
    most = measured.cases + MOST_FURTHER_CASES
    needed = _smallest_proof(rate, limit.confidence, hits, most)
    needed = None if needed is None else max(needed, limit.smallest_cases)
    return None if needed is None else max(0, needed - measured.cases)


def _smallest_proof(
    rate: float, confidence: float, errors: int, most: int
) -> int | None:
    """The smallest n <= most of which ``errors`` wrong ones prove ``rate``, or None.

    Clopper-Pearson inverts the binomial test: the upper bound of k of n is within p
    exactly when P(X <= k; n, p) <= 1 - confidence, which falls as n grows.
    """

    def proves(cases: int) -> bool:
        return float(bdtr(errors, cases, rate)) <= 1 - confidence + 1e-15

    if not proves(most):
        return None
    low, high = errors, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if proves(middle) else (middle, high)
    return high
