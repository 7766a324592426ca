"""The board for a screen on a factory wall; nobody presses anything there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from dashboards import wall as boards
from dashboards.choosing import Chosen
from projects.http import reader
from projects.models import SavedView

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

THEMES = ("dark", "light")


@require_GET
@vary_on_headers("HX-Request")
def wall(request: HttpRequest) -> HttpResponse:
    """Every open engagement, those of a saved view, or one; a script gets the board."""
    user = reader(request)
    view, only = None, None
    if "view" in request.GET:
        asked = request.GET["view"]
        mine = SavedView.objects.visible_to(user)
        view = get_object_or_404(mine, pk=asked if asked.isdecimal() else None)
    if "engagement" in request.GET:
        only = _id(request.GET["engagement"])
    chosen = Chosen.read(view.query) if view else Chosen()
    shown = boards.open_ones(user, chosen, only)
    tiles = boards.tiles(shown, today=timezone.localdate())
    if only and not tiles:
        raise Http404
    theme = request.GET.get("theme", "")
    full = len(tiles) == boards.MOST
    context = {
        "tiles": tiles,
        "left_out": boards.left_out(user, chosen) if full else 0,
        "view": view,
        "only": only,
        "now": timezone.now(),
        "theme": theme if theme in THEMES else THEMES[0],
    }
    part = request.htmx  # type: ignore[attr-defined]
    return render(
        request, "dashboards/_board.html" if part else "dashboards/wall.html", context
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
