"""Pages of truth sets: registered by managers, never shown to who is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from evaluation import pages, truths
from evaluation.forms import ColumnsForm, UploadForm
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.inspect import Layout
from evaluation.ingest.roles import Part, roles_of
from evaluation.views import table_meant, went_on
from projects.http import engagement_or_404, reader
from projects.models import TruthSet
from projects.permissions import Permission, can, require

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
def truth_sets(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The truth sets of an engagement: names, digests and counts, never a row."""
    engagement = engagement_or_404(request, pk)
    context = {
        "engagement": engagement,
        "tab": "runs",
        "truths": engagement.truth_sets.registered().select_related("registered_by"),
        "can_join": truths.can_join(engagement),
        "may_register": can(reader(request), Permission.REGISTER_TRUTH, engagement),
    }
    return render(request, "evaluation/truth_sets.html", context)


@require_http_methods(["GET", "POST"])
def truth_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Receive a truth file; what cannot be read is refused in words, nothing kept."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.REGISTER_TRUTH, engagement)
    form = UploadForm(request.POST or None, request.FILES or None)
    refused = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            received = truths.receive_truth(
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
            return went_on(request, reverse("evaluation:truth", args=[received.pk]))
    context = {
        "engagement": engagement,
        "tab": "runs",
        "form": form,
        "refused": refused,
        "roles": roles_of(engagement.shape, Part.TRUTH),
        "limit": settings.MAX_UPLOAD_BYTES,
    }
    status = 422 if refused or form.errors else 200
    return render(request, "evaluation/truth_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def truth(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say which column is which, check every row, register."""
    visible = TruthSet.objects.visible_to(reader(request))
    received = get_object_or_404(visible.select_related("engagement"), pk=pk)
    engagement = received.engagement
    require(reader(request), Permission.REGISTER_TRUTH, engagement)
    if received.registered_at is not None:
        return redirect("evaluation:truth_sets", engagement.pk)
    seen = Layout.from_json(received.layout)
    table, layout = table_meant(request, seen, engagement.shape, Part.TRUTH)
    form = ColumnsForm(
        request.POST or None, shape=engagement.shape, layout=layout, part=Part.TRUTH
    )
    refused = None
    if form.is_valid():
        try:
            registered = truths.register_truth(
                truth=received,
                columns=form.columns(),
                classes=form.cleaned_data.get("classes", ()),
                table=table,
                by=reader(request),
            )
        except FileRefused as refusal:
            refused = pages.refusal(refusal, received.name, get_language() or "ja")
        except ValidationError as not_now:
            form.add_error(None, not_now)
        else:
            told = _("%(name)s is registered and stays as it is.")
            messages.success(request, told % {"name": registered.name})
            return redirect("evaluation:truth_sets", engagement.pk)
    context = {
        "engagement": engagement,
        "tab": "runs",
        "upload": received,
        "layout": layout,
        "table": table,
        "form": form,
        "refused": refused,
        "of_truth": True,
    }
    status = 422 if refused or form.errors else 200
    return render(request, "evaluation/upload.html", context, status=status)
