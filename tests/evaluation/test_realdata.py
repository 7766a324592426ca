"""Published numbers, recomputed from the files they were published for."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from evaluation import runner
from evaluation.offline import OPERATORS, answer
from projects.catalogue import Limit, Scope, Shape, Terms

if TYPE_CHECKING:
    from evaluation.metrics import Finished

FOLDER: Final = os.environ.get("KENSHU_REALDATA", "")
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder"),
]

M4: Final = tuple(f"m4_hourly_{m}" for m in ("Naive2", "sNaive", "SES", "024", "218"))
BEER: Final = tuple(
    f"fpp3_beer_{m}" for m in ("drift", "mean", "naive", "seasonal_naive")
)
TEPCO: Final = ("tepco_2021Q3_gbm_90PI", "tepco_2021Q3_seasonal_naive")
FORECASTS: Final = (*M4, *BEER, *TEPCO, "m4_hourly_Naive_with_95PI")
DETECTIONS: Final = ("skab_t_squared", "skab_isolation_forest")
POINT_KEYS: Final = {
    "mae": "MAE",
    "rmse": "RMSE",
    "mape": "MAPE_pct",
    "smape": "sMAPE",
    "wape": "WAPE_pct",
    "bias": "ME_bias",
    "mase": "MASE",
    "owa": "OWA",
    "peak_mape": "daily_peak_MAPE_pct",
}
INTERVAL_KEYS: Final = {
    "coverage": "coverage",
    "width": "mean_width",
    "winkler": "winkler_mean",
    "pinball_lower": "pinball_lower",
    "pinball_upper": "pinball_upper",
    "acd": "ACD",
    "msis": "MSIS",
}
RATE_KEYS: Final = {
    "precision": "precision",
    "recall": "recall",
    "f1": "f1",
    "false_positive_rate": "far_fpr",
    "miss_rate": "mar_fnr",
    "accuracy": "accuracy",
    "specificity": "specificity",
    "balanced_accuracy": "balanced_accuracy",
    "mcc": "mcc",
}
# What the acceptance cases call our metrics.
CASES: Final = {
    "f1": "f1",
    "f1 (row level)": "f1",
    "far_fpr": "false_positive_rate",
    "mar_fnr": "miss_rate",
    "recall": "recall",
    "MAPE_pct": "mape",
    "coverage": "coverage",
    "OWA": "owa",
    "cycle_service_level": "cycle_service_level",
    "total_cost": "total_cost",
    "fill_rate_units": "fill_rate",
    "stockout_periods": "stockout_periods",
}
HISTORIES: Final = {
    "m4": ("m4_hourly_insample.parquet", 24),
    "fpp3": ("fpp3_beer_insample.csv", 4),
    "tepco_2021Q3": ("tepco_2021Q3_insample_1y.csv", 168),
}


@cache
def measured(file: str) -> Finished:
    folder, name = file.split("/")
    path, history = Path(FOLDER) / file, None
    terms, shape = Terms(), Shape.DETECTION
    if folder == "forecast":
        shape = Shape.FORECAST
        for prefix, (past, season) in HISTORIES.items():
            if name.startswith(prefix):
                history = Path(FOLDER) / folder / past
                level = 0.9 if "90PI" in name else 0.95
                terms = Terms(season=season, interval=level)
    if folder == "inventory":
        shape = Shape.INVENTORY
        terms = Terms(holding_rate=1.0, yen_shortage=10.0)
    return answer(path, shape, terms, history=history).finished


# Any: what json gives.
@cache
def published(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (Path(FOLDER) / folder / "expected.json").read_text()
    )
    return found


@pytest.mark.parametrize("name", FORECASTS)
def test_a_forecast_measures_as_published(name: str) -> None:
    expected = published("forecast")[name]
    point = expected.get("point", expected)
    done = measured(f"forecast/{name}.csv")
    assert done.rows == point["n"]
    for key, theirs in POINT_KEYS.items():
        if theirs in expected | point:
            value = (expected | point)[theirs]
            assert done.measured(key).value == pytest.approx(value, rel=1e-9), key
    means = point["per_series_then_mean"]
    for key, theirs in (("smape", "sMAPE"), ("mape", "MAPE_pct")):
        got = done.measured(f"{key}_mean_of_series").value
        assert got == pytest.approx(means[theirs], rel=1e-9)
    printed = expected.get("published", {})
    for key, theirs in (POINT_KEYS | INTERVAL_KEYS).items():
        if theirs in printed and theirs != "OWA":
            digits = len(str(printed[theirs]).partition(".")[2])
            value = done.measured(key).value
            assert value is not None
            assert round(value, digits) == printed[theirs]


@pytest.mark.parametrize("name", ["m4_hourly_Naive_with_95PI", TEPCO[0]])
def test_an_interval_measures_as_published(name: str) -> None:
    expected = published("forecast")[name]["interval"]
    done = measured(f"forecast/{name}.csv")
    for key, theirs in INTERVAL_KEYS.items():
        value = expected[theirs]
        assert done.measured(key).value == pytest.approx(value, rel=1e-9), key
    for key, theirs in (("below_share", "below_lower"), ("above_share", "above_upper")):
        share = done.measured(key).value
        assert share is not None
        assert share * done.rows == pytest.approx(expected[theirs])


def test_a_power_company_is_as_good_as_it_says() -> None:
    expected = published("forecast")["tepco_official_fy2022"]
    done = measured("forecast/tepco_official_fy2022.csv")
    for key, theirs in POINT_KEYS.items():
        if theirs in expected:
            value = expected[theirs]
            assert done.measured(key).value == pytest.approx(value, rel=1e-9), key


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("name", DETECTIONS)
def test_a_detector_counts_as_published(name: str, kind: str) -> None:
    expected = published("anomaly")[name]
    done = measured(f"anomaly/{name}.{kind}")
    _counts_agree(done, expected["confusion"], expected["per_segment_confusion"])
    _rates_agree(done, expected["metrics"])
    scores = expected["from_scores_not_published"]
    for key in ("roc_auc", "average_precision"):
        assert done.measured(key).value == pytest.approx(scores[key], rel=1e-12)
    assert done.measured("roc_auc").cases == scores["rows_with_score"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_leading_rows_that_do_not_count_are_left_out(kind: str) -> None:
    expected = published("anomaly")["nab_numenta_realKnownCause"]
    done = measured(f"anomaly/nab_numenta_realKnownCause.{kind}")
    counts = expected["confusion_scored_rows_only"]
    _counts_agree(done, counts, expected["per_segment_confusion"])
    _rates_agree(done, expected["metrics"])
    scores = expected["from_scores_not_published"]
    # The CSV's scores are rounded, which ties some of them.
    exact = 1e-12 if kind == "parquet" else 1e-6
    for key in ("roc_auc", "average_precision"):
        assert done.measured(key).value == pytest.approx(scores[key], rel=exact)


def _counts_agree(
    done: Finished, whole: dict[str, int], segments: dict[str, dict[str, int]]
) -> None:
    assert done.segments() == sorted(segments)
    for segment, theirs in ({"": whole} | segments).items():
        for key in ("tp", "fp", "fn", "tn"):
            assert done.measured(key, segment).value == theirs[key.upper()]


def _rates_agree(done: Finished, expected: dict[str, float]) -> None:
    for key, theirs in RATE_KEYS.items():
        value = expected[theirs]
        assert done.measured(key).value == pytest.approx(value, rel=1e-12), key


def test_every_acceptance_case_is_judged_as_it_must_be() -> None:
    cases = json.loads((Path(FOLDER) / "acceptance_cases.json").read_text())
    assert len(cases) == 21
    for case in cases:
        key = CASES[case["metric"]]
        bound = OPERATORS[case["operator"]]
        limit = Limit(key, bound, case["threshold"], None, Scope.WHOLE)
        judged = runner.judged(limit, measured(case["file"]))
        assert judged.outcome.upper() == case["expected"], case
