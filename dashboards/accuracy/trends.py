"""One figure over the runs as a chart with its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards.accuracy.drawing import Words, trend
from dashboards.accuracy.saying import (
    beside,
    digits,
    how,
    language,
    outcome_word,
    spoken,
)
from projects.catalogue import Unit
from projects.charts import Chart, Table
from projects.marks import yen_axis
from projects.templatetags.figures import interval, metric_text
from projects.templatetags.times import day_near, day_short, japanese

if TYPE_CHECKING:
    from dashboards.accuracy.lines import Line
    from dashboards.accuracy.saying import Finding
    from projects.models import Engagement

# A table holds the newest of them; the file holds all.
IN_TABLE: Final = 50
# Of these an axis begins at nought.
FROM_ZERO: Final = {Unit.COUNT, Unit.MONEY, Unit.SECONDS}


def chart(line: Line, found: Finding, engagement: Engagement, csv: str) -> Chart:
    """The line over the runs, titled by what is found."""
    metric = line.metric
    words = _words(line, engagement)
    figure, drawn = trend(
        line.points,
        [day_short(point.day) for point in line.points],
        words,
        from_zero=metric.smaller_is_better or metric.unit in FROM_ZERO,
        most=1.0 if metric.unit in (Unit.SHARE, Unit.RATIO) else None,
    )
    note = ""
    if drawn < len(line.points):
        note = _("%(drawn)s of %(all)s points drawn; all are in the CSV.") % {
            "drawn": f"{drawn:,}",
            "all": f"{len(line.points):,}",
        }
    return Chart(
        key=metric.key,
        title=found.said,
        spoken=spoken(line, found),
        figure=figure,
        table=table(line, engagement),
        note=note,
        how=how(line),
        csv=csv,
    )


def _words(line: Line, engagement: Engagement) -> Words:
    metric = line.metric
    sign, by, name = "", 1.0, ""
    decimals = 2
    match metric.unit:
        case Unit.SHARE:
            sign, by, name = "%", 0.01, "%"
        case Unit.PERCENT:
            sign = name = "%"
        case Unit.MONEY:
            most = max(abs(point.value) for point in line.points)
            unit, name = yen_axis(most, japanese=japanese())
            by = float(unit)
        case Unit.SECONDS:
            name = _("seconds")
        case Unit.DAYS:
            name = _("days")
        case Unit.COUNT:
            decimals = 0
        case _:
            decimals = 3
    said = metric.name.in_(language())
    number = reverse("evaluation:run_of_number", args=[engagement.pk, 0])
    return Words(
        across=_("run, and the day it was measured →"),
        up=f"{said} ({name})" if name else said,
        measured=said,
        low=_("lower end"),
        high=_("upper end"),
        beside=beside(metric.key),
        limit=_("agreed"),
        run=_("Run"),
        link=number.removesuffix("0/") + "{x}/",
        sign=sign,
        by=by,
        decimals=decimals,
    )


def table(line: Line, engagement: Engagement) -> Table:
    """The newest runs as the chart has them, each leading to its page."""
    unit = line.metric.unit
    newest = line.points[: -IN_TABLE - 1 : -1]
    has_limit = any(point.limit is not None for point in line.points)
    has_beside = any(point.beside is not None for point in line.points)
    head = [_("Run"), _("Day"), _("Agreement"), _("Value"), _("95% interval")]
    if has_beside:
        head.append(beside(line.metric.key))
    if has_limit:
        head += [_("Agreed limit"), _("Verdict")]
    rows = []
    for point in newest:
        row = [
            _("Run %(n)s") % {"n": point.number},
            day_near(point.day, timezone.localdate()),
            f"v{point.version}",
            metric_text(point.value, unit, digits(unit)),
            interval(point.low, point.high, unit, digits(unit)).strip("()") or "–",
        ]
        if has_beside:
            row.append(metric_text(point.beside, unit, digits(unit)))
        if has_limit:
            row.append(metric_text(point.limit, unit, digits(unit)))
            row.append(outcome_word(point.outcome))
        rows.append(tuple(row))
    return Table(
        title=line.metric.name.in_(language()),
        head=tuple(head),
        rows=tuple(rows),
        note=_newest(len(newest), len(line.points)),
        links=tuple(run_url(engagement, point.number) for point in newest),
    )


def _newest(shown: int, every: int) -> str:
    if shown == every:
        return ""
    return _("The newest %(shown)s of %(all)s runs; all are in the CSV.") % {
        "shown": f"{shown:,}",
        "all": f"{every:,}",
    }


def run_url(engagement: Engagement, number: int) -> str:
    """A run by its number, as people speak of it."""
    return reverse("evaluation:run_of_number", args=[engagement.pk, number])
