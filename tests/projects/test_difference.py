"""What a version changes of another: every part, and whether it asks more or less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.catalogue import Bound, Scope, Shape
from projects.difference import Agreed, differences, loosened_since, loosens
from projects.difference.ways import Direction
from projects.promise import Budget, Line, Promise, Stop, Truth
from tests.projects.test_promise import promises

LINE = Line("miss_rate", Bound.AT_MOST, Decimal("0.05"), Decimal("0.95"), reason="x")
BUDGET = Budget(date(2027, 3, 31), 4, "week", 1, "quarter", Decimal(810_000))
STOP = Stop(date(2026, 9, 30), Decimal(9_000_000), "miss_rate", Decimal("0.1"))
BEFORE = Promise(
    "e",
    1,
    Shape.DETECTION,
    "初版",
    terms={"yen_miss": 3000.0, "alarm_gap_seconds": 5.0},
    lines=(LINE,),
    budget=BUDGET,
    stop=STOP,
)


def after(**changes) -> Promise:
    return replace(BEFORE, version=2, **changes)


def line(**changes) -> Promise:
    return after(lines=(replace(LINE, **changes),))


def budget(**changes) -> Promise:
    return after(budget=replace(BUDGET, **changes))


def stop(**changes) -> Promise:
    return after(stop=replace(STOP, **changes))


def terms(**changes) -> Promise:
    return after(terms={**BEFORE.terms, **changes})


CHANGES = [
    (line(limit=Decimal("0.08")), "looser", "at most 5%", "at most 8%"),
    (line(limit=Decimal("0.01")), "tighter", "at most 5%", "at most 1%"),
    (line(bound=Bound.BELOW), "tighter", "at most 5%", "below 5%"),
    (line(bound=Bound.AT_LEAST), "other", "at most 5%", "at least 5%"),
    (
        line(confidence=Decimal("0.90")),
        "looser",
        "with 95% confidence",
        "with 90% confidence",
    ),
    (
        line(confidence=None),
        "looser",
        "with 95% confidence",
        "by the measured value",
    ),
    (line(scope=Scope.EACH), "tighter", "all rows together", "every segment by itself"),
    (
        line(scope=Scope.NAMED, segment="A"),
        "other",
        "all rows together",
        "segment “A”",
    ),
    (line(smallest_cases=59), "tighter", "0", "59"),
    (line(reason=""), "other", "x", "none"),
    (line(reason="y"), "other", "x", "y"),
    (
        after(lines=()),
        "looser",
        "Miss rate at most 5%, with 95% confidence.",
        "none",
    ),
    (
        after(lines=(LINE, replace(LINE, metric="precision"))),
        "tighter",
        "none",
        "Precision at most 5%, with 95% confidence.",
    ),
    (budget(false_alarms=5), "looser", "4 a week", "5 a week"),
    (budget(false_alarms=None), "looser", "4 a week", "none"),
    (budget(misses=4, misses_per="year"), "other", "1 a quarter", "4 a year"),
    (budget(misses=3, misses_per="year"), "tighter", "1 a quarter", "3 a year"),
    (budget(yen_a_month=Decimal(1)), "tighter", "¥810,000", "¥1"),
    (budget(yen_a_month=None), "looser", "¥810,000", "none"),
    (budget(until=date(2027, 4, 30)), "looser", "31 March 2027", "30 April 2027"),
    (stop(on=date(2027, 1, 1)), "looser", "30 September 2026", "1 January 2027"),
    (stop(on=None), "looser", "30 September 2026", "none"),
    (stop(yen=Decimal(1)), "tighter", "¥9,000,000", "¥1"),
    (stop(yen=None), "looser", "¥9,000,000", "none"),
    (stop(value=Decimal("0.2")), "looser", "Miss rate 10%", "Miss rate 20%"),
    (stop(metric="f1"), "other", "Miss rate 10%", "F1 0.1"),
    (stop(metric="", value=None), "looser", "Miss rate 10%", "none"),
    (after(baseline="rule"), "tighter", "none", "the present judgement"),
    (after(truth=Truth("a" * 64, "秋")), "tighter", "none", "秋"),
    (after(own_truth=False), "tighter", "allowed", "none"),
    (after(uploads_a_day=3), "tighter", "none", "3"),
    (after(rows_a_month=1000), "other", "none", "1,000"),
    (after(events_a_year=40), "other", "none", "40"),
    (terms(yen_miss=1000.0), "looser", "¥3,000", "¥1,000"),
    (terms(yen_miss=9000.0), "tighter", "¥3,000", "¥9,000"),
    (terms(yen_false_alarm=10.0), "other", "none", "¥10"),
    (terms(alarm_gap_seconds=60.0), "looser", "5", "60"),
    (terms(beta=3.0), "other", "2", "3"),
    (
        terms(without_score="left_out"),
        "looser",
        "counted as not flagged",
        "left out",
    ),
    (terms(classes=["良品", "傷"]), "other", "none", "良品, 傷"),
]


@pytest.mark.parametrize(("now", "way", "old", "new"), CHANGES)
def test_a_change_is_shown_with_its_direction(now, way, old, new):
    changed = [c for c in differences(BEFORE, now) if not c.is_same]

    assert (changed[0].before.en, changed[0].after.en) == (old, new)
    assert {c.direction.value for c in changed} == {way}
    assert loosens(BEFORE, now) is (way == "looser")


@pytest.mark.parametrize(
    ("old", "new", "way"),
    [
        (replace(LINE, scope=Scope.EACH), LINE, "looser"),
        (replace(LINE, bound=Bound.BELOW), LINE, "looser"),
        (
            replace(LINE, bound=Bound.AT_LEAST),
            replace(LINE, bound=Bound.AT_LEAST, limit=Decimal("0.04")),
            "looser",
        ),
        (
            replace(LINE, bound=Bound.AT_LEAST),
            replace(LINE, bound=Bound.AT_LEAST, limit=Decimal("0.06")),
            "tighter",
        ),
    ],
)
def test_the_way_of_a_line_depends_on_its_side(old, new, way):
    changed = [
        c
        for c in differences(after(lines=(old,)), after(lines=(new,)))
        if not c.is_same
    ]

    assert [c.direction.value for c in changed] == [way]


def test_a_metric_where_more_is_better_is_reached_later():
    good = replace(STOP, metric="f1", value=Decimal("0.8"))
    found = differences(
        after(stop=good), after(stop=replace(good, value=Decimal("0.7")))
    )

    assert [c.direction.value for c in found if not c.is_same] == ["looser"]


def test_a_whole_budget_or_stop_line_appears_and_goes():
    for part in ("budget", "stop"):
        gone = after(**{part: None})
        assert loosens(BEFORE, gone)
        assert not loosens(gone, BEFORE)
        assert not [c for c in differences(gone, gone) if not c.is_same]


def test_a_change_stands_above_what_stayed():
    found = differences(BEFORE, line(limit=Decimal("0.08")))

    assert not found[0].is_same
    assert all(c.is_same for c in found[1:])
    assert found[0].item.en == "Miss rate"


def test_a_yes_or_no_is_told_as_such():
    trial = replace(BEFORE, shape=Shape.TRIAL, lines=(), stop=None, terms={})
    found = differences(trial, replace(trial, terms={"smaller_is_better": False}))

    assert [(c.before.en, c.after.en) for c in found if not c.is_same] == [
        ("yes", "no")
    ]


def test_a_line_that_comes_back_to_another_segment_is_paired_by_its_metric():
    one = replace(LINE, scope=Scope.NAMED, segment="A")
    other = replace(one, segment="B")
    found = differences(after(lines=(one, LINE)), after(lines=(LINE, other)))

    changed = [c for c in found if not c.is_same]
    assert [(c.before.en, c.after.en) for c in changed] == [
        ("segment “A”", "segment “B”")
    ]


@given(promises)
def test_a_promise_differs_in_nothing_from_itself(promise):
    assert all(c.is_same for c in differences(promise, promise))


@given(promises, promises)
def test_what_tightens_one_way_loosens_the_other(one, other):
    there = sorted(c.direction for c in differences(one, other) if not c.is_same)
    back = sorted(
        c.direction.opposite for c in differences(other, one) if not c.is_same
    )

    assert there == back


def test_the_way_back_of_a_change_without_a_side_has_none_either():
    assert Direction.OTHER.opposite is Direction.OTHER


# Loosened after results were seen -----------------------------------------------------


def at(hour: int) -> datetime:
    return datetime(2026, 11, 25, hour, tzinfo=UTC)


FIRST = Agreed(BEFORE, at(1))
SECOND = Agreed(line(limit=Decimal("0.08")), at(3))
THIRD = replace(line(limit=Decimal("0.08")), version=3)


@pytest.mark.parametrize(
    ("agreed", "seen", "following", "found"),
    [
        ([FIRST], None, line(limit=Decimal("0.5")), None),
        ([FIRST], at(2), line(limit=Decimal("0.5")), 1),
        ([FIRST], at(2), line(limit=Decimal("0.01")), None),
        # The first version was replaced before anybody saw a result.
        ([FIRST, SECOND], at(4), THIRD, None),
        ([SECOND, FIRST], at(4), THIRD, None),
        ([FIRST, SECOND], at(2), THIRD, 1),
        ([], at(2), THIRD, None),
    ],
)
def test_loosening_counts_only_once_results_were_seen(agreed, seen, following, found):
    assert loosened_since(agreed, seen, following) == found


@given(st.lists(promises, min_size=1, max_size=3), promises)
def test_without_a_result_nothing_is_loosened_after_results(history, following):
    agreed = [Agreed(p, at(n + 1)) for n, p in enumerate(history)]

    assert loosened_since(agreed, None, following) is None
