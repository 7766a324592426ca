"""Taking an engagement on, changing it, declining it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from projects.forms import EngagementForm, FilterForm
from projects.http import engagement_or_404, reader
from projects.models import Engagement, Intake
from projects.permissions import Permission, require
from projects.services import engagement as engagement_services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
def engagements(request: HttpRequest) -> HttpResponse:
    """Every engagement the reader may see, searched by name, kind and stage."""
    listed = Engagement.objects.visible_to(reader(request)).select_related(
        "customer", "owner"
    )
    form = FilterForm(request.GET)
    listed = form.narrowed(listed)
    page = Paginator(listed, 50).get_page(request.GET.get("page"))
    may_create = engagement_services.may_create(reader(request))
    context = {
        "page": page,
        "form": form,
        "may_create": may_create,
        "tab": "engagements",
        "waiting": Intake.objects.waiting_for(reader(request)).count(),
    }
    return render(request, "projects/engagements.html", context)


@require_http_methods(["GET", "POST"])
def engagement_new(request: HttpRequest) -> HttpResponse:
    """Take an engagement on."""
    if not engagement_services.may_create(reader(request)):
        raise PermissionDenied
    form = EngagementForm(request.POST or None, reader=reader(request))
    if form.is_valid():
        try:
            made = engagement_services.create_engagement(
                by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:feasibility", made.pk)
    context = {
        "form": form,
        "title": _("New engagement"),
        "lede": _(
            "Say in plain words what is to be solved. Whether it can be, the "
            "questions of the feasibility page decide next."
        ),
    }
    return render(request, "projects/form.html", context)


@require_http_methods(["GET", "POST"])
def engagement_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what an engagement says of itself."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.EDIT_ENGAGEMENT, engagement)
    form = EngagementForm(
        request.POST or None, instance=engagement, reader=reader(request)
    )
    if form.is_valid():
        try:
            engagement_services.edit_engagement(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(engagement)
    context = {
        "form": form,
        "engagement": engagement,
        "title": _("Edit the engagement"),
    }
    return render(request, "projects/form.html", context)
