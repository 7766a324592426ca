"""Intervals against published tables, scipy and their own laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evaluation.metrics.intervals import (
    LINES_AT_ONCE,
    REPLICATES,
    block_ends,
    block_ends_of,
    clopper_pearson,
    f1_interval,
    moving_blocks,
    tail,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@given(st.integers(1, 5_000), st.floats(0, 1), st.sampled_from([0.9, 0.95, 0.99]))
def test_the_exact_interval_is_scipys(
    cases: int, share: float, confidence: float
) -> None:
    hits = round(share * cases)
    test = binomtest(hits, cases)
    two = test.proportion_ci(confidence, method="exact")
    ends = clopper_pearson(hits, cases, confidence, one_sided=False)
    assert ends == pytest.approx((two.low, two.high), abs=1e-9)
    # A one-sided end at c is the end of a two-sided interval at 2c - 1.
    one = test.proportion_ci(2 * confidence - 1, method="exact")
    assert clopper_pearson(hits, cases, confidence) == pytest.approx(
        (one.low, one.high), abs=1e-9
    )


@pytest.mark.parametrize(("hits", "cases"), [(0, 0), (-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(hits: int, cases: int) -> None:
    with pytest.raises(ValueError, match="proportion"):
        clopper_pearson(hits, cases, 0.95)


def test_a_confidence_must_be_a_share() -> None:
    with pytest.raises(ValueError, match="confidence"):
        tail(1.0, one_sided=True)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_the_interval_of_f1_holds_f1(tp: int, fp: int, fn: int) -> None:
    if tp + fp + fn:
        low, high = f1_interval(tp, fp, fn, 0.95)
        f1 = 2 * tp / (2 * tp + fp + fn)
        assert 0 <= low <= f1 + 1e-12
        assert f1 - 1e-12 <= high <= 1


def test_three_right_alarms_do_not_prove_a_perfect_f1() -> None:
    assert f1_interval(3, 0, 0, 0.95)[0] < 0.6


def mean(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(sums[:, 1:], sums[:, :1])


def test_the_block_bootstrap_covers_the_mean_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    inside = 0
    for _ in range(200):
        values = generator.normal(size=200)
        replicates = moving_blocks(np.stack([np.ones(200), values], axis=1), mean)
        assert replicates is not None
        low, high = np.quantile(replicates[:, 0], [0.025, 0.975])
        inside += bool(low <= 0 <= high)
    assert 175 <= inside <= 200


def test_the_same_units_give_the_same_replicates() -> None:
    units = np.random.default_rng(1).random((5_000, 2)) + 1
    first, again = moving_blocks(units, mean), moving_blocks(units.copy(), mean)
    assert first is not None
    assert again is not None
    assert len(first) == REPLICATES
    assert (first == again).all()


def test_too_few_units_give_no_interval() -> None:
    assert moving_blocks(np.ones((4, 2)), mean) is None


def test_lines_resampled_together_have_the_ends_of_each_alone() -> None:
    generator = np.random.default_rng(7)
    lengths = [*[60] * (LINES_AT_ONCE + 2), 4, 9, 2_500]
    lines: list[NDArray[np.float64] | None] = [
        generator.random((length, 3)) + 1 for length in lengths
    ]
    lines.append(None)
    assert lines[0] is not None
    lines[0][:, 2] = np.nan
    keys = ("one", "other")
    together = block_ends_of(lines, lambda sums: sums[1:] / sums[:1], keys)
    for units, found in zip(lines, together, strict=True):
        alone = {}
        if units is not None:
            alone = block_ends(units, mean, keys)
        # Products of other shapes may round otherwise on other processors.
        assert found.keys() == alone.keys()
        for key, ends in alone.items():
            assert found[key] == pytest.approx(ends, rel=1e-12)
    assert [len(found) for found in together[-5:]] == [2, 0, 2, 2, 0]
    assert together[0].keys() == {"one"}
