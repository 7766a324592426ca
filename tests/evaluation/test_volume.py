"""Errors a day, a week and a month follow from shares of rows and the site's cases."""

from __future__ import annotations

import pytest
from scipy import stats

from evaluation.metrics.counts import Confusion
from evaluation.metrics.volume import at_volume


def test_a_site_sees_as_many_errors_as_its_cases_make() -> None:
    found = at_volume(Confusion(tp=8, fp=12, fn=2, tn=978), 500)
    assert [one.value for one in found["false_alarms"]] == pytest.approx(
        [6.0, 42.0, 6 * 365.25 / 12]
    )
    assert found["alarms"][0].value == pytest.approx(10)
    low, high = stats.binomtest(2, 1_000).proportion_ci(0.95)
    assert (found["misses"][1].low, found["misses"][1].high) == pytest.approx(
        (low * 3_500, high * 3_500)
    )
    assert found["misses"][1].hits == 2


def test_no_rows_say_nothing() -> None:
    with pytest.raises(ValueError, match="no proportion"):
        at_volume(Confusion(0, 0, 0, 0), 500)
