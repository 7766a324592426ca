"""The accuracy of an engagement over its runs, down to one segment of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from costs.views.files import csv_file
from dashboards.accuracy import breakdown, files, pages, queries, segment_pages
from dashboards.accuracy.lines import Line, lines, promised
from dashboards.accuracy.period import period_of
from dashboards.accuracy.shown import metrics_over
from evaluation.models import Result, Run
from evaluation.pages import run_page
from projects.charts import points
from projects.http import engagement_or_404, reader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from dashboards.accuracy.period import Period
    from evaluation.models.runs import ResultQuerySet
    from projects.models import Agreement, Engagement

SEGMENTS_A_PAGE = 50


@require_GET
def accuracy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the runs of an engagement measured, and the newest of them taken apart."""
    engagement = engagement_or_404(request, pk)
    agreement = engagement.agreements.in_force().first()
    period, version, found = _asked(request, engagement, agreement)
    runs = queries.seen(found, queries.NEWEST)
    over = _lines(engagement, found, runs)
    kept = {name: request.GET[name] for name in pages.KEPT if request.GET.get(name)}
    context = {
        "engagement": engagement,
        "tab": "runs",
        "part": "accuracy",
        "agreement": agreement,
        "only_in_force": version is not None,
        "older": queries.older(found, runs, queries.NEWEST),
        **pages.accuracy_page(engagement, over, period, kept),
    }
    chosen = breakdown.result_meant(found, request.GET.get("run", ""))
    if chosen is not None:
        context |= breakdown.breakdown(chosen, request.GET.get("by", ""))
    context["untold"] = found.filter(figures__isnull=True).count() if chosen else 0
    return render(request, "dashboards/accuracy.html", context)


def _asked(
    request: HttpRequest, engagement: Engagement, agreement: Agreement | None
) -> tuple[Period, Agreement | None, ResultQuerySet]:
    period = period_of(request.GET, timezone.localdate())
    version = agreement if request.GET.get("runs") == "force" else None
    return period, version, queries.results(engagement, period, version)


def _lines(
    engagement: Engagement, found: ResultQuerySet, runs: Sequence[queries.Seen]
) -> list[Line]:
    limits = queries.whole_limits(runs)
    newest = [run.agreement for run in reversed(runs)]
    agreed = [
        metric
        for version in dict.fromkeys(newest)
        for (of, metric) in limits
        if of == version
    ]
    shown = metrics_over(engagement.shape, agreed, [run.figures for run in runs])
    outcomes = queries.whole_outcomes(found, limits)
    held = promised(engagement, runs)
    return lines(runs, shown, limits, outcomes, held)


@require_GET
def accuracy_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Every run of the days asked for, a row for each figure; or of one figure."""
    engagement = engagement_or_404(request, pk)
    agreement = engagement.agreements.in_force().first()
    _period, _version, found = _asked(request, engagement, agreement)
    metric = request.GET.get("metric", "")
    every = _lines(engagement, found, queries.seen(found, most=None))
    head, rows = files.of_runs(
        [line for line in every if metric in ("", line.metric.key)]
    )
    return csv_file(head, rows, f"kenshu-{str(pk)[:8]}-accuracy")


@require_GET
def segments(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All segments of a run, worst first and to be searched; or one of them."""
    result = _result(request, pk)
    name = request.GET.get("segment", "")
    context: dict[str, Any] = {
        "engagement": result.run.agreement.engagement,
        "tab": "runs",
        "run": result.run,
        "result": result,
    }
    if name:
        try:
            context |= segment_pages.segment_page(
                result, name, request.GET.get("by", "")
            )
        except KeyError as unknown:
            raise Http404 from unknown
        return render(request, "dashboards/segment.html", context)
    search = request.GET.get("q", "").strip()
    listed = segment_pages.listed(result, request.GET.get("by", ""), search)
    page = Paginator(listed.lines, SEGMENTS_A_PAGE).get_page(request.GET.get("page"))
    context |= segment_pages.list_page(result, listed, page, search)
    context["csv"] = f"?{urlencode({'q': search})}" if search else ""
    return render(request, "dashboards/segments.html", context)


@require_GET
def segments_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Every segment of a run by every metric segments are compared by."""
    result = _result(request, pk)
    head, rows = files.of_segments(result, request.GET.get("q", "").strip())
    return csv_file(head, rows, f"kenshu-run-{result.run.number}-segments")


@require_GET
def segment_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """One segment of a run over the runs until then, by one metric."""
    result = _result(request, pk)
    name, asked = request.GET.get("segment", ""), request.GET.get("by", "")
    try:
        shown = segment_pages.segment_page(result, name, asked, every=True)
    except KeyError as unknown:
        raise Http404 from unknown
    drawn = shown["chart"]
    head, rows = ([], []) if drawn is None else points(drawn)
    return csv_file(head, rows, f"kenshu-run-{result.run.number}-segment")


@require_GET
def run_chart_csv(request: HttpRequest, pk: UUID, key: str) -> StreamingHttpResponse:
    """Every point of one chart of a run's page; of the explorer by segment, too."""
    run = _result(request, pk).run
    language, segment = get_language() or "ja", request.GET.get("segment", "")
    shown = run_page(run, language, segment=segment)
    drawn = list(shown["charts"])
    if shown["explorer"] is not None:
        drawn.append(shown["explorer"].chart)
    found = {one.key: one for one in drawn}
    if key not in found:
        raise Http404
    head, rows = points(found[key])
    return csv_file(head, rows, f"kenshu-run-{run.number}-{key}")


def _result(request: HttpRequest, pk: UUID) -> Result:
    visible = Run.objects.visible_to(reader(request))
    found = breakdown.whole(Result.objects.filter(run__in=visible))
    return get_object_or_404(found, run=pk)
