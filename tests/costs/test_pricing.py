"""Which price holds on a day, and how a new one finds its place."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from costs.currencies import is_currency
from costs.pricing import Lane, Offer, choose, make_room

LANE = Lane("p3.2xlarge", "compute", "spot")
TOKYO = Lane("p3.2xlarge", "compute", "spot", "ap-northeast-1")
FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))


def offer(begins, ends=None, lane=LANE, price="1", number=1):
    return Offer(lane, "USD", Decimal(price), begins, ends, number)


def test_a_price_holds_from_its_first_day_to_its_last():
    one = offer(date(2026, 1, 1), date(2026, 1, 31))

    assert choose([one], LANE, date(2025, 12, 31)) is None
    assert choose([one], LANE, date(2026, 1, 1)) == one
    assert choose([one], LANE, date(2026, 1, 31)) == one
    assert choose([one], LANE, date(2026, 2, 1)) is None


def test_the_price_of_the_region_goes_before_the_one_of_every_region():
    tokyo, anywhere = offer(FIRST, lane=TOKYO, price="2"), offer(FIRST)

    for offers in ([tokyo, anywhere], [anywhere, tokyo]):
        assert choose(offers, TOKYO, FIRST) == tokyo
        assert choose(offers, LANE, FIRST) == anywhere
    assert choose([anywhere], TOKYO, FIRST) == anywhere
    assert choose([tokyo], LANE, FIRST) is None


def test_a_new_price_ends_the_open_one():
    old = offer(date(2026, 1, 1))
    room = make_room([old, offer(FIRST, lane=TOKYO)], offer(date(2026, 4, 1)))

    assert (room.ends, room.clash) == (old, None)


def test_an_overlap_is_named():
    closed = offer(date(2026, 1, 1), date(2026, 3, 31))
    later = offer(date(2026, 6, 1))

    assert make_room([closed], offer(date(2026, 3, 31))).clash == closed
    assert make_room([closed], offer(date(2026, 4, 1))).clash is None
    # An open one that begins on the same day or later is not pushed aside.
    assert make_room([later], offer(date(2026, 6, 1))).clash == later
    assert make_room([later], offer(date(2026, 5, 1))).clash == later
    assert make_room([later], offer(date(2026, 5, 1), date(2026, 5, 31))).clash is None


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=8), DAYS)
def test_of_one_lane_no_two_prices_hold_on_a_day(spans, day):
    kept: list[Offer] = []
    for number, (begins, ends) in enumerate(spans, 1):
        if ends is not None and ends < begins:
            continue
        new = offer(begins, ends, number=number)
        room = make_room(kept, new)
        if room.clash:
            assert room.clash.meets(new)
            assert new.meets(room.clash)
            continue
        if room.ends:
            kept.remove(room.ends)
            before = begins - timedelta(days=1)
            kept.append(offer(room.ends.valid_from, before, number=room.ends.number))
        kept.append(new)

    holding = [one for one in kept if one.holds_on(day)]
    assert len(holding) <= 1
    assert choose(kept, LANE, day) == (holding[0] if holding else None)


def test_currencies_are_those_of_iso_4217():
    assert all(map(is_currency, ("JPY", "USD", "EUR", "KRW")))
    assert not any(map(is_currency, ("", "usd", "ABC", "XXX", "XTS", "¥")))
