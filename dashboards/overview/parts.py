"""The charts of an overview in words: what each finds, how to read it, its table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dashboards import left_out, price_queries
from dashboards.overview import over_time, over_time_chart, part_queries
from dashboards.price_pages import OUTCOMES
from projects.catalogue import Unit
from projects.charts import Chart, Table
from projects.templatetags.figures import measured as measured_text
from projects.templatetags.figures import metric_text, promise
from projects.templatetags.times import day_near, japanese

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from costs.sheets import Cell
    from dashboards.overview.over_time import Measured
    from projects.catalogue import Metric
    from projects.models import Engagement


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of what a part shows."""

    label: str
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the overview that is loaded by itself.

    ``title`` states what was found; ``empty`` says why there is no chart.
    """

    key: str
    title: str
    how: str = ""
    charts: tuple[Chart, ...] = ()
    chips: tuple[Chip, ...] = ()
    chips_label: str = ""
    csv: str = ""
    more: str = ""
    more_label: str = ""
    empty: str = ""


def accuracy(engagement: Engagement, asked: Mapping[str, str]) -> Part:
    """Every run of one metric against the limit it was judged by."""
    metrics, key = metric_of(engagement, asked)
    runs = reverse("evaluation:runs", args=[engagement.pk])
    if not key:
        return Part(
            "accuracy",
            _("Accuracy over time against the agreed line"),
            empty=_(
                "No run has been measured yet. Each will stand here with its interval, "
                "against the limit that both sides signed."
            ),
            more=runs,
            more_label=_("See the runs"),
        )
    metric = metrics[key]
    points, is_cut = part_queries.newest_measured(engagement, key)
    found = over_time.finding(points)
    if found is None:
        title = _("No run could measure %(metric)s.") % {"metric": _name(metric)}
        return Part("accuracy", title, chips=metric_chips(metrics, key))
    title = accuracy_words(metric, found)
    address = reverse("dashboards:overview_accuracy_csv", args=[engagement.pk])
    return Part(
        key="accuracy",
        title=title,
        how=left_out.told(
            _(
                "Each mark is a run: circle PASS, square FAIL, diamond UNDECIDED. The "
                "band is its interval, the ink line the agreed limit, the pale side is "
                "accepted."
            ),
            len(points),
            is_cut=is_cut,
        ),
        charts=(_accuracy_chart(engagement, key, metric, points, title),),
        chips=metric_chips(metrics, key),
        chips_label=_("Metric"),
        csv=f"{address}?metric={key}",
        more=reverse("dashboards:accuracy", args=[engagement.pk]),
        more_label=_("See the accuracy in full"),
    )


def metric_of(
    engagement: Engagement, asked: Mapping[str, str]
) -> tuple[dict[str, Metric], str]:
    """The metrics there are, and the one that was asked for, else the worst."""
    metrics = dict(price_queries.metrics_of(engagement))
    key = asked.get("metric", "")
    return metrics, key if key in metrics else next(iter(metrics), "")


def accuracy_words(metric: Metric, found: over_time.Finding) -> str:
    """What the runs show, as the title of their chart."""
    last = found.last
    said = {
        "metric": _name(metric),
        "first": metric_text(found.first.value, metric.unit, 1),
        "last": metric_text(last.value, metric.unit, 1),
        "runs": found.runs,
        "limit": promise(last.bound, last.limit, metric.unit),
        "run": found.since,
    }
    if found.runs == 1:
        moved = _("%(metric)s is %(last)s in the only run") % said
    elif found.is_better is None:
        moved = _("%(metric)s stayed at %(last)s over %(runs)s runs") % said
    elif found.is_better:
        moved = _("%(metric)s improved from %(first)s to %(last)s in %(runs)s runs")
        moved %= said
    else:
        moved = _("%(metric)s worsened from %(first)s to %(last)s in %(runs)s runs")
        moved %= said
    if found.since is not None:
        held = _("it has kept the limit (%(limit)s) since run %(run)s") % said
    elif last.outcome == "fail":
        held = _("it lies outside the limit (%(limit)s)") % said
    else:
        held = _("its interval cannot decide on the limit (%(limit)s) yet") % said
    return f"{moved}。{held}。" if japanese() else f"{moved}; {held}"


def accuracy_rows(
    points: Sequence[Measured],
) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Every run of one metric, as the head and the rows of a file."""
    head = [
        _("Run"),
        _("Day"),
        pgettext("a figure", "Measured"),
        _("Low end"),
        _("High end"),
        _("Limit"),
        _("Verdict"),
        _("Agreement version"),
        _("Segment"),
    ]
    return head, [
        (
            point.number,
            point.at.date(),
            _exact(point.value),
            _exact(point.low),
            _exact(point.high),
            _exact(point.limit),
            OUTCOMES[point.outcome].in_(get_language() or "ja"),
            point.version,
            point.segment,
        )
        for point in points
    ]


def _accuracy_chart(
    engagement: Engagement,
    key: str,
    metric: Metric,
    points: Sequence[Measured],
    title: str,
) -> Chart:
    unit, last = metric.unit, points[-1]
    rows = tuple(_accuracy_row(point, metric) for point in points)
    words = over_time_chart.Words(
        across="",
        up=_name(metric),
        limit=_("limit %(limit)s")
        % {"limit": promise(last.bound, last.limit, unit, _digits(last.limit, unit))},
        run=_("Run %(n)s"),
        months="%-m/%-d<br>%Y年" if japanese() else "%-d %b<br>%Y",
        # What a file calls a segment must not be taken for markup.
        hover=tuple("<br>".join(escape(cell) for cell in row if cell) for row in rows),
    )
    versions = part_queries.versions(engagement, key)
    head = (
        _("Run"),
        _("Day"),
        pgettext("a figure", "Measured"),
        _("Limit"),
        _("Verdict"),
        _("Agreement"),
        *((_("Segment"),) if any(point.segment for point in points) else ()),
    )
    return Chart(
        key=f"accuracy-{key}",
        title=title,
        spoken=title,
        figure=over_time_chart.over_time(points, versions, unit, words),
        table=left_out.shortened(
            Table(title=title, head=head, rows=tuple(row[: len(head)] for row in rows))
        ),
    )


def _accuracy_row(point: Measured, metric: Metric) -> tuple[str, ...]:
    unit = metric.unit
    return (
        _("Run %(n)s") % {"n": point.number},
        day_near(point.at, timezone.localdate()),
        measured_text(point.value, point.low, point.high, unit, 2),
        promise(point.bound, point.limit, unit),
        OUTCOMES[point.outcome].in_(get_language() or "ja"),
        f"v{point.version}",
        point.segment,
    )


def _digits(value: float, unit: Unit) -> int:
    """So many decimals that a limit of 5 % reads as 5 %."""
    shown = round(value * 100 if unit is Unit.SHARE else value, 4)
    return 0 if shown == int(shown) else 2


def metric_chips(metrics: dict[str, Metric], key: str) -> tuple[Chip, ...]:
    if len(metrics) < 2:
        return ()
    return tuple(
        Chip(_name(metric), f"metric={name}", name == key)
        for name, metric in metrics.items()
    )


def _name(metric: Metric) -> str:
    return metric.name.in_(get_language() or "ja")


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 9)))
