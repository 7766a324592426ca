"""Runs and what they measured, in a fixed number of queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from evaluation.models import CriterionVerdict, Result
from projects.catalogue import Scope
from projects.models import Criterion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dashboards.accuracy.period import Period
    from evaluation.figures import Figures
    from evaluation.models.runs import ResultQuerySet
    from projects.catalogue import Metric
    from projects.models import Agreement, Engagement

# So many of the newest runs a page reads.
NEWEST: Final = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One measured run, as a point of time."""

    number: int
    day: date
    agreement: int
    version: int
    outcome: str
    figures: Figures


def results(
    engagement: Engagement, period: Period, version: Agreement | None
) -> ResultQuerySet:
    """The results of the days looked at, of one version of the agreement or of all."""
    found = Result.objects.of(engagement)
    if version is not None:
        found = found.filter(run__agreement=version)
    if period.first is not None:
        found = found.filter(run__finished_at__gte=_midnight(period.first))
    if period.last is not None:
        after = _midnight(period.last + timedelta(days=1))
        found = found.filter(run__finished_at__lt=after)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def seen(found: ResultQuerySet, most: int | None) -> list[Seen]:
    """The newest of them that have figures, the oldest of these first."""
    listed = (
        found.filter(figures__isnull=False)
        .order_by("-run__number")
        .values_list(
            "run__number",
            "run__finished_at",
            "run__agreement",
            "run__agreement__version",
            "outcome",
            "figures",
        )[:most]
    )
    return [
        Seen(number, timezone.localdate(at), agreement, version, outcome, figures or {})
        for number, at, agreement, version, outcome, figures in reversed(listed)
    ]


def older(found: ResultQuerySet, runs: Sequence[Seen], most: int) -> int:
    """How many with figures are older than the ``runs`` that were read of them."""
    if len(runs) < most:
        return 0
    return found.order_by().filter(figures__isnull=False).count() - len(runs)


def whole_limits(runs: Sequence[Seen]) -> dict[tuple[int, str], Criterion]:
    """The limits for whole files of each version, the first of each metric."""
    found: dict[tuple[int, str], Criterion] = {}
    versions = {run.agreement for run in runs}
    for one in Criterion.objects.filter(agreement__in=versions, scope=Scope.WHOLE):
        found.setdefault((one.agreement_id, one.metric), one)
    return found


def segment_limits(
    runs: Sequence[Seen], metric: Metric, name: str
) -> dict[tuple[int, str], Criterion]:
    """The limit of each version that speaks of one segment by this metric."""
    versions = {run.agreement for run in runs}
    found: dict[tuple[int, str], Criterion] = {}
    speaking = Criterion.objects.filter(
        agreement__in=versions, metric=metric.key, segment__in=("", name)
    ).exclude(scope=Scope.WHOLE)
    for one in speaking:
        found.setdefault((one.agreement_id, metric.key), one)
    return found


def whole_outcomes(
    found: ResultQuerySet, limits: dict[tuple[int, str], Criterion]
) -> dict[tuple[int, int], str]:
    """How each run did by these limits: by its number and that of the limit."""
    if not limits:
        return {}
    judged = CriterionVerdict.objects.filter(
        result__in=found.order_by(),
        criterion__in=[one.pk for one in limits.values()],
    )
    rows = judged.values_list("result__run__number", "criterion", "outcome")
    return {(number, criterion): outcome for number, criterion, outcome in rows}
