"""What is measured and borne, told to the row that lists read; no HTTP in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from evaluation.allowed import allowances
from evaluation.budget import Day, burned, period_end, runs_out_on
from evaluation.figures import figures_of
from evaluation.metrics import finished_from_json
from evaluation.models import (
    CriterionVerdict,
    ErrorAcceptance,
    LatestVerdict,
    OperationDay,
    OperationPlan,
    Result,
    RunStatus,
    ValueMonth,
)
from projects.catalogue import Bound, Shape, error_share
from projects.glancing import KEPT_ERRORS, Worst
from projects.services import glances

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from projects.models import Agreement, Engagement


def retell_verdicts(engagement: Engagement) -> None:
    """Write the newest verdict and the errors of the runs that led to it."""
    latest = (
        LatestVerdict.objects.filter(engagement=engagement)
        .select_related("run__agreement", "worst__criterion")
        .first()
    )
    if latest is None:
        glances.note(
            engagement,
            outcome="",
            worst=None,
            loosened=None,
            error=None,
            errors=[],
            measured_on=None,
        )
        return
    runs = (
        CriterionVerdict.objects.filter(
            result__run__agreement__engagement=engagement,
            result__run__status=RunStatus.MEASURED,
        )
        .order_by("-result__run__number")
        .values_list("result__run__number", flat=True)
        .distinct()[:KEPT_ERRORS]
    )
    verdicts = CriterionVerdict.objects.filter(
        result__run__agreement__engagement=engagement,
        result__run__number__in=list(runs),
        value__isnull=False,
    ).select_related("criterion", "result__run")
    errors = list(_errors(verdicts))
    finished = latest.run.finished_at
    glances.note(
        engagement,
        outcome=latest.outcome,
        worst=_kept(latest.worst).kept if latest.worst else None,
        loosened=_loosened(latest.run.agreement),
        error=errors[-1] if errors else None,
        errors=errors,
        measured_on=timezone.localdate(finished) if finished else None,
    )


def _kept(verdict: CriterionVerdict) -> Worst:
    line = verdict.criterion
    return Worst(
        metric=line.metric,
        bound=line.bound,
        limit=line.limit,
        outcome=verdict.outcome,
        value=verdict.value,
        low=verdict.low,
        high=verdict.high,
        further_cases=verdict.further_cases,
    )


def _loosened(agreement: Agreement) -> Agreement | None:
    """The agreement that judged, where it asks less than the one that had judged."""
    return None if agreement.loosened_from is None else agreement


def _errors(verdicts: Iterable[CriterionVerdict]) -> Iterable[float]:
    """Of each run its worst error, by what is allowed; the newest run last."""
    worst: dict[int, float] = {}
    for one in verdicts:
        criterion = one.criterion
        share = error_share(
            float(one.value or 0),
            float(criterion.limit),
            Bound(criterion.bound),
            criterion.of.unit,
        )
        if share is not None:
            number = one.result.run.number
            worst[number] = max(share, worst.get(number, share))
    return (round(worst[number], 4) for number in sorted(worst))


def retell_borne(engagement: Engagement) -> None:
    """Write until when errors are accepted, or that nothing accepts them any more."""
    of = ErrorAcceptance.objects.filter(engagement=engagement)
    standing = of.standing().first()
    glances.note(
        engagement,
        accepted_until=standing.until if standing else None,
        unaccepted=of.lapsed().exists(),
    )


def retell_operation(engagement: Engagement, *, today: date) -> None:
    """Write how much of the error budget is burned, and what the errors cost."""
    written = OperationDay.objects.filter(engagement=engagement)
    days = [Day(one.day, one.false_alarms, one.misses, one.cost_yen) for one in written]
    agreement = engagement.agreements.in_force().first()
    lines = list(allowances(getattr(agreement, "error_budget", None))) if days else []
    tightest = max(
        (burned(days, one, today) for one in lines),
        key=lambda burn: burn.share,
        default=None,
    )
    ends = [runs_out_on(days, one, today) for one in lines]
    glances.note(
        engagement,
        burned=tightest.share if tightest else None,
        burned_until=(period_end(today, tightest.allowance.per) if tightest else None),
        runs_out_on=min((end for end in ends if end is not None), default=None),
        errors_yen=written.aggregate(all=Sum("cost_yen"))["all"] or 0,
    )


def retell_operations(*, today: date) -> int:
    """Write it of all in operation, since a budget begins anew; gives how many."""
    planned = OperationPlan.objects.select_related("engagement")
    told = 0
    for plan in planned.iterator():
        with transaction.atomic():
            retell_operation(plan.engagement, today=today)
        told += 1
    return told


def retell_figures(engagement: Engagement) -> None:
    """Write the figures of results from before they were kept beside them."""
    without = Result.objects.of(engagement).filter(figures__isnull=True)
    # One by one: each holds all that was measured.
    for pk in list(without.values_list("pk", flat=True)):
        result = Result.objects.filter(pk=pk)
        stored = result.values_list("finished", flat=True).get()
        figures = figures_of(finished_from_json(stored), Shape(stored["shape"]))
        result.update(figures=figures)


def retell_value(engagement: Engagement) -> None:
    """Write what it brought so far."""
    of = ValueMonth.objects.filter(engagement=engagement)
    glances.note(engagement, realised_yen=of.yen())


def retell(engagement: Engagement) -> None:
    """Write all that `evaluation` knows of it."""
    retell_figures(engagement)
    retell_value(engagement)
    retell_verdicts(engagement)
    retell_borne(engagement)
    retell_operation(engagement, today=timezone.localdate())
