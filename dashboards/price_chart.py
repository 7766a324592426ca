"""The picture of what accuracy has cost: error against yen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dashboards.accuracy_price import best_so_far, fitted
from projects import marks
from projects.charts import COLOURS, figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from dashboards.accuracy_price import Point, Reach

OUTCOMES: Final = {
    "light": {"pass": "#0f8a6b", "fail": "#b42318", "undecided": "#c08a1a"},
    "dark": {"pass": "#36b48e", "fail": "#e24a3b", "undecided": "#e2b450"},
}
SHAPES: Final = {"pass": "circle", "fail": "square", "undecided": "diamond"}


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the chart in the reader's language; ``unit`` is in yen."""

    across: str
    up: str
    best: str
    ahead: str
    agreed: str
    stop: str
    runs: tuple[str, ...]
    unit: int


def price_figure(
    points: Sequence[Point], reach: Reach | None, stop: Decimal | None, words: Words
) -> dict[str, Any]:
    """Each run's mark, the best so far as the line, what lies ahead as dashes."""
    yen = [float(point.yen) / words.unit for point in points]
    best = [point.error * 100 for point in best_so_far(points)]
    both = figure(yen, [(words.best, best)], words.across, words.up)
    for theme, shape in both.items():
        colour, inks = COLOURS[theme], OUTCOMES[theme]
        shape["data"][0]["line"]["shape"] = "hv"
        shape["data"].append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": yen,
                "y": [point.error * 100 for point in points],
                "text": list(words.runs),
                "hovertemplate": "%{text}<extra></extra>",
                # Nothing spent yet is half a mark otherwise.
                "cliponaxis": False,
                "marker": {
                    "size": 10,
                    "symbol": [SHAPES.get(p.outcome, "diamond") for p in points],
                    "color": [inks.get(p.outcome, colour["grey"]) for p in points],
                    "line": {"width": 2, "color": colour["surface"]},
                },
            }
        )
        drawn = [marks.level(100, colour["strong"])]
        notes = [_at_level(100, words.agreed, colour)]
        if reach is not None:
            ahead = fitted(points, reach.middle)
            shape["data"].append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": [at / words.unit for at, _error in ahead],
                    "y": [error * 100 for _at, error in ahead],
                    "name": words.ahead,
                    "line": {"color": colour["accent"], "dash": "dash"},
                }
            )
            if reach.high is not None:
                drawn.append(_range(reach.low, reach.high, words.unit, colour["line"]))
        if stop is not None:
            drawn.append(
                marks.upright(float(stop) / words.unit, colour["stop"], 2, "longdash")
            )
            at = float(stop) / words.unit
            notes.append(_at_upright(at, words.stop, colour["stop"]))
        shape["layout"] |= {
            "showlegend": False,
            "hovermode": "closest",
            "shapes": drawn,
            "annotations": notes,
        }
        shape["layout"]["xaxis"]["rangemode"] = "tozero"
    return both


def _range(low: float, high: float, unit: int, ink: str) -> dict[str, Any]:
    """Between which spends the line is thought to be reached: a wedge on its level."""
    ends = {"x0": low / unit, "x1": high / unit, "y0": 96, "y1": 104}
    return {"type": "rect", "fillcolor": ink, "line": {"width": 0}, **ends}


def _at_level(at: float, said: str, colour: dict[str, str]) -> dict[str, Any]:
    place: dict[str, Any] = {"xref": "paper", "x": 0.99, "xanchor": "right", "y": at}
    place |= marks.on(colour["surface"])
    return marks.words(said, colour["strong"], yanchor="bottom", **place)


def _at_upright(at: float, said: str, ink: str) -> dict[str, Any]:
    place = {"yref": "paper", "y": 1, "yanchor": "top", "x": at}
    return marks.words(said, ink, xanchor="right", **place)
