"""The portfolio: what waits, what works, what it costs; it writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from dashboards import deciding, decisions, listing
from dashboards import portfolio_pages as pages
from dashboards.choosing import By, Chosen
from dashboards.portfolio_rows import rows
from dashboards.totals import subtotals, together, totals
from projects.http import reader
from projects.models import SavedView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from dashboards.totals import Group
    from projects.models import User

DECISIONS_SHOWN = 3
ROWS_SHOWN = 50


def asked(
    request: HttpRequest, views: Sequence[SavedView]
) -> tuple[Chosen, SavedView | None]:
    """What the address asks for; without a word of it, what opens by itself."""
    named = request.GET.get("view", "")
    for view in views:
        if named == str(view.pk) or (view.is_default and not request.GET):
            return Chosen.read(view.query), view
    return Chosen.of(request.GET.dict()), None


@require_GET
@vary_on_headers("HX-Request")
def portfolio(request: HttpRequest) -> HttpResponse:
    """All of it; a script that narrows the list gets the list alone."""
    user = reader(request)
    views = list(SavedView.objects.visible_to(user))
    chosen, view = asked(request, views)
    groups = totals(user, chosen)
    context = {
        "views": views,
        "view": view,
        **_listing(request, user, chosen, groups),
    }
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        part = render(request, "dashboards/_portfolio_part.html", context)
        query = chosen.query
        # Without a word in the address it would be what opens by itself.
        return push_url(part, f"{request.path}?{query or 'view=all'}")
    language = get_language() or "ja"
    waiting, runs_out = decisions.waiting_for(user, language)
    sums = together(groups)
    context |= {
        "cards": deciding.cards(waiting),
        "cards_shown": DECISIONS_SHOWN,
        "heading": pages.heading(len(waiting)),
        "lede": pages.lede(sums, runs_out),
        "figures": pages.figures(sums) if sums.all else [],
        "now": timezone.now(),
    }
    return render(request, "dashboards/portfolio.html", context)


def _listing(
    request: HttpRequest, user: User, chosen: Chosen, groups: Sequence[Group]
) -> dict[str, Any]:
    """The list, or in its place the sums of what is alike."""
    offered = pages.choices(groups, chosen)
    sums = together(groups)
    context = {
        "chosen": chosen,
        "offered": offered,
        "further": len(groups) - len(offered["customer"]),
        "lifts": pages.lifts(chosen, offered),
        "ways": [(by, words, chosen.summed_by(by).query) for by, words in _ways()],
        "all": sums.all,
        "shown": sums.shown,
    }
    if chosen.by is not None:
        alike = subtotals(user, chosen, chosen.by)
        return context | {
            "by_name": pages.BY_NAMES[chosen.by],
            "lines": pages.lines(alike, chosen, chosen.by),
        }
    # Counted with the sums already: what is paged are the places in the list.
    page = Paginator(range(sums.shown), ROWS_SHOWN).get_page(request.GET.get("page"))
    places = page.object_list
    part = slice(places[0], places[-1] + 1) if places else slice(0)
    found = listing.listed(user, chosen, part)
    return context | {
        "page": page,
        "rows": rows(found, today=timezone.localdate()),
        "heads": pages.heads(chosen),
    }


def _ways() -> list[tuple[By | None, Any]]:
    return [(None, pages.ONE_BY_ONE), *pages.BY_NAMES.items()]
