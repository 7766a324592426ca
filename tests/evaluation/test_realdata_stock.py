"""Published inventory numbers, recomputed from the files they were published for."""

from __future__ import annotations

import csv
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from evaluation.metrics import stock
from evaluation.offline import answer
from projects.catalogue import Shape, Terms

FOLDER = os.environ.get("KENSHU_REALDATA", "")
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder"),
]
DATA = Path(FOLDER, "inventory")
MONTHS = [
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
]
CARPARTS = Terms(holding_rate=0.02, unit_cost=10.0, yen_shortage=25.0)


@pytest.fixture(scope="module")
def published() -> dict[str, dict[str, object]]:
    return json.loads((DATA / "expected.json").read_text())


@pytest.mark.parametrize(
    "name",
    [
        f"carparts_RS_{p}_{z}"
        for p in ("backorder", "lost_sales")
        for z in ("z084", "z1645")
    ],
)
def test_spare_parts_come_out_as_published(name: str, published) -> None:
    expected = published[name]
    done = answer(DATA / f"{name}.csv", Shape.INVENTORY, CARPARTS).finished
    for key, theirs in {
        "fill_rate": "fill_rate_units",
        "fill_rate_mean_of_skus": "fill_rate_mean_of_skus",
        "cycle_service_level": "cycle_service_level",
        "stockout_periods": "stockout_periods",
        "zero_stock_periods": "zero_stock_periods_TRAP",
        "avg_on_hand_total": "avg_on_hand_total",
        "holding_cost": "holding_cost",
        "shortage_units": "shortage_units",
        "shortage_cost": "shortage_cost",
        "turns": "turnover_annualised",
        "skus_below_90": "skus_below_fill_rate_90pct",
    }.items():
        assert done.measured(key).value == pytest.approx(expected[theirs], rel=1e-12)
    assert done.whole.items.count == expected["skus"]
    assert done.whole.items.without_demand == expected["skus_without_demand"]
    assert done.rows == expected["periods"]
    worst = {item.sku: item for item in done.worst}
    for theirs in expected["worst_skus"]:
        item = worst[theirs["sku"]]
        assert item.fill_rate == pytest.approx(theirs["fill_rate"])
        assert item.service_level == pytest.approx(theirs["csl"])
        assert item.stockouts == theirs["stockouts"]
        assert item.on_hand == pytest.approx(theirs["avg_on_hand"])


@pytest.mark.parametrize(
    ("name", "holding", "owed"),
    [
        ("stockpyl_ex4_1_base_stock_57", 0.18, 0.70),
        ("stockpyl_simple_base_stock_2", 1.0, 10.0),
    ],
)
def test_simulated_policies_cost_what_was_published(
    name: str, holding: float, owed: float, published
) -> None:
    expected = published[name]
    terms = Terms(holding_rate=holding, yen_shortage=owed)
    done = answer(DATA / f"{name}.csv", Shape.INVENTORY, terms).finished
    for key, theirs in {
        "fill_rate": "fill_rate",
        "cycle_service_level": "cycle_service_level",
        "stockout_periods": "stockout_periods",
        "avg_on_hand": "avg_on_hand",
        "holding_cost": "holding_cost",
        "backorder_cost": "backorder_cost",
        "total_cost": "total_cost",
        "cost_per_period": "cost_per_period",
    }.items():
        assert done.measured(key).value == pytest.approx(expected[theirs], rel=1e-12)


def test_published_reorder_tables_come_out() -> None:
    """Their safety stock is 1.28 sd sqrt(L), their reorder level mean sqrt(L) + it."""
    with (DATA / "supplychainpy_39_skus.csv").open() as file:
        demand = {row["Sku"]: row for row in csv.DictReader(file)}
    with (DATA / "supplychainpy_published_14_AY_skus.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 14
    for line in lines:
        months = np.array([float(demand[line["sku"]][month]) for month in MONTHS])
        lead = float(demand[line["sku"]]["lead-time"])
        sd = float(months.std())
        safety = stock.safety_stock(float(stats.norm.cdf(1.28)), sd, lead)
        assert round(safety) == float(line["safety_stock"])
        level = months.mean() * math.sqrt(lead) + safety
        assert round(level) == float(line["reorder_level"])
        assert round(sd) == float(line["standard_deviation"])
