"""What every reader has: the audit log, the glossary, language and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from projects import pages
from projects.catalogue import METRICS
from projects.http import reader
from projects.models import Event, User

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

EVENTS_A_PAGE = 50


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    seen = Event.objects.visible_to(reader(request)).select_related(
        "organisation", "engagement", "actor"
    )
    page = Paginator(seen, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "events": pages.feed(page)}
    return render(request, "projects/audit.html", context)


@require_GET
def glossary(request: HttpRequest) -> HttpResponse:
    """Every metric in words."""
    return render(request, "projects/glossary.html", {"metrics": METRICS.values()})


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "/")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return "/"


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language and show the same page in it."""
    chosen = "en" if request.POST.get("language") == "en" else "ja"
    if request.user.is_authenticated:
        User.objects.filter(pk=reader(request).pk).update(language=chosen)
    response = redirect(_back(request))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the colours the reader chose."""
    chosen = request.POST.get("theme")
    if chosen in ("auto", "light", "dark"):
        User.objects.filter(pk=reader(request).pk).update(theme=chosen)
    return redirect(_back(request))
