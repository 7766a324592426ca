"""The rows behind the overview's charts, each in a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from dashboards.overview.over_time import POINTS, Measured, Version
from evaluation.allowed import allowances
from evaluation.budget import Day
from evaluation.models import CriterionVerdict, OperationDay
from projects.catalogue import Bound, error_share
from projects.models import Agreement, Criterion

if TYPE_CHECKING:
    from datetime import datetime

    from evaluation.budget import Allowance
    from projects.models import Engagement


def newest_measured(engagement: Engagement, key: str) -> tuple[list[Measured], bool]:
    """The newest runs, as many as a chart takes; and whether older ones are left."""
    points = measured(engagement, key, newest=POINTS + 1)
    return points[-POINTS:], len(points) > POINTS


def measured(
    engagement: Engagement, key: str, newest: int | None = None
) -> list[Measured]:
    """Every run that measured the metric, by what judged it; one query.

    Of several segments or criteria of one run the worst counts. ``newest``: so many
    runs, each with all of its verdicts; None is every one.
    """
    found = CriterionVerdict.objects.filter(
        result__run__agreement__engagement=engagement,
        criterion__metric=key,
        value__isnull=False,
        result__run__finished_at__isnull=False,
    ).order_by("-result__run__number", "pk")
    if newest is not None:
        numbers = found.order_by("-result__run__number").values("result__run__number")
        found = found.filter(result__run__number__in=numbers.distinct()[:newest])
    worst: dict[int, tuple[float, Measured]] = {}
    for one in found.select_related("criterion", "result__run__agreement"):
        bad, point = _badness(one), _point(one)
        known = worst.get(point.number)
        if known is None or bad > known[0]:
            worst[point.number] = (bad, point)
    return sorted((point for _bad, point in worst.values()), key=lambda p: p.number)


def versions(engagement: Engagement, key: str) -> list[Version]:
    """Every version that ever was in force, with its tightest limit; two queries."""
    limits: dict[int, float] = {}
    lines = Criterion.objects.filter(agreement__engagement=engagement, metric=key)
    for line in lines:
        limit, known = float(line.limit), limits.get(line.agreement_id)
        tighter = min if Bound(line.bound).is_upper else max
        limits[line.agreement_id] = limit if known is None else tighter(limit, known)
    began = engagement.agreements.filter(in_force_since__isnull=False)
    return [
        Version(one.version, _local(one.in_force_since), limits.get(one.pk))
        for one in began.order_by("in_force_since")
        if one.in_force_since is not None
    ]


def written(engagement: Engagement) -> list[Day]:
    """Every day in operation that is written, the oldest first; one query."""
    days = OperationDay.objects.filter(engagement=engagement).order_by("day")
    return [Day(one.day, one.false_alarms, one.misses, one.cost_yen) for one in days]


def allowed(engagement: Engagement) -> list[Allowance]:
    """What the agreement in force allows; one query."""
    found: Agreement | None = (
        engagement.agreements.in_force().select_related("error_budget").first()
    )
    return list(allowances(getattr(found, "error_budget", None)))


def _badness(one: CriterionVerdict) -> float:
    line = one.criterion
    limit, bound = float(line.limit), Bound(line.bound)
    value = float(one.value or 0)
    share = error_share(value, limit, bound, line.of.unit)
    if share is not None:
        return share
    return value - limit if bound.is_upper else limit - value


def _point(one: CriterionVerdict) -> Measured:
    run, line = one.result.run, one.criterion
    return Measured(
        number=run.number,
        at=_local(run.finished_at),
        value=float(one.value or 0),
        low=one.low,
        high=one.high,
        outcome=one.outcome,
        limit=float(line.limit),
        bound=Bound(line.bound),
        version=run.agreement.version,
        segment=one.segment,
    )


def _local(at: datetime | None) -> datetime:
    """A time as a clock in Japan shows it; the rows asked for always have one."""
    if at is None:
        raise ValueError("a run or a version without its time")
    return timezone.localtime(at).replace(tzinfo=None)
