"""Labels, people's hours and deployments as CSV and as workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from costs import work_sheets
from costs.deployment_pages import compared
from costs.exports import as_workbook
from costs.labels.report import report_on
from costs.services.labels import kept_batch
from costs.sides import is_of_provider
from costs.views.files import XLSX, csv_file
from projects.http import engagement_or_404, reader

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from costs.sheets import Sheet


def _csv(sheet: Sheet) -> HttpResponseBase:
    return csv_file([column.name for column in sheet.columns], sheet.rows, sheet.key)


def _xlsx(name: str, *sheets: Sheet) -> HttpResponse:
    answer = HttpResponse(as_workbook(sheets), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def _batch_sheets(request: HttpRequest, pk: UUID, batch: UUID) -> tuple[Sheet, Sheet]:
    """All items and workers of a batch; Http404 as long as no label is chosen."""
    engagement = engagement_or_404(request, pk)
    row = get_object_or_404(engagement.label_batches, pk=batch)
    if row.report["measured"] is None:
        raise Http404
    report = report_on(kept_batch(row), row.report["measured"]["column"])
    return work_sheets.batch_sheets(report)


@require_GET
def batch_csv(
    request: HttpRequest, pk: UUID, batch: UUID, key: str
) -> HttpResponseBase:
    """The items or the workers of a batch."""
    found = {one.key: one for one in _batch_sheets(request, pk, batch)}
    if key not in found:
        raise Http404
    return _csv(found[key])


@require_GET
def batch_xlsx(request: HttpRequest, pk: UUID, batch: UUID) -> HttpResponse:
    """Both in one workbook."""
    return _xlsx("labels", *_batch_sheets(request, pk, batch))


def _hours(request: HttpRequest, pk: UUID) -> Sheet:
    engagement = engagement_or_404(request, pk)
    if not is_of_provider(reader(request), engagement):
        raise PermissionDenied(
            _("Names and what an hour costs are for the provider's people.")
        )
    return work_sheets.hours_sheet(engagement.work_logs.all())


@require_GET
def hours_csv(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Every line of hours, for the provider's people."""
    return _csv(_hours(request, pk))


@require_GET
def hours_xlsx(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same as a workbook."""
    return _xlsx("hours", _hours(request, pk))


def _deployments(request: HttpRequest, pk: UUID) -> Sheet:
    engagement = engagement_or_404(request, pk)
    rows = compared(list(engagement.deployments.all()), timezone.localdate())
    return work_sheets.deployments_sheet(rows)


@require_GET
def deployments_csv(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Deployments side by side."""
    return _csv(_deployments(request, pk))


@require_GET
def deployments_xlsx(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same as a workbook."""
    return _xlsx("deployments", _deployments(request, pk))
