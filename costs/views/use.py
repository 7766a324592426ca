"""Recording one use of GPUs, and mending what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from costs import pricing
from costs.services import lookup, use
from costs.use_forms import LOOKED_UP, OF_A_PRICE, UseForm
from projects.http import engagement_or_404, reader
from projects.permissions import MANAGING, Permission, require, roles_in
from projects.templatetags.figures import yen_full
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from costs.models import Charge
    from costs.services.lookup import Found
    from costs.services.use import Said
    from projects.models import Engagement


@require_http_methods(["GET", "POST"])
def use_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down one use of GPUs."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.RECORD_COST, engagement)
    form = UseForm(
        request.POST or None,
        engagement=engagement,
        initial={"used_by": reader(request).pk},
    )

    def record(said: Said) -> Charge:
        return use.record_use(engagement=engagement, by=reader(request), **said)

    return _use(request, form, record)


@require_http_methods(["GET", "POST"])
def use_edit(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """Take a line back and write it anew."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.RECORD_COST, engagement)
    charge = get_object_or_404(engagement.charges, pk=line, imported__isnull=True)
    form = UseForm(
        request.POST or None, engagement=engagement, correcting=charge, instance=charge
    )

    def record(said: Said) -> Charge:
        return use.correct_use(charge=charge, by=reader(request), **said)

    return _use(request, form, record)


def _use(
    request: HttpRequest, form: UseForm, record: Callable[[Said], Charge]
) -> HttpResponse:
    engagement = form.engagement
    quote = _quote(request, form) if form.is_bound else None
    is_asked = "look" in request.POST or request.headers.get("HX-Request")
    if not is_asked and form.is_valid():
        try:
            charge = record(form.said())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            _tell(request, charge)
            return redirect("costs:lines", engagement.pk)
    context = {
        "engagement": engagement,
        "tab": "costs",
        "form": form,
        "quote": quote,
        "correcting": form.correcting,
    }
    part = "_use_price" if request.headers.get("HX-Request") else "use"
    return render(request, f"costs/{part}.html", context)


def _tell(request: HttpRequest, charge: Charge) -> None:
    told = _("%(type)s, %(hours)s GPU hours: recorded for %(yen)s.") % {
        "type": charge.gpu_type,
        "hours": f"{charge.gpu_hours:,.2f}",
        "yen": yen_full(charge.cost_yen),
    }
    messages.success(request, told)


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of the list for what is typed so far, or what is missing."""

    found: Found | None = None
    cost_yen: Decimal | None = None
    refusal: str = ""
    # Where the reader may add what is missing.
    mend: str = ""
    is_rate: bool = False


def _quote(request: HttpRequest, form: UseForm) -> Quote | None:
    """None where too little is typed, or where the price is not of the list."""
    form.full_clean()
    typed = form.cleaned_data
    if typed.get("pricing") != LOOKED_UP:
        return None
    if not {*OF_A_PRICE, "started_at"} <= typed.keys():
        return None
    day = timezone.localdate(typed["started_at"])
    asked = {name: typed[name] for name in OF_A_PRICE}
    try:
        found = lookup.price_of_day(day=day, **asked)
    except ValidationError as missing:
        is_rate = missing.code == lookup.RATE_MISSING
        query = asked | {"gpu_type": typed["gpu_type"].pk, "valid_from": day}
        if is_rate:
            query = {"day": day, **(missing.params or {})}
        return Quote(
            refusal=joined(missing.messages),
            mend=_mend(request, form.engagement, query, is_rate=is_rate),
            is_rate=is_rate,
        )
    return Quote(found, _cost(form, found))


def _cost(form: UseForm, found: Found) -> Decimal | None:
    typed = form.cleaned_data
    if "ended_at" not in typed or "count" not in typed:
        return None
    hours = use.hours_between(typed["started_at"], typed["ended_at"])
    if hours <= 0:
        return None
    cost = pricing.cost_of(hours, typed["count"], found.price.per_hour)
    return pricing.in_yen(cost, found.rate.yen)


def _mend(
    request: HttpRequest,
    engagement: Engagement,
    query: dict[str, object],
    *,
    is_rate: bool,
) -> str:
    """Where the missing price or rate is added, for those who may."""
    if not roles_in(reader(request), engagement.provider) & frozenset(MANAGING):
        return ""
    name = "costs:rate_new" if is_rate else "costs:price_new"
    return f"{reverse(name, args=[engagement.provider_id])}?{urlencode(query)}"
