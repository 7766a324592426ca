"""The only reading across apps, each with a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse

from costs.models import Breach
from costs.unassigned import nobodys
from dashboards.shapes import Decision
from evaluation.models import CriterionVerdict, ErrorAcceptance, Run, RunStatus
from projects.models import (
    Agreement,
    AgreementStatus,
    Engagement,
    Intake,
    Membership,
    Organisation,
    Stage,
)
from projects.permissions import CUSTOMER, PROVIDER, Role
from projects.permissions import Permission as P

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.models import User

# Worst first, as a reader in a hurry wants it.
ORDER = ("fail", "undecided", "pass")


def portfolio(user: User) -> QuerySet[Engagement]:
    """Every engagement the user may see, those that need attention first.

    Each with its glance, its newest verdict and its spend. Of those that need as much,
    the one whose next date is nearest comes first.
    """
    return (
        Engagement.objects.visible_to(user)
        .filter(glance__isnull=False)
        .select_related(
            "customer",
            "owner",
            "glance",
            "latest__run__agreement",
            "latest__worst__criterion",
            "spend",
        )
        .order_by("glance__need", "glance__next_on", "glance__engagement")
    )


def latest_verdicts(engagement: Engagement) -> list[CriterionVerdict]:
    """Every criterion of the newest verdict, the worst first; none without one."""
    if not hasattr(engagement, "latest"):
        return []
    found = CriterionVerdict.objects.filter(
        result__run=engagement.latest.run
    ).select_related("criterion")
    return sorted(found, key=lambda verdict: ORDER.index(verdict.outcome))


def waiting(user: User, language: str) -> list[Decision]:
    """All that waits for the user, signatures first."""
    to_sign = [
        Decision(
            kind="sign",
            engagement=agreement.engagement,
            number=agreement.version,
            reason=agreement.reason,
            url=reverse("projects:agreement_sign", args=[agreement.pk]),
        )
        for agreement in decisions(user)
    ]
    to_mend = [
        Decision(
            kind="mend",
            engagement=run.agreement.engagement,
            number=run.number,
            reason=run.reason(language),
            url=run.get_absolute_url(),
        )
        for run in broken_runs(user)
    ]
    to_accept = [
        Decision(
            kind="accept",
            engagement=accepted.engagement,
            number=accepted.run.number,
            reason=accepted.get_ended_because_display(),
            url=f"{accepted.run.get_absolute_url()}#explorer",
        )
        for accepted in lapsed(user)
    ]
    to_answer = [
        Decision(
            kind="intake",
            engagement=None,
            number=0,
            reason=intake.problem,
            url=intake.get_absolute_url(),
            intake=intake,
        )
        for intake in waiting_intakes(user)
    ]
    to_decide = [
        Decision(
            kind="budget",
            engagement=breach.budget.engagement,
            number=0,
            reason=breach.sentence(language),
            url=reverse(
                "costs:budget_decide",
                args=[breach.budget.engagement_id, breach.budget_id],
            ),
        )
        for breach in undecided_budgets(user)
    ]
    return [
        *to_sign,
        *to_decide,
        *to_accept,
        *to_mend,
        *to_assign(user),
        *to_answer,
    ]


def to_assign(user: User) -> list[Decision]:
    """Costs that belong to nobody yet, of each provider the user manages."""
    found = nobodys(user)
    providers = Organisation.objects.in_bulk([one.organisation for one in found])
    return [
        Decision(
            kind="unassigned",
            engagement=None,
            number=one.lines,
            reason="",
            url=reverse("costs:unassigned", args=[one.organisation]),
            organisation=providers[one.organisation],
            yen=one.yen,
        )
        for one in found
    ]


def standing(user: User) -> dict[str, Any]:
    """How many engagements keep what was agreed, and what all of them cost."""
    return Engagement.objects.visible_to(user).aggregate(
        all=Count("pk"),
        measured=Count("pk", filter=~Q(glance__outcome="")),
        inside=Count("pk", filter=Q(glance__outcome="pass")),
        missed=Count("pk", filter=Q(glance__outcome="fail")),
        open=Count("pk", filter=Q(glance__outcome="undecided")),
        spent_yen=Sum("spend__spent_yen"),
        budget_yen=Sum("spend__budget_yen"),
    )


def broken_runs(user: User) -> QuerySet[Run]:
    """Runs that could not be measured, for those who may send them again."""
    mends = Membership.objects.filter(
        Q(engagement__isnull=True) | Q(engagement=OuterRef("agreement__engagement")),
        user=user,
        role__in=[r.value for r, may in PROVIDER.items() if P.SUBMIT_RUN in may],
        organisation=OuterRef("agreement__engagement__provider"),
    )
    return (
        Run.objects.visible_to(user)
        .filter(Exists(mends), status=RunStatus.FAILED)
        .select_related("agreement__engagement")
    )


def waiting_intakes(user: User) -> QuerySet[Intake]:
    """Intakes that nobody has answered, for those who may, the oldest first."""
    waiting = Intake.objects.waiting_for(user).select_related("customer")
    return waiting.order_by("filed_at")


def lapsed(user: User) -> list[ErrorAcceptance]:
    """The newest acceptance that ended, of each engagement the user may accept for."""
    accepts = Membership.objects.filter(
        Q(engagement__isnull=True) | Q(engagement=OuterRef("engagement")),
        user=user,
        role__in=[r.value for r, may in CUSTOMER.items() if P.ACCEPT_ERRORS in may],
        organisation=OuterRef("engagement__customer"),
    )
    found = (
        ErrorAcceptance.objects.visible_to(user)
        .lapsed()
        .filter(Exists(accepts))
        .exclude(engagement__stage__in=[Stage.CLOSED, Stage.DECLINED])
        .select_related("engagement", "run")
    )
    newest: dict[Any, ErrorAcceptance] = {}
    for accepted in found:
        newest.setdefault(accepted.engagement_id, accepted)
    return list(newest.values())


def undecided_budgets(user: User) -> list[Breach]:
    """Of each budget that is used up the newest line, for those who may decide."""
    decides = Membership.objects.filter(
        Q(engagement__isnull=True) | Q(engagement=OuterRef("budget__engagement")),
        Q(
            organisation=OuterRef("budget__engagement__provider"),
            role__in=[r.value for r, may in PROVIDER.items() if P.DECIDE_BUDGET in may],
        )
        | Q(
            organisation=OuterRef("budget__engagement__customer"),
            role__in=[r.value for r, may in CUSTOMER.items() if P.DECIDE_BUDGET in may],
        ),
        user=user,
    )
    found = (
        Breach.objects.visible_to(user)
        .undecided()
        .filter(Exists(decides), budget__replaced_at__isnull=True)
        .exclude(budget__engagement__stage__in=[Stage.CLOSED, Stage.DECLINED])
        .select_related("budget__engagement")
        .order_by("pk")
    )
    return list({breach.budget_id: breach for breach in found}.values())


def decisions(user: User) -> QuerySet[Agreement]:
    """The offered agreements that wait for this user's signature."""
    signs = Membership.objects.filter(
        Q(engagement__isnull=True) | Q(engagement=OuterRef("engagement")),
        user=user,
        role=Role.EXECUTIVE,
        organisation=OuterRef("engagement__customer"),
    )
    return (
        Agreement.objects.visible_to(user)
        .filter(Exists(signs), status=AgreementStatus.OFFERED)
        .select_related("engagement__customer")
    )
