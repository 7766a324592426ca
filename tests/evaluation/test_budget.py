"""The error budget: counted by calendar period, passed on a day that can be named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.budget import Allowance, Day, Measure, burned, period_start

MONDAY = date(2026, 11, 2)
COUNTS = st.lists(st.integers(0, 5), min_size=1, max_size=60)


def days(counts, start=MONDAY):
    return [
        Day(start + timedelta(days=n), count, count * 2, Decimal(count * 100))
        for n, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("per", "first"),
    [
        ("week", date(2026, 11, 16)),
        ("month", date(2026, 11, 1)),
        ("quarter", date(2026, 10, 1)),
        ("year", date(2026, 1, 1)),
    ],
)
def test_a_period_is_of_the_calendar(per, first):
    assert period_start(date(2026, 11, 19), per) == first


def test_an_unknown_period_is_refused():
    with pytest.raises(ValueError, match="fortnight"):
        period_start(MONDAY, "fortnight")


@pytest.mark.parametrize(
    ("measure", "used"),
    [(Measure.FALSE_ALARMS, 3), (Measure.MISSES, 6), (Measure.YEN, 300)],
)
def test_each_measure_is_counted_by_itself(measure, used):
    burn = burned(days([1, 2]), Allowance(measure, Decimal(10), "week"), MONDAY)

    assert (burn.used, burn.left) == (used, 10 - used)


def test_equal_to_the_allowance_keeps_it_and_one_more_passes_it():
    allowance = Allowance(Measure.FALSE_ALARMS, Decimal(4), "week")

    kept = burned(days([2, 2]), allowance, MONDAY)
    passed = burned(days([2, 2, 1]), allowance, MONDAY)

    assert kept.breached_on is None
    assert passed.breached_on == MONDAY + timedelta(days=2)


def test_a_new_week_starts_from_nothing():
    allowance = Allowance(Measure.FALSE_ALARMS, Decimal(4), "week")

    burn = burned(days([4] + [0] * 6 + [4]), allowance, MONDAY + timedelta(days=8))

    assert burn.breached_on is None
    assert (burn.starts, burn.used) == (MONDAY + timedelta(days=7), 4)


def test_nothing_allowed_is_kept_by_nothing():
    allowance = Allowance(Measure.MISSES, Decimal(0), "year")

    assert burned([], allowance, MONDAY).share == 1.0
    assert burned(days([1]), allowance, MONDAY).share == 2.0
    half = Allowance(Measure.MISSES, Decimal(4), "year")
    assert burned(days([1]), half, MONDAY).share == 0.5


@given(COUNTS, st.integers(0, 40), st.sampled_from(["week", "month", "quarter"]))
def test_the_order_of_days_never_matters(counts, most, per):
    allowance = Allowance(Measure.MISSES, Decimal(most), per)
    told = days(counts)

    assert burned(told, allowance, MONDAY) == burned(told[::-1], allowance, MONDAY)


@given(COUNTS, st.integers(0, 40))
def test_allowing_more_never_breaches_sooner(counts, most):
    tight = burned(
        days(counts), Allowance(Measure.MISSES, Decimal(most), "month"), MONDAY
    )
    wide = burned(
        days(counts), Allowance(Measure.MISSES, Decimal(most + 5), "month"), MONDAY
    )

    if wide.breached_on is not None:
        assert tight.breached_on is not None
        assert tight.breached_on <= wide.breached_on
