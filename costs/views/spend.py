"""The spend of one engagement: the page, its lines, and both as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from costs import budget_pages, spend_pages
from costs.models import Spend
from costs.services import use
from costs.sides import is_of_provider
from costs.views.files import a_sheet, lines_file, workbook
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from projects.models import Engagement

LINES_A_PAGE = 50


@require_GET
def costs(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was spent against what may be, over time and taken apart."""
    engagement = engagement_or_404(request, pk)
    spend = _spend(engagement)
    days = engagement.spend_days.all()
    held = budget_pages.current(engagement)
    shown = spend_pages.spend_page(
        days,
        cuts=_cuts(request, engagement),
        asked=request.GET,
        budget=spend.budget_yen,
        stop=spend.stop_yen,
        ahead=budget_pages.ahead(held["budgets"]),
    )
    context = {
        "engagement": engagement,
        "tab": "costs",
        "part": "spend",
        "spend": spend,
        "may": permissions_of(reader(request), engagement),
        **held,
        **shown,
    }
    return render(request, "costs/costs.html", context)


def _cuts(request: HttpRequest, engagement: Engagement) -> dict[str, spend_pages.Cut]:
    """The ways to take the spend apart that are the reader's to see.

    Beside the months of hours, yen by person would tell a customer what an hour costs.
    """
    if is_of_provider(reader(request), engagement):
        return spend_pages.CUTS
    return {key: cut for key, cut in spend_pages.CUTS.items() if key != "person"}


def _spend(engagement: Engagement) -> Spend:
    found: Spend | None = getattr(engagement, "spend", None)
    return found or Spend(engagement=engagement)


@require_GET
def lines(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every line of cost, the newest first, with the price it was paid at."""
    engagement = engagement_or_404(request, pk)
    found = engagement.charges.select_related("used_by")
    context = {
        "engagement": engagement,
        "tab": "costs",
        "part": "lines",
        "page": Paginator(found, LINES_A_PAGE).get_page(request.GET.get("page")),
        "may": permissions_of(reader(request), engagement),
    }
    return render(request, "costs/lines.html", context)


@require_GET
def sheet_csv(
    request: HttpRequest, pk: UUID, key: str
) -> HttpResponse | StreamingHttpResponse:
    """One of the tables, or every line, as CSV."""
    engagement = engagement_or_404(request, pk)
    if key == "lines":
        return lines_file(engagement.charges.all(), _file_name(engagement, key))
    days = engagement.spend_days.all()
    return a_sheet(days, _cuts(request, engagement), key, _file_name(engagement, key))


@require_GET
def sheets_xlsx(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every table as a workbook."""
    engagement = engagement_or_404(request, pk)
    days = engagement.spend_days.all()
    return workbook(days, _cuts(request, engagement), _file_name(engagement, "costs"))


def _file_name(engagement: Engagement, key: str) -> str:
    return f"kenshu-{str(engagement.pk)[:8]}-{key}"


@require_http_methods(["GET", "POST"])
def usage_remove(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """Ask once more, then take a line back."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.RECORD_COST, engagement)
    usage = get_object_or_404(engagement.charges, pk=line)
    if request.method == "POST":
        try:
            use.remove_use(charge=usage, by=reader(request))
        except ValidationError as late:
            messages.error(request, joined(late.messages))
        else:
            messages.success(request, _("The line was removed and the spend lowered."))
        return redirect("costs:lines", engagement.pk)
    context = {"engagement": engagement, "tab": "costs", "usage": usage}
    return render(request, "costs/usage_remove.html", context)
