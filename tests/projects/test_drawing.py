"""Where the marks of small pictures stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.drawing import bar_geometry, interval_geometry, mini_geometry

numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)
limits = st.floats(min_value=1e-3, max_value=1e6)


def test_an_upper_limit_stands_in_the_middle_with_its_accepted_side_left() -> None:
    at = interval_geometry(3.0, 2.5, 3.6, 4.0, "at_most", "pass")
    assert (at.limit, at.area, at.area_width) == (50.0, 0.0, 50.0)
    assert (at.band, at.band_width, at.dot) == (31.25, 13.75, 37.5)


def test_a_lower_limit_accepts_the_right_side() -> None:
    at = interval_geometry(0.919, 0.838, 0.968, 0.8, "at_least", "pass")
    assert at.area == at.limit
    assert at.area + at.area_width == 100
    assert at.band > at.limit


def test_a_wild_value_is_cut_at_the_end_and_the_limit_stays_readable() -> None:
    at = interval_geometry(900, 800, 1000, 1, "at_most", "fail")
    assert at.limit == 25
    assert at.dot == 100


def test_a_bias_may_be_negative() -> None:
    at = interval_geometry(-2, -3, -1, 4, "at_most", "pass")
    assert at.band < at.dot < at.limit


@given(value=numbers, low=numbers, high=numbers, limit=numbers)
@pytest.mark.parametrize("bound", ["at_most", "at_least", "below", "above"])
def test_every_mark_lies_on_the_bar(
    bound: str, value: float, low: float, high: float, limit: float
) -> None:
    at = interval_geometry(value, low, high, limit, bound, "pass")
    assert 24.9 <= at.limit <= 80.1
    for x in (at.area, at.area_width, at.band, at.band_width, at.dot):
        assert 0 <= x <= 100


def test_table_rows_share_one_scale() -> None:
    error = mini_geometry(3, 2, 5, 4, "at_most", "undecided")
    caught = mini_geometry(0.9, 0.85, 0.95, 0.8, "at_least", "pass")
    assert error.limit == caught.limit == 50
    assert caught.dot < 50
    assert caught.band < caught.dot < caught.band + caught.band_width


@given(low=limits, limit=limits)
def test_better_is_to_the_left_in_a_table(low: float, limit: float) -> None:
    inside = mini_geometry(low, low, low, limit, "at_least", "pass").dot <= 50
    assert inside == (low >= limit) or abs(low - limit) < 1e-3 * limit


def test_a_limit_of_zero_has_no_ratio() -> None:
    at = mini_geometry(1, 0.5, 2, 0, "at_most", "fail")
    assert at.limit == 25


@pytest.mark.parametrize(
    ("spent", "total", "stop", "state"),
    [
        pytest.param(3.1, 4, 3.6, "within", id="before-the-stop-line"),
        pytest.param(3.7, 4, 3.6, "near", id="past-the-stop-line"),
        pytest.param(85, 100, None, "near", id="past-four-fifths"),
        pytest.param(101, 100, None, "over", id="past-the-whole"),
        pytest.param(0, 0, None, "within", id="nothing-of-nothing"),
        pytest.param(1, 0, None, "near", id="something-of-nothing"),
    ],
)
def test_a_budget_bar_says_how_it_stands(
    spent: float, total: float, stop: float | None, state: str
) -> None:
    assert bar_geometry(spent, total, stop).state == state
