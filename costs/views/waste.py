"""What was paid for and not used: of one engagement, and of all of a provider's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_GET

from costs import waste_pages
from costs.views.files import csv_file
from costs.waste_forms import ElsewhereForm, WasteForm
from projects.http import engagement_or_404, provider_or_404, reader
from projects.permissions import READING_MONEY

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from projects.models import Engagement


@require_GET
def waste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Idle and lost hours of a month, what spot saved, and what else it would cost."""
    engagement = engagement_or_404(request, pk)
    context = {
        "engagement": engagement,
        "tab": "costs",
        "part": "waste",
        **_shown(request, engagement),
    }
    return render(request, "costs/waste.html", context)


@require_GET
def waste_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The same figures as CSV."""
    engagement = engagement_or_404(request, pk)
    head, rows = waste_pages.as_rows(_shown(request, engagement))
    return csv_file(head, rows, f"kenshu-{str(pk)[:8]}-waste")


# Any: what a template is given.
def _shown(request: HttpRequest, engagement: Engagement) -> dict[str, Any]:
    types = waste_pages.types_seen(engagement, reader(request))
    form = ElsewhereForm(request.GET, types=types)
    found = waste_pages.of_engagement(
        engagement,
        reader(request),
        asked=form.asked(),
        limit=form.limited(),
        speeds=form.speeds(),
        types=types,
    )
    return {"form": form, "types": types, **found}


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
