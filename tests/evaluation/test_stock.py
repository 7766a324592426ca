"""Inventory metrics, trials and stock formulas against plain sums and textbooks."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation import kinds
from evaluation.metrics import finished_from_json, inventory, stock, stocked, trial
from projects.catalogue import CONFIDENCES, Shape, Terms, metrics_of

COUNT = st.integers(0, 50)
ROW = st.tuples(st.sampled_from("ABC"), st.integers(0, 5), COUNT, COUNT, COUNT)
PRICED = Terms(holding_rate=0.1, yen_shortage=30.0, yen_order=5.0)
TRIALS = st.lists(
    st.tuples(st.floats(1, 100), st.floats(0, 100), st.sampled_from("AB")),
    min_size=1,
    max_size=40,
)


def table(rows: list[tuple[str, int, int, int, int]]) -> pa.RecordBatch:
    sku, period, demand, short, held = zip(*rows, strict=True)
    met = np.maximum(np.array(demand) - np.array(short), 0)
    columns = {
        "sku": pa.array(sku),
        "period": pa.array(np.array(period) * 86_400_000_000, pa.timestamp("us")),
        "demand": pa.array(np.array(demand, np.float64)),
        "demand_met_from_stock": pa.array(met.astype(np.float64)),
        "on_hand_end": pa.array(np.array(held, np.float64)),
        "order_qty": pa.array(np.array(held, np.float64)),
    }
    return pa.record_batch(columns)


def test_every_metric_of_the_catalogue_is_measured() -> None:
    listed = {metric.key for metric in metrics_of(Shape.INVENTORY)}
    assert listed == set(stocked.KEYS)
    assert {metric.key for metric in metrics_of(Shape.TRIAL)} == set(trial.KEYS)


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=60))
def test_every_stock_metric_is_its_definition(
    rows: list[tuple[str, int, int, int, int]],
) -> None:
    done = inventory.finish(inventory.part(table(rows), 0, PRICED), PRICED)
    for sku in ["", *done.segments()]:
        chosen = [row for row in rows if sku in ("", row[0])]
        demand, short, held = (np.array([r[i] for r in chosen]) for i in (2, 3, 4))
        missed = np.minimum(short, demand)
        periods = len({row[1] for row in chosen})
        mean = held.sum() / periods
        expected = {
            "shortage_units": missed.sum(),
            "stockout_periods": (missed > 0).sum(),
            "zero_stock_periods": (held == 0).sum(),
            "cycle_service_level": (missed == 0).mean(),
            "avg_on_hand": held.mean(),
            "avg_on_hand_total": mean,
            "holding_cost": 0.1 * held.sum(),
            "shortage_cost": 30 * missed.sum(),
            "order_cost": 5 * (held > 0).sum(),
        }
        total = sum(expected[k] for k in ("holding_cost", "shortage_cost"))
        expected["total_cost"] = total + expected["order_cost"]
        expected["cost_per_period"] = expected["total_cost"] / periods
        if demand.sum():
            met = demand.sum() - missed.sum()
            expected["fill_rate"] = met / demand.sum()
            years = periods / 12
            expected["days_of_cover"] = mean / (demand.sum() / years / 365)
            if mean:
                expected["turns"] = met / years / mean
        for key, value in expected.items():
            for confidence in CONFIDENCES:
                got = done.measured(key, sku, confidence)
                assert got.value == pytest.approx(value, rel=1e-9, abs=1e-9)
                if got.low is not None:
                    assert got.high is not None
                    assert got.low <= got.value + 1e-9
                    assert got.value <= got.high + 1e-9
    assert finished_from_json(json.loads(json.dumps(done.to_json()))) == done


@settings(deadline=None)
@given(st.lists(ROW, min_size=2, max_size=40), st.integers(1, 39))
def test_the_order_of_merging_stock_is_no_matter(
    rows: list[tuple[str, int, int, int, int]], at: int
) -> None:
    at = min(at, len(rows) - 1)
    whole = table(rows)
    one = inventory.part(whole.slice(0, at), 0, PRICED)
    other = inventory.part(whole.slice(at), at, PRICED)
    forward = inventory.finish(inventory.merge(one, other), PRICED)
    assert inventory.finish(inventory.merge(other, one), PRICED) == forward
    assert forward == inventory.finish(inventory.part(whole, 0, PRICED), PRICED)


def test_many_items_have_no_intervals_of_their_own_but_the_whole_has() -> None:
    rows = [(f"S{i}", p, 2, 1, 3) for i in range(1_100) for p in range(6)]
    done = inventory.finish(inventory.part(table(rows), 0, PRICED), PRICED)
    assert done.measured("fill_rate").low is not None
    assert done.measured("fill_rate", "S5").low is None
    assert done.measured("avg_on_hand_total", "S5").value == 3
    assert len(done.worst) == inventory.WORST_ITEMS


def test_what_is_missing_is_said() -> None:
    done = inventory.finish(inventory.part(table([("A", 0, 0, 0, 0)])))
    for key in ("fill_rate", "turns", "holding_cost", "backorder_cost", "total_cost"):
        got = done.measured(key)
        assert got.value is None
        assert got.withheld is not None
    with pytest.raises(KeyError):
        done.measured("f1")
    with pytest.raises(KeyError):
        done.measured("fill_rate", "Z")


@settings(deadline=None)
@given(TRIALS, st.booleans())
def test_every_trial_metric_is_its_definition(
    rows: list[tuple[float, float, str]], smaller: bool
) -> None:
    terms = Terms(smaller_is_better=smaller)
    before, after, segment = zip(*rows, strict=True)
    batch = pa.record_batch({"before": before, "after": after, "segment": segment})
    done = trial.finish(trial.part(batch, 0, terms), terms)
    b, a = np.array(before), np.array(after)
    better = (a < b) if smaller else (a > b)
    ratio = 100 * (a.sum() - b.sum()) / b.sum()
    expected = {
        "trials": len(rows),
        "mean_before": b.mean(),
        "mean_after": a.mean(),
        "change": (a - b).mean(),
        "change_percent": ratio,
        "improvement_percent": -ratio if smaller else ratio,
        "improved_share": better.mean(),
    }
    for key, value in expected.items():
        got = done.measured(key)
        assert got.value == pytest.approx(value, rel=1e-9, abs=1e-9)
        if got.low is not None:
            assert got.high is not None
            assert got.low <= got.value + 1e-9
            assert got.value <= got.high + 1e-9
    differing = (a != b).sum()
    if differing:
        worse = differing - better.sum()
        sign = stats.binomtest(int(min(worse, better.sum())), int(differing)).pvalue
        assert done.measured("p_sign").value == pytest.approx(sign)
    if len(rows) > 1 and np.std(a - b) > 0:
        low, high = stats.t.interval(
            0.9, len(rows) - 1, (a - b).mean(), stats.sem(a - b)
        )
        got = done.measured("change")
        assert (got.low, got.high) == (pytest.approx(low), pytest.approx(high))
    assert finished_from_json(json.loads(json.dumps(done.to_json()))) == done
    parts = [
        trial.part(batch.slice(x, y - x), x, terms)
        for x, y in pairwise(sorted({0, len(rows) // 2, len(rows)}))
    ]
    merged = parts[-1] if len(parts) == 1 else trial.merge(parts[1], parts[0])
    assert trial.finish(merged, terms) == done


def test_textbook_numbers_come_out() -> None:
    assert stock.eoq(8, 0.225, 1300) == (304.0467800264368, 68.41052550594829)
    level, cost = stock.newsvendor(0.18, 0.70, 50, 8)
    assert level == pytest.approx(56.60395592743389, abs=1e-10)
    assert cost == pytest.approx(1.9976051931766445, abs=1e-10)
    cost = stock.newsvendor_cost(53, 0.18, 0.70, 50, 8)
    assert cost == pytest.approx(2.223748044859164, abs=1e-10)
    point, quantity = stock.reorder_point(8, 0.225, 7.5, 1300, 150, 1 / 12)
    assert point == pytest.approx(190.3369965715624, abs=1e-9)
    assert quantity == 304.0467800264368


@given(st.floats(0.5, 60), st.floats(0.1, 5), st.floats(0.1, 50))
def test_poisson_and_listed_chances_agree(mean: float, h: float, p: float) -> None:
    chances = {k: float(stats.poisson.pmf(k, mean)) for k in range(400)}
    level, cost = stock.newsvendor_poisson(h, p, mean)
    found, listed = stock.newsvendor_discrete(h, p, chances)
    assert abs(level - found) <= 1
    assert cost == pytest.approx(listed, rel=1e-6, abs=1e-6)


def test_levels_cover_the_time_they_are_exposed() -> None:
    assert stock.order_up_to(0.5, 10, 3, 2, 1) == pytest.approx(30)
    assert stock.safety_stock(0.95, 4, 9) == pytest.approx(12 * 1.6448536)
    assert stock.fill_rate(100, 10, 1) == pytest.approx(1)
    for wrong in (
        lambda: stock.eoq(0, 1, 1),
        lambda: stock.safety_stock(1.0, 1, 1),
        lambda: stock.newsvendor_discrete(1, 1, {0: 0.5}),
        lambda: stock.newsvendor_poisson(1e-9, 1e9, 1e8),
        lambda: stock.eoq(math.nan, 1, 1),
    ):
        with pytest.raises(ValueError, match=r"zero|share|chances|large"):
            wrong()


def test_stock_is_compared_with_its_levels_filled_at_once() -> None:
    columns = {
        "sku": ["A", "A", "B"],
        "period": pa.array([0, 1, 0], pa.timestamp("us")),
        "demand": [5.0, 2.0, 0.0],
        "demand_met_from_stock": [3.0, 2.0, 0.0],
        "on_hand_end": [0.0, 1.0, 4.0],
    }
    plain = inventory.finish(inventory.part(pa.record_batch(columns)))
    assert plain.at_level() is None
    columns["order_up_to"] = [4.0, 4.0, 4.0]
    done = inventory.finish(inventory.part(pa.record_batch(columns)))
    assert done.at_level() == (pytest.approx(6 / 7), pytest.approx(6 / 3))
    assert finished_from_json(done.to_json()) == done
    first, second = kinds.tables(done)
    assert first.rows[1][1:] == ("85.7%", "2.00")
    assert len(kinds.tables(plain)) == 1
    columns["demand"] = [0.0] * 3
    columns["demand_met_from_stock"] = [0.0] * 3
    calm = inventory.finish(inventory.part(pa.record_batch(columns)))
    assert calm.at_level() == (None, 4.0)
    assert second.rows
