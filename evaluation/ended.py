"""Ending an acceptance of errors: by its day, by a later run, by the operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from evaluation import glances
from evaluation.borne import Borne, Seen, is_worse, passed_on
from evaluation.budget import Day
from evaluation.curve import curve_of
from evaluation.metrics.detected import FinishedDetection
from evaluation.models import ErrorAcceptance, OperationDay
from projects.permissions import Permission
from projects.services.audit import record_event
from projects.services.notices import tell
from projects.services.readers import holders_of

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from evaluation.metrics import Finished
    from evaluation.models import Run
    from projects.models import Engagement, User


def borne_by(accepted: ErrorAcceptance) -> Borne:
    """What an acceptance says, as the rules read it."""
    return Borne(
        accepted.false_alarms_a_month,
        accepted.misses_a_month,
        accepted.yen_a_month,
        accepted.yen_low,
        accepted.yen_high,
    )


def told_of_errors(engagement: Engagement) -> QuerySet[User]:
    """Who may accept errors for the customer, and who manages for the provider."""
    accepting = holders_of(Permission.ACCEPT_ERRORS, engagement)
    return accepting | holders_of(Permission.OPEN_REVIEW, engagement)


def end_by_run(run: Run, finished: Finished) -> None:
    """End what a later run shows to be more than was accepted.

    Only a run under the version in force when it was measured, and submitted after
    the run that was accepted, says anything of it.
    """
    accepted = _standing(run.agreement.engagement)
    if accepted is None or run.number <= accepted.run.number:
        return
    curve = curve_of(finished, run.agreement.rows_a_month)
    if curve is None or curve.scale is None:
        return
    step = curve.step(accepted.point)
    seen = Seen(
        step.false_alarms,
        step.misses,
        finished.rows,
        curve.scale,
        are_cases=isinstance(finished, FinishedDetection),
    )
    if is_worse(borne_by(accepted), seen):
        _end(accepted, "breached", "errors.breached_by_run", number=run.number)


def end_by_days(engagement: Engagement, *, today: date) -> None:
    """End what the days in operation since have passed."""
    accepted = _standing(engagement)
    if accepted is None:
        return
    since = timezone.localdate(accepted.accepted_at)
    days = [
        Day(day.day, day.false_alarms, day.misses, day.cost_yen)
        for day in OperationDay.objects.filter(engagement=engagement, day__gte=since)
    ]
    passed = passed_on(borne_by(accepted), days, today)
    if passed is not None:
        _end(accepted, "breached", "errors.breached_on", day=passed.isoformat())


def end_expired(*, today: date) -> int:
    """End every acceptance past its last day; gives how many. Safe to repeat."""
    ended = 0
    for accepted in ErrorAcceptance.objects.run_out(today=today).select_related(
        "engagement", "run"
    ):
        with transaction.atomic():
            until = accepted.until.isoformat()
            ended += _end(accepted, "expired", "errors.expired", day=until)
    return ended


def _standing(engagement: Engagement) -> ErrorAcceptance | None:
    standing = ErrorAcceptance.objects.standing().filter(engagement=engagement)
    return standing.select_related("engagement", "run").first()


# Any: the parameters of a verb.
def _end(accepted: ErrorAcceptance, because: str, verb: str, **params: Any) -> bool:
    """End it once, say so in the audit log, and ask for a new one."""
    ours = ErrorAcceptance.objects.standing().filter(pk=accepted.pk)
    if not ours.update(ended_at=timezone.now(), ended_because=because):
        return False
    engagement = accepted.engagement
    record_event(verb, engagement=engagement, by=None, **params)
    glances.retell_borne(engagement)
    tell(
        told_of_errors(engagement),
        verb,
        path=reverse("evaluation:run", args=[accepted.run_id]) + "#explorer",
        engagement=engagement,
        **params,
    )
    return True
