"""The picture of accuracy over time: runs, their band, the stepped limit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from projects import marks
from projects.catalogue import Bound, Unit
from projects.charts import COLOURS, figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dashboards.overview.over_time import Measured, Version

MARKS: Final = {
    "pass": ("circle", {"light": "#0f8a6b", "dark": "#36b48e"}),
    "fail": ("square", {"light": "#b42318", "dark": "#e24a3b"}),
    "undecided": ("diamond", {"light": "#c08a1a", "dark": "#e2b450"}),
}
BAND: Final = {"light": "rgba(43,74,158,0.20)", "dark": "rgba(157,180,247,0.24)"}
# Above and below what is drawn, as a part of its height.
ROOM: Final = 0.18


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the chart in the reader's language; ``hover`` one a run."""

    across: str
    up: str
    limit: str
    run: str
    months: str
    hover: tuple[str, ...]


def over_time(
    points: Sequence[Measured],
    versions: Sequence[Version],
    unit: Unit,
    words: Words,
) -> dict[str, Any]:
    """Runs as marks on a line with their intervals as a band, the limit stepped.

    The axis is time; of runs that all ended on one day it is their number.
    """
    axis = _Axis(points, versions)
    scale = 100.0 if unit is Unit.SHARE else 1.0
    values = [point.value * scale for point in points]
    both = figure(axis.of_runs, [(words.up, values)], words.across, words.up)
    low, high = _reach(points, axis.limits, scale, unit)
    for theme, shape in both.items():
        colour = COLOURS[theme]
        line = shape["data"][0]
        line["hoverinfo"] = "skip"
        shape["data"] = [
            *_band(points, axis, scale, BAND[theme]),
            line,
            _limit(axis, scale, colour["strong"]),
            _marks(points, axis, values, words, theme),
        ]
        start, end = axis.ends
        shape["layout"] |= {
            "showlegend": False,
            "hovermode": "closest",
            "shapes": [
                *_accepted(points[-1].bound, axis, scale, (low, high), colour),
                *(
                    marks.upright(at, colour["grey"], 1, "dot")
                    for at, _number in axis.versions
                ),
            ],
            "annotations": [
                marks.words(
                    f"v{number}",
                    colour["ink"],
                    x=at,
                    yref="paper",
                    y=1.0,
                    xanchor="left",
                    yanchor="top",
                    xshift=3,
                )
                for at, number in axis.versions
            ]
            + [
                marks.words(
                    words.limit,
                    colour["strong"],
                    **marks.on(colour["surface"]),
                    xref="paper",
                    x=0.995,
                    xanchor="right",
                    y=axis.limits[-1][1] * scale,
                    yanchor="bottom",
                )
            ],
        }
        shape["layout"]["xaxis"] |= {"range": [start, end], **axis.ticks(words)}
        shape["layout"]["yaxis"] |= {
            "range": [low, high],
            "ticksuffix": "%" if unit in (Unit.SHARE, Unit.PERCENT) else "",
        }
    return both


