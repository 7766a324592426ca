"""The burn-up: what was spent until each day, against the lines it must keep. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from projects.charts import COLOURS, figure
from projects.marks import dot, level
from projects.marks import words as said_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

# Above this a chart carries more points than anybody sees.
POINTS: Final = 400
TICKS: Final = 7
# Over fewer than these the axis is read by days.
FEW_MONTHS: Final = 2
# A day as an axis of dates counts it.
DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Ahead:
    """Where the spend is thought to stand on a later day, with its range."""

    day: date
    low: Decimal
    middle: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on the chart, in the reader's language."""

    up: str
    spent: str
    budget: str
    stop: str
    ahead: str
    # Yen for one unit of the axis: 万円 or millions.
    unit: int
    # How the axis writes its months, and the days of a short time, in d3's letters.
    months: str = "%b %Y"
    days: str = "%-d %b"


def burn_up(
    points: Sequence[tuple[date, Decimal]],
    *,
    budget: Decimal | None,
    stop: Decimal | None,
    ahead: Sequence[Ahead],
    words: Words,
) -> dict[str, Any]:
    """Spend as a filled line with its last point marked, lines of budget and stop.

    ``ahead`` begins at the last point; it is drawn as dashes in a grey wedge.
    """
    days: list[Any] = [day for day, _yen in points]
    spent = [_scaled(yen, words.unit) for _day, yen in points]
    both = figure(days, [(words.spent, spent)], "", words.up)
    for theme, shape in both.items():
        colour = COLOURS[theme]
        line = shape["data"][0]
        line["fill"], line["fillcolor"] = "tozeroy", colour["region"]
        shape["layout"]["showlegend"] = False
        shape["layout"]["xaxis"] |= {
            **_ticks([*days, *(one.day for one in ahead)], words),
            "hoverformat": "%Y-%m-%d",
        }
        if days:
            ink, edge = colour["accent"], colour["surface"]
            shape["data"].append(dot(days[-1], spent[-1], ink, edge, size=9))
        shape["data"] += _wedge(ahead, words, colour)
        marks = [
            (budget, words.budget, colour["strong"], "solid"),
            (stop, words.stop, colour["stop"], "longdash"),
        ]
        shape["layout"]["shapes"] = [
            level(_scaled(at, words.unit), ink, dash)
            for at, _said, ink, dash in marks
            if at is not None
        ]
        shape["layout"]["annotations"] = [
            _on(_scaled(at, words.unit), said, ink)
            for at, said, ink, _dash in marks
            if at is not None
        ]
    return both


def _ticks(days: Sequence[date], words: Words) -> dict[str, Any]:
    """Whole months under the axis, each once; days where there are few."""
    if not days:
        return {"tickformat": words.months}
    first, last = min(days), max(days)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months < FEW_MONTHS:
        # Left alone, a day or two would be written at each half of them.
        daily = {"dtick": DAY_MS} if (last - first).days < TICKS else {}
        return {"tickformat": words.days, **daily}
    return {
        "tickformat": words.months,
        "tick0": first.replace(day=1),
        "dtick": f"M{math.ceil(months / TICKS)}",
    }


def _scaled(yen: Decimal, unit: int) -> float:
    return float(yen / unit)


def _wedge(
    ahead: Sequence[Ahead], words: Words, colour: dict[str, str]
) -> list[dict[str, Any]]:
    if not ahead:
        return []
    days: list[Any] = [one.day for one in ahead]

    def line(values: list[float], **style: Any) -> dict[str, Any]:
        return {"type": "scatter", "mode": "lines", "x": days, "y": values, **style}

    nothing = {"line": {"width": 0}, "hoverinfo": "skip"}
    return [
        line([_scaled(one.low, words.unit) for one in ahead], **nothing),
        line(
            [_scaled(one.high, words.unit) for one in ahead],
            fill="tonexty",
            fillcolor=colour["line"],
            **nothing,
        ),
        line(
            [_scaled(one.middle, words.unit) for one in ahead],
            name=words.ahead,
            line={"color": colour["accent"], "dash": "dash"},
        ),
    ]


def _on(at: float, said: str, ink: str) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0.01, "xanchor": "left", "y": at}
    return said_at(said, ink, yanchor="bottom", **place)
