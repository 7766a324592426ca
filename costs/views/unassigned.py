"""The lines that are nobody's yet, and one line with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from costs import unassigned as bucket
from costs.bill_forms import AssignForm
from costs.models import AssignedBy, Charge, TagField
from costs.services import rules as services
from costs.views.imports import may_act
from costs.views.rules import assigned_in_words
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING, READING_MONEY
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NEWEST = 20


@require_GET
def unassigned(request: HttpRequest, pk: int) -> HttpResponse:
    """What belongs to nobody, gathered by tag, resource, account."""
    organisation = provider_or_404(request, pk, *READING_MONEY)
    ways = bucket.ways(organisation)
    by = bucket.By.of(request.GET.get("by", "")) or ways[0]
    rules = reverse("costs:rules", args=[pk])
    gathered = bucket.groups(organisation, by)
    for one in gathered:
        looks = {"field": by.field, "key": by.key, "value": one["group"]}
        one["rule"] = f"{rules}?{urlencode(looks)}#new" if one["group"] else ""
    newest = Charge.objects.unassigned().filter(organisation=organisation)
    context = {
        "organisation": organisation,
        "part": "unassigned",
        "ways": [(way, way.key or TagField(way.field).label) for way in ways],
        "by": by,
        "groups": gathered,
        "most": bucket.GROUPS_SHOWN,
        "newest": newest[:NEWEST],
        "form": AssignForm(organisation=organisation),
        "may_act": may_act(request, organisation),
    }
    return render(request, "costs/unassigned.html", context)


@require_POST
def unassigned_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the chosen groups to an engagement, by hand."""
    organisation = provider_or_404(request, pk, *MANAGING)
    by = bucket.By.of(request.POST.get("by", ""))
    if by is None:
        raise Http404
    form = AssignForm(request.POST, organisation=organisation)
    values = request.POST.getlist("group")
    if not form.is_valid() or not values:
        messages.error(request, _("Tick the lines and choose an engagement."))
    else:
        try:
            moved = services.assign_by_hand(
                organisation=organisation,
                lines=bucket.chosen(organisation, by, values),
                engagement=form.cleaned_data["engagement"],
                by=reader(request),
            )
        except ValidationError as late:
            messages.error(request, joined(late.messages))
        else:
            messages.success(request, assigned_in_words(moved))
    back = reverse("costs:unassigned", args=[pk])
    return redirect(f"{back}?{urlencode({'by': by.code})}")


@require_http_methods(["GET", "POST"])
def charge(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """One line: what it says, what it said before, and whose it is."""
    roles = MANAGING if request.method == "POST" else READING_MONEY
    organisation = provider_or_404(request, pk, *roles)
    lines = organisation.charges.all()
    shown = get_object_or_404(
        lines.select_related("engagement", "imported", "rule", "recorded_by"), pk=line
    )
    # What its engagement's people recorded is theirs.
    is_movable = shown.assigned_by != AssignedBy.LINE
    form = AssignForm(request.POST or None, organisation=organisation)
    if is_movable and form.is_valid():
        try:
            services.assign_by_hand(
                organisation=organisation,
                lines=lines.filter(pk=line),
                engagement=form.cleaned_data["engagement"],
                by=reader(request),
            )
        except ValidationError as late:
            form.add_error(None, late)
        else:
            return redirect("costs:charge", pk, line)
    context = {
        "organisation": organisation,
        "part": "unassigned",
        "line": shown,
        "revisions": shown.revisions.select_related("replaced_by"),
        "form": form,
        "may_act": is_movable and may_act(request, organisation),
    }
    return render(request, "costs/charge.html", context)
