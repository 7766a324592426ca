"""Published numbers, recomputed from the files they were published for."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from evaluation.ingest.check import check
from evaluation.ingest.inspect import Caps, inspect
from evaluation.ingest.mapping import recognise
from evaluation.ingest.read import batches
from evaluation.judge import judge_limit
from evaluation.runner import evaluate
from projects.catalogue import Bound, Limit, Scope, Shape

if TYPE_CHECKING:
    from evaluation.metrics import Finished

FOLDER: Final = os.environ.get("KENSHU_REALDATA", "")
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder"),
]

FORECASTS: Final = (
    *(f"m4_hourly_{m}" for m in ("Naive2", "sNaive", "SES", "024", "218")),
    "m4_hourly_Naive_with_95PI",
    *(f"fpp3_beer_{m}" for m in ("drift", "mean", "naive", "seasonal_naive")),
    *("tepco_official_fy2022", "tepco_2021Q3_gbm_90PI", "tepco_2021Q3_seasonal_naive"),
)
DETECTIONS: Final = ("skab_t_squared", "skab_isolation_forest")
POINT_KEYS: Final = {
    "mae": "MAE",
    "rmse": "RMSE",
    "mape": "MAPE_pct",
    "smape": "sMAPE",
    "wape": "WAPE_pct",
    "bias": "ME_bias",
}
RATE_KEYS: Final = {
    "precision": "precision",
    "recall": "recall",
    "f1": "f1",
    "false_positive_rate": "far_fpr",
    "miss_rate": "mar_fnr",
    "accuracy": "accuracy",
    "specificity": "specificity",
}
# Metrics of the acceptance cases that are measured, and the files they are about.
CASES: Final = {
    "f1": "f1",
    "far_fpr": "false_positive_rate",
    "mar_fnr": "miss_rate",
    "recall": "recall",
    "MAPE_pct": "mape",
}
BOUNDS: Final = {
    "<=": Bound.AT_MOST,
    ">=": Bound.AT_LEAST,
    "<": Bound.BELOW,
    ">": Bound.ABOVE,
}


@cache
def measured(file: str) -> Finished:
    path = Path(FOLDER) / file
    shape = Shape.DETECTION if file.startswith("anomaly") else Shape.FORECAST
    caps = Caps()
    layout = inspect(path, path.name, caps)
    mapping = recognise(layout.columns, shape)
    checked = check(path, layout, mapping, shape, caps)
    done = evaluate(batches(path, layout, mapping, shape, caps), shape)
    assert (done.rows, len(done.segments())) == (checked.rows, len(checked.segments))
    return done


# Any: what json gives.
def published(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (Path(FOLDER) / folder / "expected.json").read_text()
    )
    return found


@pytest.mark.parametrize("name", FORECASTS)
def test_a_forecast_measures_as_published(name: str) -> None:
    expected = published("forecast")[name]
    expected = expected.get("point", expected)
    done = measured(f"forecast/{name}.csv")
    assert done.rows == expected["n"]
    for key, theirs in POINT_KEYS.items():
        assert done.measured(key).value == pytest.approx(expected[theirs], rel=1e-12)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("name", DETECTIONS)
def test_a_detector_counts_as_published(name: str, kind: str) -> None:
    expected = published("anomaly")[name]
    done = measured(f"anomaly/{name}.{kind}")
    counts = {"": expected["confusion"]} | expected["per_segment_confusion"]
    assert done.segments() == sorted(expected["per_segment_confusion"])
    for segment, theirs in counts.items():
        for key in ("tp", "fp", "fn", "tn"):
            assert done.measured(key, segment).value == theirs[key.upper()]
    for key, theirs in RATE_KEYS.items():
        value = expected["metrics"][theirs]
        assert done.measured(key).value == pytest.approx(value, rel=1e-12)
    scores = expected["from_scores_not_published"]
    for key in ("roc_auc", "average_precision"):
        assert done.measured(key).value == pytest.approx(scores[key], rel=1e-12)
    assert done.measured("roc_auc").cases == scores["rows_with_score"]


def test_every_acceptance_case_is_judged_as_it_must_be() -> None:
    cases = json.loads((Path(FOLDER) / "acceptance_cases.json").read_text())
    known = [case for case in cases if case["metric"] in CASES]
    assert len(known) == 8
    for case in known:
        key = CASES[case["metric"]]
        bound = BOUNDS[case["operator"]]
        limit = Limit(key, bound, case["threshold"], None, Scope.WHOLE)
        judged = judge_limit(limit, measured(case["file"]).measured(key), {})
        assert judged.outcome.upper() == case["expected"], case["why"]
