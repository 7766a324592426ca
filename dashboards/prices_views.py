"""What accuracy has cost across engagements; a part of the portfolio by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from costs.views.files import csv_file
from dashboards import listing, prices_pages, queries
from dashboards.choosing import Chosen
from dashboards.price_queries import NEWEST_OF_EACH, Priced, priced_together
from projects.http import reader

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from projects.models import Engagement

# More lines than these nobody tells apart.
MOST = 8


@require_GET
@vary_on_headers("HX-Request")
def prices(request: HttpRequest) -> HttpResponse:
    """The chart of the first engagements of the list; a script gets the part alone."""
    chosen = Chosen.of(request.GET.dict())
    priced = _priced(request, chosen, newest=NEWEST_OF_EACH)
    shown = prices_pages.courses(priced)
    is_cut = any(of.is_cut for _engagement, of in priced)
    context = {
        "chart": prices_pages.chart(shown) if shown else None,
        "newest": NEWEST_OF_EACH if is_cut else 0,
        "most": MOST,
        "query": chosen.query,
    }
    part = request.htmx  # type: ignore[attr-defined]
    template = "dashboards/_prices.html" if part else "dashboards/prices.html"
    return render(request, template, context)


@require_GET
def prices_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every run behind the chart, as CSV."""
    priced = _priced(request, Chosen.of(request.GET.dict()), newest=None)
    head, rows = prices_pages.as_rows(priced)
    return csv_file(head, rows, "kenshu-accuracy-price")


def _priced(
    request: HttpRequest, chosen: Chosen, newest: int | None
) -> list[tuple[Engagement, Priced]]:
    """The first engagements of the list that have something to compare."""
    compared = {"latest__worst__isnull": False}
    user = reader(request)
    first = listing.listed(user, chosen, slice(MOST), **compared)
    keys = list(first.values_list("pk", flat=True))
    # With the criterion itself, which rows do without.
    known = queries.portfolio(user).in_bulk(keys)
    return priced_together([known[key] for key in keys], newest)
