"""The portfolio and an engagement's overview; they read and write nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from dashboards import queries
from projects.pages import feed
from projects.permissions import permissions_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from projects.models import User

EVENTS_SHOWN = 10


@require_GET
def portfolio(request: HttpRequest) -> HttpResponse:
    """What works, what it costs, and what waits for the reader."""
    reader = cast("User", request.user)
    page = Paginator(queries.portfolio(reader), 50).get_page(request.GET.get("page"))
    context = {"page": page, "decisions": list(queries.decisions(reader)[:3])}
    return render(request, "dashboards/portfolio.html", context)


@require_GET
def engagement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One engagement: its stage, newest verdict, money and activity."""
    reader = cast("User", request.user)
    shown = get_object_or_404(queries.portfolio(reader), pk=pk)
    events = shown.events.select_related("engagement")[:EVENTS_SHOWN]
    context = {
        "engagement": shown,
        "tab": "overview",
        "latest": getattr(shown, "latest", None),
        "spend": getattr(shown, "spend", None),
        "events": feed(events),
        "may": permissions_of(reader, shown),
    }
    return render(request, "dashboards/engagement.html", context)
