"""Detection metrics against scikit-learn, and what is withheld."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from evaluation.metrics import finished_from_json
from evaluation.metrics.detection import FinishedDetection, finish, merge, part
from evaluation.metrics.scores import MOST_POINTS
from projects.catalogue import Terms

ROW = st.tuples(
    st.booleans(),
    st.booleans(),
    # Few distinct scores, so that ties are common.
    st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0, -3.5]),
    st.sampled_from("ABC"),
)

HALF = Terms(threshold=0.5)


def table(rows: list[tuple[bool, bool, float, str]]) -> pa.RecordBatch:
    real, flagged, score, segment = zip(*rows, strict=True)
    return pa.record_batch(
        {
            "y_true": pa.array(np.array(real, np.int8)),
            "y_pred": pa.array(np.array(flagged, np.int8)),
            "y_score": pa.array(score, pa.float64()),
            "segment": pa.array(segment),
        }
    )


def value(done: FinishedDetection, metric: str, segment: str = "") -> float | None:
    return done.measured(metric, segment).value


def test_each_tenth_of_scores_tells_its_own_mean_and_share() -> None:
    generator = np.random.default_rng(26)
    # Sure ones too, which belong to the last tenth.
    score = np.concatenate([generator.random(3_000), np.ones(200), np.zeros(100)])
    real = generator.random(len(score)) < score
    batch = pa.record_batch(
        {"y_true": pa.array(real.astype(np.int8)), "y_score": score}
    )
    ranking = finish(part(batch, 0, HALF), HALF).ranking
    assert ranking is not None
    tenth = np.minimum((score * 10).astype(int), 9)
    for at, told in enumerate(ranking.calibration):
        inside = tenth == at
        assert told.rows == inside.sum()
        assert told.score == pytest.approx(score[inside].mean(), abs=1e-12)
        assert told.share == pytest.approx(real[inside].mean(), abs=1e-12)
    gap = sum(t.rows * abs(t.score - t.share) for t in ranking.calibration) / len(score)
    found = finish(part(batch, 0, HALF), HALF).measured("calibration_error").value
    assert found == pytest.approx(gap)
    assert gap < 0.05


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=80))
def test_every_metric_is_scikit_learns(
    rows: list[tuple[bool, bool, float, str]],
) -> None:
    done = finish(part(table(rows)))
    for segment in ["", *done.segments()]:
        chosen = [row for row in rows if segment in ("", row[3])]
        real = np.array([row[0] for row in chosen], int)
        flagged = np.array([row[1] for row in chosen], int)
        score = np.array([row[2] for row in chosen])
        tn, fp, fn, tp = peer.confusion_matrix(real, flagged, labels=[0, 1]).ravel()
        for key, count in {"tp": tp, "fp": fp, "fn": fn, "tn": tn}.items():
            assert value(done, key, segment) == count
        pairs: dict[str, float | None] = {
            "accuracy": peer.accuracy_score(real, flagged),
            "precision": None,
            "recall": None,
            "miss_rate": None,
            "specificity": None,
            "false_positive_rate": None,
            "f1": None,
        }
        if tp + fp:
            pairs["precision"] = peer.precision_score(real, flagged)
        if tp + fn:
            pairs["recall"] = peer.recall_score(real, flagged)
            pairs["miss_rate"] = 1 - peer.recall_score(real, flagged)
        if tn + fp:
            pairs["specificity"] = peer.recall_score(1 - real, 1 - flagged)
            pairs["false_positive_rate"] = fp / (tn + fp)
        if tp + fp + fn:
            pairs["f1"] = peer.f1_score(real, flagged)
        if not segment and tp + fn:
            pairs["average_precision"] = peer.average_precision_score(real, score)
            if tn + fp:
                pairs["roc_auc"] = peer.roc_auc_score(real, score)
        for key, expected in pairs.items():
            measured = done.measured(key, segment)
            assert measured.value == pytest.approx(expected, abs=1e-12)
            assert (measured.withheld is None) == (expected is not None)


@given(st.lists(ROW, min_size=2, max_size=40), st.integers(1, 39))
def test_any_order_gives_the_same_bits_and_any_split_the_same_counts(
    rows: list[tuple[bool, bool, float, str]], at: int
) -> None:
    at = min(at, len(rows) - 1)
    one, other = part(table(rows[:at])), part(table(rows[at:]))
    split = finish(merge(one, other))
    assert split == finish(merge(other, one))

    whole = finish(part(table(rows)))
    assert whole.ranking is not None
    assert split.ranking is not None
    # Losses are added up batch by batch, so other batches may round otherwise.
    for loss in ("brier", "log_loss"):
        mean, same = getattr(split.ranking, loss), getattr(whole.ranking, loss)
        assert (mean is None) == (same is None)
        if mean is not None:
            assert mean.value == pytest.approx(same.value, rel=1e-14, abs=1e-15)
    rounded = {"brier": None, "log_loss": None, "calibration": ()}
    assert replace(split, ranking=replace(split.ranking, **rounded)) == replace(
        whole, ranking=replace(whole.ranking, **rounded)
    )


@given(st.lists(ROW, min_size=1, max_size=40))
def test_a_result_comes_back_from_json(
    rows: list[tuple[bool, bool, float, str]],
) -> None:
    done = finish(part(table(rows)), HALF)
    assert finished_from_json(json.loads(json.dumps(done.to_json()))) == done


def test_rows_without_a_score_are_left_out_of_the_sweep_only() -> None:
    batch = pa.record_batch(
        {
            "y_true": pa.array([1, 0, 1, 0], pa.int8()),
            "y_score": pa.array([0.9, 0.2, None, float("nan")], pa.float64()),
        }
    )
    done = finish(part(batch, 0, HALF), HALF)
    assert done.rows == 4
    assert done.rows_without_score == 2
    assert done.confusion().fn == 1
    assert done.measured("roc_auc").cases == 2
    assert done.sweep() == [(0.2, 1, 1, 0, 0), (0.9, 1, 0, 0, 1)]


def test_a_score_at_the_threshold_is_flagged() -> None:
    columns = {"y_true": pa.array([1], pa.int8()), "y_score": pa.array([0.5])}
    assert finish(part(pa.record_batch(columns), 0, HALF)).confusion().tp == 1


def test_scores_without_predictions_need_a_threshold() -> None:
    columns = {"y_true": pa.array([1], pa.int8()), "y_score": pa.array([0.5])}
    with pytest.raises(ValueError, match="threshold"):
        part(pa.record_batch(columns))


def test_a_sweep_is_thinned_and_its_counts_are_exact() -> None:
    generator = np.random.default_rng(7)
    real = generator.integers(0, 2, 5_000)
    score = generator.normal(real, 1.0)
    batch = pa.record_batch({"y_true": pa.array(real), "y_score": pa.array(score)})
    sweep = finish(part(batch, 0, Terms(threshold=0.0))).sweep()
    assert sweep is not None
    # Half of them are scores of real rows, which may be among the others too.
    assert MOST_POINTS * 0.9 < len(sweep) <= MOST_POINTS
    for at, tp, fp, fn, tn in sweep[::37]:
        flagged = score >= at
        assert tp == int((flagged & (real == 1)).sum())
        assert fp == int((flagged & (real == 0)).sum())
        assert (tp + fn, fp + tn) == (int(real.sum()), int((real == 0).sum()))


def test_without_scores_ranking_is_withheld_in_words() -> None:
    columns = {"y_true": pa.array([1, 0]), "y_pred": pa.array([1, 0])}
    done = finish(part(pa.record_batch(columns)))
    assert done.sweep() is None
    for key in ("roc_auc", "average_precision"):
        assert done.measured(key).withheld is not None


def test_classes_wholly_apart_give_no_certainty() -> None:
    columns = {
        "y_true": pa.array([0, 0, 1, 1]),
        "y_pred": pa.array([0, 0, 1, 1]),
        "y_score": pa.array([0.1, 0.2, 0.8, 0.9]),
    }
    measured = finish(part(pa.record_batch(columns))).measured("roc_auc")
    assert (measured.value, measured.low, measured.high) == (1.0, None, None)


def test_a_metric_of_another_shape_is_not_known_here() -> None:
    columns = {"y_true": pa.array([1]), "y_pred": pa.array([1])}
    with pytest.raises(KeyError):
        finish(part(pa.record_batch(columns))).measured("mae")
