"""A provider's money: what all of its engagements cost, and what is nobody's yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_GET

from costs import spend_pages
from costs.models import SpendDay
from costs.views.files import a_sheet, lines_file, workbook
from projects.http import provider_or_404, reader
from projects.permissions import READING_MONEY

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

    from costs.models.spend import SpendDayQuerySet
    from projects.models import Organisation


@require_GET
def money(request: HttpRequest, pk: int) -> HttpResponse:
    """The spend of all engagements over time, taken apart, month beside month."""
    provider = provider_or_404(request, pk, *READING_MONEY)
    shown = spend_pages.spend_page(
        _days(request, provider), cuts=spend_pages.OF_A_PROVIDER, asked=request.GET
    )
    whole = shown["sheet"].total if shown["by"] == "engagement" else None
    context = {"organisation": provider, "part": "spend", "whole": whole, **shown}
    return render(request, "costs/money.html", context)


def _days(request: HttpRequest, provider: Organisation) -> SpendDayQuerySet:
    return SpendDay.objects.visible_to(reader(request)).filter(organisation=provider)


@require_GET
def money_csv(
    request: HttpRequest, pk: int, key: str
) -> HttpResponse | StreamingHttpResponse:
    """One of the tables, or every line, as CSV."""
    provider = provider_or_404(request, pk, *READING_MONEY)
    name = f"kenshu-{pk}-{key}"
    if key == "lines":
        charges = provider.charges.visible_to(reader(request))
        return lines_file(charges, name)
    days = _days(request, provider)
    return a_sheet(days, spend_pages.OF_A_PROVIDER, key, name)


@require_GET
def money_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """Every table as a workbook."""
    provider = provider_or_404(request, pk, *READING_MONEY)
    days = _days(request, provider)
    return workbook(days, spend_pages.OF_A_PROVIDER, f"kenshu-{pk}-money")
