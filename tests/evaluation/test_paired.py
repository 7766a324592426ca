"""Tests between two runs: against scipy, by hand, and by their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from evaluation.metrics.paired import delong, mcnemar, paired_blocks


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_binomial_test_of_a_half(one: int, other: int) -> None:
    p = mcnemar(one, other)
    assert p == mcnemar(other, one)
    if one + other:
        exact = stats.binomtest(one, one + other, 0.5).pvalue
        assert p == pytest.approx(exact, rel=1e-9)
    else:
        assert p == 1.0


def test_mcnemar_of_many_rows_is_close_to_the_exact_one() -> None:
    # The textbook's table (Agresti 2013, 11.1.1): 150 against 86 rows.
    assert mcnemar(86, 150) == pytest.approx(3.7e-5, abs=1e-5)
    exact = stats.binomtest(2_100, 4_000, 0.5).pvalue
    assert mcnemar(2_100, 1_900) == pytest.approx(exact, rel=0.01)
    assert mcnemar(1_000, 1_000) == 1.0
    with pytest.raises(ValueError, match="negative"):
        mcnemar(-1, 3)


def jackknifed(truth: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """DeLong's variance written out: placements by all pairs."""
    variance = 0.0
    for mine, theirs in ((truth, ~truth), (~truth, truth)):
        apart = np.zeros(mine.sum())
        for sign, score in ((1, one), (-1, other)):
            pairs = score[mine][:, None] - score[theirs][None, :]
            apart += sign * ((pairs > 0) + 0.5 * (pairs == 0)).mean(axis=1)
        variance += apart.var(ddof=1) / len(apart)
    return variance


@pytest.mark.parametrize("seed", range(5))
def test_delong_compares_two_areas_on_the_same_rows(seed: int) -> None:
    generator = np.random.default_rng(seed)
    truth = generator.random(80) < 0.3
    one, other = (np.round(truth + generator.normal(0, s, 80), 1) for s in (0.8, 1.5))
    found = delong(truth, one, other)
    apart = roc_auc_score(truth, one) - roc_auc_score(truth, other)
    assert found.value == pytest.approx(apart)
    error = jackknifed(truth, one, other) ** 0.5
    assert found.high is not None
    assert found.high - found.value == pytest.approx(1.959964 * error, rel=1e-6)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(apart) / error))
    turned = delong(truth, other, one)
    assert turned.value == pytest.approx(-found.value)
    assert turned.p_value == pytest.approx(found.p_value)


def test_equal_scores_differ_by_nothing_and_wholly_apart_ones_for_certain() -> None:
    truth, score = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    same = delong(truth, score, score)
    assert (same.value, same.low, same.p_value) == (0.0, None, 1.0)
    opposite = delong(truth, score, -score)
    assert (opposite.value, opposite.p_value) == (1.0, 0.0)


def test_two_areas_need_rows_to_compare() -> None:
    with pytest.raises(ValueError, match="equally long"):
        delong(np.array([0, 1]), np.array([1.0]), np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="two rows"):
        delong(np.array([0, 0, 1]), np.arange(3), np.arange(3))


def test_a_steady_gain_is_no_luck_and_noise_is() -> None:
    generator = np.random.default_rng(7)
    hard = np.abs(np.cumsum(generator.normal(0, 1, 300))) + 5
    better = paired_blocks(hard, hard + 0.5 + generator.normal(0, 0.1, 300))
    assert better is not None
    assert better.high is not None
    assert better.high < 0
    assert better.p_value == pytest.approx(0.002)
    noise = paired_blocks(hard, hard + generator.normal(0, 0.1, 300))
    assert noise is not None
    assert noise.p_value > 0.05


def test_paired_losses_that_cannot_be_drawn() -> None:
    assert paired_blocks(np.ones(4), np.zeros(4)) is None
    same = paired_blocks(np.ones(9), np.ones(9))
    assert same is not None
    assert (same.value, same.low, same.p_value) == (0.0, None, 1.0)
    always = paired_blocks(np.ones(9), np.zeros(9))
    assert always is not None
    assert (always.value, always.p_value) == (1.0, 0.0)
    with pytest.raises(ValueError, match="equally long"):
        paired_blocks(np.ones(9), np.ones(8))
