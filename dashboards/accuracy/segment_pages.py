"""What the pages of a run's segments show: the list, and one segment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.accuracy import queries, segments
from dashboards.accuracy.breakdown import segment_url
from dashboards.accuracy.lines import lines
from dashboards.accuracy.saying import finding, sentence
from dashboards.accuracy.trends import chart
from evaluation.metrics import finished_from_json
from evaluation.metrics.detected import FinishedDetection
from projects.catalogue import Shape, metrics_of
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.paginator import Page

    from dashboards.accuracy.lines import Line
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
        "has_limit": any(one.limit for one in found.lines),
        "failing": sum(one.outcome == "fail" for one in found.lines),
        "found": len(found.lines),
        "every": found.every,
        "search": search,
    }


def segment_page(
    result: Result, name: str, asked: str, *, every: bool = False
) -> dict[str, Any]:
    """One segment: counts, figures, limits that speak of it, and its past.

    ``every``: with all runs of its past, as the file has them. KeyError where the run
    has no such segment.
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
    judged = [
        (one, segments.judged_of(finished, one.as_limit(), name)) for one in limits
    ]
    outcomes = {one.pk: line.outcome.value for one, line in judged}
    line = _past(result, name, metric, outcomes, None if every else segments.PAST)
    found = None if line is None else finding(line)
    measured = [(of, finished.measured(of.key, name)) for of in metrics_of(shape)]
    return {
        "name": name,
        "offered": offered,
        "by": metric,
        "judged": judged,
        "said": joined([sentence(found) if found else "", said(judged)]),
        "measured": [one for one in measured if one[1].value is not None],
        "confusion": finished.confusion(name)
        if isinstance(finished, FinishedDetection)
        else None,
        "chart": replace(
            chart(line, found, agreement.engagement, _file(result, name, metric)),
            note=_("At most the newest %(n)s runs are drawn; the CSV holds every one.")
            % {"n": segments.PAST},
        )
        if line and found
        else None,
        "withheld": finished.measured(metric.key, name).withheld,
    }


def _past(
    result: Result,
    name: str,
    metric: Metric,
    outcomes: Mapping[int, str],
    most: int | None,
) -> Line | None:
    """The segment up to this run; None where this run has no value of it."""
    engagement, number = result.run.agreement.engagement, result.run.number
    shape = Shape(result.finished["shape"])
    runs = [
        run
        for run in segments.past(engagement, shape, name, [metric.key], number, most)
        if run.figures.get(metric.key)
    ]
    if not runs or runs[-1].number != number:
        return None
    limits = queries.segment_limits(runs, metric, name)
    known = {(number, limit): outcome for limit, outcome in outcomes.items()}
    (line,) = lines(runs, [metric], limits, known, None)
    return line


def _file(result: Result, name: str, metric: Metric) -> str:
    address = reverse("dashboards:segment_csv", args=[result.run_id])
    return f"{address}?{urlencode({'segment': name, 'by': metric.key})}"


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
