"""What an address may ask of the portfolio; anything else is left out."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.choosing import STATES, By, Chosen, Order
from projects.catalogue import Kind
from projects.models import Stage


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"customer": "none"},
        {"customer": "9" * 40},
        {"customer": "²"},
        {"kind": "magic"},
        {"stage": "lunch"},
        {"state": "fine"},
        {"owner": "yours"},
        {"sort": "price"},
        {"sort": "-price"},
        {"by": "colour"},
        {"q": "  \x00 "},
        {"page": "3", "view": "all"},
    ],
)
def test_what_cannot_be_asked_is_left_out(asked):
    chosen = Chosen.of(asked)

    assert chosen == Chosen()
    assert chosen.query == ""
    assert not chosen.narrows


def test_an_address_is_read_as_it_was_written():
    chosen = Chosen.of(
        {
            "q": " press   line ",
            "customer": "7",
            "kind": "anomaly",
            "stage": "operation",
            "state": "missed",
            "owner": "mine",
            "sort": "-accuracy",
            "by": "kind",
        }
    )

    assert chosen.q == "press line"
    assert chosen.filters == ["q", "customer", "kind", "stage", "state", "mine"]
    assert (chosen.sort, chosen.falling, chosen.by) == (Order.ACCURACY, True, By.KIND)
    assert dict(parse_qsl(chosen.query))["owner"] == "mine"


@given(
    st.builds(
        Chosen,
        q=st.text(max_size=130),
        customer=st.none() | st.integers(1, 10**12),
        kind=st.sampled_from(["", *Kind]),
        stage=st.sampled_from(["", *Stage.values]),
        state=st.sampled_from(["", *STATES]),
        mine=st.booleans(),
        sort=st.sampled_from(Order),
        falling=st.booleans(),
        by=st.none() | st.sampled_from(By),
    )
)
def test_reading_what_was_written_changes_nothing_more(chosen):
    once = Chosen.read(chosen.query)

    assert Chosen.read(once.query) == once
    assert (once.sort, once.falling, once.by) == (
        chosen.sort,
        chosen.falling,
        chosen.by,
    )


def test_the_second_press_on_a_head_turns_the_order():
    by_name = Chosen().sorted_by(Order.NAME)
    assert by_name.query == "sort=name"
    assert by_name.sorted_by(Order.NAME).query == "sort=-name"
    assert by_name.sorted_by(Order.NAME).sorted_by(Order.NAME) == by_name
    # What is largest is what one looks for.
    assert Chosen().sorted_by(Order.BURNED).query == "sort=-burned"
    assert Chosen().sorted_by(Order.NEED).query == "sort=-need"


def test_a_filter_can_be_lifted_alone():
    chosen = Chosen.of({"kind": "anomaly", "owner": "mine", "sort": "name"})

    assert chosen.without("mine").query == "kind=anomaly&sort=name"
    assert chosen.summed_by(By.STAGE).summed_by(None) == chosen
