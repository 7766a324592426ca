"""The figures of runs as lines, each run beside what it was judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.accuracy.drawing import Point
from dashboards.accuracy.shown import BESIDE
from evaluation.figures import figure_of
from projects.catalogue import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dashboards.accuracy.queries import Seen
    from projects.catalogue import Metric
    from projects.models import Criterion, Engagement


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of every run that has it, with what it was judged by."""

    metric: Metric
    runs: tuple[Seen, ...]
    points: tuple[Point, ...]
    limit: Criterion | None


def promised(engagement: Engagement, runs: Sequence[Seen]) -> float | None:
    """The share that the intervals of a forecast promise to hold; None elsewhere."""
    if engagement.shape != Shape.FORECAST or not runs:
        return None
    version = engagement.agreements.get(pk=runs[-1].agreement)
    return version.agreed_terms.interval


def lines(
    runs: Sequence[Seen],
    metrics: Sequence[Metric],
    limits: Mapping[tuple[int, str], Criterion],
    outcomes: Mapping[tuple[int, int], str],
    promised: float | None,
) -> list[Line]:
    """The figures of the runs, each as a line; ``promised`` is what intervals hold."""
    found = []
    for metric in metrics:
        kept = tuple(run for run in runs if run.figures.get(metric.key))
        points = tuple(_point(run, metric, limits, outcomes, promised) for run in kept)
        limit = limits.get((kept[-1].agreement, metric.key))
        found.append(Line(metric, kept, points, limit))
    return found


def _point(
    run: Seen,
    metric: Metric,
    limits: Mapping[tuple[int, str], Criterion],
    outcomes: Mapping[tuple[int, int], str],
    promised: float | None,
) -> Point:
    value, low, high = figure_of(run.figures, metric.key) or (0.0, None, None)
    limit = limits.get((run.agreement, metric.key))
    other = figure_of(run.figures, BESIDE.get(metric.key, ""))
    beside = other[0] if other else None
    return Point(
        number=run.number,
        day=run.day,
        version=run.version,
        value=value,
        low=low,
        high=high,
        limit=None if limit is None else float(limit.limit),
        is_upper=limit is None or limit.as_limit().bound.is_upper,
        outcome="" if limit is None else outcomes.get((run.number, limit.pk), ""),
        beside=promised if metric.key == "coverage" else beside,
    )
