"""Waiving an answer that stops an engagement, and taking a waiver back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects import waiver_pages
from projects.http import engagement_or_404, reader
from projects.models import Waiver
from projects.permissions import Permission, require
from projects.services import waivers as waiver_services
from projects.waiver_forms import PasswordForm, WaiverForm

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
def waive(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Say what a waiver of this item means; give it with a reason and a last day."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.WAIVE, engagement)
    stopping = waiver_services.blocking(engagement).get(item)
    if stopping is None:
        refusal = _("Only an answer that stops the engagement can be waived.")
        messages.error(request, refusal)
        return redirect("projects:feasibility", engagement.pk)
    form = WaiverForm(request.POST or None)
    if form.is_valid():
        try:
            waiver_services.give_waiver(
                engagement=engagement,
                item_id=item,
                by=reader(request),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:feasibility", engagement.pk)
    context = waiver_pages.waiving(stopping, item, today=timezone.localdate())
    context |= {"form": form, "tab": "feasibility"}
    return render(request, "projects/waive.html", context)


@require_http_methods(["GET", "POST"])
def waiver_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what ends with a waiver, and end it."""
    visible = Waiver.objects.visible_to(reader(request)).select_related(
        "engagement__customer", "engagement__provider", "given_by"
    )
    waiver = get_object_or_404(visible, pk=pk)
    require(reader(request), Permission.WAIVE, waiver.engagement)
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            waiver_services.withdraw_waiver(
                waiver=waiver, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:feasibility", waiver.engagement_id)
    context = waiver_pages.withdrawing(waiver, today=timezone.localdate())
    context |= {"form": form, "tab": "feasibility"}
    return render(request, "projects/waiver_withdraw.html", context)
