"""Forecast metrics against scikit-learn, their laws, and when MAPE is withheld."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from evaluation import hourly
from evaluation.metrics import finished_from_json
from evaluation.metrics.forecast import ForecastPart, finish, merge, part
from evaluation.metrics.forecasted import KEYS, Shown
from evaluation.metrics.history import history_of
from projects.catalogue import METRICS, Shape, Terms, metrics_of

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


def test_a_segment_is_the_line_even_where_a_series_is_named() -> None:
    batch = table([(1, 2, "A"), (1, 3, "B"), (1, 4, "A")])
    batch = batch.append_column("segment", pa.array(["north", "north", "south"]))
    done = finish(part(batch))
    assert done.segments() == ["north", "south"]
    assert [done.measured("mae", of).value for of in done.segments()] == [1.5, 3.0]


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


LEVELS = (0.1, 0.5, 0.9)


def ranged(rows: int, seed: int = 7) -> pa.RecordBatch:
    """Hours of two series with an interval, three quantiles and a present forecast."""
    generator = np.random.default_rng(seed)
    actual = generator.normal(100, 10, rows)
    forecast = actual + generator.normal(0, 5, rows)
    start = datetime(2026, 1, 5)  # noqa: DTZ001 - a Monday, in local time
    columns = {
        "y_true": actual,
        "y_pred": forecast,
        "y_lower": forecast - 8,
        "y_upper": forecast + 8,
        "y_rule": actual + generator.normal(0, 20, rows),
        "series_id": [f"S{i % 2}" for i in range(rows)],
        "horizon": (np.arange(rows) // 2 + 1).astype(float),
        "timestamp": pa.array(
            [start + timedelta(hours=i // 2) for i in range(rows)], pa.timestamp("us")
        ),
    }
    columns |= {f"q{level}": forecast + 10 * (level - 0.5) for level in LEVELS}
    return pa.record_batch(columns)


def past(rows: int, season: int = 24) -> pa.RecordBatch:
    hours = np.arange(rows)
    start = datetime(2025, 12, 1)  # noqa: DTZ001 - files carry local times
    values = 100 + 20 * np.sin(2 * np.pi * hours / season) + hours % 5
    return pa.record_batch(
        {
            "series_id": ["S0"] * rows + ["S1"] * rows,
            "y_true": np.concatenate([values, values * 2]),
            "timestamp": pa.array(
                [start + timedelta(hours=int(h)) for h in hours] * 2, pa.timestamp("us")
            ),
        }
    )


def test_intervals_and_quantiles_are_their_definitions() -> None:
    batch, terms = ranged(400), Terms(interval=0.8)
    done = finish(part(batch, 0, terms), terms)
    y = batch.column("y_true").to_numpy()
    low, high = (batch.column(f"y_{end}").to_numpy() for end in ("lower", "upper"))
    inside = (y >= low) & (y <= high)
    penalty = 2 / 0.2 * (np.maximum(low - y, 0) + np.maximum(y - high, 0))
    pinball = [
        peer.mean_pinball_loss(y, batch.column(f"q{q}").to_numpy(), alpha=q)
        for q in LEVELS
    ]
    expected = {
        "coverage": inside.mean(),
        "acd": abs(inside.mean() - 0.8),
        "below_share": (y < low).mean(),
        "above_share": (y > high).mean(),
        "width": 16,
        "winkler": (high - low + penalty).mean(),
        "pinball_lower": peer.mean_pinball_loss(y, low, alpha=0.1),
        "pinball_upper": peer.mean_pinball_loss(y, high, alpha=0.9),
        "pinball": np.mean(pinball),
        "crps": 2 * np.mean(pinball),
        "wql": 2 * np.mean(pinball) * len(y) / abs(y).sum(),
        "skill_rule": 1
        - abs(batch.column("y_pred").to_numpy() - y).mean()
        / abs(batch.column("y_rule").to_numpy() - y).mean(),
    }
    for key, value in expected.items():
        got = done.measured(key)
        assert got.value == pytest.approx(value, rel=1e-9), key
        assert got.low is not None, key
        assert got.high is not None, key
        assert got.low <= got.value <= got.high, key


def test_the_ends_of_an_interval_stand_in_for_quantiles() -> None:
    batch = ranged(60).drop_columns([f"q{level}" for level in LEVELS])
    done = finish(part(batch))
    both = [done.measured(f"pinball_{end}").value for end in ("lower", "upper")]
    assert done.measured("pinball").value == pytest.approx(np.mean(both))


def test_errors_are_scaled_by_the_past_of_their_series() -> None:
    terms = Terms(season=24)
    history = history_of([past(24 * 40)], 24)
    batch = ranged(400)
    done = finish(part(batch, 0, terms, history=history), terms, history)
    values = past(24 * 40).column("y_true").to_numpy().reshape(2, -1)
    error = batch.column("y_pred").to_numpy() - batch.column("y_true").to_numpy()
    scales = [abs(v[24:] - v[:-24]).mean() for v in values]
    squares = [((v[24:] - v[:-24]) ** 2).mean() for v in values]
    own = [error[i::2] for i in (0, 1)]
    mase = np.mean([abs(e).mean() / s for e, s in zip(own, scales, strict=True)])
    assert done.measured("mase").value == pytest.approx(mase)
    rmsse = [np.sqrt((e**2).mean() / s) for e, s in zip(own, squares, strict=True)]
    assert done.measured("rmsse").value == pytest.approx(np.mean(rmsse))
    for key in ("owa", "msis", "skill_naive", "skill_seasonal_naive"):
        assert done.measured(key).low is not None, key
    names = set(done.whole.baselines)
    assert names == {"rule", "naive", "seasonal_naive", "naive2", "mean"}
    assert done.measured("mase", "S1").value == pytest.approx(
        abs(own[1]).mean() / scales[1]
    )


def test_a_naive2_forecast_scores_an_owa_of_one() -> None:
    terms, history = Terms(season=24), history_of([past(24 * 10)], 24)
    rows = 48
    batch = ranged(rows).select(["y_true", "series_id", "horizon"])
    places = history.places(batch.column("series_id").to_pylist())
    steps = np.arange(rows) // 2
    batch = batch.append_column("y_pred", pa.array(history.naive2[places, steps % 24]))
    done = finish(part(batch, 0, terms, history=history), terms, history)
    assert done.measured("owa").value == 1.0


@pytest.mark.parametrize(
    ("history", "says"),
    [
        (None, "no file of past values"),
        ({"series_id": ["S0"] * 9, "y_true": np.arange(9.0)}, "1 series has no past"),
        (
            {"series_id": ["S0", "S1"] * 9, "y_true": np.full(18, 3.0)},
            "too short or never changes",
        ),
    ],
    ids=["none", "missing", "constant"],
)
def test_why_there_is_no_scale_is_said(
    history: dict[str, object] | None, says: str
) -> None:
    held = None if history is None else history_of([pa.record_batch(history)], 1)
    done = finish(part(ranged(40), 0, history=held), history=held)
    for key in ("mase", "rmsse", "msis", "owa"):
        withheld = done.measured(key).withheld
        assert withheld is not None, key
        assert says in withheld.en, key


def test_of_a_thousand_steps_the_chart_draws_some_and_says_so() -> None:
    rows = [Shown(at, 1, float(at * 37 % 101), None, 1.0, None) for at in range(1_000)]

    with translation.override("en"):
        chart = hourly.over(rows, "horizon")

    drawn = chart.figure["light"]["data"]
    assert {len(line["x"]) for line in drawn} == {400}
    assert chart.note == "400 of 1,000 points drawn; the table holds all."
    assert len(chart.table.rows) == 1_000


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("horizon", "Mean error is largest at 2 ahead (3.00), smallest at 0 ahead"),
        ("hour", "Mean error is largest at 2 o'clock (3.00), smallest at 0 o'clock"),
        ("weekday", "Mean error is largest at Wed (3.00), smallest at Mon (1.00)"),
    ],
)
def test_a_chart_of_hours_says_where_the_error_is_largest(name, title) -> None:
    rows = [Shown(at, 5, at + 1.0, 2.0, -1.0, 0.9) for at in range(3)]

    with translation.override("en"):
        chart = hourly.over(rows, name)

    assert chart.title.startswith(title)
    assert chart.note == ""
    assert chart.table.head[-1] == METRICS["coverage"].name.en
    assert chart.table.rows[0][-1] == "90.0%"


def test_steps_come_from_times_where_there_is_no_horizon() -> None:
    history = history_of([past(24 * 10)], 24)
    terms = Terms(season=24)
    batch = ranged(96)
    timed = batch.drop_columns(["horizon"])
    plain = timed.drop_columns(["timestamp"])
    done = finish(part(timed, 0, terms, history=history), terms, history)
    assert "seasonal_naive" in done.whole.baselines
    without = finish(part(plain, 0, terms, history=history), terms, history)
    withheld = without.measured("owa").withheld
    assert withheld is not None
    assert "horizon" in withheld.en
    assert without.measured("peak_mape").withheld is not None


def test_one_series_without_a_name_has_a_past_too() -> None:
    history = history_of([pa.record_batch({"y_true": np.arange(30.0) % 7})], 1)
    batch = pa.record_batch({"y_true": [1.0, 2.0], "y_pred": [2.0, 2.0]})
    done = finish(part(batch, 0, history=history), history=history)
    assert done.measured("mase").value is not None
    with pytest.raises(ValueError, match="no history"):
        history_of([], 1)


def test_a_short_or_calm_past_is_not_seasonal() -> None:
    for values in ([5.0, 7.0], [3.0] * 90, [0.0, 5.0] * 40):
        history = history_of([pa.record_batch({"y_true": values})], 24)
        assert (history.naive2 == values[-1]).all()
    odd = np.tile([10.0, 20.0, 60.0], 20)
    history = history_of([pa.record_batch({"y_true": odd})], 3)
    assert history.naive2[0].tolist() == pytest.approx([10, 20, 60])


def test_the_peak_of_each_day_is_compared() -> None:
    start = datetime(2026, 1, 5)  # noqa: DTZ001 - files carry local times
    hours = [start + timedelta(hours=i) for i in range(48)]
    actual, forecast = np.ones(48), np.ones(48)
    actual[[10, 30]], forecast[[12, 30]] = (100, 50), (90, 55)
    batch = pa.record_batch(
        {"y_true": actual, "y_pred": forecast, "timestamp": pa.array(hours)}
    )
    parts = [part(batch.slice(a, 24), a) for a in (24, 0)]
    done = finish(merge(*parts))
    assert done.measured("peak_mape").value == pytest.approx(10.0)
    assert done.measured("peak_time_error").value == pytest.approx(1.0)
    assert [one.at for one in done.shown["hour"]] == list(range(24))
    assert [one.at for one in done.shown["weekday"]] == [0, 1]


def test_unit_prices_make_a_cost() -> None:
    terms = Terms(yen_over=10.0, yen_under=300.0)
    batch = pa.record_batch({"y_true": [5.0, 5.0], "y_pred": [7.0, 4.0]})
    done = finish(part(batch, 0, terms), terms)
    assert done.measured("cost_over").value == 20
    assert done.measured("cost_under").value == 300
    assert done.measured("cost_of_error").value == 320
    free = finish(part(batch)).measured("cost_of_error")
    assert free.withheld is not None


def test_many_series_keep_their_values_without_intervals() -> None:
    rows = 1_100
    batch = pa.record_batch(
        {
            "y_true": np.arange(rows) + 1.0,
            "y_pred": np.arange(rows) + 2.0,
            "series_id": [f"S{i}" for i in range(rows)],
        }
    )
    done = finish(part(batch))
    assert done.measured("mae", "S7").value == 1
    assert done.measured("mae", "S7").low is None
    assert done.measured("mae").low is not None
    with pytest.raises(KeyError):
        done.measured("mae", "S9999")
    with pytest.raises(KeyError):
        done.measured("f1")
