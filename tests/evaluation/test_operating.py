"""What a detection's page says of thresholds, money and the site's days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from django.utils import translation

from evaluation import kinds
from evaluation.metrics.detection import finish, part
from projects.catalogue import TermError, Terms

if TYPE_CHECKING:
    from evaluation.metrics.detected import FinishedDetection


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def measured(terms: Terms, *, scores: bool = True) -> FinishedDetection:
    truth = np.array([1] * 10 + [0] * 90, np.int8)
    score = np.where(truth, 0.8, np.linspace(0, 0.7, 100))
    columns = {"y_true": truth, "y_pred": (score > 0.6).astype(np.int8)}
    if scores:
        columns["y_score"] = score
    return finish(part(pa.record_batch(columns), 0, terms), terms)


def test_without_prices_there_is_one_chart_and_without_scores_none() -> None:
    assert [chart.key for chart in kinds.charts(measured(Terms()))] == ["sweep"]
    assert kinds.charts(measured(Terms(), scores=False)) == []


def test_a_site_reads_its_errors_by_day_week_and_month() -> None:
    plain, told = (
        kinds.tables(measured(Terms(cases_a_day=volume))) for volume in (None, 200.0)
    )
    assert len(told) == len(plain) + 1
    table = told[1]
    assert table.title == "At 200 cases a day"
    name, day, week, _month = table.rows[2]
    assert name == "Misses"
    assert day.startswith("0.0 (0.0–")
    assert week.startswith("0.0 (0.0–")
    with pytest.raises(TermError, match="cases_a_day"):
        Terms(cases_a_day=0)
