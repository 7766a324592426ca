"""How long a waiver may last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.waiving import is_within, last_possible_day

DAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 24), date(2027, 11, 24)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
    ],
)
def test_a_waiver_lasts_twelve_months_at_most(today, last):
    assert last_possible_day(today) == last
    assert is_within(today, today=today)
    assert is_within(last, today=today)
    assert not is_within(last + timedelta(days=1), today=today)


@given(DAYS)
def test_a_waiver_never_begins_in_the_past_nor_lasts_longer_than_a_year(today):
    assert not is_within(today - timedelta(days=1), today=today)
    assert timedelta(days=365) <= last_possible_day(today) - today
    assert last_possible_day(today) - today <= timedelta(days=366)
