"""Who waits for whom: examples by hand, and the laws of the rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.contention import Wish, hours, later, schedule, shares
from costs.timeline import draw

MORNING = datetime(2026, 11, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOON, LATE = date(2026, 12, 1), date(2027, 3, 31)
BEFORE = MORNING - timedelta(days=1)


def at(hour: float) -> datetime:
    return MORNING + hour * HOUR


def wish(key, gpus, start, length, **more):
    given = {"owner": f"e{key}", "booked_at": BEFORE, "due": SOON}
    return Wish(
        key, gpus=gpus, wanted_from=at(start), length=length * HOUR, **given | more
    )


def told(turns):
    """By key: start and end in hours after midnight, and for whom it waits."""
    return {
        turn.wish.key: (
            (turn.start - MORNING) / HOUR,
            (turn.end - MORNING) / HOUR,
            turn.waits_for,
        )
        for turn in turns
    }


def test_who_finds_enough_free_does_not_wait():
    found = schedule([wish(1, 4, 9, 5), wish(2, 4, 9, 5)], gpus=8)

    assert told(found) == {1: (9, 14, ()), 2: (9, 14, ())}


def test_the_acceptance_that_is_sooner_goes_first_and_the_other_waits_for_it():
    found = schedule([wish(1, 8, 9, 11, due=LATE), wish(2, 8, 9, 11)], gpus=8)

    assert told(found) == {2: (9, 20, ()), 1: (20, 31, (2,))}
    waiting = next(turn for turn in found if turn.wish.key == 1)
    assert hours(waiting.wait) == Decimal(11)


def test_priority_goes_before_the_day_of_acceptance_and_that_before_the_booking():
    wishes = [
        wish(1, 8, 0, 1, booked_at=BEFORE + HOUR),
        wish(2, 8, 0, 1, booked_at=BEFORE),
        wish(3, 8, 0, 1, due=LATE, priority=1),
        wish(4, 8, 0, 1, priority=3),
    ]

    assert [turn.wish.key for turn in schedule(wishes, 8)] == [3, 2, 1, 4]


def test_a_small_one_fills_a_gap_only_if_it_is_over_in_time():
    whole_day = [wish(1, 4, 0, 10), wish(2, 8, 0, 5, due=LATE)]
    short, long = wish(3, 4, 0, 10, priority=3), wish(4, 4, 0, 11, priority=3)

    found = told(schedule([*whole_day, short], 8))
    assert found[2] == (10, 15, (1,))
    assert found[3] == (0, 10, ())
    assert told(schedule([*whole_day, long], 8))[4] == (15, 26, (2,))


def test_what_has_begun_is_not_interrupted_by_a_later_booking():
    running = wish(1, 8, 0, 10, due=LATE)
    urgent = wish(2, 8, 3, 2, priority=1, booked_at=at(2))

    found = told(schedule([running, urgent], 8))

    assert found == {1: (0, 10, ()), 2: (10, 12, (1,))}


def test_what_has_not_begun_makes_way_for_who_ranks_before_it():
    plan = wish(1, 8, 4, 10, due=LATE)
    urgent = wish(2, 8, 3, 2, priority=1, booked_at=at(2))

    assert told(schedule([plan, urgent], 8)) == {2: (3, 5, ()), 1: (5, 15, (2,))}


def test_gpus_given_back_early_are_used_at_once():
    running = wish(1, 8, 0, 10, cancelled_at=at(6))
    found = told(schedule([running, wish(2, 8, 0, 1, due=LATE)], 8))

    assert found == {1: (0, 6, ()), 2: (6, 7, (1,))}


def test_who_waited_for_one_that_was_cancelled_still_names_it():
    gone = wish(1, 8, 5, 10, priority=1, cancelled_at=at(2))
    second, third = wish(2, 8, 0, 10), wish(3, 8, 0, 1, due=LATE, priority=3)

    assert told(schedule([gone, second], 8)) == {2: (2, 12, (1,))}
    assert told(schedule([gone, second, third], 8))[3] == (0, 1, ())


def test_one_cancelled_before_its_turn_holds_nothing():
    gone = wish(1, 8, 5, 10, cancelled_at=at(2))

    assert told(schedule([gone, wish(2, 8, 5, 1, due=LATE)], 8)) == {2: (5, 6, ())}


def test_giving_back_after_the_end_changes_nothing():
    assert told(schedule([wish(1, 8, 0, 2, cancelled_at=at(5))], 8)) == {1: (0, 2, ())}


def test_nobody_waits_before_they_have_asked():
    late = wish(2, 8, 0, 1, due=LATE, booked_at=at(3))
    found = schedule([wish(1, 8, 0, 5), late], 8)

    assert [turn.wait / HOUR for turn in found] == [0, 2]


@pytest.mark.parametrize(
    "wrong", [wish(1, 0, 0, 1), wish(1, 9, 0, 1), wish(1, 1, 0, 0)]
)
def test_a_wish_that_can_never_come_true_is_refused(wrong):
    with pytest.raises(ValueError, match="does not fit a pool of 8"):
        schedule([wrong], 8)


def test_whom_a_booking_makes_wait_longer_the_hardest_hit_first():
    known = [wish(1, 4, 2, 4, due=LATE), wish(2, 4, 4, 6, due=LATE), wish(3, 4, 0, 1)]
    new = wish(9, 8, 2, 3, booked_at=at(1), priority=1)

    hit = later(schedule(known, 8), schedule([*known, new], 8))

    assert [(one.turn.wish.key, one.by / HOUR) for one in hit] == [(1, 3), (2, 1)]


def test_the_share_of_each_is_counted_inside_the_window_only():
    turns = schedule([wish(1, 6, 0, 10), wish(2, 2, 0, 20), wish(3, 8, 90, 1)], 8)

    found = shares(turns, at(5), at(15))

    assert [(one.owner, one.held / HOUR, one.part) for one in found] == [
        ("e1", 30, Decimal("0.6")),
        ("e2", 20, Decimal("0.4")),
    ]
    assert shares(turns, at(40), at(50)) == ()


# Laws ------------------------------------------------------------------------------

POOL = 8
QUARTERS = st.integers(0, 96).map(lambda n: n * timedelta(minutes=15))


@st.composite
def wishes(draw):
    made = []
    for key in range(1, draw(st.integers(1, 9)) + 1):
        booked = MORNING + draw(QUARTERS)
        made.append(
            Wish(
                key=key,
                owner=f"e{key % 3}",
                gpus=draw(st.integers(1, POOL)),
                wanted_from=MORNING + draw(QUARTERS),
                length=draw(st.integers(1, 60)) * timedelta(minutes=15),
                booked_at=booked,
                due=SOON + timedelta(days=draw(st.integers(0, 2))),
                priority=draw(st.integers(1, 3)),
                cancelled_at=draw(st.none() | st.just(booked + draw(QUARTERS))),
            )
        )
    return made


@given(wishes())
def test_never_more_gpus_than_the_pool_has(asked):
    turns = schedule(asked, POOL)

    for moment in {turn.start for turn in turns}:
        assert sum(turn.wish.gpus for turn in turns if turn.holds_at(moment)) <= POOL


@given(wishes())
def test_never_before_it_is_wanted_and_whole_unless_it_was_taken_back(asked):
    for turn in schedule(asked, POOL):
        assert turn.start >= turn.wish.wanted_from
        assert turn.start >= turn.wish.booked_at
        whole = turn.start + turn.wish.length
        assert turn.end == min(whole, turn.wish.cancelled_at or whole)


@given(wishes())
def test_nobody_waits_without_somebody_named(asked):
    known = {one.key for one in asked}
    for turn in schedule(asked, POOL):
        assert bool(turn.waits_for) == (turn.wait > timedelta(0))
        assert set(turn.waits_for) <= known - {turn.wish.key}


@given(wishes(), st.randoms(use_true_random=False))
def test_the_order_of_input_and_the_run_do_not_matter(asked, shuffler):
    mixed = asked[:]
    shuffler.shuffle(mixed)

    assert schedule(mixed, POOL) == schedule(asked, POOL) == schedule(asked, POOL)


@given(wishes())
def test_who_ranks_last_delays_nobody(asked):
    together = [replace(one, booked_at=BEFORE, cancelled_at=None) for one in asked]
    last = max(together, key=lambda one: one.rank)
    without = [one for one in together if one is not last]

    assert later(schedule(without, POOL), schedule(together, POOL)) == ()


@given(wishes(), QUARTERS)
def test_a_booking_moves_nothing_that_has_begun(asked, ago):
    now = MORNING + ago
    known = [one for one in asked if one.booked_at <= now]
    known = [
        replace(one, cancelled_at=None)
        if one.cancelled_at and one.cancelled_at > now
        else one
        for one in known
    ]
    new = Wish(99, "new", POOL, now, 50 * HOUR, now, SOON, priority=1)

    before = [turn for turn in schedule(known, POOL) if turn.start < now]

    assert set(before) <= set(schedule([*known, new], POOL))


@given(wishes())
def test_the_parts_of_a_pool_are_whole_together(asked):
    turns = schedule(asked, POOL)
    found = shares(turns, MORNING, MORNING + timedelta(days=9))

    assert abs(sum(one.part for one in found) - 1) < Decimal("1e-20") or not turns


# The picture -----------------------------------------------------------------------


def test_a_picture_places_turns_and_waits_and_cuts_them_at_its_ends():
    turns = schedule([wish(1, 8, -12, 24), wish(2, 8, 0, 48, due=LATE)], 8)

    seen = draw(turns, MORNING, 2, at(12))

    first, second = seen.bars
    assert (first.runs.x, first.runs.width, first.waits) == (0, 25, None)
    assert (second.waits.x, second.waits.width) == (0, 25)
    assert (second.runs.x, second.runs.width) == (25, 75)
    assert (first.lane, second.lane, seen.lanes) == (0, 1, 2)
    assert seen.now == 25
    assert [x for x, _day in seen.days] == [0, 50]
    assert second.y > first.y
    assert seen.height > second.y
    assert second.runs.is_wordy


def test_a_picture_leaves_out_what_is_not_in_it_and_reuses_a_lane():
    turns = schedule(
        [wish(1, 8, -9, 3), wish(2, 8, 1, 2), wish(3, 8, 5, 1), wish(4, 8, 99, 1)], 8
    )

    seen = draw(turns, MORNING, 1, at(-1))

    assert [(bar.turn.wish.key, bar.lane) for bar in seen.bars] == [(2, 0), (3, 0)]
    assert (seen.now, seen.lanes) == (None, 1)
    assert draw([], MORNING, 1, MORNING).height > 0
