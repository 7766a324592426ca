"""Where an engagement's model answers: side by side, one by one, booked by month.

Prices are the provider's own affair: the customer's people read what a month costs and
how fast answers come, not the numbers behind it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from costs import deployment_pages as pages
from costs.deployment_forms import BookForm, DeploymentForm, EndForm, TargetForm
from costs.inference.models import MODELS
from costs.services import deployments as acts
from costs.sides import is_of_provider
from costs.views.files import csv_file
from projects.charts import points
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from costs.models import Deployment
    from projects.models import Engagement


def _page(
    request: HttpRequest, engagement: Engagement, name: str, context: dict[str, Any]
) -> HttpResponse:
    about = {"engagement": engagement, "tab": "costs", "part": "deployments"}
    return render(request, f"costs/deployments/{name}.html", about | context)


def _deployment(request: HttpRequest, pk: UUID, number: int) -> Deployment:
    engagement = engagement_or_404(request, pk)
    row = get_object_or_404(
        engagement.deployments.select_related("recorded_by"), pk=number
    )
    row.engagement = engagement
    return row


@require_GET
def deployments(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All of them side by side, and where two of them cost the same."""
    engagement = engagement_or_404(request, pk)
    rows = pages.compared(list(engagement.deployments.all()), timezone.localdate())
    context = {
        "rows": rows,
        "cheapest": pages.cheapest(rows),
        "crossings": pages.crossings(rows),
        "chart": pages.chart(rows),
        "may": permissions_of(reader(request), engagement),
    }
    return _page(request, engagement, "deployments", context)


@require_GET
def volumes_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Every point of the chart of a month's cost against its volume."""
    engagement = engagement_or_404(request, pk)
    rows = pages.compared(list(engagement.deployments.all()), timezone.localdate())
    drawn = pages.chart(rows)
    # Before any is planned there is nothing to draw, and the file is empty.
    head, lines = ([], []) if drawn is None else points(drawn)
    return csv_file(head, lines, f"kenshu-{str(pk)[:8]}-cost-by-volume")


@require_http_methods(["GET", "POST"])
def deployment_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """First where it answers, then the numbers that place asks for."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.RECORD_COST, engagement)
    target = request.GET.get("target", "")
    if target not in MODELS:
        form: Any = TargetForm(request.GET if "target" in request.GET else None)
        return _page(request, engagement, "target", {"form": form})
    form = DeploymentForm(request.POST or None, target=target)
    if form.is_valid():
        try:
            row = acts.add(
                engagement=engagement, said=form.described(), by=reader(request)
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("costs:deployment", engagement.pk, row.pk)
    return _page(request, engagement, "form", {"form": form})


@require_GET
def deployment(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """One deployment: its month, the numbers behind it, the months booked."""
    row = _deployment(request, pk, number)
    sees_prices = is_of_provider(reader(request), row.engagement)
    context = {
        "row": row,
        "one": pages.compared([row], timezone.localdate())[0],
        "formula": MODELS[row.target].formula,
        "numbers": _numbers(row) if sees_prices else [],
        "months": row.months.select_related("booked_by"),
        "may": permissions_of(reader(request), row.engagement),
        "book_form": BookForm(initial={"predictions": row.predictions_a_month}),
        "end_form": EndForm(),
    }
    return _page(request, row.engagement, "deployment", context)


def _numbers(row: Deployment) -> list[tuple[Any, Decimal]]:
    """The numbers of its price model, each under its name."""
    return [
        (one.label, Decimal(row.prices[one.key]))
        for one in MODELS[row.target].parameters
        if one.key in row.prices
    ]


@require_http_methods(["GET", "POST"])
def deployment_edit(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Correct what is said of it."""
    row = _deployment(request, pk, number)
    require(reader(request), Permission.RECORD_COST, row.engagement)
    fields = (
        "name",
        "starts_on",
        "predictions_a_month",
        "currency",
        "rate_yen",
        "p50_ms",
        "p95_ms",
        "source",
    )
    initial = {name: getattr(row, name) for name in fields} | row.prices
    form = DeploymentForm(request.POST or None, target=row.target, initial=initial)
    if form.is_valid():
        try:
            acts.correct(deployment=row, said=form.described(), by=reader(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("costs:deployment", pk, row.pk)
    return _page(request, row.engagement, "form", {"form": form, "row": row})


@require_POST
def deployment_end(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Say on which day it answered for the last time."""
    row = _deployment(request, pk, number)
    require(reader(request), Permission.RECORD_COST, row.engagement)
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the last day as 2026-11-25."))
    else:
        try:
            acts.end(deployment=row, on=form.cleaned_data["on"], by=reader(request))
        except ValidationError as refusal:
            messages.error(request, joined(refusal.messages))
        else:
            messages.success(request, _("The last day was recorded."))
    return redirect("costs:deployment", pk, row.pk)


@require_POST
def month_book(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Book a month that is over to the spend."""
    row = _deployment(request, pk, number)
    require(reader(request), Permission.RECORD_COST, row.engagement)
    form = BookForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, _("Write the month as 2026-10, and its predictions as a number.")
        )
    else:
        try:
            acts.book(deployment=row, **form.cleaned_data, by=reader(request))
        except ValidationError as refusal:
            messages.error(request, joined(refusal.messages))
        else:
            messages.success(request, _("The month was booked; the spend follows."))
    return redirect("costs:deployment", pk, row.pk)


@require_http_methods(["GET", "POST"])
def month_take_back(
    request: HttpRequest, pk: UUID, number: int, month: int
) -> HttpResponse:
    """Ask once more, then take a booked month back."""
    row = _deployment(request, pk, number)
    require(reader(request), Permission.RECORD_COST, row.engagement)
    booked = get_object_or_404(row.months, pk=month)
    booked.deployment = row
    if request.method == "POST":
        try:
            acts.take_back(booked=booked, by=reader(request))
        except ValidationError as late:
            messages.error(request, joined(late.messages))
        else:
            messages.success(
                request, _("The month was taken back and the spend lowered.")
            )
        return redirect("costs:deployment", pk, row.pk)
    return _page(request, row.engagement, "take_back", {"row": row, "booked": booked})
