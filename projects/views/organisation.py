"""A provider's own settings: visitors, invitation links, own questions."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from projects import pages
from projects.http import provider_or_404, reader
from projects.intake_forms import InvitationForm
from projects.models import Invitation, Organisation, OwnItem
from projects.own_item_forms import ChoiceLines, OwnItemForm, choices_of, typed_of
from projects.permissions import MANAGING, Role, roles_in
from projects.services import organisation as organisation_services

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

LINK = "invitation_link"


@require_GET
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything settled for a provider; what only administrators change, says so."""
    shown = provider_or_404(request, pk, *MANAGING)
    invitations = (
        shown.invitations.select_related("customer", "made_by")
        .annotate(filed=Count("intakes"))
        .order_by("-made_at", "-pk")
    )
    page = Paginator(invitations, 20).get_page(request.GET.get("page"))
    context = {
        "organisation": shown,
        "others": Organisation.objects.managed_by(reader(request)).exclude(pk=pk),
        "is_administrator": Role.ADMINISTRATOR in roles_in(reader(request), shown),
        "page": page,
        "invitations": pages.invitations(page, now=timezone.now()),
        # Shown once: afterwards nobody knows it but who was given it.
        "link": request.session.pop(LINK, ""),
        **pages.own_items(shown),
    }
    return render(request, "projects/organisation.html", context)


@require_POST
def visitors(request: HttpRequest, pk: int) -> HttpResponse:
    """Let visitors with a link file intakes, or stop it."""
    shown = provider_or_404(request, pk, Role.ADMINISTRATOR)
    organisation_services.allow_visitors(
        organisation=shown,
        allowed=request.POST.get("allowed") == "yes",
        by=reader(request),
    )
    return redirect("projects:organisation", pk)


@require_http_methods(["GET", "POST"])
def invitation_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link for a visitor."""
    shown = provider_or_404(request, pk, *MANAGING)
    form = InvitationForm(request.POST or None, reader=reader(request))
    if form.is_valid():
        typed = form.cleaned_data
        ends = datetime.combine(typed.pop("expires_on") + timedelta(days=1), time())
        try:
            _made, token = organisation_services.invite(
                organisation=shown,
                expires_at=timezone.make_aware(ends),
                by=reader(request),
                **typed,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            link = reverse("projects:visit", args=[token])
            request.session[LINK] = request.build_absolute_uri(link)
            return redirect("projects:organisation", pk)
    context = {"form": form, "organisation": shown}
    return render(request, "projects/invitation_new.html", context)


@require_POST
def invitation_withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """End a link at once."""
    shown = provider_or_404(request, pk, *MANAGING)
    found = get_object_or_404(Invitation, pk=invitation, organisation=shown)
    organisation_services.withdraw(invitation=found, by=reader(request))
    return redirect("projects:organisation", pk)


@require_http_methods(["GET", "POST"])
def own_item_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a question of the organisation's own."""
    shown = provider_or_404(request, pk, Role.ADMINISTRATOR)

    def save(fields: dict[str, Any]) -> None:
        organisation_services.add_own_item(
            organisation=shown, fields=fields, by=reader(request)
        )

    return _own_item(request, shown, None, save)


@require_http_methods(["GET", "POST"])
def own_item_edit(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Change one."""
    shown = provider_or_404(request, pk, Role.ADMINISTRATOR)
    found = get_object_or_404(OwnItem, pk=item, organisation=shown)

    def save(fields: dict[str, Any]) -> None:
        organisation_services.edit_own_item(
            item=found, fields=fields, by=reader(request)
        )

    return _own_item(request, shown, found, save)


@require_POST
def own_item_retire(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Ask one no more."""
    shown = provider_or_404(request, pk, Role.ADMINISTRATOR)
    found = get_object_or_404(OwnItem, pk=item, organisation=shown)
    organisation_services.retire_own_item(item=found, by=reader(request))
    return redirect("projects:organisation", pk)


def _own_item(
    request: HttpRequest,
    shown: Organisation,
    item: OwnItem | None,
    save: Callable[[dict[str, Any]], None],
) -> HttpResponse:
    posted = request.POST or None
    form = OwnItemForm(posted, initial=typed_of(item))
    lines = ChoiceLines(posted, initial=choices_of(item))
    if form.is_valid() and form.takes(lines):
        try:
            save(form.entry(lines))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:organisation", shown.pk)
    context = {"form": form, "lines": lines, "organisation": shown, "item": item}
    return render(request, "projects/own_item.html", context)
