"""What a detection's run page says of thresholds, of money, and of the site's days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from evaluation.drawing import Chart, Table, figure
from evaluation.metrics.volume import at_volume
from projects.catalogue import Unit
from projects.templatetags.figures import measured, metric_text, rounded

if TYPE_CHECKING:
    from evaluation.metrics.detected import FinishedDetection
    from evaluation.metrics.scores import Point

IN_TABLE: Final = 20


def charts(finished: FinishedDetection) -> list[Chart]:
    """Errors at every threshold; what they cost, where prices are agreed."""
    points = finished.sweep()
    if not points:
        return []
    return [_counts(points), *_costs(finished, points)]


def _counts(points: list[Point]) -> Chart:
    title = _("False alarms and misses at every operating point")
    x = [p[0] for p in points]
    alarms, misses = [p[2] for p in points], [p[3] for p in points]
    lines = ((_("false alarms"), alarms), (_("misses"), misses))
    return Chart(
        "sweep",
        title,
        _("Number of false alarms and of misses at every threshold"),
        figure(x, lines, _("operating point →"), _("cases")),
        Table(
            title,
            (_("Operating point"), _("caught"), _("false alarms"), _("misses")),
            tuple(
                (rounded(p[0], 4), f"{p[1]:,}", f"{p[2]:,}", f"{p[3]:,}")
                for p in points[:: max(1, len(points) // IN_TABLE)]
            ),
        ),
    )


def _costs(finished: FinishedDetection, points: list[Point]) -> list[Chart]:
    of_alarm, of_miss = finished.terms.yen_false_alarm, finished.terms.yen_miss
    if of_alarm is None or of_miss is None:
        return []
    title = _("Cost of errors at every operating point")
    misses = [p[3] * of_miss for p in points]
    total = [p[2] * of_alarm + m for p, m in zip(points, misses, strict=True)]
    lines = ((_("all errors"), total), (_("misses"), misses))
    head = (_("Operating point"), _("false alarms"), _("misses"), _("cost"))
    return [
        Chart(
            "costs",
            title,
            _("What false alarms and misses cost at every threshold, in yen"),
            figure([p[0] for p in points], lines, _("operating point →"), _("yen")),
            Table(
                title,
                head,
                tuple(
                    (
                        rounded(p[0], 4),
                        f"{p[2]:,}",
                        f"{p[3]:,}",
                        metric_text(cost, Unit.MONEY),
                    )
                    for p, cost in list(zip(points, total, strict=True))[
                        :: max(1, len(points) // IN_TABLE)
                    ]
                ),
            ),
            _cheapest(finished),
        )
    ]


def _cheapest(finished: FinishedDetection) -> str:
    held = None if finished.ranking is None else finished.ranking.cheapest
    own = finished.measured("cost").value
    if held is None or own is None:
        return ""
    threshold, cost = held
    said = {
        "cost": metric_text(cost, Unit.MONEY),
        "own": metric_text(own, Unit.MONEY),
        "at": "" if threshold is None else rounded(threshold, 4),
    }
    if threshold is None:
        says = _("Never flagging is cheapest: %(cost)s. As judged it is %(own)s.")
    else:
        says = _("Cheapest is a point of %(at)s: %(cost)s. As judged it is %(own)s.")
    return says % said


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
