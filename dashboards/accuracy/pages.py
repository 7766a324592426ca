"""All that the page of an engagement's accuracy shows of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.accuracy.period import LAST, Fault
from dashboards.accuracy.saying import finding
from dashboards.accuracy.trends import chart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dashboards.accuracy.lines import Line
    from dashboards.accuracy.period import Period
    from projects.catalogue import Metric
    from projects.models import Engagement

# What a reader has chosen, and keeps from link to link.
KEPT: Final = ("days", "from", "to", "runs", "run", "by")


# Any: what a template shows.
def accuracy_page(
    engagement: Engagement,
    over: Sequence[Line],
    period: Period,
    kept: Mapping[str, str],
) -> dict[str, Any]:
    """The figures over the runs; ``kept`` is what the reader has chosen so far."""
    found = [finding(line) for line in over]
    file = reverse("dashboards:accuracy_csv", args=[engagement.pk])
    last = [line.points[-1] for line in over]
    return {
        "findings": found,
        "charts": [
            chart(line, one, engagement, _csv(file, kept, line.metric))
            for line, one in zip(over, found, strict=True)
        ],
        "runs": max((len(line.points) for line in over), default=0),
        "newest": max(last, key=lambda point: point.number, default=None),
        "period": period,
        "fault": _fault(period),
        "choices": _choices(period, kept),
        "kept": kept,
        "csv": _csv(file, kept, None),
    }


def _csv(file: str, kept: Mapping[str, str], metric: Metric | None) -> str:
    days = {key: value for key, value in kept.items() if key not in ("run", "by")}
    query = urlencode(days | ({} if metric is None else {"metric": metric.key}))
    return f"{file}?{query}" if query else file


def _fault(period: Period) -> str:
    if period.fault == Fault.NO_DAY:
        return _(
            "A day is written as 2026-11-25. All days are shown; correct it and look "
            "again."
        )
    if period.fault == Fault.UPSIDE_DOWN:
        return _(
            "The last day lies before the first one. All days are shown; exchange them "
            "and look again."
        )
    return ""


def _choices(period: Period, kept: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Each stretch of days as a link: what it is called, where to, whether chosen."""
    rest = {key: kept[key] for key in ("runs", "by") if key in kept}
    found = [(str(days), _("%(n)s days") % {"n": days}) for days in LAST]
    return [
        (name, "?" + urlencode(rest | {"days": key}), period.key == key)
        for key, name in [*found, ("all", _("All days"))]
    ]
