"""How the installation does: a page for people, JSON and text for programs."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_address
from secrets import compare_digest
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST

from dashboards import metrics as told
from dashboards import vitals
from dashboards.condition import State, lines, worst
from projects.http import reader
from projects.permissions import operates

if TYPE_CHECKING:
    from django.http import HttpRequest

# A request that passed a proxy is not of this machine, whatever address it comes from.
OF_A_PROXY: Final = (
    *("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto"),
    *("X-Forwarded-Host", "X-Real-IP", "Via"),
)


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Every part, what is wrong with it and what to do; it looks again by itself."""
    if not operates(reader(request)):
        raise PermissionDenied(
            _("Only a provider's administrator reads how the installation does.")
        )
    facts = vitals.facts(now=timezone.now())
    found = lines(facts)
    run, waits = vitals.oldest_waiting(reader(request))
    context = {
        "lines": found,
        "troubled": [one for one in found if one.state is not State.GOOD],
        "worst": worst(found).value,
        "now": facts.now,
        "oldest": run,
        "hidden": waits and run is None,
        "versions": vitals.versions(),
        "services": vitals.services(),
    }
    return render(request, "dashboards/status.html", context)


@never_cache
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """The same for a monitor: 200, or 503 as soon as something is broken."""
    _for_programs(request)
    found = lines(vitals.facts(now=timezone.now()))
    state = worst(found)
    answer = {
        "status": state.value,
        "parts": {
            one.key: {
                "status": one.state.value,
                "says": one.says.en,
                "do": one.do.en if one.do else None,
            }
            for one in found
        },
    }
    broken = state is State.BAD
    return JsonResponse(
        answer,
        status=HTTPStatus.SERVICE_UNAVAILABLE if broken else HTTPStatus.OK,
    )


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus."""
    _for_programs(request)
    return HttpResponse(told.exposition(), content_type=CONTENT_TYPE_LATEST)


def _for_programs(request: HttpRequest) -> None:
    """Nobody else learns that there is anything at the address."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        if not compare_digest(
            given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()
        ):
            raise Http404
    elif not _of_this_machine(request):
        raise Http404


def _of_this_machine(request: HttpRequest) -> bool:
    if any(name in request.headers for name in OF_A_PROXY):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
