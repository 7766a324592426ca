"""Which limits another threshold would lose: counted as measuring again would."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation

from evaluation.curve import curve_of
from evaluation.explorer import lost_at
from evaluation.judge import Outcome
from evaluation.metrics import events
from evaluation.moved import Lost, lost, moved
from evaluation.runner import judged
from projects.catalogue import Bound, Limit, Scope
from projects.models import Criterion
from tests.evaluation.test_curve import detected, forecasted, forecasts, measured


def limit(metric="miss_rate", value=0.5, **changed):
    return Limit(
        **{
            "metric": metric,
            "bound": Bound.AT_MOST,
            "value": value,
            "confidence": 0.95,
            "smallest_cases": 1,
            "scope": Scope.WHOLE,
            "segment": "",
            **changed,
        }
    )


@pytest.mark.parametrize("segment", ["", "東", "西"])
def test_what_is_moved_is_judged_as_measuring_again_is(segment):
    batch = detected(3_000)
    finished = measured(batch)
    scope = Scope.NAMED if segment else Scope.WHOLE
    outcomes = set()
    for step in curve_of(finished, segment=segment).steps[::7]:
        again = measured(batch, replace(finished.terms, threshold=step.at))
        there = moved(finished, step.at, segments=finished.segments())
        for metric in ("miss_rate", "precision", "f1", "cost"):
            line = limit(metric, 0.3, scope=scope, segment=segment)
            assert judged(line, there) == judged(line, again)
            outcomes.add(judged(line, there).outcome)
    assert outcomes >= {Outcome.PASS, Outcome.FAIL}


def test_a_limit_is_lost_where_it_breaks_and_nowhere_else():
    finished = measured(detected(3_000))
    passing = [limit("miss_rate", 0.4), limit("false_positive_rate", 0.7)]

    assert lost(finished, 0.5, passing) == Lost()
    assert lost(finished, 0.2, passing) == Lost()
    ((place, one),) = lost(finished, 0.9, passing).judged
    assert (place, one.outcome) == (0, Outcome.FAIL)
    ((place, one),) = lost(finished, 0.0, passing).judged
    assert (place, one.outcome) == (1, Outcome.FAIL)
    assert lost(finished, 0.9, []) == Lost()


def test_of_every_segment_the_worst_is_named():
    finished = measured(detected(3_000))

    found = lost(finished, 0.9, [limit(value=0.9, scope=Scope.EACH)])

    assert found.judged[0][1].segment in finished.segments()


def test_what_cannot_be_counted_again_is_not_told_to_pass():
    finished = measured(detected(3_000))
    bare = replace(finished, sketches={})
    named = limit(value=0.9, scope=Scope.NAMED, segment="東")
    of_events = limit(events.SHARES[0])
    of_scores = limit("roc_auc", 0.0)

    assert lost(finished, 0.9, [of_events, of_scores]).untold == (0,)
    assert lost(bare, 0.9, [named, limit(scope=Scope.EACH)]).untold == (0, 1)
    # Nothing is moved at the point that was judged.
    assert lost(finished, 0.5, [of_events]) == Lost()


def test_without_scores_or_of_a_forecast_nothing_is_lost():
    unscored = replace(measured(detected()), ranking=None)
    several = replace(
        measured(detected()),
        terms=replace(measured(detected()).terms, classes=("a", "b", "c")),
    )

    assert lost(unscored, 0.9, [limit()]) == Lost()
    assert moved(several, 0.9, segments=()) is None
    assert lost(forecasted(forecasts()), 0.1, [limit("wape")]) == Lost()


@pytest.mark.parametrize(
    ("language", "said", "unknown"),
    [
        ("en", "At 0.9000 a PASS would be lost: Miss rate FAIL.", "Not counted again"),
        (
            "ja",
            "0.9000では、いまの合格を失います：見逃し率 不合格。",
            "数え直していない",
        ),
    ],
)
def test_it_is_said_in_one_sentence_each(language, said, unknown):
    line = Criterion(
        metric="miss_rate",
        bound="at_most",
        limit="0.4",
        confidence="0.95",
        scope="whole",
    )
    of_events = Criterion(
        metric=events.SHARES[0], bound="at_least", limit="0.1", scope="whole"
    )
    finished = measured(detected(3_000))

    with translation.override(language):
        first, second = lost_at(finished, 0.9, [line, of_events])

    assert first == said
    assert second.startswith(unknown) or unknown in second
