"""What the work brought, month by month: its page, its acts and its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from costs.views.files import csv_file
from dashboards.value_forms import ValueForm
from evaluation import realised
from evaluation.models import ValueMonth
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, can, require
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse


@require_http_methods(["GET", "POST"])
def value(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every month that is written, and the form for the next."""
    engagement, by = engagement_or_404(request, pk), reader(request)
    if request.method == "POST":
        require(by, Permission.RECORD_VALUE, engagement)
    begun = {"month": f"{timezone.localdate():%Y-%m}"}
    form = ValueForm(request.POST or None, initial=begun)
    if form.is_valid():
        try:
            realised.record_value(engagement=engagement, by=by, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The month is kept."))
            return redirect("dashboards:value", engagement.pk)
    context = {
        "engagement": engagement,
        "tab": "operation",
        "value": realised.year(engagement),
        "months": ValueMonth.objects.filter(engagement=engagement).select_related(
            "recorded_by"
        ),
        "form": form,
        "may_record": can(by, Permission.RECORD_VALUE, engagement)
        and engagement.stage in realised.BRINGS,
    }
    status = 422 if form.errors else 200
    return render(request, "dashboards/value.html", context, status=status)


@require_POST
def value_remove(request: HttpRequest, pk: UUID, month: int) -> HttpResponse:
    """Take one month out again."""
    engagement = engagement_or_404(request, pk)
    found = get_object_or_404(
        ValueMonth.objects.filter(engagement=engagement), pk=month
    )
    realised.remove_value(value=found, by=reader(request))
    messages.success(request, _("The month is removed; the audit log keeps it."))
    return redirect("dashboards:value", engagement.pk)


@require_GET
def value_csv(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Every month as CSV, the oldest first."""
    engagement = engagement_or_404(request, pk)
    months = ValueMonth.objects.filter(engagement=engagement).select_related(
        "recorded_by"
    )
    head = ("month", "value_yen", "measured_how", "recorded_by", "recorded_at")
    rows = (
        (
            f"{one.month:%Y-%m}",
            one.value_yen,
            one.measured_how,
            named(one.recorded_by),
            timezone.localtime(one.recorded_at).replace(microsecond=0),
        )
        for one in months.order_by("month")
    )
    return csv_file(head, rows, f"kenshu-{str(pk)[:8]}-value")
