"""What every view asks first: who reads, and which engagement they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import get_object_or_404

from projects.models import Agreement, Engagement, Intake, Organisation
from projects.permissions import require_role

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from projects.models import User
    from projects.permissions import Role


def reader(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else as far as a view."""
    return cast("User", request.user)


def engagement_or_404(request: HttpRequest, pk: UUID) -> Engagement:
    """The engagement, for its members; nobody else learns that it exists."""
    visible = Engagement.objects.visible_to(reader(request))
    return get_object_or_404(visible.select_related("customer", "provider"), pk=pk)


def intake_or_404(request: HttpRequest, pk: UUID) -> Intake:
    """The intake, for who filed it and who answers it."""
    visible = Intake.objects.visible_to(reader(request))
    related = ("provider", "customer", "engagement", "asked_by", "decided_by")
    return get_object_or_404(visible.select_related(*related), pk=pk)


def provider_or_404(request: HttpRequest, pk: int, *roles: Role) -> Organisation:
    """The provider, for people of all of it; PermissionDenied without such a role."""
    mine = reader(request).belonging.of_providers()
    found = get_object_or_404(Organisation, pk=pk, pk__in=mine)
    require_role(reader(request), found, *roles)
    return found


def agreement_or_404(request: HttpRequest, pk: int) -> Agreement:
    """One version, for the members of its engagement."""
    visible = Agreement.objects.visible_to(reader(request))
    related = ("engagement__customer", "engagement__provider", "truth_set")
    return get_object_or_404(visible.select_related(*related), pk=pk)
