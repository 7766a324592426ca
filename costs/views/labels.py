"""Labels of an engagement: batches, what they say, what they cost, what is planned."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from costs.label_forms import BatchForm, PlanForm
from costs.label_pages import shown
from costs.labels.bands import CAUTION
from costs.labels.planning import needed_by, step, steps
from costs.services import labels as acts
from costs.tables import TableRefused
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from costs.models import LabelBatch
    from projects.models import Engagement

BATCHES_A_PAGE = 30


def _page(
    request: HttpRequest, engagement: Engagement, name: str, context: dict[str, Any]
) -> HttpResponse:
    about = {"engagement": engagement, "tab": "costs", "part": "labels"}
    return render(request, f"costs/labels/{name}.html", about | context)


def _batch(request: HttpRequest, pk: UUID, batch: UUID) -> LabelBatch:
    engagement = engagement_or_404(request, pk)
    batches = engagement.label_batches.select_related("delivered_by")
    row = get_object_or_404(batches, pk=batch)
    row.engagement = engagement
    return row


@require_GET
def batches(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every batch, the newest first, and their sum."""
    engagement = engagement_or_404(request, pk)
    rows = engagement.label_batches.all()
    page = Paginator(rows, BATCHES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, shown(row)) for row in page],
        "total": rows.aggregate(
            yen=Sum("cost_yen"), answers=Sum("assignments"), items=Sum("items")
        ),
        "may": permissions_of(reader(request), engagement),
    }
    return _page(request, engagement, "batches", context)


@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take in a file, whole or not at all."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.RECORD_COST, engagement)
    form = BatchForm(request.POST or None, request.FILES or None)
    refused: list[str] = []
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        delivery = form.delivery(hashlib.sha256(content).hexdigest(), content)
        try:
            row = acts.deliver(
                engagement=engagement, delivery=delivery, by=reader(request)
            )
        except TableRefused as fault:
            refused = fault.sentences(get_language() or "ja")
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            return redirect("costs:label_batch", engagement.pk, row.pk)
    return _page(request, engagement, "new", {"form": form, "refused": refused})


@require_GET
def batch(request: HttpRequest, pk: UUID, batch: UUID) -> HttpResponse:
    """One batch: what it cost, how far the workers agree, who does not."""
    row = _batch(request, pk, batch)
    context = {
        "batch": row,
        "shown": shown(row),
        "caution": CAUTION,
        "may": permissions_of(reader(request), row.engagement),
    }
    return _page(request, row.engagement, "batch", context)


@require_POST
def batch_answer(request: HttpRequest, pk: UUID, batch: UUID) -> HttpResponse:
    """Say which column of answers is the label."""
    row = _batch(request, pk, batch)
    try:
        acts.choose_label(
            row=row, column=request.POST.get("column", ""), by=reader(request)
        )
    except ValidationError as fault:
        messages.error(request, joined(fault.messages))
    return redirect("costs:label_batch", pk, row.pk)


@require_http_methods(["GET", "POST"])
def batch_remove(request: HttpRequest, pk: UUID, batch: UUID) -> HttpResponse:
    """Ask once more, then take a batch back."""
    row = _batch(request, pk, batch)
    require(reader(request), Permission.RECORD_COST, row.engagement)
    if request.method == "POST":
        try:
            acts.remove(row=row, by=reader(request))
        except ValidationError as late:
            messages.error(request, joined(late.messages))
        else:
            messages.success(request, _("The batch was removed and the spend lowered."))
        return redirect("costs:labels", pk)
    return _page(request, row.engagement, "remove", {"batch": row})


@require_GET
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What labels will cost, and how many workers an item needs."""
    engagement = engagement_or_404(request, pk)
    form = PlanForm(request.GET or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        wish = form.plan()
        context |= {
            "plan": wish,
            "asked": step(wish, wish.workers),
            "needed": needed_by(wish),
            "steps": steps(wish),
        }
    return _page(request, engagement, "plan", context)
