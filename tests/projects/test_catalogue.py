"""The catalogue of metrics and the checks of a limit."""

from __future__ import annotations

import math

import pytest

from projects.catalogue import (
    KIND_NAMES,
    METRICS,
    SHAPE_OF,
    Bound,
    Kind,
    Limit,
    Scope,
    Shape,
    Text,
    metrics_of,
)


def test_every_metric_is_worded_in_both_languages() -> None:
    for key, metric in METRICS.items():
        assert key == metric.key
        for text in (metric.name, metric.meaning):
            assert text.ja.strip()
            assert text.en.strip()
        assert (
            metric.meaning.ja.endswith("です。")
            or metric.meaning.ja.endswith("ます。")
            or metric.meaning.ja.endswith("ません。")
        )
        assert metric.meaning.en.endswith(".")


def test_every_metric_belongs_to_one_shape() -> None:
    listed = [metric for shape in Shape for metric in metrics_of(shape)]
    assert sorted(metric.key for metric in listed) == sorted(METRICS)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_shape_and_a_name(kind: Kind) -> None:
    assert SHAPE_OF[kind] in Shape
    assert KIND_NAMES[kind].in_("ja") != KIND_NAMES[kind].in_("en")


@pytest.mark.parametrize(
    ("language", "wording"),
    [("ja", "段階"), ("ja-jp", "段階"), ("en", "Stage"), ("en-gb", "Stage")],
)
def test_a_text_is_given_in_the_readers_language(language: str, wording: str) -> None:
    assert Text(ja="段階", en="Stage").in_(language) == wording


@pytest.mark.parametrize(
    ("bound", "under", "equal", "over"),
    [
        (Bound.AT_MOST, True, True, False),
        (Bound.BELOW, True, False, False),
        (Bound.AT_LEAST, False, True, True),
        (Bound.ABOVE, False, False, True),
    ],
    ids=str,
)
def test_a_bound_compares_exactly(
    bound: Bound, under: bool, equal: bool, over: bool
) -> None:
    assert bound.holds(0.6598, 0.66) is under
    assert bound.holds(0.66, 0.66) is equal
    assert bound.holds(0.6601, 0.66) is over


def test_a_limit_of_an_unknown_metric_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown metric"):
        Limit("beauty", Bound.AT_MOST, 1.0, None, Scope.WHOLE)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf], ids=str)
def test_a_limit_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Limit("mae", Bound.AT_MOST, value, None, Scope.WHOLE)


def test_a_confidence_that_is_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="confidence"):
        Limit("mae", Bound.AT_MOST, 1.0, 0.8, Scope.WHOLE)


@pytest.mark.parametrize(
    ("scope", "segment"),
    [(Scope.NAMED, ""), (Scope.WHOLE, "line A"), (Scope.EACH, "line A")],
    ids=str,
)
def test_a_segment_must_fit_the_scope(scope: Scope, segment: str) -> None:
    with pytest.raises(ValueError, match="segment"):
        Limit("mae", Bound.AT_MOST, 1.0, None, scope, segment)


def test_a_negative_number_of_cases_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Limit("mae", Bound.AT_MOST, 1.0, None, Scope.WHOLE, smallest_cases=-1)
