"""The one look of charts, how it travels, and which points of a long line are drawn."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import marks
from projects.charts import COLOURS, SANS, Chart, Table, figure, packed, points
from projects.drawing import span_geometry
from projects.thinning import POINTS, drawn

LINES = [("this", [1.0, 2.0, None]), ("other", [3.0, 3.0, 3.0])]


def unpacked(pair, theme):
    """As charts.js reads it."""
    found = json.loads(json.dumps(pair["light"]))
    for path, value in pair["dark"] if theme == "dark" else ():
        place = found
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    for line in found["data"]:
        if isinstance(line.get("x"), int):
            line["x"] = found["data"][line["x"]]["x"]
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_is_what_plotly_takes_and_has_the_look_of_the_house(theme):
    shape = figure(["a", "b", "c"], LINES, "across", "up")[theme]

    go.Figure(shape)
    assert shape["layout"]["font"]["family"] == SANS
    assert "Noto Sans JP" in SANS
    assert shape["layout"]["separators"] == ".,"
    assert shape["layout"]["yaxis"]["nticks"] <= 5
    assert not shape["layout"]["xaxis"]["showgrid"]
    assert shape["layout"]["dragmode"] is False
    assert shape["data"][0]["line"]["color"] == COLOURS[theme]["accent"]
    assert (
        "rangemode"
        not in figure([1], LINES, "", "", from_zero=False)[theme]["layout"]["yaxis"]
    )


def test_a_single_line_needs_no_legend():
    one = figure([1, 2], [("this", [1.0, 2.0])], "", "")["light"]["layout"]
    two = figure([1, 2, 3], LINES, "", "")["light"]["layout"]

    assert (one["showlegend"], two["showlegend"]) == (False, True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_travel_as_one_and_come_out_whole(theme):
    both = figure([1, 2, 3], LINES, "across", "up")
    both["dark"]["layout"]["shapes"] = [marks.level(1, "#fff")]
    both["light"]["layout"]["shapes"] = []

    pair = packed(both)

    assert unpacked(pair, theme) == both[theme]
    assert pair["light"]["data"][1]["x"] == 0
    assert len(json.dumps(pair)) < len(json.dumps(both)) * 0.8


def test_a_figure_of_four_hundred_points_is_light():
    rng = np.random.default_rng(1)
    lines = [(str(n), rng.random(POINTS).round(5).tolist()) for n in range(3)]

    assert len(json.dumps(packed(figure(list(range(POINTS)), lines, "", "")))) < 25_000


def test_the_first_cells_of_a_table_may_lead_somewhere():
    rows = (("a", "1"), ("b", "2"))

    assert list(Table("t", ("", "n"), rows).lines) == [("", rows[0]), ("", rows[1])]
    linked = Table("t", ("", "n"), rows, links=("/a/", "/b/"))
    assert [link for link, _row in linked.lines] == ["/a/", "/b/"]


@pytest.mark.parametrize(
    ("most", "japanese", "axis"),
    [
        (9_000, True, (1, "円")),
        (20_000, True, (10_000, "万円")),
        (20_000, False, (1, "¥")),
        (2_000_000, False, (1_000_000, "¥ M")),
    ],
)
def test_yen_axes_are_read_in_the_reader_s_units(most, japanese, axis):
    assert marks.yen_axis(most, japanese=japanese) == axis


def test_what_is_accepted_lies_below_everything():
    box = marks.region(0, 3, 0.0, 5.0, COLOURS["light"])

    assert box["layer"] == "below"
    assert box["fillcolor"] == COLOURS["light"]["region"]


# Thinning --------------------------------------------------------------------------


def test_short_lines_are_drawn_whole():
    assert drawn([1.0] * POINTS) == list(range(POINTS))


def test_of_a_long_line_the_ends_and_the_extremes_are_kept():
    line = np.sin(np.linspace(0, 60, 12_000))
    line[7_123], line[9_001] = 9.0, -9.0

    kept = drawn(line.tolist())

    assert len(kept) == POINTS
    assert kept == sorted(set(kept))
    assert {0, 7_123, 9_001, 11_999} <= set(kept)


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=30, max_size=80))
def test_any_line_with_gaps_keeps_its_ends(values):
    kept = drawn(values, most=20)

    assert kept[0] == 0
    assert kept[-1] == len(values) - 1
    assert len(kept) <= 20


def test_a_line_of_gaps_is_thinned_evenly():
    assert drawn([None] * 500, most=3) == [0, 249, 499]


# Bars without a limit ---------------------------------------------------------------


def test_a_span_is_placed_on_the_scale_its_rows_share():
    at = span_geometry(0.5, 0.25, 0.75, (0.0, 1.0))

    assert (at.band, at.band_width, at.dot) == (25, 50, 50)


def test_without_an_interval_only_the_dot_is_drawn():
    at = span_geometry(2.0, None, None, (0.0, 0.0))

    assert (at.band_width, at.dot) == (0, 100)


def test_the_file_of_a_chart_has_every_point_of_its_lines():
    drawn = figure(
        [1, 2], [("A &lt;1&gt;", [0.1, None]), ("B", [3, 4])], "days", "errors"
    )
    # What is only drawn around the lines has no name.
    drawn["light"]["data"].append({"name": "", "x": [9], "y": [9]})
    chart = Chart("key", "Title", "spoken", drawn, Table("Title", (), ()))

    head, rows = points(chart)

    assert head == ["", "days", "errors"]
    assert rows == [
        ("A <1>", 1, Decimal("0.1")),
        ("A <1>", 2, None),
        ("B", 1, 3),
        ("B", 2, 4),
    ]
