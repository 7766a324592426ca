"""Published and real labels: every number of the folder's own recomputation."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from costs.labels.kept import read_kept, written
from costs.labels.pay import rewards
from costs.labels.reading import read_batch
from costs.labels.report import report_on, work_of

FOLDER = os.environ.get("KENSHU_REALDATA", "")
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder"),
]
DATA = Path(FOLDER, "mturk")
CLOSE = 1e-12


@pytest.fixture(scope="module")
def published():
    return json.loads((DATA / "expected.json").read_text())


def content(name: str) -> bytes:
    return (DATA / f"{name}.csv").read_bytes()


def majority(report):
    return {
        "items": len(report.items),
        "tied_items": len(report.ties),
        "accuracy_ties_counted_fractionally": report.gold.fractional,
        "accuracy_ties_to_first_label": report.gold.first,
        "accuracy_ties_to_last_label": report.gold.last,
        "accuracy_without_tied_items": report.gold.without_ties,
        "tie_free_items": report.gold.tie_free,
    }


def fleiss(report):
    return {
        "observed_pairwise_agreement": report.agreement.observed,
        "expected_agreement": report.agreement.expected,
        "fleiss_kappa": report.agreement.fleiss,
    }


def test_temporal_ordering_of_2008_in_the_long_form(published):
    known = published["snow2008_temp_long"]
    batch = read_batch(content("snow2008_temp_long"), reward_each=Decimal(0))
    report = report_on(batch, "label")
    busiest = max(report.workers, key=lambda one: one.answers)

    assert majority(report) == pytest.approx(known["majority"], rel=CLOSE)
    assert fleiss(report) == pytest.approx(known["fleiss"], rel=CLOSE)
    assert report.agreement.nominal == pytest.approx(
        known["krippendorff_nominal"], rel=CLOSE
    )
    assert {
        "workers": len(report.workers),
        "annotations": report.workers_gold.answers,
        "mean_annotation_accuracy": report.workers_gold.mean_answer,
        "mean_worker_accuracy": report.workers_gold.mean_worker,
        "workers_with_less_than_20": sum(one.few for one in report.workers),
    } == pytest.approx(
        {key: one for key, one in known["workers"].items() if key != "busiest"},
        rel=CLOSE,
    )
    assert known["workers"]["busiest"] == {
        "worker": busiest.name,
        "annotations": busiest.answers,
    }


def test_the_same_as_a_batch_of_mechanical_turk_with_its_gold(published):
    known = published["mturk_batch_snow2008_temp"]
    batch = read_batch(
        content("mturk_batch_snow2008_temp"),
        gold=content("mturk_batch_snow2008_temp.gold"),
    )
    report = report_on(batch, "Answer.order.label")
    votes = {one.answers for one in report.items}

    assert batch.item_column == "Input.orig_id"
    assert (len(batch.answers), len(report.items)) == (
        known["assignments"],
        known["hits"],
    )
    assert majority(report) == pytest.approx(known["majority"], rel=CLOSE)
    assert rewards(batch.answers) == Decimal(str(known["rewards_total_usd"]))
    assert votes == {known["max_assignments"]}


def test_krippendorff_s_own_example(published):
    known = published["krippendorff_example_long"]
    batch = read_batch(content("krippendorff_example_long"), reward_each=Decimal(0))
    agreement = report_on(batch, "label").agreement

    assert len(batch.answers) == known["values"]
    assert agreement.nominal == pytest.approx(known["nominal"], rel=CLOSE)
    assert agreement.interval == pytest.approx(known["interval"], rel=CLOSE)
    assert round(agreement.nominal, 3) == known["published"]["nominal"]
    assert round(agreement.interval, 3) == known["published"]["interval"]


def test_a_real_batch_with_fewer_fields_than_its_header(published):
    known = published["mturk_batch_real_emotion_redacted"]
    batch = read_batch(content("mturk_batch_real_emotion_redacted"))
    report = report_on(batch, "Answer.emotion.label")

    assert batch.item_column == "Input.id_str"
    # What the algorithm had said is no gold, and what was shown is not kept.
    assert report.gold is None
    assert batch.left_out == ("Input.emotion_label", "Input.text")
    assert len(batch.answers) == known["assignments"]
    assert len(report.items) == known["items"] == known["hits"]
    assert len(report.workers) == known["workers"]
    assert report.agreement.full == known["full_agreement_items"]
    assert fleiss(report) == pytest.approx(known["agreement"], rel=CLOSE)
    assert report.agreement.nominal == pytest.approx(
        known["krippendorff_nominal"], rel=CLOSE
    )
    assert rewards(batch.answers) == Decimal(str(known["rewards_total_usd"]))
    assert work_of(batch.answers).median_seconds == known["median_work_seconds"]


@pytest.mark.parametrize(
    "name", ["mturk_batch_snow2008_temp", "mturk_batch_real_emotion_redacted"]
)
def test_the_kept_file_says_the_same_as_the_delivered_one(name):
    batch = read_batch(content(name))

    kept = read_kept(written(batch), batch.item_column)

    assert report_on(kept, batch.columns[0]) == report_on(batch, batch.columns[0])
