"""The one look of charts: tables of words, and figures in light and dark. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        "open": "#c08a1a",
        "pass": "#0f8a6b",
        "fail": "#b42318",
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
        "open": "#e2b450",
        "pass": "#36b48e",
        "fail": "#e24a3b",
    },
}
# As --sans in app.css: the reader's own system, with its Japanese face.
SANS: Final = (
    'system-ui, "Segoe UI", Roboto, "Noto Sans JP", "Noto Sans CJK JP", '
    '"Hiragino Sans", "BIZ UDPGothic", "Yu Gothic UI", Meiryo, sans-serif'
)
SIZE: Final = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: the first cell of a row names it, the others are figures.

    ``links`` lead from the first cells, where there is anywhere to go.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    links: tuple[str, ...] = ()

    @property
    def lines(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every row with where its first cell leads, empty for nowhere."""
        links = self.links or ("",) * len(self.rows)
        return zip(links, self.rows, strict=True)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for light and dark, with its sentence for those who cannot see it.

    ``title`` states what is found, ``how`` how to read it, ``note`` what is left out;
    ``csv`` is where all of its numbers are, empty where there is no file.
    """

    key: str
    title: str
    spoken: str
    figure: dict[str, Any]
    table: Table
    note: str = ""
    how: str = ""
    csv: str = ""


def points(chart: Chart) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Every point of its lines, as the head and the rows of a file.

    A row says which line, where along it, and how high; numbers as exactly as drawn.
    """
    drawn = chart.figure["light"]
    look = drawn["layout"]
    head = ["", look["xaxis"]["title"]["text"], look["title"]["text"]]
    rows = [
        # Escaped for the chart, which takes names for markup.
        (unescape(line["name"]), _exact(at), _exact(up))
        for line in drawn["data"]
        if line.get("name")
        for at, up in zip(line["x"], line["y"], strict=True)
    ]
    return head, rows


def _exact(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value


# Any, here and below: what Plotly takes.
def layout(
    colour: dict[str, str],
    across: str,
    up: str,
    *,
    from_zero: bool = True,
    legend: bool = False,
) -> dict[str, Any]:
    """Everything of a figure but its data; ``up`` stands above the upright axis."""
    axis = {"automargin": True, "zeroline": False, "showline": False, "ticks": ""}
    font = {"family": SANS, "size": SIZE, "color": colour["ink"]}
    hover = {**font, "size": SIZE + 1, "color": colour["strong"]}
    return {
        "height": 300,
        "margin": {"l": 56, "r": 16, "t": 56 if legend else 32, "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": font,
        "separators": ".,",
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": colour["surface"],
            "bordercolor": colour["grey"],
            "font": hover,
        },
        "dragmode": False,
        "showlegend": legend,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        # Not a heading: the name of the upright axis, where it need not be turned.
        "title": {
            "text": up,
            "font": font,
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 6},
        },
        "xaxis": {
            **axis,
            # Ticks nobody sees keep its first name off the nought of the upright axis.
            "ticks": "outside",
            "ticklen": 5,
            "tickcolor": "rgba(0,0,0,0)",
            "showgrid": False,
            "title": {"text": across, "standoff": 12, "font": font},
            "exponentformat": "none",
        },
        "yaxis": {
            **axis,
            "gridcolor": colour["line"],
            "nticks": 5,
            "exponentformat": "none",
            "separatethousands": True,
            **({"rangemode": "tozero"} if from_zero else {}),
        },
    }


def figure(
    x: list[Any],
    lines: Sequence[tuple[str, Sequence[float | None]]],
    across: str,
    up: str,
    *,
    from_zero: bool = True,
) -> dict[str, Any]:
    """Lines over one axis, the first of them the one that matters, for both themes."""
    return {
        theme: {
            "data": _lines(x, lines, colour),
            "layout": layout(
                colour, across, up, from_zero=from_zero, legend=len(lines) > 1
            ),
        }
        for theme, colour in COLOURS.items()
    }


def _lines(
    x: list[Any],
    lines: Sequence[tuple[str, Sequence[float | None]]],
    colour: dict[str, str],
) -> list[dict[str, Any]]:
    styles: tuple[dict[str, Any], ...] = (
        {"color": colour["accent"], "width": 2.5},
        {"color": colour["grey"], "dash": "dash"},
        {"color": colour["grey"]},
        {"color": colour["accent"], "dash": "dot"},
        {"color": colour["grey"], "dash": "dot"},
        {"color": colour["strong"], "dash": "dashdot"},
    )
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": list(values),
            "name": name,
            "line": style,
        }
        for (name, values), style in zip(lines, styles, strict=False)
    ]


def packed(both: dict[str, Any]) -> dict[str, Any]:
    """Both themes for the way to the page: what is alike in them travels once.

    ``light`` is whole, but a line's ``x`` may be the number of the line that has the
    same; ``dark`` is where it differs, as pairs of a path and a value.
    """
    light = {**both["light"], "data": _sharing(both["light"]["data"])}
    dark = {**both["dark"], "data": _sharing(both["dark"]["data"])}
    return {"light": light, "dark": list(_differing(light, dark, ()))}


def _sharing(data: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in data:
        alike = next(
            (
                place
                for place, other in enumerate(found)
                if not isinstance(other.get("x"), int) and other.get("x") == line["x"]
            ),
            None,
        )
        found.append(line if alike is None else {**line, "x": alike})
    return found


def _differing(one: Any, other: Any, path: tuple[str | int, ...]) -> Iterator[Any]:
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _differing(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differing(left, right, (*path, place))
    else:
        yield [list(path), other]
