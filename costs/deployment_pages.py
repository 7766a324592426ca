"""Deployments side by side: what a month costs, how fast they are, where they cross."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import combinations
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from costs.inference.line import Line, Month, break_even, month_of
from costs.services.deployments import line_in_yen
from projects.charts import Chart, Table, figure
from projects.templatetags.figures import number, yen_full

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from costs.models import Deployment

POINTS: Final = 60
# More lines than these nobody tells apart.
MOST_LINES: Final = 6
# Volumes up to so many times the largest are looked through for a crossing.
TIMES: Final = 1_000
# A crossing farther away than so many times the volume is told, not drawn.
FAR: Final = 100
AT_LEAST: Final = Decimal(1_000)


@dataclass(frozen=True, slots=True)
class Compared:
    """One deployment, in yen, at its own volume."""

    row: Deployment
    line: Line
    month: Month
    ended: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two deployments: the one that is cheaper at first, and from when the other is.

    ``volume`` is in predictions a month, None where the first stays the cheaper.
    """

    first: Deployment
    other: Deployment
    volume: Decimal | None


def compared(rows: Sequence[Deployment], today: date) -> list[Compared]:
    """Each with its month; what has ended stands last."""
    found = []
    for row in rows:
        line = line_in_yen(row)
        month = month_of(line, Decimal(row.predictions_a_month))
        ended = row.ends_on is not None and row.ends_on < today
        found.append(Compared(row, line, month, ended))
    return sorted(found, key=lambda one: one.ended)


def cheapest(those: Sequence[Compared]) -> Compared | None:
    """The one whose 1,000 predictions cost least, of those in operation."""
    known = [
        (one.month.per_thousand, place)
        for place, one in enumerate(those)
        if not one.ended and one.month.per_thousand is not None
    ]
    return those[min(known)[1]] if known else None


def crossings(those: Sequence[Compared]) -> list[Crossing]:
    """Every two of those in operation, and where they cost the same."""
    found = []
    shown = [one for one in those if not one.ended][:MOST_LINES]
    for one, other in combinations(shown, 2):
        most = max(one.row.predictions_a_month, other.row.predictions_a_month)
        reach = max(Decimal(most), AT_LEAST) * TIMES
        volume = break_even(one.line, other.line, reach)
        # At the very beginning, or right after it where both begin alike.
        swap = _dearer(one.line, other.line, volume)
        first, then = (other.row, one.row) if swap else (one.row, other.row)
        found.append(Crossing(first, then, volume))
    return found


def _dearer(one: Line, other: Line, volume: Decimal | None) -> bool:
    """Whether the first is the dearer one below the crossing."""
    below = AT_LEAST if volume is None else volume / 2
    return one.at(below) > other.at(below)


def chart(those: Sequence[Compared]) -> Chart | None:
    """A month's cost against its volume; None with nothing to draw."""
    shown = [one for one in those if not one.ended][:MOST_LINES]
    largest = max((one.row.predictions_a_month for one in shown), default=0)
    if not largest:
        return None
    end = _end(Decimal(largest), crossings(those))
    volumes = [end * place / POINTS for place in range(POINTS + 1)]
    # Names are a person's words: a chart must not take them for markup.
    lines = [
        (escape(one.row.name), [float(one.line.at(volume)) for volume in volumes])
        for one in shown
    ]
    drawn = figure(
        [float(volume) for volume in volumes],
        lines,
        _("Predictions a month"),
        _("Yen a month"),
    )
    return Chart(
        key="cost-by-volume",
        title=_finding(shown, Decimal(largest)),
        spoken=_("Cost a month against predictions a month, for each deployment."),
        figure=drawn,
        table=_table(shown, volumes),
        how=_("Where two lines cross, both places cost the same."),
    )


def _finding(shown: Sequence[Compared], volume: Decimal) -> str:
    """Which costs least at the largest volume of a month."""
    best = min(shown, key=lambda one: one.line.at(volume))
    said = {
        "name": best.row.name,
        "yen": yen_full(best.line.at(volume)),
        "n": number(volume),
    }
    if len(shown) == 1:
        return _("“%(name)s” costs %(yen)s for %(n)s predictions a month") % said
    return _("For %(n)s predictions a month “%(name)s” costs least, %(yen)s") % said


def _end(largest: Decimal, found: Sequence[Crossing]) -> Decimal:
    """Up to which volume is drawn: beyond the nearest crossing, if it is not far."""
    volumes = [one.volume for one in found if one.volume is not None]
    nearest = min(volumes, default=largest)
    return max(2 * largest, nearest * 3 / 2 if nearest < FAR * largest else largest)


def _table(shown: Sequence[Compared], volumes: Sequence[Decimal]) -> Table:
    every = POINTS // 6
    rows = tuple(
        (number(volume), *(yen_full(one.line.at(volume)) for one in shown))
        for volume in volumes[::every]
    )
    head = (_("Predictions a month"), *(one.row.name for one in shown))
    return Table(_("Cost by volume"), head, rows)
