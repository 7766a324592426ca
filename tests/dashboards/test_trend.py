"""The little curve of errors: where its dots stand, whatever the runs measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.trend import trend_of

ERRORS = st.lists(st.floats(0, 50), min_size=1, max_size=12)


@given(ERRORS)
def test_everything_lies_inside_the_frame(errors):
    drawn = trend_of(errors)

    assert len(drawn.dots) == len(errors)
    assert len(drawn.strokes) == len(errors) - 1
    for dot in drawn.dots:
        assert 0 <= dot.x <= 100
        assert 0 <= dot.y <= 100


@given(ERRORS)
def test_what_keeps_the_line_stands_on_or_below_it(errors):
    drawn = trend_of(errors)

    for error, dot in zip(errors, drawn.dots, strict=True):
        assert dot.kept is (error <= 1)
        assert (dot.y >= drawn.limit) is dot.kept or dot.y == drawn.limit


def test_the_newest_run_is_the_one_at_the_right():
    drawn = trend_of([2.4, 1.2, 0.5])

    assert [dot.x for dot in drawn.dots] == [2, 50, 98]
    # The larger error stands higher.
    assert drawn.dots[0].y < drawn.dots[1].y < drawn.limit < drawn.dots[2].y
    assert drawn.strokes[0].x2 == drawn.strokes[1].x1


@pytest.mark.parametrize("errors", [[0.1], [40.0]])
def test_the_agreed_line_is_always_in_sight(errors):
    drawn = trend_of(errors)

    assert 25 < drawn.limit < 75
    assert drawn.below == pytest.approx(100 - drawn.limit)
