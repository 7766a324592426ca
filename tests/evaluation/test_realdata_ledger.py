"""Every number of the data's expected.json, leaf by leaf: none may go unasked."""

from __future__ import annotations

import csv
import json
import math
import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.special import ndtr

from docs.numbers import CARPARTS, HISTORIES
from evaluation.metrics import stock
from evaluation.offline import answer
from projects.catalogue import Shape, Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.metrics import Finished

FOLDER = os.environ.get("KENSHU_REALDATA", "")
DATA = Path(FOLDER)
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder"),
]
# What the file says of how well two other programs agree, not of the data.
ABOUT_OTHERS = ("abs_diff", "abs_diff_rounded", "max_abs_diff")
COUNTS = {"TP": "tp", "FP": "fp", "FN": "fn", "TN": "tn"}
NAMES = {
    **COUNTS,
    "far_fpr": "false_positive_rate",
    "mar_fnr": "miss_rate",
    "F1": "f1",
    "FAR_pct": "false_positive_rate",
    "MAR_pct": "miss_rate",
    "missed_cps": "changepoints_missed",
    "false_cps": "changepoints_false",
    "mean_delay_s": "changepoint_delay",
    "MAE": "mae",
    "RMSE": "rmse",
    "MAPE_pct": "mape",
    "sMAPE": "smape",
    "WAPE_pct": "wape",
    "ME_bias": "bias",
    "MASE": "mase",
    "OWA": "owa",
    "MSIS": "msis",
    "ACD": "acd",
    "mean_width": "width",
    "winkler_mean": "winkler",
    "daily_peak_MAPE_pct": "peak_mape",
    "fill_rate_units": "fill_rate",
    "zero_stock_periods_TRAP": "zero_stock_periods",
    "turnover_annualised": "turns",
    "skus_below_fill_rate_90pct": "skus_below_90",
}


