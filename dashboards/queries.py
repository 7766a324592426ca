"""The only reading across apps, each with a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse

from dashboards.shapes import Decision
from evaluation.models import Run, RunStatus
from projects.models import (
    Agreement,
    AgreementStatus,
    Engagement,
    Intake,
    Membership,
)
from projects.permissions import PROVIDER, Role
from projects.permissions import Permission as P

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.models import User


def portfolio(user: User) -> QuerySet[Engagement]:
    """Every engagement the user may see, with its newest verdict and its spend."""
    return Engagement.objects.visible_to(user).select_related(
        "customer", "owner", "latest__run", "latest__worst__criterion", "spend"
    )


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
    return [*to_sign, *to_mend, *to_answer]


def standing(user: User) -> dict[str, Any]:
    """How many engagements are inside what was agreed, and what all of them cost."""
    return Engagement.objects.visible_to(user).aggregate(
        measured=Count("latest"),
        inside=Count("latest", filter=Q(latest__outcome="pass")),
        spent_yen=Sum("spend__gpu_yen"),
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
