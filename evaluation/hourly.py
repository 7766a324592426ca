"""The errors of a forecast by how far ahead, by hour and by weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from projects.catalogue import METRICS, Unit
from projects.charts import Chart, Table, figure
from projects.templatetags.figures import metric_text
from projects.thinning import drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.metrics.forecasted import Shown


def over(shown: Sequence[Shown], name: str) -> Chart:
    """The errors at each horizon, hour or weekday, titled by where they are largest."""
    axes = {
        "horizon": _("periods ahead →"),
        "hour": _("hour of the day →"),
        "weekday": _("day of the week"),
    }
    labels: list[Any] = [one.at for one in shown]
    if name == "weekday":
        days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
        labels = [days[one.at] for one in shown]
    # Bias goes along: it is drawn at the same places.
    places = drawn([one.mae for one in shown])
    lines = (
        (_("mean error (MAE)"), [shown[place].mae for place in places]),
        (_("bias"), [shown[place].bias for place in places]),
    )
    title = _extremes(shown, labels, name)
    return Chart(
        key=name,
        title=title,
        spoken=title,
        figure=figure(
            [labels[place] for place in places],
            lines,
            axes[name],
            _("error, in the unit of what is forecast"),
            from_zero=False,
        ),
        table=_over_table(shown, labels, axes[name]),
        note=_points_drawn(len(places), len(shown)),
        how=_(
            "Solid: how far off the forecast is on average. Dashes: its bias; above "
            "nought it is too high."
        ),
    )


def _points_drawn(shown: int, every: int) -> str:
    """That a chart has fewer points than there are; empty where it has them all."""
    if shown == every:
        return ""
    return _("%(drawn)s of %(all)s points drawn; the table holds all.") % {
        "drawn": f"{shown:,}",
        "all": f"{every:,}",
    }


def _extremes(shown: Sequence[Shown], labels: Sequence[Any], name: str) -> str:
    """Where the forecast is furthest off, and where it is nearest."""
    words = {"horizon": _("%s ahead"), "hour": _("%s o'clock"), "weekday": "%s"}
    by_error = sorted(range(len(shown)), key=lambda place: shown[place].mae)
    best, worst = by_error[0], by_error[-1]
    return _(
        "Mean error is largest at %(worst)s (%(most)s), smallest at %(best)s "
        "(%(least)s)"
    ) % {
        "worst": words[name] % labels[worst],
        "most": metric_text(shown[worst].mae, Unit.SAME),
        "best": words[name] % labels[best],
        "least": metric_text(shown[best].mae, Unit.SAME),
    }


def _over_table(shown: Sequence[Shown], labels: Sequence[Any], across: str) -> Table:
    titles = METRICS["bias"].name, METRICS["coverage"].name
    bias, coverage = (title.in_(get_language() or "ja") for title in titles)
    has_interval = any(one.coverage is not None for one in shown)
    head = [across.removesuffix(" →"), _("Cases"), "MAE", "WAPE", bias]
    rows = []
    for label, one in zip(labels, shown, strict=True):
        row = [
            str(label),
            f"{one.rows:,}",
            metric_text(one.mae, Unit.SAME),
            metric_text(one.wape, Unit.PERCENT),
            metric_text(one.bias, Unit.SAME),
        ]
        if has_interval:
            row.append(metric_text(one.coverage, Unit.SHARE))
        rows.append(tuple(row))
    return Table(
        across.removesuffix(" →"),
        tuple([*head, coverage] if has_interval else head),
        tuple(rows),
    )
