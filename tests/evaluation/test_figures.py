"""The figures kept beside a result: the same as the result's own, on old rows too."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from evaluation.figures import NAIVE, figure_of, figures_of
from evaluation.models import Result, Run
from evaluation.pipeline import evaluate
from evaluation.within import Within
from projects.catalogue import Shape, metrics_of
from tests.dashboards.measured import alarms, forecasts, run_of, stock, trials, version
from tests.evaluation.test_pipeline import signed, submitted  # noqa: F401


@pytest.mark.parametrize(
    ("measured", "shape"),
    [
        (alarms, Shape.DETECTION),
        (forecasts, Shape.FORECAST),
        (stock, Shape.INVENTORY),
        (trials, Shape.TRIAL),
    ],
)
def test_every_metric_with_a_value_is_kept_as_it_was_measured(measured, shape):
    finished = measured()

    figures = figures_of(finished, shape)

    assert json.loads(json.dumps(figures)) == figures
    for metric in metrics_of(shape):
        one = finished.measured(metric.key)
        kept = figure_of(figures, metric.key)
        assert kept == (None if one.value is None else (one.value, one.low, one.high))


def test_the_naive_s_own_errors_stand_beside_a_forecast_s():
    alone, several = forecasts(), forecasts(("北", "南"))

    figures = figures_of(alone, Shape.FORECAST)

    naive = alone.whole.baselines["naive"]
    assert figures[f"{NAIVE}wape"] == [naive["wape"], None, None]
    # MASE is an error by a scale, and the scale is the same for both.
    by_scale = figures[f"{NAIVE}mase"][0] / figures["mase"][0]
    assert by_scale == pytest.approx(naive["mae"] / figures["mae"][0])
    # Of several series it is a mean of such shares, which their sums do not tell.
    assert f"{NAIVE}mase" not in figures_of(several, Shape.FORECAST)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["12", 'a "quoted" name', "プレス1号機", "none"])
def test_a_piece_is_taken_out_of_sqlite_by_any_name(name):
    sqlite = DatabaseWrapper(
        {**connection.settings_dict, "NAME": ":memory:", "OPTIONS": {}}
    )
    asked = Result.objects.values_list(Within("finished", "segments", name))
    sql, params = asked.query.get_compiler(connection=sqlite).as_sql()
    finished = alarms().to_json()

    with sqlite.cursor() as cursor:
        cursor.execute("CREATE TABLE evaluation_result (finished text)")
        cursor.execute(
            "INSERT INTO evaluation_result VALUES (%s)", [json.dumps(finished)]
        )
        cursor.execute(sql, params)
        (found,) = cursor.fetchone()
    sqlite.close()

    assert (json.loads(found) if found else None) == finished["segments"].get(name)


@pytest.mark.django_db(transaction=True)
def test_a_run_keeps_its_figures_as_it_is_measured(signed, manager):  # noqa: F811
    run = submitted(signed, manager)

    evaluate(run.pk)

    result = Result.objects.get(run=run)
    assert result.figures["miss_rate"][0] == 0
    assert result.figures["precision"][0] == 1


def test_old_rows_are_filled_by_retell(engagement):
    limit = {"metric": "recall", "bound": "at_least", "limit": Decimal("0.5")}
    agreed = version(engagement, 1, limit)
    old = run_of(agreed, 1, alarms(1), told=False)
    new = run_of(agreed, 2, alarms(2))
    kept = Result.objects.get(run=new).figures

    call_command("retell")

    assert Result.objects.get(run=old).figures == figures_of(alarms(1), Shape.DETECTION)
    assert Result.objects.get(run=new).figures == kept
    assert Run.objects.count() == 2
