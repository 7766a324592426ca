"""The errors in operation by week, month or quarter, and their pictures. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from evaluation.budget import Allowance, Day, Measure, period_end, period_start
from projects import marks
from projects.charts import COLOURS, figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

PERIODS: Final = ("week", "month", "quarter")
DAY: Final = timedelta(days=1)
# So few bars would be as wide as tables.
FEW: Final = 6
# More than these stand in the table and the file alone.
SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Period:
    """What the written days of one calendar period brought; ``days`` is how many."""

    starts: date
    ends: date
    days: int
    false_alarms: int
    misses: int
    yen: Decimal

    def of(self, measure: Measure) -> Decimal:
        """What it counts of one measure."""
        if measure is Measure.YEN:
            return self.yen
        return Decimal(self.misses if measure is Measure.MISSES else self.false_alarms)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of how many periods that had days an allowance was kept."""

    measure: Measure
    most: Decimal
    kept: int
    periods: int


def periods(days: Iterable[Day], per: str) -> list[Period]:
    """The calendar periods that have a written day, the oldest first."""
    found: dict[date, list[Day]] = {}
    for day in days:
        found.setdefault(period_start(day.on, per), []).append(day)
    return [
        Period(
            starts=start,
            ends=period_end(start, per),
            days=len(held),
            false_alarms=sum(day.false_alarms for day in held),
            misses=sum(day.misses for day in held),
            yen=sum((day.yen for day in held), Decimal()),
        )
        for start, held in sorted(found.items())
    ]


def unbroken(found: Sequence[Period], per: str) -> list[Period]:
    """The same with the periods in between that have no written day."""
    whole: list[Period] = []
    for one in found:
        while whole and whole[-1].ends + DAY < one.starts:
            start = whole[-1].ends + DAY
            end = period_end(start, per)
            whole.append(Period(start, end, 0, 0, 0, Decimal()))
        whole.append(one)
    return whole


def usual_period(allowed: Iterable[Allowance]) -> str:
    """The shortest period the budget speaks of; weeks where it speaks of none."""
    spoken = {one.per for one in allowed}
    return next((per for per in PERIODS if per in spoken), PERIODS[0])


def kept(found: Sequence[Period], allowed: Iterable[Allowance], per: str) -> list[Kept]:
    """How the allowances of these very periods were kept; of others nothing is said."""
    return [
        Kept(
            one.measure,
            one.most,
            sum(period.of(one.measure) <= one.most for period in found),
            len(found),
        )
        for one in allowed
        if one.per == per
    ]


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on both charts; ``yen_unit`` is what the yen axis counts in.

    ``periods``: the name of each period drawn.
    """

    over: str
    under: str
    yen: str
    yen_unit: int
    periods: tuple[str, ...]
    limits: dict[Measure, str]


def counts_figure(
    found: Sequence[Period], lines: Sequence[Kept], words: Words
) -> dict[str, Any]:
    """Both errors side by side in counts, with what is allowed as ink lines."""
    bars = [
        (words.over, [period.false_alarms for period in found], "accent"),
        (words.under, [period.misses for period in found], "grey"),
    ]
    counted = [one for one in lines if one.measure is not Measure.YEN]
    return _bars(found, bars, counted, 1, "", words)


def yen_figure(
    found: Sequence[Period], lines: Sequence[Kept], words: Words
) -> dict[str, Any]:
    """What the errors cost in each period, with what is allowed as an ink line."""
    unit = words.yen_unit
    bars = [(words.yen, [float(period.yen) / unit for period in found], "accent")]
    allowed = [one for one in lines if one.measure is Measure.YEN]
    return _bars(found, bars, allowed, unit, words.yen, words)


# Any: what Plotly takes.
def _bars(
    found: Sequence[Period],
    bars: Sequence[tuple[str, Sequence[float], str]],
    lines: Sequence[Kept],
    unit: int,
    up: str,
    words: Words,
) -> dict[str, Any]:
    both = figure([], [], "", up)
    width = {"width": 0.5 / len(bars)} if len(found) <= FEW else {}
    for theme, shape in both.items():
        colour = COLOURS[theme]
        shape["data"] = [
            {
                "type": "bar",
                "x": list(words.periods),
                "y": [
                    v if p.days else None for v, p in zip(values, found, strict=True)
                ],
                "name": name,
                **width,
                "marker": {"color": colour[ink]},
            }
            for name, values, ink in bars
        ]
        shape["layout"] |= {
            "barmode": "group",
            "bargap": 0.35,
            "showlegend": len(bars) > 1,
            "shapes": [
                marks.level(float(one.most) / unit, colour["strong"]) for one in lines
            ],
            "annotations": [
                marks.words(
                    words.limits[one.measure],
                    colour["strong"],
                    xref="paper",
                    x=0.995,
                    xanchor="right",
                    y=float(one.most) / unit,
                    yanchor="bottom",
                )
                for one in lines
            ],
        }
        shape["layout"]["xaxis"] |= {
            "type": "category",
            "nticks": 8,
            "tickangle": 0,
        }
    return both
