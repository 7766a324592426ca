"""How many cases it takes: the calculator, and hints beside the questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from projects import calculator
from projects.hints import SAMPLED, STAFFED, hints
from projects.http import engagement_or_404, reader
from projects.services import suggestions
from projects.standing import Given
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
@vary_on_headers("HX-Request")
def sampling(request: HttpRequest) -> HttpResponse:
    """The calculator; what is typed stands in its address, so it can be passed on."""
    form = calculator.SampleForm(request.GET if request.GET else None)
    alone = bool(request.headers.get("HX-Request"))
    context = {"form": form, "answer": form.answer(), "alone": alone}
    page = "_sampled" if alone else "sampling"
    return render(request, f"projects/{page}.html", context)


@require_GET
def hint(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """One hint, renewed for a number that is typed but not yet kept."""
    if item not in SAMPLED:
        raise Http404
    engagement = engagement_or_404(request, pk)
    assessment = engagement.assessments.first()
    given = [] if assessment is None else [a.given for a in assessment.answers.all()]
    form = calculator.TypedForm(request.GET)
    if form.is_valid() and "number" in request.GET:
        typed = Given(item, number=form.cleaned_data["number"])
        given = [*(one for one in given if one.item_id != item), typed]
    context = {"engagement": engagement, "hint": hints(engagement, given).get(item)}
    return render(request, "projects/_hint_sampling.html", context)


@require_POST
def hint_take(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Take the suggested answer over, as the act of who presses."""
    if item not in STAFFED:
        raise Http404
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    seen = request.POST.get("revision", "")
    try:
        suggestions.take(
            assessment=assessment,
            item_id=item,
            shown=request.POST.get("suggested", ""),
            revision=int(seen) if seen.isdecimal() else None,
            by=reader(request),
        )
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
    return redirect(reverse("projects:feasibility", args=[engagement.pk]) + f"#{item}")
