"""Metrics of counts and of several classes against scikit-learn, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from evaluation.metrics import classes, counts, events, finished_from_json, ranked
from evaluation.metrics.counts import Confusion
from evaluation.metrics.detection import finish, part
from projects.catalogue import CONFIDENCES, Shape, Terms, metrics_of

if TYPE_CHECKING:
    from evaluation.metrics.detected import FinishedDetection

PRICED = Terms(yen_false_alarm=1_000.0, yen_miss=50_000.0)
LABELS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)
KINDS = ("良品", "傷", "汚れ", "欠け")
NAMED = st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS))
SORTED = Terms(classes=KINDS)


def measured(rows: list[tuple[bool, bool]], terms: Terms = PRICED) -> FinishedDetection:
    truth, flagged = (np.array(column, np.int8) for column in zip(*rows, strict=True))
    batch = pa.record_batch({"y_true": truth, "y_pred": flagged})
    return finish(part(batch, 0, terms), terms)


def test_every_metric_of_the_catalogue_is_measured() -> None:
    listed = {metric.key for metric in metrics_of(Shape.DETECTION)}
    assert listed == {*counts.KEYS, *classes.KEYS, *ranked.KEYS, *events.KEYS}


@settings(deadline=None)
@given(LABELS)
def test_every_share_is_its_definition(rows: list[tuple[bool, bool]]) -> None:
    done = measured(rows)
    truth, flagged = (np.array(column) for column in zip(*rows, strict=True))
    spread = truth.std() * flagged.std() > 0
    found = {
        "f_beta": peer.fbeta_score(truth, flagged, beta=2.0, zero_division=0.0),
        "mcc": np.corrcoef(truth, flagged)[0, 1] if spread else 0.0,
        "balanced_accuracy": (truth & flagged).sum() / max(truth.sum(), 1) / 2
        + (~truth & ~flagged).sum() / max((~truth).sum(), 1) / 2,
        "negative_predictive_value": (~truth & ~flagged).sum() / max(1, sum(~flagged)),
        "alarm_rate": flagged.mean(),
        "cost": 1_000.0 * (~truth & flagged).sum()
        + 50_000.0 * (truth & ~flagged).sum(),
    }
    for key, value in found.items():
        for confidence in CONFIDENCES:
            got = done.measured(key, confidence=confidence)
            if got.value is None:
                assert got.withheld is not None
                continue
            assert got.value == pytest.approx(value, abs=1e-12)
            assert got.low is not None
            assert got.high is not None
            assert got.low <= got.value <= got.high


def test_a_short_perfect_file_leaves_room_for_doubt() -> None:
    got = measured([(True, True), (False, False)] * 3).measured("mcc")
    assert got.value == 1
    assert got.low is not None
    assert got.low < 0.9


def test_a_cost_needs_an_agreed_price() -> None:
    got = measured([(True, True)], Terms()).measured("cost")
    assert got.value is None
    assert got.withheld is not None
    assert "agreed" in got.withheld.en


@settings(deadline=None)
@given(st.lists(NAMED, min_size=1, max_size=60))
def test_several_classes_are_as_scikit_learn_counts_them(
    rows: list[tuple[str, str]],
) -> None:
    truth, judged = (list(column) for column in zip(*rows, strict=True))
    batch = pa.record_batch({"y_true": truth, "y_pred": judged})
    done = finish(part(batch, 0, SORTED), SORTED)
    seen = sorted({*truth, *judged})
    for key, average in (("macro", "macro"), ("weighted", "weighted")):
        f1 = peer.f1_score(
            truth, judged, labels=seen, average=average, zero_division=0.0
        )
        assert done.measured(f"{key}_f1").value == pytest.approx(f1, abs=1e-12)
    for name, score in (
        ("precision", peer.precision_score),
        ("recall", peer.recall_score),
    ):
        value = score(truth, judged, labels=seen, average="macro", zero_division=0.0)
        assert done.measured(f"macro_{name}").value == pytest.approx(value, abs=1e-12)
    accuracy = peer.accuracy_score(truth, judged)
    assert done.measured("class_accuracy").value == pytest.approx(accuracy)
    tables = peer.multilabel_confusion_matrix(truth, judged, labels=list(KINDS))
    for kind, table in zip(KINDS, tables.tolist(), strict=True):
        c = done.confusion(f"class:{kind}")
        assert [[c.tn, c.fp], [c.fn, c.tp]] == table
    assert finished_from_json(done.to_json()) == done


def test_any_fault_found_as_another_is_still_an_alarm() -> None:
    batch = pa.record_batch({"y_true": ["傷", "良品"], "y_pred": ["汚れ", "傷"]})
    done = finish(part(batch, 0, SORTED), SORTED)
    assert done.confusion() == Confusion(tp=1, fp=1, fn=0, tn=0)
    assert done.segments() == []
    assert done.class_segments() == [f"class:{kind}" for kind in KINDS]
    with pytest.raises(KeyError):
        done.confusion("class:錆")


def test_two_classes_have_no_macro_means() -> None:
    got = measured([(True, True)]).measured("macro_f1")
    assert got.value is None


def test_the_present_rule_is_counted_on_the_same_rows() -> None:
    batch = pa.record_batch(
        {
            "y_true": np.array([1, 1, 0, 0], np.int8),
            "y_pred": np.array([1, 1, 0, 1], np.int8),
            "y_rule": np.array([1, 0, 1, 0], np.int8),
            "segment": ["A", "A", "B", "B"],
        }
    )
    done = finish(part(batch))
    assert done.confusion() == Confusion(tp=2, fp=1, fn=0, tn=1)
    assert done.rule() == Confusion(tp=1, fp=1, fn=1, tn=1)
    assert done.rule("A") == Confusion(tp=1, fp=0, fn=1, tn=0)
    assert done.disagreements() == (2, 1)
    assert done.baselines()["always"] == Confusion(tp=2, fp=2, fn=0, tn=0)
    assert done.baselines()["null"] == Confusion(tp=0, fp=0, fn=2, tn=2)
    assert finished_from_json(done.to_json()) == done


def test_rows_that_do_not_count_are_left_out_and_told() -> None:
    batch = pa.record_batch(
        {
            "y_true": np.array([1, 0, 1, 0], np.int8),
            "y_pred": np.array([1, 1, 0, 0], np.int8),
            "y_score": np.array([0.9, 0.8, np.nan, 0.1]),
            "scored": np.array([1, 0, 1, 1], np.int8),
        }
    )
    quiet = finish(part(batch))
    assert (quiet.rows, quiet.rows_left_out, quiet.rows_without_score) == (3, 1, 1)
    assert quiet.confusion() == Confusion(tp=1, fp=0, fn=1, tn=1)
    strict = Terms(without_score="left_out")
    left = finish(part(batch, 0, strict), strict)
    assert (left.rows, left.rows_left_out, left.rows_without_score) == (2, 2, 0)
    assert left.confusion() == Confusion(tp=1, fp=0, fn=0, tn=1)


def test_each_segment_is_ranked_within_a_bound() -> None:
    generator = np.random.default_rng(5)
    truth = (generator.random(4_000) < 0.2).astype(np.int8)
    score = 1 / (1 + np.exp(-(generator.normal(size=4_000) + truth)))
    names = generator.choice(["A", "B"], 4_000)
    batch = pa.record_batch({"y_true": truth, "y_score": score, "segment": names})
    terms = Terms(threshold=0.5)
    done = finish(part(batch, 0, terms), terms)
    for name in "AB":
        chosen = names == name
        for key, score_of in (
            ("roc_auc", peer.roc_auc_score),
            ("average_precision", peer.average_precision_score),
        ):
            got = done.measured(key, name)
            exact = score_of(truth[chosen], score[chosen])
            assert got.value == pytest.approx(exact, abs=0.03)
            assert got.low is not None
            assert got.high is not None
            assert got.low <= exact <= got.high
