"""Entering which skills a person covers, and for how many hours a week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects import staffing
from projects.http import engagement_or_404, reader
from projects.models import Membership, User
from projects.services import skills as skill_services
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
def skills(request: HttpRequest, pk: UUID, person: int) -> HttpResponse:
    """One person's hours a week by skill, for a manager and for themselves."""
    engagement = engagement_or_404(request, pk)
    taking_part = Membership.objects.in_engagement(engagement).values("user")
    shown = get_object_or_404(User.objects.filter(pk__in=taking_part), pk=person)
    if not skill_services.may_cover(reader(request), shown, engagement):
        raise PermissionDenied(_("You may enter only your own hours."))
    held = engagement.covers.filter(person=shown)
    form = staffing.HoursForm(request.POST or None, held=held)
    if form.is_valid():
        try:
            skill_services.cover_skills(
                engagement=engagement,
                person=shown,
                hours=form.changes(),
                by=reader(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            said = _("What %(name)s covers is kept.") % {"name": named(shown)}
            messages.success(request, said)
            return redirect("projects:team", engagement.pk)
    context = {"engagement": engagement, "tab": "team", "form": form, "person": shown}
    return render(request, "projects/skills.html", context)
