"""The curve of errors: exact at every stored point, whole and by segment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.curve import (
    Curve,
    Price,
    Region,
    Step,
    cheapest,
    curve_of,
    is_inside,
    judged_point,
    monthly,
    stretches,
)
from evaluation.metrics import detection, finished_from_json, forecast, measure_of
from evaluation.metrics import inventory as stock
from evaluation.metrics import shifts as shifting
from evaluation.metrics import trial as trials
from evaluation.metrics.shifts import SHIFTS
from projects.catalogue import Shape, Terms

PRICED = Terms(threshold=0.5, yen_false_alarm=3_000.0, yen_miss=180_000.0)
STAMPS = np.arange("2026-01-01", "2026-03-02", dtype="datetime64[D]")


def detected(rows=700, seed=1, terms=PRICED, without=True):
    random = np.random.default_rng(seed)
    truth = (random.random(rows) < 0.2).astype(np.int8)
    score = np.round(np.clip(random.normal(0.3 + 0.3 * truth, 0.2), -1, 2), 2)
    if without:
        score[::17] = np.nan
    segment = np.array(["東", "西", "南"], object)[random.integers(0, 3, rows)]
    return pa.record_batch({"y_true": truth, "y_score": score, "segment": segment})


def measured(batch, terms=PRICED):
    found = detection.finish(detection.part(batch, terms=terms), terms)
    return finished_from_json(found.to_json())


@pytest.mark.parametrize("without_score", ["quiet", "left_out"])
@pytest.mark.parametrize("segment", ["", "東", "西"])
@pytest.mark.parametrize("rows", [90, 3_000])
def test_every_stored_threshold_counts_as_measuring_again_does(
    rows, segment, without_score
):
    terms = replace(PRICED, without_score=without_score)
    batch = detected(rows)

    curve = curve_of(measured(batch, terms), segment=segment)

    assert len(curve.steps) > 10
    for step in curve.steps:
        again = measured(batch, replace(terms, threshold=step.at)).confusion(segment)
        assert (step.false_alarms, step.misses) == (again.fp, again.fn)
        assert step.false_alarm_rate == again.fp / (again.fp + again.tn)
        assert step.miss_rate == again.fn / (again.fn + again.tp)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.booleans(), st.floats(-5, 5, width=32)), min_size=1, max_size=60
    )
)
def test_any_scores_count_exactly_at_every_stored_threshold(rows):
    truth = np.array([t for t, _s in rows], np.int8)
    score = np.array([s for _t, s in rows], np.float64)
    batch = pa.record_batch({"y_true": truth, "y_score": score})

    for step in curve_of(measured(batch)).steps:
        assert step.false_alarms == int(((score >= step.at) & (truth == 0)).sum())
        assert step.misses == int(((score < step.at) & (truth == 1)).sum())


def test_a_month_costs_what_its_errors_cost_to_the_yen():
    terms = replace(
        PRICED,
        yen_false_alarm_low=2_000.0,
        yen_miss_high=200_000.0,
    )
    curve = curve_of(measured(detected(1_000), terms), rows_a_month=3_000)
    step = curve.step(0.5)

    alarms, misses = Decimal(step.false_alarms) * 3, Decimal(step.misses) * 3
    bill = curve.bill(step)

    assert curve.a_month(step.false_alarms) == alarms
    assert bill.yen == alarms * 3_000 + misses * 180_000
    assert bill.low == alarms * 2_000 + misses * 180_000
    assert bill.high == alarms * 3_000 + misses * 200_000
    assert curve.parts(step) == (alarms * 3_000, misses * 180_000)


def test_without_a_volume_the_file_itself_is_billed():
    curve = curve_of(measured(detected()))
    step = curve.steps[3]

    assert curve.a_month(step.misses) is None
    assert curve.bill(step).yen == step.false_alarms * 3_000 + step.misses * 180_000


def test_cases_a_day_are_a_volume_too():
    curve = curve_of(measured(detected(700), replace(PRICED, cases_a_day=70.0)))

    assert curve.scale == Decimal("3.04375")


def test_without_prices_nothing_is_billed():
    curve = curve_of(measured(detected(), Terms(threshold=0.5)))

    assert not curve.is_priced
    assert curve.bill(curve.steps[0]) is None
    assert curve.parts(curve.steps[0]) is None
    assert cheapest(curve) is None
    assert curve_of(measured(detected())).is_priced


def test_a_step_is_the_next_stored_one():
    curve = curve_of(measured(detected()))
    first, second = curve.steps[:2]

    assert curve.step(first.at) == first
    assert curve.step((first.at + second.at) / 2) == second
    assert curve.step(99) == curve.steps[-1]


def small(*points, scale=Decimal(1)):
    price = Price(Decimal(10), Decimal(5), Decimal(20))
    steps = tuple(Step(at, fp, fn, fp, 100, 10) for at, fp, fn in points)
    return Curve(steps, scale, price, price)


def test_the_cheapest_point_keeps_the_budget():
    curve = small((0.1, 9, 0), (0.2, 4, 1), (0.3, 2, 2), (0.4, 0, 8))

    assert cheapest(curve).at == 0.3
    assert cheapest(curve, Region(misses=Decimal(1))).at == 0.2
    assert cheapest(curve, Region(misses=Decimal(0), yen=Decimal(1))) is None


def test_at_the_limit_a_point_is_inside():
    curve = small((0.1, 4, 1))
    step = curve.steps[0]

    assert is_inside(curve, step, Region(Decimal(4), Decimal(1), Decimal(50)))
    assert not is_inside(curve, step, Region(Decimal("3.9")))
    assert not is_inside(curve, step, Region(yen=Decimal(49)))
    assert Region().is_open
    assert not Region(yen=Decimal(1)).is_open


def test_what_cannot_be_told_is_not_inside():
    curve = small((0.1, 4, 1), scale=None)

    assert not is_inside(curve, curve.steps[0], Region(Decimal(99)))
    assert not is_inside(curve, curve.steps[0], Region(yen=Decimal(99)))
    assert is_inside(curve, curve.steps[0], Region())


def test_stretches_end_where_the_budget_is_passed():
    curve = small((0.1, 1, 0), (0.2, 2, 0), (0.3, 9, 0), (0.4, 1, 0))

    assert stretches(curve, Region(Decimal(2))) == ((0.1, 0.2), (0.4, 0.4))


def test_periods_become_months():
    assert monthly(3, "quarter") == 1
    assert monthly(1, "year") * 12 == 1
    assert monthly(12, "month") == 12
    assert 17 < monthly(4, "week") < Decimal("17.5")


# Forecasts and stock ------------------------------------------------------------------


def forecasts():
    random = np.random.default_rng(2)
    actual = random.gamma(5, 20, len(STAMPS))
    return pa.record_batch(
        {
            "timestamp": STAMPS.astype("datetime64[us]"),
            "y_true": actual,
            "y_pred": actual * random.normal(1, 0.1, len(STAMPS)),
            "segment": np.array(["北", "南"], object)[np.arange(len(STAMPS)) % 2],
        }
    )


OF_UNITS = Terms(yen_over=30.0, yen_under=90.0)


def forecasted(batch, terms=OF_UNITS):
    found = forecast.finish(forecast.part(batch, terms=terms), terms)
    return finished_from_json(found.to_json())


@pytest.mark.parametrize("segment", ["", "北"])
def test_every_shift_of_a_forecast_costs_as_measuring_it_again_does(segment):
    batch = forecasts()
    curve = curve_of(forecasted(batch), segment=segment)

    assert [round(step.at * 100) for step in curve.steps] == list(SHIFTS)
    for step in curve.steps:
        moved = batch.to_pydict()
        moved["y_pred"] = np.array(moved["y_pred"]) * (1 + round(step.at * 100) / 100)
        moved["timestamp"] = STAMPS.astype("datetime64[us]")
        again = forecasted(pa.record_batch(moved))
        cost = again.measured("cost_of_error", segment).value
        assert float(curve.bill(step).yen) == pytest.approx(cost, abs=0.51)


def test_a_forecast_without_prices_has_no_curve():
    assert curve_of(forecasted(forecasts(), Terms())) is None


def test_any_cut_into_batches_gives_the_same_bits():
    batch = forecasts()
    whole = forecasted(batch).shifted
    parts = [
        forecast.part(batch.slice(start, 20), start, OF_UNITS)
        for start in range(0, len(STAMPS), 20)
    ]
    merged = [forecast.merge(forecast.merge(parts[2], parts[0]), parts[1])]
    merged.append(forecast.merge(parts[0], forecast.merge(parts[1], parts[2])))
    one, other = (forecast.finish(part, OF_UNITS).shifted for part in merged)

    assert one == other
    assert one.whole.over == pytest.approx(whole.whole.over)


def test_sums_too_large_to_tell_are_no_curve():
    part = shifting.shift_part(
        0, [""], np.zeros(2, np.int64), np.full(2, 1.7e308), np.zeros(2)
    )

    assert shifting.shifted([part], has_lines=False) is None


def test_of_too_many_lines_only_the_whole_is_kept():
    many = shifting.MOST_LINES + 1
    names = [f"P{n}" for n in range(many)]
    part = shifting.shift_part(
        0, names, np.arange(many), np.full(many, 2.0), np.full(many, 1.0)
    )
    found = shifting.shifted([part], has_lines=True)

    assert not found.by_line
    assert found.whole.over[SHIFTS.index(0)] == many


def stocked(terms):
    months = STAMPS[:24].astype("datetime64[us]")
    demand = np.arange(24) % 7 + 2.0
    level = np.full(24, 5.0)
    met = np.minimum(demand, level)
    return (
        pa.record_batch(
            {
                "sku": np.array(["A"] * 24, object),
                "period": months,
                "demand": demand,
                "demand_met_from_stock": met,
                "on_hand_end": level - met,
            }
        ),
        demand,
        level,
    )


def test_stock_costs_what_holding_and_shortage_cost_at_each_level():
    terms = Terms(holding_rate=0.02, unit_cost=500.0, yen_shortage=90.0)
    batch, demand, level = stocked(terms)
    found = stock.finish(stock.part(batch, terms=terms), terms)
    found = finished_from_json(found.to_json())

    curve = curve_of(found)

    for step in curve.steps:
        stood = level * (1 + round(step.at * 100) / 100)
        over, short = np.maximum(stood - demand, 0), np.maximum(demand - stood, 0)
        assert step.false_alarms == pytest.approx(over.sum())
        assert step.miss_rate == pytest.approx(short.sum() / demand.sum())
        cost = over.sum() * 500 * 0.02 + short.sum() * 90
        assert float(curve.bill(step).yen) == pytest.approx(cost / 24, abs=0.51)
        assert step.false_alarm_rate is None
    at_all = curve.step(0.0)
    assert at_all.priced == pytest.approx(at_all.false_alarms * 500)
    assert curve_of(found, segment="A").steps == curve.steps


def test_stock_without_prices_and_trials_have_no_curve():
    batch, _demand, _level = stocked(Terms())
    part = trials.part(pa.record_batch({"before": [3.0, 4.0], "after": [2.0, 2.0]}))

    assert curve_of(stock.finish(stock.part(batch), Terms())) is None
    assert curve_of(measure_of(Shape.TRIAL).finish(part, Terms())) is None


def test_a_file_without_scores_or_a_segment_without_a_sketch_has_no_curve():
    plain = pa.record_batch(
        {
            "y_true": np.array([1, 0], np.int8),
            "y_pred": np.array([1, 0], np.int8),
        }
    )
    bare = replace(measured(detected()), sketches={})

    assert curve_of(measured(plain, Terms())) is None
    assert curve_of(bare, segment="東") is None
    with pytest.raises(KeyError):
        curve_of(bare, segment="nowhere")


def test_a_file_as_it_was_judged_is_one_point():
    batch, _demand, _level = stocked(Terms())
    priced = Terms(holding_rate=0.02, unit_cost=500.0, yen_shortage=90.0)
    found = stock.finish(stock.part(batch, terms=priced), priced)

    (judged,) = judged_point(measured(detected())).steps
    own = measured(detected()).confusion()

    assert (judged.false_alarms, judged.misses) == (own.fp, own.fn)
    assert judged_point(found).steps == (curve_of(found).step(0.0),)
    assert judged_point(stock.finish(stock.part(batch), Terms())) is None
    assert judged_point(measured(detected(), Terms(threshold=0.5))) is None


def test_of_too_many_lines_a_segment_has_no_curve():
    batch, _demand, _level = stocked(Terms())
    priced = Terms(holding_rate=0.02, unit_cost=500.0, yen_shortage=90.0)
    found = stock.finish(stock.part(batch, terms=priced), priced)
    bare = replace(found, shifted=replace(found.shifted, by_line={}))

    assert curve_of(bare, segment="A") is None
