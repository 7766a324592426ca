"""Runs and money of engagements together, in a fixed number of queries."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from costs.models import CostKind, SpendDay
from costs.sheets import cumulative
from dashboards.accuracy_price import Point
from evaluation.models import CriterionVerdict
from projects.catalogue import Bound, error_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from projects.catalogue import Metric
    from projects.models import Criterion, Engagement

# What answers in production is no price of becoming accurate.
COUNTED = (CostKind.GPU, CostKind.CLOUD, CostKind.LABELS, CostKind.PEOPLE)
NEWEST = 500
# Of each, where several stand on one chart.
NEWEST_OF_EACH = 100


@dataclass(frozen=True, slots=True)
class Priced:
    """The runs judged by one metric, with the spend until each; ``metric`` names it."""

    metric: Metric
    criterion: str
    points: tuple[Point, ...]
    # Older runs are left out.
    is_cut: bool = False


def metrics_of(engagement: Engagement) -> list[tuple[str, Metric]]:
    """The metrics of the newest verdict, its worst first: what may be asked for."""
    latest = getattr(engagement, "latest", None)
    if latest is None:
        return []
    found = CriterionVerdict.objects.filter(result__run=latest.run_id).select_related(
        "criterion"
    )
    worst = latest.worst_id
    ordered = sorted(found, key=lambda one: (one.pk != worst, one.pk))
    named = {one.criterion.metric: one.criterion.of for one in ordered}
    return list(named.items())


def priced(
    engagement: Engagement, key: str, metric: Metric, newest: int | None
) -> Priced:
    """The newest runs that measured it, the oldest first, with money beside them.

    ``newest``: so many verdicts; None is every one.
    """
    days = engagement.spend_days.filter(kind__in=COUNTED).summed_by("day")
    verdicts = (
        CriterionVerdict.objects.filter(
            result__run__agreement__engagement=engagement,
            criterion__metric=key,
            value__isnull=False,
            result__run__finished_at__isnull=False,
        )
        .select_related("criterion", "result__run")
        .order_by("-result__run__number", "pk")[: newest and newest + 1]
    )
    spent = [(one.names[0], one.yen) for one in days]
    is_cut = newest is not None and len(verdicts) > newest
    return Priced(metric, key, _points(verdicts[:newest], metric, spent), is_cut)


def priced_together(
    engagements: Sequence[Engagement], newest: int | None
) -> list[tuple[Engagement, Priced]]:
    """The same of several engagements, each by its worst metric, in two queries.

    ``engagements`` have a newest verdict, which is loaded; those without a criterion
    to compare are left out.
    """
    of: dict[UUID, Criterion] = {
        one.pk: one.latest.worst.criterion
        for one in engagements
        if one.latest.worst is not None
    }
    days = SpendDay.objects.filter(engagement__in=of, kind__in=COUNTED)
    spent: dict[Any, list[tuple[Any, Decimal]]] = defaultdict(list)
    for one in days.summed_by("engagement", "day"):
        spent[one.names[0]].append((one.names[1], one.yen))
    asked = Q()
    for engagement, criterion in of.items():
        asked |= Q(
            result__run__agreement__engagement=engagement,
            criterion__metric=criterion.metric,
        )
    numbered = Window(
        RowNumber(),
        partition_by=F("result__run__agreement__engagement"),
        order_by=[F("result__run__number").desc(), F("pk")],
    )
    verdicts: dict[Any, list[CriterionVerdict]] = defaultdict(list)
    found = (
        CriterionVerdict.objects.filter(
            asked, value__isnull=False, result__run__finished_at__isnull=False
        )
        .annotate(place=numbered)
        .filter(Q() if newest is None else Q(place__lte=newest + 1))
        .order_by("place")
        .select_related("criterion", "result__run__agreement")
        if of
        else ()
    )
    for verdict in found:
        verdicts[verdict.result.run.agreement.engagement_id].append(verdict)
    return [
        (
            one,
            Priced(
                of[one.pk].of,
                of[one.pk].metric,
                _points(verdicts[one.pk][:newest], of[one.pk].of, spent[one.pk]),
                is_cut=newest is not None and len(verdicts[one.pk]) > newest,
            ),
        )
        for one in engagements
        if one.pk in of
    ]


def _points(
    verdicts: Iterable[CriterionVerdict],
    metric: Metric,
    spent_on: list[tuple[Any, Decimal]],
) -> tuple[Point, ...]:
    """Each run's worst error, with what was spent until the day it was measured."""
    spent = cumulative(spent_on)
    known = [day for day, _yen in spent]
    points: dict[int, Point] = {}
    for one in verdicts:
        run = one.result.run
        day = timezone.localdate(run.finished_at)
        before = bisect_right(known, day)
        yen = spent[before - 1][1] if before else Decimal(0)
        point = _point(one, metric, run.number, day, yen)
        # Of several segments the worst one counts.
        if point and (
            run.number not in points or point.error > points[run.number].error
        ):
            points[run.number] = point
    return tuple(sorted(points.values(), key=lambda p: p.number))


def _point(
    one: CriterionVerdict, metric: Metric, number: int, day: date, yen: Decimal
) -> Point | None:
    limit, bound = float(one.criterion.limit), Bound(one.criterion.bound)

    def share(value: float | None) -> float | None:
        return None if value is None else error_share(value, limit, bound, metric.unit)

    error = share(one.value)
    if error is None or one.value is None:
        return None
    # Of what must be high, the lower end of the interval is the larger error.
    ends = sorted(end for end in map(share, (one.low, one.high)) if end is not None)
    both = len(ends) == 2
    return Point(
        number=number,
        day=day,
        yen=yen,
        value=one.value,
        error=error,
        low=ends[0] if both else None,
        high=ends[1] if both else None,
        outcome=one.outcome,
    )
