"""One run taken apart: its segments, its classes, its hours, and what is simple."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from dashboards.accuracy import segments
from evaluation import kinds
from evaluation.metrics import finished_from_json
from evaluation.metrics.forecasted import FinishedForecast
from projects.catalogue import Shape

if TYPE_CHECKING:
    from uuid import UUID

    from evaluation.models import Result
    from evaluation.models.runs import ResultQuerySet

SHOWN: Final = 20
# A number of a run is no longer than this.
DIGITS: Final = 9


def whole(found: ResultQuerySet) -> ResultQuerySet:
    """With all that the pages of a run's segments read beside it."""
    return found.select_related("run__agreement__engagement").prefetch_related(
        "verdicts", "run__agreement__criteria"
    )


def result_meant(found: ResultQuerySet, number: str) -> Result | None:
    """The run of this number among them, else the newest."""
    newest = whole(found.order_by("-run__number"))
    if number.isdecimal() and len(number) <= DIGITS:
        chosen = newest.filter(run__number=number).first()
        if chosen is not None:
            return chosen
    return newest.first()


def segment_url(run: UUID, name: str) -> str:
    """Where one segment of a run is shown."""
    query = urlencode({"segment": name})
    return f"{reverse('dashboards:segments', args=[run])}?{query}"


def breakdown(result: Result, asked: str) -> dict[str, Any]:
    """What the accuracy page shows of one run; ``asked`` is the metric of segments."""
    finished = finished_from_json(result.finished)
    shape = Shape(result.finished["shape"])
    limits = segments.limits_by_segment(result.run.agreement.criteria.all())
    offered, metric = segments.metric_meant(shape, limits, result.verdicts.all(), asked)
    ranked = segments.ranked(finished, metric, limits)
    shown = ranked[:SHOWN]
    is_forecast = isinstance(finished, FinishedForecast)
    return {
        "result": result,
        "run": result.run,
        "by": metric,
        "offered": offered,
        "segments": [(one, segment_url(result.run_id, one.name)) for one in shown],
        "scale": segments.scale_of(shown),
        "more": len(ranked) - len(shown),
        "failing": sum(one.outcome == "fail" for one in ranked),
        "cuts": kinds.charts(finished) if is_forecast else [],
        "tables": kinds.tables(finished),
    }
