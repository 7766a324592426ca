"""Rounds of the checklist: a new one, past ones, two compared, newer questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from projects.assessing.forms import CompareForm, RoundForm
from projects.assessing.rounds import comparison
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, require
from projects.services import feasibility as feasibility_services
from projects.services import upgrading
from projects.templatetags.times import joined
from projects.views.feasibility import rounds_of, sheet_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_POST
def round_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start answering, or a new round from the last one's answers."""
    engagement = engagement_or_404(request, pk)
    form = RoundForm(request.POST)
    try:
        feasibility_services.open_assessment(
            engagement=engagement,
            by=reader(request),
            due=form.cleaned_data["due"] if form.is_valid() else None,
        )
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
    return redirect("projects:feasibility", engagement.pk)


@require_GET
def round_past(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """One round as it was issued; the one that is open has the page of its own."""
    engagement = engagement_or_404(request, pk)
    rounds = rounds_of(engagement)
    assessment = next((each for each in rounds if each.round == number), None)
    if assessment is None:
        raise Http404
    if assessment.issued_at is None:
        return redirect("projects:feasibility", engagement.pk)
    context = {
        "engagement": engagement,
        "tab": "feasibility",
        "assessment": assessment,
        "rounds": rounds,
        "sheet": sheet_of(request, assessment),
        "is_past": assessment is not rounds[0],
    }
    return render(request, "projects/feasibility.html", context)


@require_GET
def rounds_compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two rounds beside each other; without a choice, the newest two."""
    engagement = engagement_or_404(request, pk)
    rounds = rounds_of(engagement)
    context = {"engagement": engagement, "tab": "feasibility", "rounds": rounds}
    if len(rounds) > 1:
        newest = {"earlier": rounds[1].round, "later": rounds[0].round}
        form = CompareForm(request.GET, rounds=rounds)
        chosen = form.cleaned_data if form.is_valid() else newest
        first, second = sorted((chosen["earlier"], chosen["later"]))
        by_number = {each.round: each for each in rounds}
        earlier, later = (
            sheet_of(request, by_number[number]) for number in (first, second)
        )
        context |= {
            "earlier": earlier,
            "later": later,
            "compare_form": CompareForm(
                rounds=rounds, initial={"earlier": first, "later": second}
            ),
            **comparison(earlier, later),
        }
    return render(request, "projects/rounds_compare.html", context)


@require_http_methods(["GET", "POST"])
def upgrade(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What newer questions would change; who answers accepts them."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.ANSWER, engagement)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    if request.method == "POST":
        try:
            upgrading.upgrade_assessment(
                assessment=assessment,
                key=request.POST.get("key", ""),
                by=reader(request),
            )
        except ValidationError as refusal:
            messages.error(request, joined(refusal.messages))
            return redirect("projects:upgrade", engagement.pk)
        messages.success(request, _("The newest questions are asked now."))
        return redirect("projects:feasibility", engagement.pk)
    context = {
        "engagement": engagement,
        "tab": "feasibility",
        "assessment": assessment,
        "offer": upgrading.upgrade_offered(assessment),
    }
    return render(request, "projects/upgrade.html", context)
