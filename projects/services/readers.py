"""Whom what happens on an engagement concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from projects.models import Membership, User
from projects.permissions import CUSTOMER, PROVIDER, Permission, Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.models import Engagement


def people_of(engagement: Engagement) -> QuerySet[User]:
    """Everybody who takes part in it, on either side."""
    members = Membership.objects.in_engagement(engagement)
    return User.objects.filter(pk__in=members.values("user"))


def concerned(engagement: Engagement) -> QuerySet[User]:
    """Its owner, and the management of both sides."""
    managing = Membership.objects.in_engagement(engagement).filter(role=Role.EXECUTIVE)
    return User.objects.filter(
        Q(pk=engagement.owner_id) | Q(pk__in=managing.values("user")), is_active=True
    )


def holders_of(permission: Permission, engagement: Engagement) -> QuerySet[User]:
    """Those whose role lets them do it, on whichever side."""
    held = Membership.objects.in_engagement(engagement).filter(
        Q(
            organisation=engagement.provider_id,
            role__in=[role for role, may in PROVIDER.items() if permission in may],
        )
        | Q(
            organisation=engagement.customer_id,
            role__in=[role for role, may in CUSTOMER.items() if permission in may],
        )
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True)
