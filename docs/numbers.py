"""Writes docs/numbers.md: published numbers beside ours, recomputed from the files.

KENSHU_REALDATA=/path/to/data python -m docs.numbers
"""

from __future__ import annotations

import csv
import json
import math
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import ndtr

from evaluation.metrics import stock
from evaluation.offline import answer
from projects.catalogue import Shape, Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.metrics import Finished

PAGE: Final = Path(__file__).with_name("numbers.md")
HEAD: Final = """# Numbers you can check

Every figure below was recomputed by `make numbers` from the file it was published for.
“Difference” is ours, rounded as the source prints it, minus the published value; where
it is not zero the last column says why.

下の数値は`make numbers`で公開データから求め直したものです。

| File | Metric | Published | Ours | Difference | Source |
|---|---|---:|---:|---:|---|
"""
SKAB: Final = "SKAB, leaderboard and notebooks"
NAB: Final = "NAB, standard scores"
M4: Final = "M4 competition, ranks; their OWA is made of the rounded sMAPE and MASE"
BEER: Final = "Hyndman, Forecasting: Principles and Practice, 5.8"
STOCKPYL: Final = "stockpyl, tutorial and tests"
REORDER: Final = "supplychainpy, 14 items; reorder level as they define it"
# The file of past values a forecast is scaled by, and the season, by the file's name.
HISTORIES: Final = {
    "m4": ("m4_hourly_insample.parquet", 24),
    "fpp3": ("fpp3_beer_insample.csv", 4),
    "tepco_2021Q3": ("tepco_2021Q3_insample_1y.csv", 168),
}
CARPARTS: Final = Terms(holding_rate=0.02, unit_cost=10.0, yen_shortage=25.0)


@dataclass(frozen=True, slots=True)
class Line:
    """One published number and where it stands in our result."""

    file: str
    metric: str
    published: float
    digits: int
    source: str
    scale: float = 1.0
    segment: str = ""


def lines(folder: Path) -> list[Line]:
    """The published numbers, from the data's own records of them."""
    held = {
        kind: json.loads((folder / kind / "expected.json").read_text())
        for kind in ("anomaly", "forecast", "inventory")
    }
    found: list[Line] = []
    for name in ("skab_t_squared", "skab_isolation_forest"):
        printed = held["anomaly"][name]["published"]
        file = f"anomaly/{name}.csv"
        found += [
            Line(file, "f1", printed["F1"], 2, SKAB),
            Line(file, "false_positive_rate", printed["FAR_pct"], 2, SKAB, 100),
            Line(file, "miss_rate", printed["MAR_pct"], 2, SKAB, 100),
        ]
        told = held["anomaly"][name]["changepoints_published"]
        found += [
            Line(file, "changepoints_missed", told["missed_cps"], 0, SKAB),
            Line(file, "changepoints_false", told["false_cps"], 0, SKAB),
            Line(file, "changepoint_delay", round(told["mean_delay_s"], 6), 6, SKAB),
        ]
    nab = held["anomaly"]["nab_numenta_realKnownCause"]["confusion_scored_rows_only"]
    file = "anomaly/nab_numenta_realKnownCause.parquet"
    found += [Line(file, key.lower(), nab[key], 0, NAB) for key in nab]
    for row in _rows(folder / "anomaly/nab_numenta_realKnownCause.published.csv"):
        found += [
            Line(file, key.lower(), float(row[key]), 0, NAB, segment=row["segment"])
            for key in nab
        ]
    keys = {"sMAPE": "smape", "MASE": "mase", "OWA": "owa", "MSIS": "msis"}
    keys |= {"ACD": "acd", "RMSE": "rmse", "MAE": "mae", "MAPE_pct": "mape"}
    for name, record in held["forecast"].items():
        printed = record.get("published") or record.get("interval", {}).get("published")
        source = M4 if name.startswith("m4") else BEER
        for key, value in (printed or {}).items():
            digits = len(f"{value}".partition(".")[2])
            found.append(Line(f"forecast/{name}.csv", keys[key], value, digits, source))
    for name, key in (
        ("stockpyl_ex4_1_base_stock_57", "cost_per_period"),
        ("stockpyl_simple_base_stock_2", "total_cost"),
    ):
        value = held["inventory"][name]["published"][key]
        file = f"inventory/{name}.csv"
        found.append(Line(file, key, round(value, 12), 12, STOCKPYL))
    return found