class _Axis:
    """Where runs, versions and limits stand from left to right."""

    def __init__(self, points: Sequence[Measured], versions: Sequence[Version]) -> None:
        self.by_time = len({point.at.date() for point in points}) > 1
        if self.by_time:
            self.of_runs = [_moment(point.at) for point in points]
        else:
            self.of_runs = [float(place) for place in range(1, len(points) + 1)]
        self.numbers = [point.number for point in points]
        first, last = self.of_runs[0], self.of_runs[-1]
        room = (last - first) * 0.05 if self.by_time else 0.6
        self.ends = (first - room, last + room)
        self.versions, self.limits = self._stepped(points, versions)

    def _stepped(
        self, points: Sequence[Measured], versions: Sequence[Version]
    ) -> tuple[list[tuple[float, int]], list[tuple[float, float]]]:
        """Each version's mark, and the limit from where on it holds."""
        start = self.ends[0]
        if not self.by_time:
            at = [
                (self.of_runs[place] - 0.5, point)
                for place, point in enumerate(points)
                if place == 0 or point.version != points[place - 1].version
            ]
            begun = [(max(x, start), point.version) for x, point in at]
            return begun, [(max(x, start), point.limit) for x, point in at]
        known = [(_moment(one.since), one) for one in versions]
        shown = [(x, one.number) for x, one in known if start <= x <= self.ends[1]]
        limits = [(x, one.limit) for x, one in known if one.limit is not None]
        before = [limit for x, limit in limits if x <= start]
        held = before[-1] if before else points[0].limit
        later = [(x, limit) for x, limit in limits if start < x <= self.ends[1]]
        return shown, [(start, held), *later]

    # Any: what Plotly takes.
    def ticks(self, words: Words) -> dict[str, Any]:
        if self.by_time:
            return {"type": "date", "tickformat": words.months, "nticks": 7}
        return {
            "tickmode": "array",
            "tickvals": self.of_runs[:: max(1, len(self.of_runs) // 8)],
            "ticktext": [words.run % {"n": n} for n in self.numbers][
                :: max(1, len(self.of_runs) // 8)
            ],
        }


def _moment(at: datetime) -> float:
    """Milliseconds, as a time axis counts them; local time is taken as it stands."""
    return at.replace(tzinfo=UTC).timestamp() * 1000


def _reach(
    points: Sequence[Measured],
    limits: Sequence[tuple[float, float]],
    scale: float,
    unit: Unit,
) -> tuple[float, float]:
    """From where to where the upright axis goes."""
    seen = [limit for _at, limit in limits]
    for point in points:
        seen += [v for v in (point.value, point.low, point.high) if v is not None]
    least, most = min(seen) * scale, max(seen) * scale
    room = (most - least) * ROOM or abs(most) * ROOM or 1.0
    top, bottom = most + room, least - room
    if points[-1].bound.is_upper and least >= 0:
        bottom = 0.0
    if unit in (Unit.SHARE, Unit.RATIO):
        top, bottom = min(top, scale * 1.02), max(bottom, 0.0)
    return bottom, top


def _band(
    points: Sequence[Measured], axis: _Axis, scale: float, fill: str
) -> list[dict[str, Any]]:
    if all(point.low is None or point.high is None for point in points):
        return []

    def edge(ends: list[float], **style: Any) -> dict[str, Any]:
        return {
            "type": "scatter",
            "mode": "lines",
            "x": axis.of_runs,
            "y": ends,
            "line": {"width": 0},
            "hoverinfo": "skip",
            **style,
        }

    low = [(p.value if p.low is None else p.low) * scale for p in points]
    high = [(p.value if p.high is None else p.high) * scale for p in points]
    return [edge(low), edge(high, fill="tonexty", fillcolor=fill)]


def _limit(axis: _Axis, scale: float, ink: str) -> dict[str, Any]:
    x = [*(at for at, _limit in axis.limits), axis.ends[1]]
    y = [limit * scale for _at, limit in axis.limits]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": [*y, y[-1]],
        "line": {"color": ink, "width": 2, "shape": "hv"},
        "hoverinfo": "skip",
    }


def _marks(
    points: Sequence[Measured],
    axis: _Axis,
    values: list[float],
    words: Words,
    theme: str,
) -> dict[str, Any]:
    drawn = [MARKS[point.outcome] for point in points]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": axis.of_runs,
        "y": values,
        "text": list(words.hover),
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": 11,
            "symbol": [symbol for symbol, _inks in drawn],
            "color": [inks[theme] for _symbol, inks in drawn],
            "line": {"width": 2, "color": COLOURS[theme]["surface"]},
        },
    }


def _accepted(
    bound: Bound,
    axis: _Axis,
    scale: float,
    reach: tuple[float, float],
    colour: dict[str, str],
) -> list[dict[str, Any]]:
    """The accepted side of each limit, pale below everything else."""
    stops = [at for at, _limit in axis.limits[1:]] + [axis.ends[1]]
    low, high = reach
    return [
        {
            "type": "rect",
            "layer": "below",
            "x0": at,
            "x1": until,
            "y0": low if bound.is_upper else limit * scale,
            "y1": limit * scale if bound.is_upper else high,
            "fillcolor": colour["region"],
            "line": {"width": 0},
        }
        for (at, limit), until in zip(axis.limits, stops, strict=True)
    ]
