"""Asking, answering and issuing a round of the checklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from projects import pages
from projects.forms import AnswerForm
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of
from projects.services import feasibility as feasibility_services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
def assess(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The feasibility page: what is asked now, and the verdict so far."""
    engagement = engagement_or_404(request, pk)
    assessment = engagement.assessments.first()
    context = pages.feasibility(assessment) if assessment else {}
    held = permissions_of(reader(request), engagement)
    context |= {
        "engagement": engagement,
        "tab": "feasibility",
        "may_answer": engagement.is_open and Permission.ANSWER in held,
        "may_waive": engagement.is_open and Permission.WAIVE in held,
    }
    return render(request, "projects/feasibility.html", context)


@require_POST
def round_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start answering, or a new round from the last one's answers."""
    engagement = engagement_or_404(request, pk)
    try:
        feasibility_services.open_assessment(engagement=engagement, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("projects:feasibility", engagement.pk)


@require_POST
@vary_on_headers("HX-Request")
def answer(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Keep one answer; to htmx, say so and show the verdict it gives."""
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    form = AnswerForm(request.POST)
    refused = form.told()
    if not refused:
        try:
            feasibility_services.give_answer(
                assessment=assessment,
                item_id=item,
                by=reader(request),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            refused = " ".join(refusal.messages)
    if request.headers.get("HX-Request"):
        context = pages.feasibility(assessment, item) | {"refused": refused}
        context |= {"engagement": engagement, "may_answer": True}
        return render(request, "projects/_answer_kept.html", context)
    if refused:
        messages.error(request, _("That answer was not kept.") + f" {refused}")
    return redirect(reverse("projects:feasibility", args=[engagement.pk]) + f"#{item}")


@require_POST
def issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Freeze the round with its verdict."""
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    try:
        feasibility_services.issue_assessment(assessment=assessment, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("projects:feasibility", engagement.pk)
