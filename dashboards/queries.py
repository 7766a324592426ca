"""The only reading across apps, each with a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projects.models import (
    Agreement,
    AgreementStatus,
    Engagement,
    Membership,
    OrganisationKind,
)
from projects.permissions import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.models import User


def portfolio(user: User) -> QuerySet[Engagement]:
    """Every engagement the user may see, with its newest verdict and its spend."""
    return Engagement.objects.visible_to(user).select_related(
        "customer", "owner", "latest__run", "latest__worst__criterion", "spend"
    )


def decisions(user: User) -> QuerySet[Agreement]:
    """The offered agreements that wait for this user's signature."""
    signs_for = Membership.objects.filter(
        user=user,
        role=Role.EXECUTIVE,
        organisation__kind=OrganisationKind.CUSTOMER,
    ).values("organisation")
    return (
        Agreement.objects.visible_to(user)
        .filter(status=AgreementStatus.OFFERED, engagement__customer__in=signs_for)
        .select_related("engagement__customer")
    )
