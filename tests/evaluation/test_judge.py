"""The laws of the verdict."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.judge import (
    Judged,
    Measured,
    Outcome,
    Reason,
    judge,
    judge_limit,
)
from evaluation.metrics.intervals import clopper_pearson
from projects.catalogue import CONFIDENCES, Bound, Limit, Scope, Text


def rate(hits: int, cases: int, confidence: float = 0.95) -> Measured:
    low, high = clopper_pearson(hits, cases, confidence)
    return Measured(hits / cases, low, high, cases, hits, confidence)


def missed(limit: float, smallest: int = 0, scope: Scope = Scope.WHOLE) -> Limit:
    return Limit("miss_rate", Bound.AT_MOST, limit, 0.95, scope, "", smallest)


def exactly(value: float) -> Measured:
    return Measured(value, None, None, 100)


WITHHELD = Measured(None, None, None, 0, withheld=Text(ja="なし", en="none"))


def test_no_miss_in_59_proves_five_percent_and_58_lack_one() -> None:
    assert judge_limit(missed(0.05), rate(0, 59), {}).outcome == Outcome.PASS
    judged = judge_limit(missed(0.05), rate(0, 58), {})
    assert (judged.outcome, judged.further_cases) == (Outcome.UNDECIDED, 1)


@pytest.mark.parametrize(
    ("bound", "limit", "value", "outcome"),
    [
        (Bound.AT_LEAST, 0.66, 0.6598262904459745, Outcome.FAIL),
        (Bound.AT_MOST, 1.0, 0.9384733778949207, Outcome.PASS),
        (Bound.AT_MOST, 1.0, 1.0, Outcome.PASS),
        (Bound.BELOW, 1.0, 1.0, Outcome.FAIL),
        (Bound.AT_LEAST, 0.4, 0.4, Outcome.PASS),
        (Bound.ABOVE, 0.4, 0.4, Outcome.FAIL),
    ],
)
def test_without_confidence_the_value_is_compared_exactly(
    bound: Bound, limit: float, value: float, outcome: Outcome
) -> None:
    criterion = Limit("f1", bound, limit, None, Scope.WHOLE)
    assert judge_limit(criterion, exactly(value), {}).outcome == outcome


@pytest.mark.parametrize(
    ("bound", "low", "high", "outcome"),
    [
        (Bound.AT_MOST, 0.1, 0.2, Outcome.PASS),
        (Bound.AT_MOST, 0.2, 0.3, Outcome.UNDECIDED),
        (Bound.AT_MOST, 0.21, 0.3, Outcome.FAIL),
        (Bound.BELOW, 0.1, 0.2, Outcome.UNDECIDED),
        (Bound.BELOW, 0.2, 0.3, Outcome.FAIL),
        (Bound.AT_LEAST, 0.2, 0.3, Outcome.PASS),
        (Bound.AT_LEAST, 0.1, 0.2, Outcome.UNDECIDED),
        (Bound.ABOVE, 0.1, 0.2, Outcome.FAIL),
    ],
)
def test_the_whole_interval_must_be_on_one_side(
    bound: Bound, low: float, high: float, outcome: Outcome
) -> None:
    criterion = Limit("f1", bound, 0.2, 0.95, Scope.WHOLE)
    measured = Measured((low + high) / 2, low, high, 100)
    assert judge_limit(criterion, measured, {}).outcome == outcome


def test_too_few_cases_are_undecided_whatever_the_value() -> None:
    judged = judge_limit(missed(0.05, smallest=100), rate(0, 80), {})
    assert (judged.outcome, judged.short_by) == (Outcome.UNDECIDED, 20)
    assert (judged.further_cases, judged.reason) == (20, Reason.TOO_FEW_CASES)


def test_a_withheld_value_is_undecided_with_its_reason() -> None:
    judged = judge_limit(missed(0.05), WITHHELD, {})
    assert (judged.outcome, judged.reason) == (Outcome.UNDECIDED, Reason.WITHHELD)
    assert judged.measured.withheld is not None


def test_a_value_without_an_interval_is_undecided() -> None:
    judged = judge_limit(missed(0.05), exactly(0.01), {})
    assert (judged.outcome, judged.reason) == (Outcome.UNDECIDED, Reason.NO_INTERVAL)


def test_the_worst_segment_decides_and_is_named_in_any_order() -> None:
    segments = {
        "good": rate(0, 500),
        "bad": rate(50, 100),
        "worse": rate(60, 100),
        "few": rate(0, 3),
        "none": WITHHELD,
    }
    limit = missed(0.05, scope=Scope.EACH)
    for order in permutations(segments.items()):
        judged = judge_limit(limit, rate(0, 1000), dict(order))
        assert (judged.outcome, judged.segment) == (Outcome.FAIL, "worse")
    few = {"good": segments["good"], "few": segments["few"]}
    judged = judge_limit(limit, rate(0, 1000), few)
    assert (judged.outcome, judged.segment) == (Outcome.UNDECIDED, "few")


def test_each_of_no_segments_proves_nothing() -> None:
    judged = judge_limit(missed(0.05, scope=Scope.EACH), rate(0, 1000), {})
    assert (judged.outcome, judged.reason) == (Outcome.UNDECIDED, Reason.NO_SEGMENTS)


def test_only_the_named_segment_counts() -> None:
    limit = Limit("miss_rate", Bound.AT_MOST, 0.05, 0.95, Scope.NAMED, "line A")
    segments = {"line A": rate(0, 100), "line B": rate(90, 100)}
    assert judge_limit(limit, rate(90, 200), segments).outcome == Outcome.PASS
    judged = judge_limit(limit, rate(0, 100), {})
    assert (judged.outcome, judged.reason) == (
        Outcome.UNDECIDED,
        Reason.UNKNOWN_SEGMENT,
    )


@given(st.lists(st.sampled_from(Outcome)))
def test_the_worst_criterion_decides_in_any_order(outcomes: list[Outcome]) -> None:
    judged = [Judged(outcome, exactly(1.0)) for outcome in outcomes]
    verdict = judge(judged)
    assert verdict == judge(reversed(judged))
    if Outcome.FAIL in outcomes:
        assert verdict == Outcome.FAIL
    elif not outcomes or Outcome.UNDECIDED in outcomes:
        assert verdict == Outcome.UNDECIDED
    else:
        assert verdict == Outcome.PASS


LIMITS = st.floats(0.005, 0.5)
CASES = st.integers(1, 2_000)


@given(LIMITS, CASES, st.floats(0, 1), st.integers(1, 20), st.sampled_from(CONFIDENCES))
def test_more_cases_at_the_same_rate_never_take_a_pass_away(
    limit: float, cases: int, share: float, times: int, confidence: float
) -> None:
    hits = int(share * limit * cases)
    criterion = Limit("miss_rate", Bound.AT_MOST, limit, confidence, Scope.WHOLE)
    few = judge_limit(criterion, rate(hits, cases, confidence), {})
    many = judge_limit(criterion, rate(hits * times, cases * times, confidence), {})
    if few.outcome == Outcome.PASS:
        assert many.outcome == Outcome.PASS


@given(LIMITS, CASES, st.integers(0, 30), st.sampled_from(CONFIDENCES), st.booleans())
def test_the_further_cases_are_just_enough(
    limit: float, cases: int, errors: int, confidence: float, upper: bool
) -> None:
    errors = min(errors, cases)
    criterion = Limit("miss_rate", Bound.AT_MOST, limit, confidence, Scope.WHOLE)
    if not upper:
        at_least = 1 - limit
        criterion = Limit("recall", Bound.AT_LEAST, at_least, confidence, Scope.WHOLE)

    def outcome(more: int) -> Judged:
        hits = errors if upper else cases + more - errors
        return judge_limit(criterion, rate(hits, cases + more, confidence), {})

    judged = outcome(0)
    if judged.outcome == Outcome.UNDECIDED:
        assert judged.further_cases
        assert outcome(judged.further_cases).outcome == Outcome.PASS
        assert outcome(judged.further_cases - 1).outcome == Outcome.UNDECIDED


def test_no_number_of_cases_proves_a_rate_of_nothing() -> None:
    judged = judge_limit(missed(0.0), rate(0, 10), {})
    assert (judged.outcome, judged.further_cases) == (Outcome.UNDECIDED, None)


def test_a_value_that_is_not_finite_is_undecided() -> None:
    assert judge_limit(missed(0.1), exactly(math.nan), {}).outcome == Outcome.UNDECIDED