def measured(folder: Path, file: str) -> Finished:
    """The file as its publisher measured it."""
    name, history, terms, shape = file.split("/")[1], None, Terms(), Shape.DETECTION
    if "isolation" in name:
        terms = Terms(hold_rows=30)
    if file.startswith("forecast"):
        shape = Shape.FORECAST
        past, season = HISTORIES[name.partition("_")[0]]
        history, terms = folder / "forecast" / past, Terms(season=season)
    if file.startswith("inventory"):
        shape = Shape.INVENTORY
        costs = (0.18, 0.70) if "ex4_1" in name else (1.0, 10.0)
        terms = Terms(holding_rate=costs[0], yen_shortage=costs[1])
    return answer(folder / file, shape, terms, history=history).finished


def page(folder: Path) -> str:
    """The whole page."""
    held: dict[str, Finished] = {}
    rows: list[str] = []
    for line in lines(folder):
        if line.file not in held:
            held[line.file] = measured(folder, line.file)
        value = held[line.file].measured(line.metric, line.segment).value
        if value is None:
            raise ValueError(f"{line.file} has no {line.metric}")
        rows.append(_row(line, value * line.scale))
    rows += [_row(line, ours) for line, ours in others(folder)]
    return HEAD + "\n".join(rows) + "\n"


def _row(line: Line, ours: float) -> str:
    apart = round(round(ours, line.digits) - line.published, line.digits)
    where = f" {line.segment.rpartition('/')[2]}" if line.segment else ""
    cells: list[Any] = [
        f"`{line.file}`",
        f"`{line.metric}`{where}",
        f"{line.published:g}" if line.digits < 6 else f"{line.published}",
        f"{ours:.10g}",
        f"{apart + 0.0:g}",
        line.source,
    ]
    return f"| {' | '.join(cells)} |"


def others(folder: Path) -> Iterator[tuple[Line, float]]:
    """Published numbers that are no metric of a run, each with ours."""
    file = "anomaly/nab_numenta_realKnownCause.parquet"
    # Any: only a detection has events.
    done: Any = measured(folder, file)
    for row in _rows(folder / "anomaly/nab_numenta_realKnownCause.published.csv"):
        segment, score = row["segment"], round(float(row["nab_score"]), 9)
        line = Line(file, "raw NAB score", score, 9, NAB, segment=segment)
        yield line, done.events.by_segment[segment].nab[0]
    yield from _textbook(folder)
    yield from _reorders(folder)


def _textbook(folder: Path) -> Iterator[tuple[Line, float]]:
    held = json.loads((folder / "inventory/expected.json").read_text())
    ours = {
        "EOQ": stock.eoq(8, 0.225, 1300),
        "newsvendor normal h": stock.newsvendor(0.18, 0.70, 50, 8),
        "newsvendor normal, S": (stock.newsvendor_cost(53, 0.18, 0.70, 50, 8),),
        "(r,Q)": stock.reorder_point(8, 0.225, 7.5, 1300, 150, 1 / 12),
    }
    for key, values in ours.items():
        name = next(name for name in held if name.startswith(f"textbook:{key}"))
        of, _arrow, told = name.removeprefix("textbook:").partition(" -> ")
        for what, value, printed in zip(
            told.split(", "), values, held[name]["published"], strict=True
        ):
            line = Line(of, what, round(printed, 9), 9, STOCKPYL)
            yield line, value


def _reorders(folder: Path) -> Iterator[tuple[Line, float]]:
    demand = {
        r["Sku"]: r for r in _rows(folder / "inventory/supplychainpy_39_skus.csv")
    }
    file = "inventory/supplychainpy_published_14_AY_skus.csv"
    for row in _rows(folder / file):
        given = demand[row["sku"]]
        months = np.array([float(given[month]) for month in list(given)[1:13]])
        lead, sd = float(given["lead-time"]), float(months.std())
        safety = stock.safety_stock(float(ndtr(1.28)), sd, lead)
        level = float(months.mean()) * math.sqrt(lead) + safety
        for key, value in (("safety_stock", safety), ("reorder_level", level)):
            printed = float(row[key])
            yield Line(file, key, printed, 0, REORDER, segment=row["sku"]), value


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> int:
    """Write the page; 2 when the data cannot be found."""
    folder = os.environ.get("KENSHU_REALDATA", "")
    if not folder:
        sys.stderr.write("Set KENSHU_REALDATA to the folder of published data.\n")
        return 2
    PAGE.write_text(page(Path(folder)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
