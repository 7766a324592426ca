"""Several engagements on one picture of what accuracy has cost. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from dashboards.accuracy_price import fitted
from dashboards.price_chart import OUTCOMES, SHAPES
from projects import marks
from projects.charts import COLOURS, layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.accuracy_price import Point, Reach

# A first run may be far off; what is above four times the line tells no more.
HIGHEST: Final = 4.0
# Nearer than this, as a part of the axis, two names would stand over each other.
ABOVE: Final = 0.12
# Across, what a letter takes of the axis on the narrowest screen; Japanese ones more.
LETTER: Final = 0.028
WIDE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Course:
    """One engagement: its runs, oldest first, how the newest ended, what is ahead."""

    name: str
    points: tuple[Point, ...]
    outcome: str
    reach: Reach | None


@dataclass(frozen=True, slots=True)
class Said:
    """What stands on the chart in the reader's language; ``unit`` is in yen."""

    across: str
    up: str
    agreed: str
    ahead: str
    unit: int


def prices_figure(courses: Sequence[Course], said: Said) -> dict[str, Any]:
    """Grey courses, a mark at each end; the agreed line in ink over its region."""
    places = _places(courses)
    both: dict[str, Any] = {}
    for theme, colour in COLOURS.items():
        inks = OUTCOMES[theme]
        look = layout(colour, said.across, said.up)
        shape = both[theme] = {"data": [], "layout": look}
        for course, place in zip(courses, places, strict=True):
            shape["data"].append(_line(course, said, colour["grey"]))
            if course.reach is not None:
                ahead = fitted(course.points, course.reach.middle)
                shape["data"].append(_ahead(course, ahead, said, colour["accent"]))
            ink = inks.get(course.outcome, colour["grey"])
            shape["data"].append(_end(course, said, ink, colour, place))
        region = {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": 0,
            "y1": 100,
            "fillcolor": colour["region"],
            "line": {"width": 0},
            "layer": "below",
        }
        agreed = marks.words(
            said.agreed,
            colour["strong"],
            xref="paper",
            x=0.01,
            xanchor="left",
            y=100,
            yanchor="bottom",
        )
        shape["layout"] |= {
            "showlegend": False,
            "hovermode": "closest",
            "shapes": [region, marks.level(100, colour["strong"])],
            "annotations": [agreed],
        }
        shape["layout"]["xaxis"]["rangemode"] = "tozero"
    return both


def _up(point: Point) -> float:
    return min(point.error, HIGHEST) * 100


def _line(course: Course, said: Said, ink: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escape(course.name),
        "x": [float(point.yen) / said.unit for point in course.points],
        "y": [_up(point) for point in course.points],
        "line": {"color": ink, "width": 2},
    }


def _ahead(
    course: Course, ahead: Sequence[tuple[float, float]], said: Said, ink: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{escape(course.name)}: {said.ahead}",
        "x": [yen / said.unit for yen, _error in ahead],
        "y": [min(error, HIGHEST) * 100 for _yen, error in ahead],
        "line": {"color": ink, "width": 1.5, "dash": "dash"},
    }


def _end(
    course: Course, said: Said, ink: str, colour: dict[str, str], place: str
) -> dict[str, Any]:
    last = course.points[-1]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": escape(course.name),
        "x": [float(last.yen) / said.unit],
        "y": [_up(last)],
        "text": [escape(course.name)],
        "textposition": place,
        "textfont": {"color": colour["strong"], "size": 12},
        "cliponaxis": False,
        "marker": {
            "size": 11,
            "symbol": SHAPES.get(course.outcome, "diamond"),
            "color": ink,
            "line": {"width": 2, "color": colour["surface"]},
        },
    }


def _places(courses: Sequence[Course]) -> list[str]:
    """Where each name stands beside its mark: inwards, and not over another one."""
    ends = [(float(one.points[-1].yen), _up(one.points[-1])) for one in courses]
    widest = max((x for x, _y in ends), default=0.0) or 1.0
    tallest = max((y for _x, y in ends), default=0.0) or 1.0
    spans = [
        _span(course.name, x / widest)
        for course, (x, _y) in zip(courses, ends, strict=True)
    ]
    found = []
    for at, (x, y) in enumerate(ends):
        near = [
            other
            for place, other in enumerate(ends)
            if place != at
            and spans[place][0] < spans[at][1]
            and spans[at][0] < spans[place][1]
            and abs(other[1] - y) < tallest * ABOVE
        ]
        side = "left" if x > widest / 2 else "right"
        level = "middle"
        if near:
            above = all((y, x) >= (b, a) for a, b in near)
            below = all((y, x) <= (b, a) for a, b in near)
            # Of three, the one between them keeps its line.
            level = "top" if above else "bottom" if below else "middle"
        found.append(f"{level} {side}")
    return found


def _span(name: str, at: float) -> tuple[float, float]:
    """From where to where a name stands, as parts of the axis; inwards of its mark."""
    long = sum(LETTER if letter.isascii() else WIDE for letter in name)
    return (at - long, at) if at > 0.5 else (at, at + long)
