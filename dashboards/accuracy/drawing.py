"""The picture of one figure over the runs: its limit, its interval, its end. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

from projects import marks
from projects.charts import COLOURS, layout
from projects.thinning import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

SYMBOLS: Final = {"pass": "circle", "fail": "square", "undecided": "diamond"}
INKS: Final = {"pass": "pass", "fail": "fail", "undecided": "open"}
AIR: Final = 0.08
TICKS: Final = 5
# With more runs than this their dots would be a smear.
DOTS: Final = 40
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Point:
    """One run's figure; ``limit`` and the side it keeps as its own version has them.

    ``beside`` is what it is compared with on the same rows.
    """

    number: int
    day: date
    version: int
    value: float
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    is_upper: bool = True
    outcome: str = ""
    beside: float | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the chart in the reader's language.

    ``by`` is what one unit of the axis is in the figure's own; ``sign`` follows every
    number of the axis; ``ticks`` name the runs, by their number.
    """

    across: str
    up: str
    measured: str
    low: str
    high: str
    beside: str
    limit: str
    run: str
    link: str
    sign: str = ""
    by: float = 1.0
    decimals: int = 2


def trend(
    points: Sequence[Point],
    days: Sequence[str],
    words: Words,
    *,
    from_zero: bool,
    most: float | None = None,
) -> tuple[dict[str, Any], int]:
    """The figure over the runs, and how many of them are drawn.

    ``days`` name each run's day; nothing is above ``most``.
    """
    kept = drawn([point.value for point in points])
    shown = [points[place] for place in kept]
    low, high = _range(points, words.by, from_zero=from_zero, most=most)
    both = {
        theme: {
            "data": _data(shown, words, colour),
            "layout": _layout(points, days, words, colour, (low, high)),
        }
        for theme, colour in COLOURS.items()
    }
    return both, len(shown)


def _range(
    points: Sequence[Point], by: float, *, from_zero: bool, most: float | None
) -> tuple[float, float]:
    every = [
        one / by
        for point in points
        for one in (point.value, point.low, point.high, point.limit, point.beside)
        if one is not None
    ]
    low, high = min(every), max(every)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low or abs(high) or 1.0) * AIR
    bottom = low if from_zero and low == 0 else low - room
    top = high + room
    return bottom, top if most is None else min(top, most / by + room / 2)


def _data(
    points: Sequence[Point], words: Words, colour: dict[str, str]
) -> list[dict[str, Any]]:
    x = [point.number for point in points]
    hover = f"%{{y:,.{words.decimals}f}}{words.sign}"

    def line(name: str, values: list[float | None], **style: Any) -> dict[str, Any]:
        scaled = [None if v is None else _short(v / words.by) for v in values]
        return {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": scaled,
            "name": name,
            "hovertemplate": hover,
            **style,
        }

    found = []
    if any(point.low is not None for point in points):
        edge = {"width": 0, "color": colour["grey"]}
        found = [
            line(words.low, [point.low for point in points], line=edge),
            line(
                words.high,
                [point.high for point in points],
                line=edge,
                fill="tonexty",
                fillcolor=_faint(colour["grey"]),
            ),
        ]
    beside = [point.beside for point in points]
    if any(value is not None for value in beside):
        style = {"color": colour["grey"], "dash": "dash", "width": 2}
        found.append(line(words.beside, beside, line=style, connectgaps=True))
    ink = colour["accent"]
    found.append(
        line(
            words.measured,
            [point.value for point in points],
            mode="lines+markers" if len(points) <= DOTS else "lines",
            line={"color": ink, "width": 2.5},
            marker={"size": 6, "color": ink},
        )
    )
    return [*found, _end(points[-1], words, colour)]


def _end(last: Point, words: Words, colour: dict[str, str]) -> dict[str, Any]:
    mark = marks.dot(
        last.number,
        _short(last.value / words.by),
        colour[INKS.get(last.outcome, "accent")],
        colour["surface"],
    )
    mark["marker"]["symbol"] = SYMBOLS.get(last.outcome, "circle")
    return mark


def _layout(
    points: Sequence[Point],
    days: Sequence[str],
    words: Words,
    colour: dict[str, str],
    ends: tuple[float, float],
) -> dict[str, Any]:
    found = layout(colour, words.across, words.up)
    first, last = points[0].number, points[-1].number
    side = max((last - first) * 0.03, HALF)
    places = sorted({round(at * (len(points) - 1) / TICKS) for at in range(TICKS + 1)})
    found["xaxis"] |= {
        "range": [first - side, last + side],
        "tickvals": [points[place].number for place in places],
        "ticktext": [f"{points[place].number}<br>{days[place]}" for place in places],
        "unifiedhovertitle": {"text": f"{words.run} %{{x}}"},
    }
    found["yaxis"] |= {"range": list(ends), "ticksuffix": words.sign}
    found["yaxis"].pop("rangemode")
    found["shapes"], found["annotations"] = _limits(points, words, colour, ends)
    for before, after in pairwise(points):
        if before.version != after.version:
            at = (before.number + after.number) / 2
            found["shapes"].append(marks.upright(at, colour["grey"], 1, "dot"))
            label = f"v{after.version}"
            place = {"x": at, "yref": "paper", "y": 1, "xanchor": "left"}
            found["annotations"].append(
                marks.words(label, colour["ink"], yanchor="top", **place)
            )
    found["meta"] = {"link": words.link}
    return found


def _limits(
    points: Sequence[Point],
    words: Words,
    colour: dict[str, str],
    ends: tuple[float, float],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The limit of each stretch of runs that were judged alike, and what it accepts."""
    regions, lines, notes = [], [], []
    for (limit, is_upper), group in groupby(points, lambda p: (p.limit, p.is_upper)):
        stretch = list(group)
        if limit is None:
            continue
        at = limit / words.by
        start, end = stretch[0].number - HALF, stretch[-1].number + HALF
        low, high = (ends[0], at) if is_upper else (at, ends[1])
        regions.append(marks.region(start, end, low, high, colour))
        lines.append(marks.level(at, colour["strong"]) | _from_to(start, end))
        said = f"{words.limit} {at:,.{words.decimals}f}{words.sign}"
        place = {"x": end, "y": at, "xanchor": "right"}
        notes.append((said, place, is_upper))
    # Where the limit never changed, once is enough; else at the newest.
    labels = [
        marks.words(
            said,
            colour["strong"],
            yanchor="bottom" if is_upper else "top",
            **place,
        )
        for said, place, is_upper in notes[-1:]
    ]
    return [*regions, *lines], labels


def _from_to(start: float, end: float) -> dict[str, Any]:
    return {"xref": "x", "x0": start, "x1": end}


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.28)"


def _short(value: float) -> float:
    """Six digits: more than a screen shows, and half of what travels."""
    return float(f"{value:.6g}")
