"""All that waits for a reader, of every kind; one query for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Min, OuterRef, Q, Subquery, Sum
from django.urls import reverse
from django.utils import timezone

from costs.models import Breach, SpendDay
from dashboards.shapes import Decision, Waits, soonest_first
from dashboards.signing import day_of, signatures
from evaluation.models import ErrorAcceptance, Run, RunStatus
from projects.glancing import Need
from projects.models import Engagement, Glance, Intake, Organisation, Side, Stage
from projects.models.engagement import permitted
from projects.permissions import MANAGING, permissions_of
from projects.permissions import Permission as P

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from projects.models import User

ENDED = (Stage.CLOSED, Stage.DECLINED)
# A run after one that broke, of which something may still come or has come.
FOLLOWING = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.MEASURED)


def waiting_for(user: User, language: str) -> tuple[list[Decision], Engagement | None]:
    """What waits, the soonest first, and the next engagement to use up its errors."""
    today = timezone.localdate()
    errors, runs_out = errors_to_bear(user, today=today)
    found = [
        *signatures(user),
        *budgets(user, language),
        *errors,
        *broken_runs(user, language),
        *costs_of_nobody(user),
        *intakes(user),
    ]
    return soonest_first(found), runs_out


def errors_to_bear(
    user: User, *, today: date
) -> tuple[list[Decision], Engagement | None]:
    """Errors that nobody bears any more, and budgets of errors that run out.

    For those who may accept errors; and, for everybody, the engagement that will be
    the next to use up its budget.
    """
    found: list[Decision] = []
    next_out: Engagement | None = None
    for one in bearing(user, today=today):
        day = one.glance.runs_out_on
        if day is not None and day >= today and next_out is None:
            next_out = one
        if P.ACCEPT_ERRORS not in permissions_of(user, one):
            continue
        if one.glance.unaccepted:
            found.append(_to_accept(one))
        else:
            found.append(
                Decision(
                    kind=Waits.RUNS_OUT,
                    engagement=one,
                    number=0,
                    reason="",
                    url=reverse("evaluation:operation", args=[one.pk]),
                    day=day,
                    share=one.glance.burned,
                )
            )
    return found, next_out


def bearing(user: User, *, today: date) -> QuerySet[Engagement]:
    """Open engagements with errors the user is to bear, and the next to run out.

    ``lapsed_…``: of the acceptance that ended.
    """
    # Few of very many: an index holds them alone.
    few = Q(unaccepted=True) | Q(runs_out_on__isnull=False)
    seen = Glance.objects.filter(few, need__lt=Need.ENDED)
    ahead = seen.visible_to(user).filter(runs_out_on__gte=today)
    first = ahead.order_by("runs_out_on", "engagement_id").values("pk")[:1]
    lapsed = ErrorAcceptance.objects.filter(
        engagement=OuterRef("pk"), ended_because__in=("expired", "breached")
    ).order_by("-accepted_at")
    accepting = permitted(user, P.ACCEPT_ERRORS, sides=[Side.CUSTOMER])
    # Who may accept is a member, and the next one is sought among what is visible.
    return (
        Engagement.objects.filter(pk__in=seen.values("pk"))
        .filter(accepting | Q(pk=Subquery(first)))
        .annotate(
            lapsed_run=Subquery(lapsed.values("run")[:1]),
            lapsed_number=Subquery(lapsed.values("run__number")[:1]),
            lapsed_because=Subquery(lapsed.values("ended_because")[:1]),
            lapsed_at=Subquery(lapsed.values("ended_at")[:1]),
        )
        .select_related("glance")
        .order_by("glance__runs_out_on", "pk")
    )


# Any: the annotations are no columns of the model.
def _to_accept(one: Any) -> Decision:
    words = dict(ErrorAcceptance._meta.get_field("ended_because").flatchoices)
    return Decision(
        kind=Waits.ACCEPT,
        engagement=one,
        number=one.lapsed_number,
        reason=str(words[one.lapsed_because]),
        url=f"{reverse('evaluation:run', args=[one.lapsed_run])}#explorer",
        day=day_of(one.lapsed_at),
    )


def broken_runs(user: User, language: str) -> list[Decision]:
    """Runs that could not be measured, for those who may send them again.

    A later run of the engagement has made good for it.
    """
    later = Run.objects.filter(
        agreement__engagement=OuterRef("agreement__engagement"),
        number__gt=OuterRef("number"),
        status__in=[*FOLLOWING, RunStatus.FAILED],
    )
    to = "agreement__engagement__"
    may = permitted(user, P.SUBMIT_RUN, to, sides=[Side.PROVIDER])
    found = (
        Run.objects.filter(may, ~Exists(later), status=RunStatus.FAILED)
        .exclude(agreement__engagement__stage__in=ENDED)
        .select_related("agreement__engagement")
    )
    return [
        Decision(
            kind=Waits.MEND,
            engagement=run.agreement.engagement,
            number=run.number,
            reason=run.reason(language),
            url=run.get_absolute_url(),
            day=day_of(run.finished_at),
        )
        for run in found
    ]


def costs_of_nobody(user: User) -> list[Decision]:
    """Costs that belong to nobody yet, of each provider the user manages."""
    managed = user.belonging.whole(MANAGING)
    named = ("organisation", "organisation__name", "organisation__name_en")
    sums = (
        SpendDay.objects.filter(engagement__isnull=True, organisation__in=managed)
        .order_by()
        .values(*named)
        .annotate(all_lines=Sum("lines"), yen=Sum("cost_yen"), since=Min("day"))
        .filter(all_lines__gt=0)
    )
    return [
        Decision(
            kind=Waits.UNASSIGNED,
            engagement=None,
            number=one["all_lines"],
            reason="",
            url=reverse("costs:unassigned", args=[one["organisation"]]),
            organisation=Organisation(
                pk=one["organisation"],
                name=one["organisation__name"],
                name_en=one["organisation__name_en"],
            ),
            yen=one["yen"],
            day=one["since"],
        )
        for one in sums
    ]


def intakes(user: User) -> list[Decision]:
    """Intakes that nobody has answered, for those who may."""
    waiting = Intake.objects.waiting_for(user).select_related("customer")
    return [
        Decision(
            kind=Waits.INTAKE,
            engagement=None,
            number=0,
            reason=intake.problem,
            url=intake.get_absolute_url(),
            intake=intake,
            day=day_of(intake.filed_at),
        )
        for intake in waiting
    ]


def budgets(user: User, language: str) -> list[Decision]:
    """Budgets that are used up, each by its newest line."""
    return [
        Decision(
            kind=Waits.BUDGET,
            engagement=breach.budget.engagement,
            number=0,
            reason=breach.sentence(language),
            url=reverse(
                "costs:budget_decide",
                args=[breach.budget.engagement_id, breach.budget_id],
            ),
            day=day_of(breach.at),
            due=breach.budget.ends_on,
        )
        for breach in undecided_budgets(user)
    ]


def undecided_budgets(user: User) -> list[Breach]:
    """Of each budget that is used up the newest line, for those who may decide."""
    decides = permitted(user, P.DECIDE_BUDGET, "budget__engagement__")
    found = (
        Breach.objects.undecided()
        .filter(decides, budget__replaced_at__isnull=True)
        .exclude(budget__engagement__stage__in=ENDED)
        .select_related("budget__engagement")
        .order_by("pk")
    )
    return list({breach.budget_id: breach for breach in found}.values())
