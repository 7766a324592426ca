"""The only reading across apps, each with a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from projects.models import (
    Agreement,
    AgreementStatus,
    Engagement,
    Membership,
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