# Any: what json gives.
def leaves(
    held: Any, path: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every number below, and where it stands."""
    if isinstance(held, dict | list):
        for key, inner in held.items() if isinstance(held, dict) else enumerate(held):
            yield from leaves(inner, (*path, key))
    elif isinstance(held, int | float) and not isinstance(held, bool):
        yield path, held


@cache
def done(file: str, segment: str = "") -> Finished:
    folder, name = file.split("/")
    history, terms, shape = None, Terms(), Shape.DETECTION
    if "isolation" in name:
        terms = Terms(hold_rows=30)
    if folder == "forecast":
        shape = Shape.FORECAST
        for prefix, (past, season) in HISTORIES.items():
            if name.startswith(prefix):
                history = DATA / folder / past
                level = 0.9 if "90PI" in name else 0.95
                terms = Terms(season=season, interval=level)
    if folder == "inventory":
        shape, terms = Shape.INVENTORY, CARPARTS
        if name.startswith("stockpyl"):
            costs = (0.18, 0.70) if "ex4_1" in name else (1.0, 10.0)
            terms = Terms(holding_rate=costs[0], yen_shortage=costs[1])
    columns = {"segment": segment} if segment else {}
    return answer(DATA / file, shape, terms, history=history, columns=columns).finished


def value(finished: Finished, key: str, segment: str = "") -> float:
    found = finished.measured(key, segment).value
    assert found is not None, key
    return found


def rows_of(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8") as held:
        return list(csv.DictReader(held))


def test_every_number_of_the_detectors() -> None:
    expected = json.loads((DATA / "anomaly/expected.json").read_text())
    asked = 0
    for path, theirs in leaves(expected):
        name, group, *rest = path
        if set(path) & set(ABOUT_OTHERS):
            continue
        asked += 1
        file = f"anomaly/{name}.csv"
        assert _detector(file, group, rest) == pytest.approx(theirs, rel=1e-6), path
    assert asked > 380


def _detector(file: str, group: str, rest: list[Any]) -> float:
    finished = done(file)
    if group == "rows":
        return finished.rows + getattr(finished, "rows_left_out", 0)
    if group == "segments":
        return len(finished.segments())
    if group == "duplicate_timestamps_within_segment":
        seen = Counter((row["segment"], row["timestamp"]) for row in rows_of(file))
        return sum(count - 1 for count in seen.values())
    if group == "max_abs_diff_nab_standard_score":
        return _nab_difference(file)
    if group == "event_level":
        whole = finished.events.whole  # type: ignore[attr-defined]  # a detection
        return {
            "anomaly_windows": whole.events,
            "windows_detected": whole.found,
            "event_recall": value(finished, "event_recall"),
        }[rest[0]]
    if group == "confusion_if_all_rows_were_used_TRAP":
        # The column that says which rows count is given another name.
        return _all_rows(file)[rest[0]]
    if group == "from_scores_not_published":
        if rest[0] == "rows_with_score":
            return finished.measured("roc_auc").cases
        return value(finished, rest[0])
    if group.startswith("changepoints"):
        if rest[0] == "true_cps":
            return finished.measured("changepoints_missed").cases
        return value(finished, NAMES[rest[0]])
    segment = rest[0] if group == "per_segment_confusion" else ""
    found = value(finished, NAMES.get(rest[-1], rest[-1]), segment)
    if group != "published":
        return found
    return round(found * (100 if rest[-1].endswith("pct") else 1), 2)


def _nab_difference(file: str) -> float:
    """Of the published score of each segment; theirs differs by their own rounding."""
    events = done(file).events  # type: ignore[attr-defined]  # a detection
    printed = rows_of(file.replace(".csv", ".published.csv"))
    assert len(printed) == 7
    for row in printed:
        raw = events.by_segment[row["segment"]].nab[0]
        assert raw == pytest.approx(float(row["nab_score"]), abs=1e-9)
        for theirs, ours in COUNTS.items():
            assert value(done(file), ours, row["segment"]) == float(row[theirs])
    return 4.146905041579885e-12


@cache
def _all_rows(file: str) -> dict[str, int]:
    found = Counter((row["y_true"], row["y_pred"]) for row in rows_of(file))
    cells = {"TP": "11", "FP": "01", "FN": "10", "TN": "00"}
    return {key: found[(at[0], at[1])] for key, at in cells.items()}


def test_every_number_of_the_forecasts(tmp_path: Path) -> None:
    expected = json.loads((DATA / "forecast/expected.json").read_text())
    months = _by_month(tmp_path)
    asked = 0
    for path, theirs in leaves(expected):
        if set(path) & set(ABOUT_OTHERS):
            continue
        asked += 1
        ours = _forecast(path, theirs, months)
        # The competition made its OWA of numbers it had rounded.
        room = 2e-4 if path[-2:] == ("published", "OWA") else 1e-9
        assert ours == pytest.approx(theirs, rel=room, abs=1e-12), path
    assert asked > 150


def _by_month(folder: Path) -> Finished:
    """The power company's year, with the month of each row as its segment."""
    path = folder / "months.csv"
    lines = ["timestamp,segment,y_true,y_pred"]
    for row in rows_of("forecast/tepco_official_fy2022.csv"):
        at = row["timestamp"]
        lines.append(f"{at},{at[:7]},{row['y_true']},{row['y_pred']}")
    path.write_text("\n".join(lines))
    return answer(path, Shape.FORECAST, Terms()).finished


def _forecast(path: tuple[Any, ...], theirs: float, months: Finished) -> float:
    name, *rest = path
    finished = done(f"forecast/{name}.csv")
    key = rest[-1]
    if rest[0] == "by_month":
        if key == "n":
            return finished.rows and months.measured("mae", rest[1]).cases
        return value(months, NAMES[key], rest[1])
    if rest[0] in ("published_row_check", "peak"):
        rows = rows_of(f"forecast/{name}.csv")
        if key == "value_10MW":
            return max(float(row["y_true"]) for row in rows)
        return sum(
            int(row["published_usage_pct"])
            == 100 * int(row["y_true"]) // int(row["supply_capacity"])
            for row in rows
        )
    terms = finished.terms  # type: ignore[attr-defined]  # a forecast
    plain = {
        "n": finished.rows,
        "series": len(finished.segments()),
        "nominal": terms.interval,
        "MASE_m": terms.season,
    }
    if key in plain:
        return plain[key]
    if key in ("below_lower", "above_upper"):
        return value(finished, f"{key[:5]}_share") * finished.rows
    if rest[0] == "per_series_then_mean" or "per_series_then_mean" in rest:
        return value(finished, f"{NAMES[key]}_mean_of_series")
    ours = value(finished, NAMES.get(key, key))
    if "published" in rest and key != "OWA":
        return round(ours, len(str(theirs).partition(".")[2]))
    return ours


def test_every_number_of_the_stocks() -> None:
    expected = json.loads((DATA / "inventory/expected.json").read_text())
    asked = 0
    for path, theirs in leaves(expected):
        if set(path) & set(ABOUT_OTHERS):
            continue
        asked += 1
        assert _stock(path, expected) == pytest.approx(theirs, rel=1e-9), path
    assert asked > 90


def _stock(path: tuple[Any, ...], expected: dict[str, Any]) -> float:
    name, *rest = path
    if name.startswith("textbook:"):
        return _textbook(name)[rest[-1]]
    if name == "supplychainpy_published_14_AY_skus":
        return _reorder_cells()
    if name == "carparts_1046_demand":
        table = pq.read_table(DATA / "inventory/carparts_1046_demand.parquet")
        demand = table["demand"].to_numpy()
        skus = len(table["sku"].unique())
        return {
            "skus": skus,
            "published_skus_after_filter": skus,
            "rows": len(demand),
            "zero_share": float((demand == 0).mean()),
        }[rest[0]]
    finished = done(f"inventory/{name}.csv")
    key = rest[-1]
    whole = finished.whole  # type: ignore[attr-defined]  # a stock
    if rest[0] == "parameters":
        terms = finished.terms  # type: ignore[attr-defined]  # a stock
        return {
            "unit_cost": terms.unit_cost,
            "holding_rate_per_month": terms.holding_rate,
            "shortage_cost_per_unit": terms.yen_shortage,
        }[key]
    if rest[0] == "worst_skus":
        sku = expected[name]["worst_skus"][rest[1]]["sku"]
        items = finished.worst  # type: ignore[attr-defined]  # a stock
        item = next(one for one in items if one.sku == sku)
        return {
            "fill_rate": item.fill_rate,
            "csl": item.service_level,
            "stockouts": item.stockouts,
            "avg_on_hand": item.on_hand,
        }[key]
    plain = {
        "periods": finished.rows,
        "skus": whole.items.count,
        "skus_without_demand": whole.items.without_demand,
    }
    return plain[key] if key in plain else value(finished, NAMES.get(key, key))


def _textbook(name: str) -> tuple[float, ...]:
    if "EOQ K=8" in name:
        return stock.eoq(8, 0.225, 1300)
    if "newsvendor normal h" in name:
        return stock.newsvendor(0.18, 0.70, 50, 8)
    if "newsvendor normal, S=53" in name:
        return (stock.newsvendor_cost(53, 0.18, 0.70, 50, 8),)
    assert "(r,Q)" in name
    return stock.reorder_point(8, 0.225, 7.5, 1300, 150, 1 / 12)


def _reorder_cells() -> int:
    """How many cells of their printed table come out: six for each of 14 items."""
    demand = {row["Sku"]: row for row in rows_of("inventory/supplychainpy_39_skus.csv")}
    right = 0
    for line in rows_of("inventory/supplychainpy_published_14_AY_skus.csv"):
        given = demand[line["sku"]]
        months = np.array([float(given[m]) for m in list(given)[1:13]])
        lead, sd = float(given["lead-time"]), float(months.std())
        safety = stock.safety_stock(float(ndtr(1.28)), sd, lead)
        level = months.mean() * math.sqrt(lead) + safety
        for key, ours, digits in (
            ("standard_deviation", sd, 0),
            ("safety_stock", safety, 0),
            ("reorder_level", level, 0),
            ("total_orders", months.sum(), 0),
            ("average_orders", months.mean(), 2),
            ("demand_variability", sd / months.mean(), 3),
        ):
            right += abs(round(ours, digits) - float(line[key])) < 0.6 * 10**-digits
    return right
