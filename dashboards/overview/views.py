"""The overview of an engagement and its parts; they read and write nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from costs.views.files import csv_file
from dashboards.overview import (
    cost_parts,
    error_parts,
    errors,
    pages,
    part_queries,
    parts,
    queries,
    telling,
)
from dashboards.overview.acts import main_act
from dashboards.overview.blocking import blocks
from dashboards.overview.facts import facts_of
from projects.http import reader
from projects.models import Engagement
from projects.pages import feed, people
from projects.permissions import permissions_by

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

# By the last word of its address.
PARTS: Final = {
    "accuracy": parts.accuracy,
    "errors": error_parts.errors_part,
    "burn-up": cost_parts.burn_up,
    "price": cost_parts.price,
}


@require_GET
def engagement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One engagement: what blocks it, its verdict, money, people and activity."""
    by, today = reader(request), timezone.localdate()
    shown = get_object_or_404(queries.seen_by(by, today), pk=pk)
    loaded = queries.load(shown, today)
    found = blocks(facts_of(loaded))
    may = permissions_by([m for m in loaded.members if m.user_id == by.pk], shown)
    context = {
        "engagement": shown,
        "tab": "overview",
        "latest": getattr(shown, "latest", None),
        "verdicts": loaded.verdicts,
        "agreement": loaded.agreement,
        "standing": loaded.standing,
        "accepted": pages.accepted_words(loaded),
        "lapsed_acceptance": loaded.lapsed,
        "breaches": loaded.breaches,
        "waivers_held": loaded.in_force,
        "lede": telling.lede(loaded, found),
        "lines": pages.lines(loaded, found),
        "blocked": sum(one.blocks for one in found),
        "next_stage": telling.next_stage(shown),
        "steps": telling.steps(loaded, found),
        "act": main_act(loaded, found, may),
        "dates": pages.dates(loaded, found),
        "money": pages.money(loaded),
        "events": feed(loaded.events[: queries.EVENTS_SHOWN], linked=False),
        "people": people(loaded.members),
        "may": may,
    }
    return render(request, "dashboards/engagement.html", context)


@require_GET
@vary_on_headers("HX-Request")
def part(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """One chart of the overview: for htmx alone, else as a page of its own."""
    shown = _shown(request, pk)
    context = {
        "engagement": shown,
        "tab": "overview",
        "part": PARTS[key](shown, request.GET),
        "address": request.path,
    }
    alone = request.headers.get("HX-Request")
    name = "_overview_part" if alone else "overview_part"
    return render(request, f"dashboards/{name}.html", context)


@require_GET
def accuracy_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The runs of one metric with their intervals and limits, as CSV."""
    shown = _shown(request, pk)
    _metrics, key = parts.metric_of(shown, request.GET)
    head, rows = parts.accuracy_rows(part_queries.measured(shown, key) if key else [])
    return csv_file(head, rows, f"kenshu-{str(pk)[:8]}-{key or 'accuracy'}")


@require_GET
def errors_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """The errors of every period against the budget, as CSV."""
    shown = _shown(request, pk)
    allowed = part_queries.allowed(shown)
    per = error_parts.period_of(request.GET, allowed)
    found = errors.periods(part_queries.written(shown), per)
    lines = errors.kept(found, allowed, per)
    head, rows = error_parts.error_rows(shown, found, lines)
    return csv_file(head, rows, f"kenshu-{str(pk)[:8]}-errors")


def _shown(request: HttpRequest, pk: UUID) -> Engagement:
    visible = Engagement.objects.visible_to(reader(request)).select_related(
        "customer", "spend", "latest"
    )
    return get_object_or_404(visible, pk=pk)
