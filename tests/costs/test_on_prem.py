"""The hour of an own machine, against a working on paper."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.on_prem import HOURS_A_YEAR, Machine, MachineRefused, hour_of

FOUR_CARDS = Machine(
    price_yen=Decimal(6_000_000),
    life_years=Decimal(5),
    salvage_yen=Decimal(0),
    power_w=Decimal(2000),
    load=Decimal("0.8"),
    pue=Decimal("1.5"),
    yen_a_kwh=Decimal(31),
    space_yen_a_year=Decimal(120_000),
    people_yen_a_year=Decimal(480_000),
    hours_a_year=Decimal(4380),
    gpus=Decimal(4),
)


def test_the_hour_is_what_paper_says():
    hour = hour_of(FOUR_CARDS)

    # 1,200,000 + 120,000 + 480,000 = 1,800,000; / 4,380 = 410.9589; power 2 kW x .8
    # x 1.5 x 31 = 74.4; 485.3589 / 4 = 121.3397.
    assert [step.yen for step in hour.steps] == [
        Decimal("1200000.0000"),
        Decimal("1800000.0000"),
        Decimal("410.9589"),
        Decimal("74.4000"),
        Decimal("485.3589"),
        Decimal("121.3397"),
    ]
    assert hour.yen == Decimal("121.3397")
    assert hour.steps[0].working.ja == "(6,000,000 − 0) ÷ 5年"
    assert hour.steps[3].working.en == "2,000 W ÷ 1,000 × 0.8 × 1.5 × ¥31/kWh"


def test_the_sentence_says_what_it_hangs_on():
    said = hour_of(FOUR_CARDS).sentence

    assert "¥190 at 30%" in said.en
    assert "30%なら190円" in said.ja


def test_the_typed_numbers_come_back_from_what_is_kept():
    assert Machine.from_json(FOUR_CARDS.to_json()) == FOUR_CARDS


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("price_yen", 0, "above 0"),
        ("life_years", 0, "above 0"),
        ("hours_a_year", 0, "above 0"),
        ("gpus", 0, "above 0"),
        ("salvage_yen", -1, "below 0"),
        ("power_w", -1, "below 0"),
        ("yen_a_kwh", -1, "below 0"),
        ("space_yen_a_year", -1, "below 0"),
        ("people_yen_a_year", -1, "below 0"),
        ("load", "1.1", "share"),
        ("load", "-0.1", "share"),
        ("pue", "0.9", "PUE"),
        ("hours_a_year", 8761, "8,760"),
        ("salvage_yen", 6_000_001, "left over"),
    ],
)
def test_a_number_no_machine_has_is_refused_at_its_field(field, value, told):
    with pytest.raises(MachineRefused) as refused:
        replace(FOUR_CARDS, **{field: Decimal(value)})

    assert refused.value.field == field
    assert told in refused.value.says.en


@given(st.integers(1, 8759))
def test_more_use_makes_an_hour_cheaper(hours):
    less = hour_of(replace(FOUR_CARDS, hours_a_year=Decimal(hours)))
    more = hour_of(replace(FOUR_CARDS, hours_a_year=Decimal(hours + 1)))

    assert more.yen <= less.yen
    # Power stays, however much it is used.
    assert more.yen * 4 > Decimal("74.4")


def test_the_whole_year_is_as_long_as_it_is():
    assert HOURS_A_YEAR == 365 * 24
