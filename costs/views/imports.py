"""Pages of deliveries: upload, progress, report, taking over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from costs.bill_forms import DeliveryForm
from costs.import_pages import import_page
from costs.imports.faults import FileRefused
from costs.models import CostImport
from costs.services import imports as services
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING, READING_MONEY, roles_in
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest

    from projects.models import Organisation


def may_act(request: HttpRequest, organisation: Organisation) -> bool:
    """Whether the reader delivers and assigns; others of the provider only look."""
    return bool(roles_in(reader(request), organisation) & frozenset(MANAGING))


@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that was delivered, and the form for one file more."""
    roles = MANAGING if request.method == "POST" else READING_MONEY
    organisation = provider_or_404(request, pk, *roles)
    form = DeliveryForm(request.POST or None, request.FILES or None)
    refused: list[str] = []
    if form.is_valid():
        said = dict(form.cleaned_data)
        file = said.pop("file")
        try:
            delivered = services.deliver(
                organisation=organisation,
                file=file,
                name=file.name,
                sha256=file.sha256,
                by=reader(request),
                **said,
            )
        except FileRefused as refusal:
            language = get_language() or "ja"
            refused = [fault.sentence(language) for fault in refusal.faults]
        except services.DeliveredBefore as before:
            messages.warning(request, joined(before.messages))
            return went_on(request, before.before.get_absolute_url())
        else:
            return went_on(request, delivered.get_absolute_url())
    listed = organisation.cost_imports.select_related("delivered_by")
    context = {
        "organisation": organisation,
        "part": "imports",
        "form": form,
        "refused": refused,
        "limit": settings.MAX_UPLOAD_BYTES,
        "may_act": may_act(request, organisation),
        "page": Paginator(listed, 20).get_page(request.GET.get("page")),
    }
    status = 422 if refused or form.errors else 200
    return render(request, "costs/imports.html", context, status=status)


def went_on(request: HttpRequest, to: str) -> HttpResponse:
    """On to the next page; to the script that sends files, where that is."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"next": to})
    return redirect(to)


@require_GET
@vary_on_headers("HX-Request")
def import_one(request: HttpRequest, pk: int, delivered: UUID) -> HttpResponse:
    """One delivery: how far it is, or its report; to htmx only what changes."""
    organisation = provider_or_404(request, pk, *READING_MONEY)
    one = found(organisation, delivered)
    if request.headers.get("HX-Request"):
        if not one.is_unfinished:
            return HttpResponse(headers={"HX-Refresh": "true"})
        context = import_page(one)
        return render(request, "costs/_import_status.html", context)
    context = import_page(one) | {
        "organisation": organisation,
        "part": "imports",
        "may_act": may_act(request, organisation),
    }
    return render(request, "costs/import.html", context)


def found(organisation: Organisation, delivered: UUID) -> CostImport:
    """The delivery of this provider, or nothing."""
    rows = CostImport.objects.select_related("delivered_by", "taken_by", "organisation")
    return get_object_or_404(rows, organisation=organisation, pk=delivered)


@require_POST
def import_take(request: HttpRequest, pk: int, delivered: UUID) -> HttpResponse:
    """Take the lines over."""
    return _act(request, pk, delivered, services.take_over, "")


@require_POST
def import_again(request: HttpRequest, pk: int, delivered: UUID) -> HttpResponse:
    """Read it through once more."""
    return _act(request, pk, delivered, services.read_again, "")


@require_POST
def import_drop(request: HttpRequest, pk: int, delivered: UUID) -> HttpResponse:
    """Leave it."""
    said = _("The delivery was dropped; none of its lines count.")
    return _act(request, pk, delivered, services.drop, said)


def _act(
    request: HttpRequest,
    pk: int,
    delivered: UUID,
    act: Callable[..., None],
    said: str,
) -> HttpResponse:
    organisation = provider_or_404(request, pk, *MANAGING)
    one = found(organisation, delivered)
    try:
        act(delivered=one, by=reader(request))
    except ValidationError as late:
        messages.error(request, joined(late.messages))
    else:
        if said:
            messages.success(request, said)
    return redirect(one)
