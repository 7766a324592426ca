"""Forecast metrics against scikit-learn, their laws, and when MAPE is withheld."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from evaluation.metrics import finished_from_json
from evaluation.metrics.forecast import ForecastPart, finish, merge, part
from evaluation.metrics.forecasted import KEYS
from projects.catalogue import Shape, metrics_of

NUMBER = st.floats(1, 1e6)
ROW = st.tuples(NUMBER, NUMBER, st.sampled_from("AB"))


def table(rows: list[tuple[float, float, str]], timed: bool = False) -> pa.RecordBatch:
    actual, forecast, series = zip(*rows, strict=True)
    columns = {
        "y_true": pa.array(actual, pa.float64()),
        "y_pred": pa.array(forecast, pa.float64()),
        "series_id": pa.array(series),
    }
    if timed:
        start = datetime(2026, 1, 1)  # noqa: DTZ001 - files carry local times
        times = [start + timedelta(hours=7 * i) for i in range(len(rows))]
        columns["timestamp"] = pa.array(times, pa.timestamp("us"))
    return pa.record_batch(columns)


def test_every_metric_of_the_catalogue_is_implemented() -> None:
    assert {m.key for m in metrics_of(Shape.FORECAST)} == set(KEYS)


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=60))
def test_every_metric_is_its_definition(rows: list[tuple[float, float, str]]) -> None:
    done = finish(part(table(rows)))
    for segment in ["", *done.segments()]:
        chosen = [row for row in rows if segment in ("", row[2])]
        y, f = (np.array([row[i] for row in chosen]) for i in (0, 1))
        expected = {
            "mae": peer.mean_absolute_error(y, f),
            "rmse": peer.root_mean_squared_error(y, f),
            "smape": np.mean(200 * abs(f - y) / (abs(y) + abs(f))),
            "wape": 100 * abs(f - y).sum() / y.sum(),
            "bias": np.mean(f - y),
        }
        if y.min() >= 0.002 * y.mean() and not segment and len(done.segments()) == 1:
            expected["mape"] = 100 * peer.mean_absolute_percentage_error(y, f)
        for key, value in expected.items():
            measured = done.measured(key, segment)
            assert measured.value == pytest.approx(value, rel=1e-9, abs=1e-9)
            assert measured.cases == len(chosen)


@settings(deadline=None)
@given(
    st.lists(st.lists(ROW, min_size=1, max_size=8), min_size=2, max_size=8),
    st.randoms(),
    st.booleans(),
)
def test_any_order_of_merging_gives_the_same_bits(
    batches: list[list[tuple[float, float, str]]], chance: object, timed: bool
) -> None:
    parts: list[ForecastPart] = []
    row = 0
    for rows in batches:
        parts.append(part(table(rows, timed), row))
        row += len(rows)

    def merged(chosen: list[ForecastPart]) -> ForecastPart:
        while len(chosen) > 1:
            chosen = [merge(chosen[0], chosen[1]), *chosen[2:]]
        return chosen[0]

    expected = finish(merged(parts))
    shuffled = list(parts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' Random
    tail = merged(shuffled[1:])
    assert finish(merge(shuffled[0], tail)) == expected
    assert finish(merge(tail, shuffled[0])) == expected


@pytest.mark.parametrize(
    ("actuals", "smallest"),
    [([100.0, 0.0, 0.0], "0"), ([100.0, 1e-10], "1e-10"), ([1e6] * 9 + [1.0], "1")],
    ids=["zeros", "almost zero", "tiny beside the mean"],
)
def test_mape_is_withheld_when_an_actual_is_near_zero(
    actuals: list[float], smallest: str
) -> None:
    done = finish(part(table([(actual, 50.0, "A") for actual in actuals])))
    for key in ("mape", "mape_mean_of_series"):
        withheld = done.measured(key).withheld
        assert withheld is not None
        assert f"the smallest is {smallest})" in withheld.en
        assert f"最小{smallest})" in withheld.ja
    assert done.measured("wape").value is not None


def test_a_small_series_beside_a_large_one_keeps_its_mape() -> None:
    done = finish(part(table([(1e6, 1e6, "A"), (10.0, 11.0, "B")])))
    assert done.measured("mape").value == pytest.approx(5.0)


def test_wape_of_nothing_but_zeros_is_withheld() -> None:
    measured = finish(part(table([(0.0, 1.0, "A")]))).measured("wape")
    assert measured.value is None
    assert measured.withheld is not None


def test_the_interval_holds_the_value_and_narrows_with_less_confidence() -> None:
    generator = np.random.default_rng(5)
    rows = [(100.0, 100 + float(e), "A") for e in generator.normal(size=2_000)]
    done = finish(part(table(rows, timed=True)))
    widths = []
    for confidence in (0.90, 0.95, 0.99):
        measured = done.measured("mae", "A", confidence)
        assert measured.value is not None
        assert measured.low is not None
        assert measured.high is not None
        assert measured.low <= measured.value <= measured.high
        widths.append(measured.high - measured.low)
    assert widths == sorted(widths)


def test_a_few_rows_have_a_value_and_no_interval() -> None:
    measured = finish(part(table([(1.0, 2.0, "A")]))).measured("mae")
    assert (measured.value, measured.low, measured.high) == (1.0, None, None)


def test_a_confidence_that_limits_do_not_offer_is_refused() -> None:
    with pytest.raises(ValueError, match="confidence"):
        finish(part(table([(1.0, 2.0, "A")]))).measured("mae", "", 0.8)


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=40))
def test_a_result_comes_back_from_json(rows: list[tuple[float, float, str]]) -> None:
    done = finish(part(table(rows, timed=True)))
    assert finished_from_json(json.loads(json.dumps(done.to_json()))) == done


def test_numbers_too_large_to_square_are_withheld_not_infinite() -> None:
    done = finish(part(table([(1e300, -1e300, "A")])))
    assert done.measured("rmse").value is None
    assert done.measured("rmse").withheld is not None
