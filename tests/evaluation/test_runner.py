"""Limits judged on a measured file: the whole, each segment, one segment, one class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from evaluation import runner
from evaluation.metrics import Finished, detection
from projects.catalogue import Bound, Limit, Scope, Terms

if TYPE_CHECKING:
    from evaluation.judge import Judged

SORTED = Terms(classes=("good", "scratch", "stain"))
ROWS = {
    "y_true": ["good", "good", "scratch", "stain"],
    "y_pred": ["good", "scratch", "scratch", "good"],
    "segment": ["A", "A", "B", "B"],
}


@pytest.fixture(scope="module")
def finished() -> Finished:
    batch = pa.record_batch(ROWS)
    return detection.finish(detection.part(batch, 0, SORTED), SORTED)


def judged(finished: Finished, metric: str, scope: Scope, segment: str = "") -> Judged:
    return runner.judged(
        Limit(metric, Bound.AT_LEAST, 0.5, None, scope, segment), finished
    )


def test_a_limit_on_all_rows_and_on_each_segment(finished: Finished) -> None:
    assert judged(finished, "recall", Scope.WHOLE).outcome == "pass"
    worst = judged(finished, "class_accuracy", Scope.EACH)
    assert (worst.outcome, worst.measured.value) == ("pass", 0.5)


def test_a_class_is_no_segment_but_can_be_named(finished: Finished) -> None:
    # Else a mean over classes, which one class does not have, could never pass.
    assert judged(finished, "macro_recall", Scope.EACH).outcome != "undecided"
    one = judged(finished, "recall", Scope.NAMED, "class:stain")
    assert (one.outcome, one.measured.value) == ("fail", 0.0)


def test_a_segment_that_is_missing_decides_nothing(finished: Finished) -> None:
    for name in ("C", "class:crack"):
        got = judged(finished, "recall", Scope.NAMED, name)
        assert (got.outcome, got.reason) == ("undecided", "unknown_segment")
