"""What is drawn over a chart: lines at a value, words on them, single points. Pure."""

from __future__ import annotations

from typing import Any, Final

# What a yen axis counts in: 万円 in Japanese, millions in English.
MAN: Final = 10_000
MILLION: Final = 1_000_000


# Any: what Plotly takes.
def level(at: float, ink: str, dash: str = "solid") -> dict[str, Any]:
    """A limit or a stop line, across the whole chart."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": at,
        "y1": at,
        "line": {"color": ink, "width": 2, "dash": dash},
    }


def upright(at: float, ink: str, width: float, dash: str) -> dict[str, Any]:
    """A chosen point or a stop line, from bottom to top."""
    return {
        "type": "line",
        "yref": "paper",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "line": {"color": ink, "width": width, "dash": dash},
    }


def region(
    start: float, end: float, low: float, high: float, colour: dict[str, str]
) -> dict[str, Any]:
    """What is accepted, below everything else."""
    return {
        "type": "rect",
        "x0": start,
        "x1": end,
        "y0": low,
        "y1": high,
        "layer": "below",
        "fillcolor": colour["region"],
        "line": {"width": 0},
    }


def yen_axis(most: float, *, japanese: bool) -> tuple[int, str]:
    """How many yen are one on an axis that reaches ``most``, and what it is called."""
    if japanese:
        return (MAN, "万円") if most >= MAN else (1, "円")
    return (MILLION, "¥ M") if most >= MILLION else (1, "¥")


# Any: where the words stand, in Plotly's names.
def words(text: str, ink: str, **place: Any) -> dict[str, Any]:
    """Words on the chart, without an arrow."""
    font = {"color": ink, "size": 12}
    return {"text": text, "showarrow": False, "font": font, **place}


def on(ground: str) -> dict[str, Any]:
    """Where words stand on a ground of their own, so that no line runs through."""
    return {"bgcolor": ground, "borderpad": 1}


def dot(at: Any, up: float, fill: str, edge: str, size: int = 12) -> dict[str, Any]:
    """A single point that stands out; ``at`` is a number or a day."""
    return {
        "type": "scatter",
        "x": [at],
        "y": [up],
        "mode": "markers",
        "showlegend": False,
        "hoverinfo": "skip",
        "marker": {"size": size, "color": fill, "line": {"color": edge, "width": 2}},
    }
