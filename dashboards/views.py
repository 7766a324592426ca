"""What accuracy costs, and whether anything signed was altered; read only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from costs.views.files import csv_file
from dashboards import price_queries, queries
from dashboards.price_pages import as_rows, price_page
from dashboards.verifying import checked
from projects.http import engagement_or_404, reader

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from projects.catalogue import Metric
    from projects.models import Engagement


@require_GET
def accuracy_price(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What accuracy has cost, what a point cost, and where the agreed line lies."""
    shown = get_object_or_404(queries.portfolio(reader(request)), pk=pk)
    metrics, key = _metrics(request, shown)
    spend = getattr(shown, "spend", None)
    context = {
        "engagement": shown,
        "tab": "costs",
        "part": "price",
        "metrics": metrics,
        "metric": key,
        "spend": spend,
    }
    if key:
        found = price_queries.priced(shown, key, metrics[key], price_queries.NEWEST)
        context |= price_page(found, spend.stop_yen if spend else None)
    return render(request, "dashboards/accuracy_price.html", context)


@require_GET
def accuracy_price_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The runs of one metric and what was spent until each, as CSV."""
    shown = get_object_or_404(queries.portfolio(reader(request)), pk=pk)
    metrics, key = _metrics(request, shown)
    points = price_queries.priced(shown, key, metrics[key], None).points if key else ()
    head, rows = as_rows(points)
    return csv_file(head, rows, f"kenshu-{str(pk)[:8]}-accuracy-price")


def _metrics(
    request: HttpRequest, engagement: Engagement
) -> tuple[dict[str, Metric], str]:
    """The metrics there are, and the one that was asked for, else the worst."""
    metrics = dict(price_queries.metrics_of(engagement))
    asked = request.GET.get("metric", "")
    return metrics, asked if asked in metrics else next(iter(metrics), "")


@require_GET
def chain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether anything that was signed on the engagement was altered."""
    shown = engagement_or_404(request, pk)
    found = checked(shown)
    context = {
        "engagement": shown,
        "tab": "agreement",
        "lines": found.lines,
        "broken": found.broken,
    }
    return render(request, "dashboards/chain.html", context)
