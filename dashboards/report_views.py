"""Reports: of one engagement and of a portfolio, as page, PDF, workbook and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from costs.exports import as_workbook
from costs.views.files import XLSX, csv_file
from dashboards import queries
from dashboards.choosing import Chosen
from dashboards.entry_queries import called, portfolio_report
from dashboards.listing import narrowing, ordering
from dashboards.report_files import (
    PORTFOLIO,
    engagement_sheets,
    portfolio_rows,
    portfolio_sheet_of,
)
from dashboards.report_queries import engagement_report, readable
from dashboards.report_sheets import (
    engagement_sheets_of,
    languages_of,
    pdf_of_sheets,
    portfolio_sheets_of,
)
from projects.http import reader
from projects.models.report_links import shared_by
from projects.permissions import Permission, permissions_of
from projects.views.papers import handed_over

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from projects.models import Engagement


def _engagement(request: HttpRequest, pk: UUID) -> Engagement:
    visible = readable(reader(request), timezone.localdate())
    return get_object_or_404(visible, pk=pk)


@require_GET
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The one page of an engagement, to read and to print."""
    engagement = _engagement(request, pk)
    now = timezone.now()
    found = engagement_report(engagement, timezone.localdate(now))
    languages = languages_of(request.GET.get("lang"))
    context = {
        "engagement": engagement,
        "sheets": engagement_sheets_of(
            found, languages, by=called(reader(request)), at=now
        ),
        "languages": languages,
        "may": permissions_of(reader(request), engagement),
        "share": Permission.SHARE_REPORT,
    }
    return render(request, "dashboards/report.html", context)


@require_GET
def report_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page as a PDF."""
    engagement = _engagement(request, pk)
    now = timezone.now()
    found = engagement_report(engagement, timezone.localdate(now))
    languages = languages_of(request.GET.get("lang"))
    sheets = engagement_sheets_of(found, languages, by=called(reader(request)), at=now)
    name = f"kenshu-{str(pk)[:8]}-report.pdf"
    return handed_over(pdf_of_sheets(sheets, at=now), name, "application/pdf")


@require_GET
def report_xlsx(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its criteria, runs, days in operation and months of spend as a workbook."""
    engagement = _engagement(request, pk)
    found = engagement_report(engagement, timezone.localdate())
    content = as_workbook(engagement_sheets(engagement, found))
    return handed_over(content, f"kenshu-{str(pk)[:8]}-report.xlsx", XLSX)


def _listed(request: HttpRequest) -> tuple[QuerySet[Engagement], Chosen]:
    """What the reader sees, narrowed and ordered as the address asks."""
    user, chosen = reader(request), Chosen.of(request.GET.dict())
    listed = queries.portfolio(user).filter(narrowing(chosen, user))
    return listed.order_by(*ordering(chosen)), chosen


@require_GET
def portfolio_page(request: HttpRequest) -> HttpResponse:
    """The page of all that the reader sees, to read and to print."""
    now = timezone.now()
    languages = languages_of(request.GET.get("lang"))
    listed, chosen = _listed(request)
    found = portfolio_report(listed, reader(request), is_part=chosen.narrows)
    context = {
        "sheets": portfolio_sheets_of(
            found, languages, by=called(reader(request)), at=now
        ),
        "languages": languages,
        "sharing": shared_by(reader(request)),
    }
    return render(request, "dashboards/portfolio_report.html", context)


@require_GET
def portfolio_file(
    request: HttpRequest, kind: str
) -> HttpResponse | StreamingHttpResponse:
    """The same as a PDF, or every engagement as a workbook or CSV."""
    listed, chosen = _listed(request)
    now = timezone.now()
    name = f"kenshu-portfolio-{timezone.localdate(now):%Y-%m-%d}"
    if kind == "csv":
        head = [column.name for column in PORTFOLIO]
        return csv_file(head, portfolio_rows(listed), name)
    if kind == "xlsx":
        content = as_workbook([portfolio_sheet_of(listed)])
        return handed_over(content, f"{name}.xlsx", XLSX)
    if kind != "pdf":
        raise Http404
    found = portfolio_report(listed, reader(request), is_part=chosen.narrows)
    languages = languages_of(request.GET.get("lang"))
    sheets = portfolio_sheets_of(found, languages, by=called(reader(request)), at=now)
    return handed_over(pdf_of_sheets(sheets, at=now), f"{name}.pdf", "application/pdf")
