"""The segments of one run, the worst first, and one segment over the runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F
from django.utils import timezone

from dashboards.accuracy.queries import Seen
from dashboards.accuracy.shown import metrics_by_segment
from evaluation.figures import figures_of
from evaluation.judge import Outcome, judge_limit
from evaluation.metrics import finished_from_json
from evaluation.models import Result
from evaluation.within import Within
from projects.catalogue import Scope, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evaluation.judge import Judged, Measured
    from evaluation.metrics import Finished
    from evaluation.models import CriterionVerdict
    from projects.catalogue import Limit, Metric
    from projects.models import Criterion, Engagement

# Of these many runs a segment's past is shown.
PAST: Final = 50
# Where the lines of segments are in a stored result.
LINES: Final = {Shape.INVENTORY: "lines"}
LINES_ELSEWHERE: Final = "segments"


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment by one metric; ``limit`` and ``outcome`` where one speaks of it."""

    name: str
    measured: Measured
    limit: Criterion | None = None
    outcome: str = ""
    # So many without an error would prove a pass.
    further_cases: int | None = None


def limits_by_segment(criteria: Iterable[Criterion]) -> list[Criterion]:
    """The limits that speak of segments."""
    return [one for one in criteria if one.scope != Scope.WHOLE]


def metric_meant(
    shape: Shape,
    limits: Sequence[Criterion],
    verdicts: Iterable[CriterionVerdict],
    asked: str,
) -> tuple[list[Metric], Metric]:
    """What segments may be compared by, and by what they are: the one asked for, else
    that of a limit a segment breaks, else of one that is agreed, else of the kind.
    """
    offered = metrics_by_segment(shape, (one.metric for one in limits))
    by_key = {metric.key: metric for metric in offered}
    if asked in by_key:
        return offered, by_key[asked]
    speaking = {one.pk: one.metric for one in limits}
    for outcome in (Outcome.FAIL, Outcome.UNDECIDED):
        for one in verdicts:
            if one.outcome == outcome and one.criterion_id in speaking:
                return offered, by_key[speaking[one.criterion_id]]
    return offered, offered[0]


def ranked(
    finished: Finished, metric: Metric, limits: Sequence[Criterion], search: str = ""
) -> list[SegmentLine]:
    """The segments whose name holds what is searched for, the worst first.

    Those that break a limit stand before the others, those without a value last.
    """
    wanted = search.casefold()
    found = [
        line_of(finished, metric, limits, name)
        for name in finished.segments()
        if wanted in name.casefold()
    ]
    return sorted(found, key=lambda line: _place(line, metric))


def line_of(
    finished: Finished, metric: Metric, limits: Sequence[Criterion], name: str
) -> SegmentLine:
    """One segment, judged by the limit that speaks of it if there is one."""
    limit = next(
        (
            one
            for one in limits
            if one.metric == metric.key and one.segment in ("", name)
        ),
        None,
    )
    if limit is None:
        return SegmentLine(name, finished.measured(metric.key, name))
    judged = judged_of(finished, limit.as_limit(), name)
    return SegmentLine(
        name, judged.measured, limit, judged.outcome.value, judged.further_cases
    )


def judged_of(finished: Finished, limit: Limit, name: str) -> Judged:
    """A limit for segments, on one of them."""
    confidence = limit.confidence or 0.95
    measured = finished.measured(limit.metric, name, confidence)
    of_it = replace(limit, scope=Scope.NAMED, segment=name)
    return judge_limit(of_it, measured, {name: measured})


def _place(line: SegmentLine, metric: Metric) -> tuple[bool, int, float, str]:
    value = line.measured.value
    order = {Outcome.FAIL.value: 0, Outcome.UNDECIDED.value: 1}
    size = value or 0.0
    if metric.key == "bias":
        size = abs(size)
    is_high_bad = metric.smaller_is_better or metric.key == "bias"
    return (
        value is None,
        order.get(line.outcome, 2),
        -size if is_high_bad else size,
        line.name,
    )


def scale_of(lines: Sequence[SegmentLine]) -> tuple[float, float]:
    """The axis that the bars of these rows share, from nought or below."""
    ends = [
        end
        for line in lines
        for end in (line.measured.value, line.measured.low, line.measured.high)
        if end is not None
    ]
    return min([0.0, *ends]), max([0.0, *ends])


def past(
    engagement: Engagement,
    shape: Shape,
    name: str,
    keys: Iterable[str],
    until: int,
    most: int | None = PAST,
) -> list[Seen]:
    """The newest runs up to one that have the segment, the oldest first.

    ``most``: so many of them; None is every one.

    Only its own piece of each result is read, however many segments there are.
    """
    part = LINES.get(shape, LINES_ELSEWHERE)
    listed = (
        Result.objects.of(engagement)
        .filter(run__number__lte=until)
        .annotate(piece=Within("finished", part, name), terms=F("finished__terms"))
        .filter(piece__isnull=False)
        .order_by("-run__number")
        .values_list(
            "run__number",
            "run__finished_at",
            "run__agreement",
            "run__agreement__version",
            "piece",
            "terms",
        )[:most]
    )
    return [
        Seen(
            number=number,
            day=timezone.localdate(at),
            agreement=agreement,
            version=version,
            outcome="",
            figures=figures_of(_alone(shape, part, name, piece, terms), shape, keys),
        )
        for number, at, agreement, version, piece, terms in reversed(listed)
    ]


# Any: what json gives.
def _alone(shape: Shape, part: str, name: str, piece: Any, terms: Any) -> Finished:
    """One segment as if it were a whole file, from its own line of a stored result."""
    return finished_from_json(
        {
            "shape": shape.value,
            "terms": terms,
            "whole": piece,
            part: {name: piece},
            **_REST[shape],
        }
    )


# What a stored result has besides, where nothing but one segment is of interest.
_REST: Final[dict[Shape, dict[str, Any]]] = {
    Shape.DETECTION: {
        "ranking": None,
        "events": None,
        "sketches": {},
        "rows_without_score": 0,
        "rows_left_out": 0,
    },
    Shape.FORECAST: {"has_history": True, "shown": {}},
    Shape.INVENTORY: {
        "worst": [],
        "has_segments": True,
        "has_backorders": False,
        "has_orders": False,
    },
    Shape.TRIAL: {},
}
