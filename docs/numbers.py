"""Writes docs/numbers.md: published numbers beside ours, recomputed from the files.

KENSHU_REALDATA=/path/to/data python -m docs.numbers
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evaluation.offline import answer
from projects.catalogue import Shape, Terms

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class Line:
    """One published number and where it stands in our result."""

    file: str
    metric: str
    published: float
    digits: int
    source: str
    scale: float = 1.0


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
        past, season = ("m4_hourly_insample.parquet", 24)
        if name.startswith("fpp3"):
            past, season = ("fpp3_beer_insample.csv", 4)
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
        value = held[line.file].measured(line.metric).value
        if value is None:
            raise ValueError(f"{line.file} has no {line.metric}")
        ours = value * line.scale
        apart = round(round(ours, line.digits) - line.published, line.digits)
        cells: list[Any] = [
            f"`{line.file}`",
            f"`{line.metric}`",
            f"{line.published:g}" if line.digits < 6 else f"{line.published}",
            f"{ours:.10g}",
            f"{apart:g}",
            line.source,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return HEAD + "\n".join(rows) + "\n"


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
