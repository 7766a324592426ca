"""The page of runs side by side, and asking for their paired test."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from evaluation import comparing
from evaluation.pairing import Paired
from projects.http import engagement_or_404, reader
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from evaluation.models import RunPair


@require_GET
@vary_on_headers("HX-Request")
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Two to six runs side by side; to htmx, only the tests that may still be due."""
    engagement = engagement_or_404(request, pk)
    context = {"engagement": engagement, "tab": "runs"}
    try:
        runs = comparing.chosen(engagement, _ids(request.GET))
    except ValidationError as not_now:
        context["why_not"] = joined(not_now.messages)
        return render(request, "evaluation/compare.html", context)
    made = comparing.compared(runs)
    query = urlencode([("run", run.pk) for run in runs])
    context |= {
        "made": made,
        "query": query,
        "tests": [
            (run, pair, _found(pair), _why(pair))
            for run, pair in zip(made.runs[1:], made.pairs, strict=True)
        ],
        "is_open": any(pair and pair.is_open for pair in made.pairs),
        "may_ask": any(pair is None or pair.status == "failed" for pair in made.pairs),
    }
    fragment = request.headers.get("HX-Request")
    page = "evaluation/_compare_tests.html" if fragment else "evaluation/compare.html"
    return render(request, page, context)


@require_POST
def compare_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Queue what is not tested yet, then back to the page."""
    engagement = engagement_or_404(request, pk)
    page = reverse("evaluation:compare", args=[engagement.pk])
    try:
        runs = comparing.chosen(engagement, _ids(request.POST))
    except ValidationError as not_now:
        messages.error(request, joined(not_now.messages))
        return redirect("evaluation:runs", engagement.pk)
    comparing.ask_for_tests(runs=runs, by=reader(request))
    query = urlencode([("run", run.pk) for run in runs])
    return redirect(f"{page}?{query}#tests")


def _ids(sent: QueryDict) -> list[str]:
    """What was ticked, as far as it can be an id."""
    found = []
    for one in sent.getlist("run"):
        try:
            found.append(str(UUID(one)))
        except ValueError:
            continue
    return found


def _found(pair: RunPair | None) -> Paired | None:
    return None if pair is None or not pair.found else Paired.from_json(pair.found)


def _why(pair: RunPair | None) -> str:
    return "" if pair is None else pair.reason(get_language() or "ja")
