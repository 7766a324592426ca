"""What was paid for and not used: of one engagement, and of all of a provider's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from costs import waste_pages
from costs.waste_forms import ElsewhereForm, WasteForm
from projects.http import engagement_or_404, provider_or_404, reader
from projects.permissions import READING_MONEY

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
def waste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Idle and lost hours of a month, what spot saved, and what else it would cost."""
    engagement = engagement_or_404(request, pk)
    types = waste_pages.types_seen(engagement, reader(request))
    form = ElsewhereForm(request.GET, types=types)
    context = {
        "engagement": engagement,
        "tab": "costs",
        "part": "waste",
        "form": form,
        "types": types,
        **waste_pages.of_engagement(
            engagement,
            reader(request),
            asked=form.asked(),
            limit=form.limited(),
            speeds=form.speeds(),
            types=types,
        ),
    }
    return render(request, "costs/waste.html", context)


@require_GET
def money_waste(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for every engagement of a provider, side by side."""
    provider = provider_or_404(request, pk, *READING_MONEY)
    form = WasteForm(request.GET)
    context = {
        "organisation": provider,
        "part": "waste",
        "form": form,
        **waste_pages.of_provider(provider, asked=form.asked(), limit=form.limited()),
    }
    return render(request, "costs/money_waste.html", context)
