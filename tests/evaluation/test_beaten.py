"""Whether a run beats the baseline on the same rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from evaluation.beaten import beats
from evaluation.metrics import detection, forecast, trial
from projects.catalogue import Terms


def detected(judged, rule=None, **terms):
    columns = {"y_true": np.array([1, 1, 0, 0, 0, 0], np.int8)}
    columns["y_pred"] = np.array(judged, np.int8)
    if rule is not None:
        columns["y_rule"] = np.array(rule, np.int8)
    held = Terms(**terms)
    return detection.finish(detection.part(pa.record_batch(columns), 0, held), held)


@pytest.mark.parametrize(
    ("judged", "baseline", "expected"),
    [
        ([1, 1, 0, 0, 0, 0], "null", True),
        ([0, 0, 0, 0, 0, 0], "null", False),
        ([0, 0, 1, 1, 0, 0], "always", False),
        ([1, 1, 0, 0, 0, 0], "rule", None),
    ],
)
def test_a_detection_is_compared_by_f1(judged, baseline, expected):
    assert beats(detected(judged), baseline) is expected


def test_the_present_rule_is_beaten_only_by_more():
    rule = [1, 0, 0, 0, 0, 0]

    assert beats(detected([1, 1, 0, 0, 0, 0], rule), "rule") is True
    assert beats(detected(rule, rule), "rule") is False


def test_priced_errors_are_compared_in_yen():
    cheap = {"yen_false_alarm": 100.0, "yen_miss": 1.0}
    judged = [1, 1, 1, 1, 0, 0]

    assert beats(detected(judged), "null") is True
    assert beats(detected(judged, **cheap), "null") is False


def test_a_forecast_is_compared_by_its_mean_error():
    columns = {"y_true": [10.0, 12.0, 14.0], "y_pred": [10.0, 12.0, 13.0]}
    without = forecast.finish(forecast.part(pa.record_batch(columns)))
    ruled = forecast.finish(
        forecast.part(pa.record_batch(columns | {"y_rule": [9.0, 9.0, 9.0]}))
    )

    assert beats(without, "rule") is None
    assert beats(ruled, "rule") is True


def test_other_kinds_have_no_baseline_to_beat():
    rows = {"trial": ["a", "b"], "before": [3.0, 4.0], "after": [1.0, 2.0]}
    done = trial.finish(trial.part(pa.record_batch(rows)))

    assert beats(done, "rule") is None
