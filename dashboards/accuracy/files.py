"""The numbers of the accuracy pages as files: in full, one figure to a row."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboards.accuracy import segments
from dashboards.accuracy.saying import outcome_word
from dashboards.accuracy.shown import metrics_by_segment
from evaluation.judge import Outcome
from evaluation.metrics import finished_from_json
from projects.catalogue import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from costs.sheets import Cell
    from dashboards.accuracy.lines import Line
    from evaluation.models import Result

    Rows = Iterable[tuple[Cell, ...]]


def of_runs(lines: Sequence[Line]) -> tuple[list[str], Rows]:
    """Every figure of every run, as the head and the rows of a file."""
    head = [
        _("Metric"),
        _("Run"),
        _("Day"),
        _("Agreement"),
        _("Value"),
        _("Lower end (95%)"),
        _("Upper end (95%)"),
        _("Compared with"),
        _("Agreed limit"),
        _("Verdict"),
    ]
    return head, [
        (
            line.metric.name.in_(get_language() or "ja"),
            point.number,
            point.day,
            point.version,
            *map(_cell, (point.value, point.low, point.high)),
            *map(_cell, (point.beside, point.limit)),
            outcome_word(point.outcome) if point.limit is not None else "",
        )
        for line in lines
        for point in line.points
    ]


def of_segments(result: Result, search: str) -> tuple[list[str], Rows]:
    """Every segment by every metric that segments are compared by."""
    head = [
        _("Metric"),
        _("Segment"),
        _("Cases"),
        _("Value"),
        _("Lower end"),
        _("Upper end"),
        _("Agreed limit"),
        _("Verdict"),
    ]
    # The rows are made while they are sent, when nobody's language is active any more.
    language = get_language() or "ja"
    words = {outcome.value: outcome_word(outcome) for outcome in Outcome}
    return head, _segments(result, search, language, words)


def _segments(
    result: Result, search: str, language: str, words: Mapping[str, str]
) -> Iterator[tuple[Cell, ...]]:
    finished = finished_from_json(result.finished)
    limits = segments.limits_by_segment(result.run.agreement.criteria.all())
    shape = Shape(result.finished["shape"])
    for metric in metrics_by_segment(shape, (one.metric for one in limits)):
        for line in segments.ranked(finished, metric, limits, search):
            one = line.measured
            yield (
                metric.name.in_(language),
                line.name,
                one.cases,
                *map(_cell, (one.value, one.low, one.high)),
                None if line.limit is None else line.limit.limit,
                words.get(line.outcome, ""),
            )


def _cell(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
