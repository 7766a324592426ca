"""What currencies are worth: listed, added one by one or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from costs.lists.table import ListRefused
from costs.price_forms import RateForm, RatesForm
from costs.services import rates as services
from costs.views.gpu_types import may_change
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING, READING_MONEY

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

RATES_A_PAGE = 50


@require_GET
def rates(request: HttpRequest, pk: int) -> HttpResponse:
    """The exchange rates, the newest first."""
    shown = provider_or_404(request, pk, *READING_MONEY)
    known = shown.exchange_rates.select_related("recorded_by")
    context = {
        "organisation": shown,
        "part": "rates",
        "page": Paginator(known, RATES_A_PAGE).get_page(request.GET.get("page")),
        "may_change": may_change(request, shown),
    }
    return render(request, "costs/rates.html", context)


@require_http_methods(["GET", "POST"])
def rate_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the rate of one day, or put another in its place."""
    shown = provider_or_404(request, pk, *MANAGING)
    asked = {
        name: request.GET[name] for name in ("currency", "day") if name in request.GET
    }
    form = RateForm(request.POST or None, initial=asked)
    if form.is_valid():
        try:
            services.add_rate(
                organisation=shown, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The rate is kept."))
            return redirect("costs:rates", pk)
    context = {"organisation": shown, "part": "rates", "form": form}
    return render(request, "costs/rate_new.html", context)


@require_http_methods(["GET", "POST"])
def rate_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in many rates, whole or not at all."""
    shown = provider_or_404(request, pk, *MANAGING)
    form = RatesForm(request.POST or None, request.FILES or None)
    refused = None
    if form.is_valid():
        try:
            taken = services.take_rates(
                organisation=shown,
                content=form.cleaned_data["content"],
                source=form.cleaned_data["source"],
                by=reader(request),
            )
        except ListRefused as refusal:
            refused = refusal
        else:
            told = ngettext(
                "%(n)s rate was added; %(same)s were there already.",
                "%(n)s rates were added; %(same)s were there already.",
                taken.added,
            )
            messages.success(
                request, told % {"n": taken.added, "same": taken.unchanged}
            )
            return redirect("costs:rates", pk)
    context = {
        "organisation": shown,
        "part": "rates",
        "form": form,
        "refused": refused,
    }
    return render(request, "costs/rate_list.html", context)
