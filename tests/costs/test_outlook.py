"""Where a budget goes: exact where it can be, honest where it cannot. Rules only."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.outlook import (
    FARTHEST,
    Reach,
    lines_of,
    look_ahead,
    passed,
    reach_in_words,
)

TODAY = date(2026, 11, 10)
END = date(2026, 11, 30)


def ahead(daily, *, spent=0, amount=1_000_000, stop=None, **given):
    known = {"starts_on": date(2026, 11, 1), "ends_on": END, "today": TODAY}
    stop = None if stop is None else Decimal(stop)
    return look_ahead(
        [Decimal(yen) for yen in daily],
        spent=Decimal(spent),
        lines=lines_of(Decimal(amount), stop),
        **(known | given),
    )


@pytest.mark.parametrize(
    ("spent", "stop", "names"),
    [
        ("0", None, ()),
        ("49.9999", None, ()),
        ("50", None, ("50",)),
        ("80", "90", ("50", "80")),
        ("95", "90", ("50", "80", "stop")),
        ("100", "90", ("50", "80", "stop", "100")),
        ("120", "150", ("50", "80", "100")),
        ("20", "10", ("stop",)),
    ],
)
def test_a_line_is_reached_to_the_last_digit(spent, stop, names):
    stop = None if stop is None else Decimal(stop)
    assert passed(Decimal(spent), Decimal(100), stop) == names


@given(
    st.decimals(0, 10**9, places=4),
    st.decimals(1, 10**9, places=0),
    st.none() | st.decimals(1, 10**9, places=0),
    st.decimals(0, 10**6, places=4),
)
def test_more_spend_never_takes_a_line_back(spent, amount, stop, more):
    before = passed(spent, amount, stop)
    assert set(before) <= set(passed(spent + more, amount, stop))


def test_a_steady_spend_goes_on_and_says_its_days_exactly():
    seen = ahead([10_000] * 28, spent=100_000, amount=200_000, stop=250_000)

    assert (seen.a_day, seen.days, seen.days_left) == (10_000, 28, 20)
    assert (seen.low, seen.at_end, seen.high) == (300_000, 300_000, 300_000)
    # The eleventh day on which 10,000 are spent is the one that reaches 100 %: ten
    # days after today.
    tenth = TODAY + timedelta(days=10)
    assert seen.reaches["100"] == Reach(tenth, tenth, tenth)
    assert seen.reaches["stop"].day == TODAY + timedelta(days=15)
    assert "50" not in seen.reaches


def test_days_without_spend_count():
    seen = ahead([28_000] + [0] * 27, amount=10_000_000)

    assert seen.a_day == 1000
    assert seen.at_end == 20_000
    assert seen.low <= seen.at_end <= seen.high
    assert all(reach == Reach(None, None, None) for reach in seen.reaches.values())


def test_only_the_last_28_days_count():
    assert ahead([9_999_999] * 30 + [100] * 28).a_day == 100


@pytest.mark.parametrize(
    ("daily", "given"),
    [
        ([1] * 6, {}),
        ([], {}),
        ([1] * 28, {"today": END}),
        ([1] * 28, {"today": END + timedelta(days=9)}),
        ([1] * 28, {"ends_on": TODAY + timedelta(days=FARTHEST + 1)}),
    ],
)
def test_nothing_is_forecast_of_too_few_days_or_none_left(daily, given):
    assert ahead(daily, **given) is None


def test_a_period_that_has_not_begun_is_forecast_from_its_first_day():
    begins = date(2026, 12, 1)
    seen = ahead([100] * 28, starts_on=begins, ends_on=date(2026, 12, 31))

    assert (seen.days_left, seen.at_end) == (31, 3100)


def test_the_same_sums_say_the_same():
    random = np.random.default_rng(1)
    daily = [int(yen) for yen in random.integers(0, 50_000, 28)]

    assert ahead(daily) == ahead(daily)


def test_credits_may_turn_the_spend_round():
    seen = ahead([-500] * 28, spent=900, amount=1000)

    assert seen.at_end == 900 - 500 * 20
    assert seen.reaches["100"] == Reach(None, None, None)


def test_the_range_holds_what_comes_four_times_of_five():
    """Quiet weekends, dear days now and then: drawn anew 300 times."""
    random = np.random.default_rng(7)
    held = 0
    for _time in range(300):
        days = random.gamma(1.5, 8_000, 28 + 28)
        days[np.arange(56) % 7 > 4] *= 0.1
        seen = ahead(
            [round(yen) for yen in days[:28]], ends_on=TODAY + timedelta(days=28)
        )
        held += seen.low <= Decimal(days[28:].sum()) <= seen.high
    assert 0.75 <= held / 300 <= 0.9


@given(st.lists(st.integers(-100, 10**6), min_size=7, max_size=28))
def test_the_days_of_a_line_stand_in_their_order(daily):
    seen = ahead(daily, amount=2_000_000)
    far = END + timedelta(days=1)
    for reach in seen.reaches.values():
        assert (reach.soonest or far) <= (reach.latest or far)
        for day in (reach.day, reach.soonest, reach.latest):
            assert day is None or TODAY < day <= END


A, B, C = date(2026, 12, 11), date(2026, 12, 20), date(2027, 1, 5)


@pytest.mark.parametrize(
    ("reach", "english", "japanese"),
    [
        (Reach(None, None, None), "not before the end", "最終日までには届かない見込み"),
        (
            Reach(None, A, None),
            "not before the end, or 11 December 2026 at the earliest",
            "最終日までには届かない見込み(早ければ2026年12月11日)",
        ),
        (
            Reach(B, A, None),
            "about 20 December 2026 (11 December 2026 at the earliest, "
            "perhaps not at all)",
            "2026年12月20日ごろ(早ければ2026年12月11日、届かないこともありえます)",
        ),
        (
            Reach(B, None, None),
            "about 20 December 2026 (20 December 2026 at the earliest, "
            "perhaps not at all)",
            "2026年12月20日ごろ(早ければ2026年12月20日、届かないこともありえます)",
        ),
        (
            Reach(B, A, C),
            "about 20 December 2026 (between 11 December 2026 and 5 January 2027)",
            "2026年12月20日ごろ(2026年12月11日〜2027年1月5日)",
        ),
    ],
)
def test_a_day_is_told_with_its_range(reach, english, japanese):
    said = reach_in_words(reach)
    assert (said.en, said.ja) == (english, japanese)
