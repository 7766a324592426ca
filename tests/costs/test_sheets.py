"""Sums by likeness, shares of the whole, points thinned out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from costs.sheets import (
    Column,
    Kind,
    Sum,
    change,
    cumulative,
    thinned,
    whole_of,
    with_shares,
)

YEN = st.decimals(0, 10**9, places=4)
FIRST = date(2026, 4, 1)


def of(name: str, yen: str, hours: str = "1") -> Sum:
    return Sum((name,), Decimal(yen), Decimal(hours), 1)


def test_the_dearest_stands_first_with_its_part_of_the_whole():
    shared = with_shares([of("b", "100"), of("a", "300"), of("c", "100")])

    assert [(one.names[0], part) for one, part in shared] == [
        ("a", Decimal("0.6")),
        ("b", Decimal("0.2")),
        ("c", Decimal("0.2")),
    ]


def test_where_credits_eat_the_whole_there_are_no_parts():
    shared = with_shares([of("use", "100"), of("credit", "-100")])

    assert [part for _one, part in shared] == [None, None]


def test_a_whole_of_nothing_is_nothing():
    assert whole_of([]) == Sum((), Decimal(0), Decimal(0), 0)


@given(st.lists(YEN, min_size=1, max_size=40))
def test_what_was_spent_never_falls_and_ends_at_the_sum(spent):
    days = [(FIRST + timedelta(days=n), yen) for n, yen in enumerate(spent)]
    points = cumulative(reversed(days))

    assert [day for day, _yen in points] == [day for day, _yen in days]
    assert points[-1][1] == sum(spent)
    assert all(a[1] <= b[1] for a, b in pairwise(points))


@given(st.integers(2, 900), st.integers(2, 60))
def test_thinning_keeps_both_ends_and_the_order(size, most):
    points = [(FIRST + timedelta(days=n), Decimal(n)) for n in range(size)]
    kept = thinned(points, most)

    assert len(kept) == min(size, most)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert kept == sorted(set(kept))


def test_a_change_from_nothing_is_no_part():
    assert change(Decimal(0), Decimal(5)) is None
    assert change(Decimal(200), Decimal(150)) == Decimal("-0.25")


def test_figures_stand_to_the_right():
    shown = [kind for kind in Kind if Column("", kind).is_figure]

    assert shown == [Kind.YEN, Kind.HOURS, Kind.COUNT, Kind.SHARE]
