"""The one look of charts: tables of words, and figures in light and dark. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOURS: Final = {
    "light": {
        "accent": "#2b4a9e",
        "grey": "#858d9a",
        "ink": "#646c79",
        "line": "#e1e4ea",
        "region": "#e2e9fa",
        "stop": "#a3201a",
        "strong": "#15181e",
        "surface": "#ffffff",
    },
    "dark": {
        "accent": "#9db4f7",
        "grey": "#6d7684",
        "ink": "#929ba8",
        "line": "#29303a",
        "region": "#202c52",
        "stop": "#ff9d85",
        "strong": "#e8ebf0",
        "surface": "#151920",
    },
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: the first cell of a row names it, the others are figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for light and dark, with its sentence for those who cannot see it."""

    key: str
    title: str
    spoken: str
    figure: dict[str, Any]
    table: Table
    note: str = ""


def figure(
    x: list[Any],
    lines: Sequence[tuple[str, Sequence[float]]],
    across: str,
    up: str,
    *,
    from_zero: bool = True,
) -> dict[str, Any]:
    """Lines over one axis, the first of them the one that matters, for both themes."""
    return {
        theme: _themed(x, lines, across, up, from_zero, colour)
        for theme, colour in COLOURS.items()
    }


def _themed(
    x: list[Any],
    lines: Sequence[tuple[str, Sequence[float]]],
    across: str,
    up: str,
    from_zero: bool,
    colour: dict[str, str],
) -> dict[str, Any]:
    drawn = go.Figure()
    styles = (
        {"color": colour["accent"], "width": 2.5},
        {"color": colour["grey"], "dash": "dash"},
        {"color": colour["grey"]},
        {"color": colour["accent"], "dash": "dot"},
        {"color": colour["grey"], "dash": "dot"},
        {"color": colour["strong"], "dash": "dashdot"},
    )
    for (name, values), style in zip(lines, styles, strict=False):
        drawn.add_scatter(x=x, y=list(values), name=name, mode="lines", line=style)
    axis = {"gridcolor": colour["line"], "zeroline": not from_zero}
    axis["zerolinecolor"] = colour["line"]
    drawn.update_layout(
        template="none",
        height=300,
        margin={"l": 56, "r": 16, "t": 24, "b": 44},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12, "color": colour["ink"]},
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={**axis, "showgrid": False, "title": across},
        yaxis={**axis, "title": up} | ({"rangemode": "tozero"} if from_zero else {}),
    )
    shape: dict[str, Any] = drawn.to_plotly_json()
    return shape
