"""The prices of a provider: listed, added, ended, taken in from a file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from costs.lists.prices import Usual
from costs.lists.table import ListRefused
from costs.on_prem import Step, hour_of
from costs.price_forms import (
    EndForm,
    MachineForm,
    PriceFilter,
    PriceForm,
    PriceListForm,
)
from costs.services import price_lists
from costs.services import prices as services
from costs.views.gpu_types import may_change
from projects.catalogue import Text
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING, READING_MONEY, require_role
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from costs.models import Price
    from costs.services.price_lists import Taken
    from projects.models import Organisation

PRICES_A_PAGE = 50


@require_GET
def prices(request: HttpRequest, pk: int) -> HttpResponse:
    """The prices of today, or of any time, narrowed by type and option."""
    shown = provider_or_404(request, pk, *READING_MONEY)
    form = PriceFilter(request.GET, organisation=shown)
    found = form.narrowed(shown.prices.select_related("gpu_type"))
    context = {
        "organisation": shown,
        "part": "prices",
        "form": form,
        "page": Paginator(found, PRICES_A_PAGE).get_page(request.GET.get("page")),
        "may_change": may_change(request, shown),
    }
    return render(request, "costs/prices.html", context)


@require_http_methods(["GET", "POST"])
def price(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One price with its source and working; whoever may, ends it here."""
    shown = provider_or_404(request, pk, *READING_MONEY)
    found = get_object_or_404(
        shown.prices.select_related("gpu_type", "recorded_by"), pk=number
    )
    form = EndForm(request.POST or None)
    if request.method == "POST":
        require_role(reader(request), shown, *MANAGING)
    if form.is_valid():
        try:
            services.end_price(price=found, by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The price ends on the day you named."))
            return redirect("costs:price", pk, number)
    ends = found.valid_until
    context = {
        "organisation": shown,
        "part": "prices",
        "price": found,
        "form": form,
        "is_open": ends is None or ends > timezone.localdate(),
        "may_change": may_change(request, shown),
        **_worked_out(found),
    }
    return render(request, "costs/price.html", context)


def _worked_out(price: Price) -> dict[str, object]:
    """The steps of an own machine's hour as they were kept; nothing for others."""
    kept = price.worked_out
    if not kept:
        return {}
    steps = [
        Step(Text(**one["name"]), Text(**one["working"]), Decimal(one["yen"]))
        for one in kept["steps"]
    ]
    return {"steps": steps, "otherwise": Text(**kept["otherwise"])}


@require_http_methods(["GET", "POST"])
def price_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a price; what a refused line of use was missing is filled in."""
    shown = provider_or_404(request, pk, *MANAGING)
    asked = {
        name: request.GET[name] for name in PriceForm.Meta.fields if name in request.GET
    }
    form = PriceForm(request.POST or None, organisation=shown, initial=asked)
    if form.is_valid():
        try:
            added = services.add_price(by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The price is kept."))
            return redirect("costs:price", pk, added.pk)
    context = {"organisation": shown, "part": "prices", "form": form}
    return render(request, "costs/price_new.html", context)


@require_http_methods(["GET", "POST"])
def price_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a file of prices, whole or not at all."""
    shown = provider_or_404(request, pk, *MANAGING)
    form = PriceListForm(request.POST or None, request.FILES or None)
    refused = None
    if form.is_valid():
        try:
            taken = _take(request, shown, form)
        except ListRefused as refusal:
            refused = refusal
        else:
            messages.success(request, _told(taken))
            return redirect("costs:prices", pk)
    context = {
        "organisation": shown,
        "part": "prices",
        "form": form,
        "refused": refused,
    }
    return render(request, "costs/price_list.html", context)


def _take(request: HttpRequest, shown: Organisation, form: PriceListForm) -> Taken:
    typed = form.cleaned_data
    return price_lists.take_price_list(
        organisation=shown,
        content=typed["file"],
        name=form.file_name,
        usual=Usual(typed["service"], typed["valid_from"], typed["source"]),
        adds_types=typed["adds_types"],
        by=reader(request),
    )


def _told(taken: Taken) -> str:
    parts = [
        ngettext("%(n)s price was added.", "%(n)s prices were added.", taken.added)
        % {"n": taken.added}
    ]
    if taken.unchanged:
        parts.append(
            ngettext(
                "%(n)s was there already.", "%(n)s were there already.", taken.unchanged
            )
            % {"n": taken.unchanged}
        )
    if taken.ended:
        parts.append(
            ngettext(
                "%(n)s earlier price ended.",
                "%(n)s earlier prices ended.",
                taken.ended,
            )
            % {"n": taken.ended}
        )
    if taken.types:
        parts.append(
            ngettext(
                "%(n)s GPU type was added.",
                "%(n)s GPU types were added.",
                len(taken.types),
            )
            % {"n": len(taken.types)}
        )
    return joined(parts)


@require_http_methods(["GET", "POST"])
def on_prem(request: HttpRequest, pk: int) -> HttpResponse:
    """Work out what an hour of an own GPU costs, and keep it as a price."""
    shown = provider_or_404(request, pk, *MANAGING)
    form = MachineForm(request.POST or None, organisation=shown)
    form_is_whole = form.is_valid()
    if form_is_whole and form.machine and "keep" in request.POST:
        typed = form.cleaned_data
        try:
            kept = services.add_on_prem_price(
                gpu_type=typed["gpu_type"],
                machine=form.machine,
                valid_from=typed["valid_from"],
                source=typed["source"],
                by=reader(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The price is kept."))
            return redirect("costs:price", pk, kept.pk)
    context = {
        "organisation": shown,
        "part": "prices",
        "form": form,
        "hour": hour_of(form.machine) if form.machine else None,
        "of_type": form.cleaned_data.get("gpu_type") if form.is_bound else None,
    }
    if request.headers.get("HX-Request"):
        return render(request, "costs/_on_prem.html", context)
    return render(request, "costs/on_prem.html", context)
