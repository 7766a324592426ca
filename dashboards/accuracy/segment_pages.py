"""What the pages of a run's segments show: the list, and one segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from dashboards.accuracy import queries, segments, trends
from dashboards.accuracy.breakdown import segment_url
from evaluation.metrics import finished_from_json
from evaluation.metrics.detected import FinishedDetection
from projects.catalogue import Shape, metrics_of

if TYPE_CHECKING:
    from django.core.paginator import Page

    from dashboards.accuracy.segments import SegmentLine
    from evaluation.models import Result
    from projects.catalogue import Metric


@dataclass(frozen=True, slots=True)
class Listed:
    """The segments that were searched for, and by what they are compared."""

    lines: list[SegmentLine]
    offered: list[Metric]
    by: Metric
    every: int


def listed(result: Result, asked: str, search: str) -> Listed:
    """The segments of a run by one metric, worst first."""
    finished = finished_from_json(result.finished)
    limits = segments.limits_by_segment(result.run.agreement.criteria.all())
    offered, metric = segments.metric_meant(
        Shape(result.finished["shape"]), limits, result.verdicts.all(), asked
    )
    found = segments.ranked(finished, metric, limits, search)
    return Listed(found, offered, metric, len(finished.segments()))


def list_page(
    result: Result, found: Listed, page: Page[SegmentLine], search: str
) -> dict[str, Any]:
    """One page of the list."""
    return {
        "page": page,
        "segments": [(one, segment_url(result.run_id, one.name)) for one in page],
        "scale": segments.scale_of(found.lines),
        "offered": found.offered,
        "by": found.by,
        "failing": sum(one.outcome == "fail" for one in found.lines),
        "found": len(found.lines),
        "every": found.every,
        "search": search,
    }


def segment_page(result: Result, name: str, asked: str) -> dict[str, Any]:
    """One segment: counts, figures, limits that speak of it, and its past.

    KeyError where the run has no such segment.
    """
    finished = finished_from_json(result.finished)
    if name not in finished.segments():
        raise KeyError(name)
    agreement = result.run.agreement
    shape = Shape(result.finished["shape"])
    limits = [
        one
        for one in segments.limits_by_segment(agreement.criteria.all())
        if one.segment in ("", name)
    ]
    offered, metric = segments.metric_meant(
        shape, limits, result.verdicts.filter(segment=name), asked
    )
    measured = [(of, finished.measured(of.key, name)) for of in metrics_of(shape)]
    judged = [
        (one, segments.judged_of(finished, one.as_limit(), name)) for one in limits
    ]
    runs = segments.past(
        agreement.engagement, shape, name, [metric.key], result.run.number
    )
    history = trends.past_chart(
        agreement.engagement,
        runs,
        metric,
        queries.segment_limits(runs, metric, name),
        {(result.run.number, limit.pk): one.outcome.value for limit, one in judged},
    )
    return {
        "name": name,
        "offered": offered,
        "by": metric,
        "judged": judged,
        "said": said(judged),
        "measured": [line for line in measured if line[1].value is not None],
        "confusion": finished.confusion(name)
        if isinstance(finished, FinishedDetection)
        else None,
        "chart": history,
    }


def said(judged: list[Any]) -> str:
    """How many limits speak of the segment, and how it does by them."""
    if not judged:
        return _("No limit speaks of this segment by itself.")
    outcomes = [one.outcome for _limit, one in judged]
    return _(
        "Limits that speak of it: %(passed)d kept, %(failed)d broken, %(open)d not "
        "decided."
    ) % {
        "passed": outcomes.count("pass"),
        "failed": outcomes.count("fail"),
        "open": outcomes.count("undecided"),
    }
