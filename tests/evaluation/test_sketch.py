"""The sketch of scores against the scores themselves: order, edges, bounds, size."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from evaluation.metrics.detection import DetectionPart, finish, merge, part
from evaluation.metrics.scores import rank
from evaluation.metrics.sketch import BINS, Sketch, bins_of, edges
from projects.catalogue import Terms

HALF = Terms(threshold=0.5)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SCORE = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0]), FINITE)


@given(st.lists(SCORE, min_size=1, max_size=50))
def test_bins_rise_with_the_score_and_begin_at_their_edge(scores: list[float]) -> None:
    ordered = np.sort(np.array(scores))
    bins = bins_of(ordered)
    assert bins.min() >= 0
    assert bins.max() < BINS
    assert (np.diff(bins) >= 0).all()
    assert (edges(bins) <= ordered).all()
    assert (bins_of(edges(bins)) == bins).all()


def scored(seed: int, rows: int, base: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    real = generator.random(rows) < base
    real[:2] = True, False
    odds = generator.normal(size=rows) + 2 * real - 3
    kinds = [
        1 / (1 + np.exp(-odds)),
        1 - generator.beta(0.01, 5, rows),
        odds * 50,
        np.round(1 / (1 + np.exp(-odds)), 2),
    ]
    return real.astype(np.int8), kinds[seed % len(kinds)]


def batches(truth: np.ndarray, score: np.ndarray, rows: int) -> list[pa.RecordBatch]:
    whole = pa.record_batch({"y_true": truth, "y_score": score})
    return [whole.slice(at, rows) for at in range(0, len(truth), rows)]


def sketched(truth: np.ndarray, score: np.ndarray, rows: int = 1_000) -> DetectionPart:
    parts = [part(b, 0, HALF, sketch=True) for b in batches(truth, score, rows)]
    merged = parts[0]
    for other in parts[1:]:
        merged = merge(merged, other)
    return merged


@pytest.mark.parametrize("seed", range(40))
def test_the_exact_value_is_always_inside_the_bound(seed: int) -> None:
    truth, score = scored(seed, 20_000, (0.5, 0.05, 1e-3)[seed % 3])
    ranking = finish(sketched(truth, score), HALF).ranking
    assert ranking is not None
    assert ranking.auc_bounds is not None
    assert ranking.average_precision_bounds is not None
    low, high = ranking.auc_bounds
    assert low <= peer.roc_auc_score(truth, score) <= high
    low, high = ranking.average_precision_bounds
    assert low <= peer.average_precision_score(truth, score) <= high
    assert len(ranking.packed) <= 64_000


@pytest.mark.parametrize("seed", range(8))
def test_sketched_losses_are_the_exact_ones(seed: int) -> None:
    truth, score = scored(seed, 5_000, 0.2)
    rough = finish(sketched(truth, score), HALF)
    fine = finish(part(batches(truth, score, 5_000)[0], 0, HALF), HALF)
    assert rough.ranking is not None
    assert fine.ranking is not None
    for key in ("brier", "log_loss", "calibration_error"):
        one, other = rough.measured(key), fine.measured(key)
        assert one.value == (
            None if other.value is None else pytest.approx(other.value, rel=1e-12)
        )
    if fine.ranking.brier is not None:
        brier = peer.brier_score_loss(truth, score)
        assert fine.ranking.brier.value == pytest.approx(brier, abs=1e-12)
        log_loss = peer.log_loss(truth, score)
        assert fine.measured("log_loss").value == pytest.approx(log_loss, abs=1e-12)


@settings(deadline=None)
@given(st.integers(0, 99), st.lists(st.integers(1, 999), max_size=4))
def test_any_split_and_order_gives_the_same_sketch(seed: int, cuts: list[int]) -> None:
    truth, score = scored(seed, 1_000, 0.1)
    ends = sorted({0, 1_000, *cuts})
    whole = pa.record_batch({"y_true": truth, "y_score": score})
    parts = [
        part(whole.slice(a, b - a), a, HALF, sketch=True) for a, b in pairwise(ends)
    ]
    forward, backward = parts[0], parts[-1]
    for one in parts[1:]:
        forward = merge(forward, one)
    for one in parts[-2::-1]:
        backward = merge(backward, one)
    assert finish(forward, HALF) == finish(backward, HALF)
    assert finish(forward, HALF).whole == finish(part(whole, 0, HALF), HALF).whole


def test_a_sketch_counts_any_threshold_at_an_edge_exactly() -> None:
    truth, score = scored(4, 20_000, 0.1)
    done = finish(sketched(truth, score), HALF)
    assert done.ranking is not None
    for edge, tp, fp, fn, tn in done.ranking.sweep:
        flagged = score >= edge
        assert tp == (flagged & (truth == 1)).sum()
        assert fp == (flagged & (truth == 0)).sum()
        assert (tp, fp, fn, tn) == done.ranking.sketch.at(edge)


def test_the_cheapest_threshold_is_the_cheapest_of_all() -> None:
    truth, score = scored(0, 3_000, 0.1)
    terms = Terms(threshold=0.5, yen_false_alarm=300.0, yen_miss=9_000.0)
    batch = batches(truth, score, 3_000)[0]
    done = finish(part(batch, 0, terms), terms)
    costs = [
        300 * ((score >= t) & (truth == 0)).sum() + 9_000 * ((score < t) & truth).sum()
        for t in [*np.unique(score), np.inf]
    ]
    found = done.measured("cheapest_cost").value
    assert found is not None
    assert found == min(costs)
    assert done.ranking is not None
    # Between two edges of the sketch a cheaper threshold may hide, but only there.
    rough = done.ranking.sketch.cheapest(300.0, 9_000.0)[1]
    assert found <= rough <= 1.01 * found
    assert done.measured("cost").value == 300 * done.confusion().fp + 9_000 * (
        done.confusion().fn
    )


def test_a_file_without_real_rows_flags_nothing() -> None:
    sketch = Sketch.of_counts(np.zeros(BINS, np.int64), np.ones(BINS, np.int64))
    assert sketch.cheapest(1.0, 1.0) == (None, 0.0)
    assert Sketch.decoded(sketch.encoded()).negatives == BINS


def test_float32_scores_are_ranked_in_their_own_type() -> None:
    truth, score = scored(0, 4_000, 0.3)
    single = score.astype(np.float32)
    ranking = rank([np.sort(single)], [np.sort(single[truth == 1])])
    assert ranking.auc == pytest.approx(peer.roc_auc_score(truth, single), abs=1e-12)
    assert ranking.sketch.positives == truth.sum()


def test_many_sorted_scores_are_binned_as_few_are() -> None:
    generator = np.random.default_rng(3)
    for kind in (np.float64, np.float32):
        scores = np.sort(generator.beta(0.2, 3, 1_100_000).astype(kind))
        runs = [np.sort(np.append(scores[:1_060_000], scores[:3])), scores[1_060_000:]]
        ranking = rank(runs, [scores[:3]])
        expected = np.bincount(bins_of(scores), minlength=BINS)
        found = np.zeros(BINS, np.int64)
        found[ranking.sketch.bins] = ranking.sketch.normal
        assert (found == expected).all()
