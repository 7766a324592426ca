"""What a detection's run page says of thresholds, of money, and of the site's days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from evaluation.metrics.volume import at_volume
from projects.catalogue import Unit
from projects.charts import Chart, Table, figure
from projects.templatetags.figures import measured, rounded

if TYPE_CHECKING:
    from evaluation.metrics.detected import FinishedDetection
    from evaluation.metrics.scores import Point

IN_TABLE: Final = 20


def charts(finished: FinishedDetection) -> list[Chart]:
    """Errors at every threshold, where no explorer shows what they cost."""
    points = finished.sweep()
    return [_counts(points)] if points else []


def _counts(points: list[Point]) -> Chart:
    x = [p[0] for p in points]
    alarms, misses = [p[2] for p in points], [p[3] for p in points]
    fewest = min(points, key=lambda point: point[2] + point[3])
    title = _("Fewest errors at %(at)s: %(alarms)s false alarms, %(misses)s misses") % {
        "at": rounded(fewest[0], 4),
        "alarms": f"{fewest[2]:,}",
        "misses": f"{fewest[3]:,}",
    }
    lines = ((_("false alarms"), alarms), (_("misses"), misses))
    return Chart(
        "sweep",
        title,
        _("Number of false alarms and of misses at every threshold"),
        figure(x, lines, _("operating point →"), _("cases")),
        Table(
            _("False alarms and misses at every operating point"),
            (_("Operating point"), _("caught"), _("false alarms"), _("misses")),
            tuple(
                (rounded(p[0], 4), f"{p[1]:,}", f"{p[2]:,}", f"{p[3]:,}")
                for p in points[:: max(1, len(points) // IN_TABLE)]
            ),
        ),
        how=_(
            "False alarms and misses in this file at every operating point, each "
            "counted alike; further right warns more rarely."
        ),
    )


def tables(finished: FinishedDetection) -> list[Table]:
    """How many errors a day, a week and a month, where the site's cases are agreed."""
    volume = finished.terms.cases_a_day
    if volume is None:
        return []
    names = {
        "alarms": _("Alarms"),
        "false_alarms": _("False alarms"),
        "misses": _("Misses"),
    }
    found = at_volume(finished.confusion(), volume)
    return [
        Table(
            _("At %(n)s cases a day") % {"n": f"{volume:,.10g}"},
            ("", _("a day"), _("a week"), _("a month")),
            tuple(
                (
                    names[key],
                    *(
                        measured(one.value, one.low, one.high, Unit.NUMBER, 1)
                        for one in found[key]
                    ),
                )
                for key in names
            ),
            _("As often as in this file, with 95% intervals."),
        )
    ]
