"""What answering costs: the formulas, and where two of them cross. No database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.inference.line import LINES, Line, break_even, line_of, month_of
from costs.inference.models import MODELS
from costs.models import Target


def d(**numbers: str) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in numbers.items()}


LAMBDA = d(
    milliseconds="119.2",
    megabytes="1024",
    per_gb_second="0.0000166667",
    per_million="0.20",
    gateway_per_million="1.00",
)


def test_every_target_has_its_model_and_its_line():
    assert set(MODELS) == set(LINES) == set(Target.values)
    for model in MODELS.values():
        assert model.formula.ja
        assert model.formula.en
        assert all(one.label.ja and one.label.en for one in model.parameters)


def test_a_function_is_paid_by_the_call_and_the_millisecond_begun():
    line = line_of("lambda", LAMBDA)

    # 0.20 + 1.00 a million calls, 120 ms of one GB: 0.120 GB-seconds each.
    million = month_of(line, Decimal(1_000_000))
    assert million.cost == Decimal("3.200004")
    assert (million.fixed, million.variable) == (0, million.cost)
    assert month_of(line, Decimal(0)).per_thousand is None


def test_instances_stand_whatever_is_asked():
    prices = d(instances="2", per_hour="0.10", balancer_hour="0.03", hours="730")
    month = month_of(line_of("beanstalk", prices), Decimal(1_000_000))

    assert (month.cost, month.variable) == (Decimal("167.9"), 0)
    assert month.per_thousand == Decimal("0.1679")


def test_an_endpoint_has_no_balancer_and_grows_with_what_it_can_answer():
    prices = d(instances="1", per_hour="1", hours="730", capacity="1000000")
    line = line_of("sagemaker", prices)

    assert line.at(Decimal(1_000_000)) == 730
    assert line.at(Decimal(1_000_001)) == 1460


def test_fargate_is_paid_by_cores_and_memory():
    prices = d(
        instances="2",
        vcpus="0.5",
        per_vcpu_hour="0.04",
        gigabytes="1",
        per_gb_hour="0.004",
        balancer_hour="0.02",
        hours="100",
    )
    assert line_of("fargate", prices).at(Decimal(5)) == Decimal("6.8")


def test_an_own_machine_costs_its_share():
    prices = d(instances="1", per_hour="300", percent="25", hours="730")
    assert line_of("on_prem", prices).at(Decimal(9)) == Decimal(54_750)


def test_a_device_wears_out_draws_power_and_wants_batteries():
    prices = d(
        devices="10",
        price="60000",
        life_months="60",
        watts="10",
        per_kwh="30",
        changes_a_year="2",
        per_change="1200",
    )
    # 1,000 for wear, 219 for 7.3 kWh, 200 for a sixth of a change.
    assert line_of("edge", prices).at(Decimal(1)) == Decimal(14_190)


def test_half_a_month_costs_half_of_what_stands():
    line = Line(Decimal(100), Decimal(10), Decimal(1), Decimal(1000), Decimal(1))
    half = line.for_part(Decimal("0.5"))

    # 600 in half of the time need the second machine too.
    assert half.at(Decimal(600)) == 50 + 2 * 5 + 600
    assert Line(each=Decimal(2)).for_part(Decimal("0.5")).at(Decimal(3)) == 6
    assert line.times(Decimal(2)).at(Decimal(10)) == 2 * line.at(Decimal(10))


def test_by_call_is_cheaper_up_to_where_the_standing_one_is():
    by_call = Line(each=Decimal(2))
    standing = Line(fixed=Decimal(1000), each=Decimal(1))

    assert break_even(by_call, standing, Decimal(10_000)) == 1000
    assert break_even(standing, by_call, Decimal(10_000)) == 1000
    assert break_even(by_call, standing, Decimal(900)) is None


def test_lines_that_never_cross():
    cheap, dear = Line(fixed=Decimal(1)), Line(fixed=Decimal(2))
    assert break_even(cheap, dear, Decimal(1000)) is None
    assert break_even(cheap, cheap, Decimal(1000)) is None
    # Both begin at nothing: the one by call is cheaper for ever.
    assert break_even(Line(each=Decimal(1)), Line(each=Decimal(2)), Decimal(9)) is None


def test_a_machine_more_makes_the_other_the_cheaper_one():
    grows = Line(machine=Decimal(10), machines=Decimal(1), capacity=Decimal(100))
    big = Line(fixed=Decimal(15))

    assert break_even(grows, big, Decimal(1000)) == 100


def test_steps_are_looked_through_only_so_far():
    tiny = Line(machine=Decimal(1), machines=Decimal(1), capacity=Decimal(1))
    far = Line(fixed=Decimal(10) ** 9)

    assert break_even(tiny, far, Decimal(10) ** 12) is None


@given(
    st.decimals(0, 1000, places=2),
    st.decimals(0, 10, places=3),
    st.decimals(0, 1000, places=2),
    st.decimals(0, 10, places=3),
)
def test_at_a_crossing_both_cost_the_same_and_it_turns(fixed, each, other, than):
    first, then = Line(fixed=fixed, each=each), Line(fixed=other, each=than)
    volume = break_even(first, then, Decimal(10) ** 9)

    if volume is None:
        return
    assert first.at(volume) == pytest.approx(then.at(volume), abs=Decimal("1e-9"))
    before = first.at(volume / 2) < then.at(volume / 2)
    assert before != (first.at(volume * 2) < then.at(volume * 2))


def test_what_is_not_known_is_an_error():
    with pytest.raises(KeyError):
        line_of("moon", {})
    with pytest.raises(KeyError):
        line_of("edge", {})
