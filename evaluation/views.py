"""Pages of files and runs: upload, columns, progress, verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from evaluation import pages, services
from evaluation.forms import ColumnsForm, UploadForm
from evaluation.ingest.check import excerpt
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.mapping import best_table
from evaluation.ingest.roles import Part, roles_of
from evaluation.models import Run, RunStatus, Upload
from projects.http import engagement_or_404, reader
from projects.models import Engagement
from projects.permissions import Permission, can, permissions_of, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from evaluation.ingest.inspect import Layout
    from projects.catalogue import Shape


@require_GET
def runs(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All runs of an engagement, newest first."""
    engagement = engagement_or_404(request, pk)
    listed = Run.objects.filter(agreement__engagement=engagement).select_related(
        "upload", "result", "agreement", "submitted_by"
    )
    page = Paginator(listed, 50).get_page(request.GET.get("page"))
    context = {
        "engagement": engagement,
        "tab": "runs",
        "page": page,
        "may_compare": sum(run.status == RunStatus.MEASURED for run in page) > 1,
        "may_upload": can(reader(request), Permission.SUBMIT_RUN, engagement),
        "agreement": engagement.agreements.in_force().first(),
    }
    return render(request, "evaluation/runs.html", context)


@require_GET
def run_of_number(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """On to a run by the number people call it by."""
    engagement = engagement_or_404(request, pk)
    meant = Run.objects.filter(agreement__engagement=engagement, number=number)
    return redirect(get_object_or_404(meant.order_by("-submitted_at")[:1]))


@require_http_methods(["GET", "POST"])
def upload_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Receive a file; what cannot be read is refused in words, nothing kept."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.SUBMIT_RUN, engagement)
    agreement = engagement.agreements.in_force().select_related("truth_set").first()
    form = UploadForm(request.POST or None, request.FILES or None)
    refused = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = services.receive_upload(
                engagement=engagement,
                file=file,
                name=file.name,
                sha256=file.sha256,
                by=reader(request),
            )
        except FileRefused as refusal:
            refused = pages.refusal(refusal, file.name, get_language() or "ja")
        except ValidationError as not_now:
            form.add_error(None, not_now)
        else:
            return went_on(request, pages.upload_url(received))
    context = {
        "engagement": engagement,
        "tab": "runs",
        "form": form,
        "refused": refused,
        "agreement": agreement,
        "left": None if agreement is None else services.uploads_left(agreement),
        "roles": roles_of(engagement.shape, pages.part_of(agreement, own_truth=False)),
        "limit": settings.MAX_UPLOAD_BYTES,
    }
    status = 422 if refused or form.errors else 200
    return render(request, "evaluation/upload_new.html", context, status=status)


def went_on(request: HttpRequest, to: str) -> HttpResponse:
    """On to the next page; to the script that sends files, where that is."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"next": to})
    return redirect(to)


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say which column is which, check every row, queue the run."""
    visible = Engagement.objects.visible_to(reader(request))
    received = get_object_or_404(
        Upload.objects.select_related("engagement"), pk=pk, engagement__in=visible
    )
    require(reader(request), Permission.SUBMIT_RUN, received.engagement)
    shape = received.engagement.shape
    agreement = (
        received.engagement.agreements.in_force().select_related("truth_set").first()
    )
    own_truth = "own_truth" in (request.POST or request.GET)
    part = pages.part_of(agreement, own_truth=own_truth)
    table, layout = table_meant(request, received.seen, shape, part)
    form = ColumnsForm(
        request.POST or None,
        request.FILES or None,
        shape=shape,
        layout=layout,
        part=part,
    )
    refused = None
    if form.is_valid():
        try:
            submitted = services.submit_run(
                upload=received,
                columns=form.columns(),
                note=form.cleaned_data["note"],
                past=form.past(),
                table=table,
                own_truth=part == Part.WHOLE,
                by=reader(request),
            )
        except FileRefused as refusal:
            name = refusal.file_name or received.name
            refused = pages.refusal(refusal, name, get_language() or "ja")
            row = refusal.faults[0].row
            if row is not None and not refusal.file_name:
                path = Path(received.file.path)
                refused["excerpt"] = excerpt(path, layout, row)
        except ValidationError as not_now:
            form.add_error(None, not_now)
        else:
            return redirect(submitted)
    context = {
        "engagement": received.engagement,
        "tab": "runs",
        "upload": received,
        "layout": layout,
        "table": table,
        "form": form,
        "refused": refused,
        "agreement": agreement,
        "joins": part == Part.PREDICTIONS,
        "may_choose_truth": pages.can_choose_truth(agreement),
    }
    status = 422 if refused or form.errors else 200
    return render(request, "evaluation/upload.html", context, status=status)


def table_meant(
    request: HttpRequest, seen: Layout, shape: Shape, part: Part
) -> tuple[int, Layout]:
    """Which of several tables is meant: the one chosen, else the one that fits best."""
    asked = request.POST.get("table") or request.GET.get("table") or ""
    number = int(asked) if asked.isdecimal() else best_table(seen, shape, part)
    try:
        return number, seen.with_table(number)
    except IndexError as beyond:
        raise Http404 from beyond


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The run's page; to htmx, the part that changes while it is measured, or the
    explorer alone."""
    visible = Run.objects.visible_to(reader(request)).select_related(
        "agreement__engagement__customer",
        "agreement__error_budget",
        "upload",
        "history",
        "truth_set",
        "submitted_by",
        "result",
    )
    shown = get_object_or_404(visible, pk=pk)
    is_explored = request.headers.get("HX-Target", "").startswith("explorer")
    context = (pages.explorer_part if is_explored else pages.run_page)(
        shown,
        get_language() or "ja",
        asked=request.GET.get("at", ""),
        segment=request.GET.get("segment", ""),
    )
    held = permissions_of(reader(request), shown.agreement.engagement)
    context["may_act"] = Permission.SUBMIT_RUN in held
    context["may_accept"] = Permission.ACCEPT_ERRORS in held
    if is_explored and context.get("explorer"):
        return render(request, "evaluation/_explorer.html", context)
    if request.headers.get("HX-Request"):
        if shown.is_finished:
            # The whole page has changed by now, not only its steps.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "evaluation/_run_status.html", context)
    return render(request, "evaluation/run.html", context)


@require_POST
def run_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop a run that has not ended."""
    shown = get_object_or_404(Run.objects.visible_to(reader(request)), pk=pk)
    try:
        services.cancel_run(run=shown, by=reader(request))
    except ValidationError as not_now:
        messages.error(request, joined(not_now.messages))
    else:
        messages.success(request, _("The run was cancelled. Its file is kept."))
    return redirect(shown)


@require_POST
def run_repeat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Measure a failed or cancelled run again."""
    shown = get_object_or_404(Run.objects.visible_to(reader(request)), pk=pk)
    try:
        services.repeat_run(run=shown, by=reader(request))
    except ValidationError as not_now:
        messages.error(request, joined(not_now.messages))
    return redirect(shown)
