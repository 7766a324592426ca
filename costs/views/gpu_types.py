"""The GPU types of a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from costs.instances import instances
from costs.models import Charge
from costs.price_forms import TypeForm
from costs.services import gpu_types as services
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING, READING_MONEY, roles_in
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from costs.models import GpuType
    from projects.models import Organisation


@require_GET
def types(request: HttpRequest, pk: int) -> HttpResponse:
    """What prices and use may name, and what they name no more."""
    shown = provider_or_404(request, pk, *READING_MONEY)
    lines = Charge.objects.filter(organisation=shown, gpu_type=OuterRef("name"))
    known = shown.gpu_types.annotate(
        priced=Count("prices", distinct=True),
        pooled=Count("pools", distinct=True),
        used=Exists(lines),
    ).order_by("name")
    context = {
        "organisation": shown,
        "part": "types",
        "offered": [one for one in known if one.retired_at is None],
        "retired": [one for one in known if one.retired_at is not None],
        "may_change": may_change(request, shown),
    }
    return render(request, "costs/types.html", context)


def may_change(request: HttpRequest, organisation: Organisation) -> bool:
    """Whether the reader may change types, prices and rates of the provider."""
    return bool(roles_in(reader(request), organisation) & frozenset(MANAGING))


@require_http_methods(["GET", "POST"])
def type_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a type by hand."""
    shown = provider_or_404(request, pk, *MANAGING)
    form = TypeForm(request.POST or None)

    def save(typed: dict[str, Any]) -> GpuType:
        return services.add_type(organisation=shown, by=reader(request), **typed)

    return _type(request, shown, form, save)


@require_http_methods(["GET", "POST"])
def type_edit(request: HttpRequest, pk: int, kind: int) -> HttpResponse:
    """Mend a type that nothing names yet."""
    shown = provider_or_404(request, pk, *MANAGING)
    found = get_object_or_404(shown.gpu_types, pk=kind)
    form = TypeForm(request.POST or None, instance=found)

    def save(typed: dict[str, Any]) -> GpuType:
        return services.edit_type(gpu_type=found, by=reader(request), **typed)

    return _type(request, shown, form, save, found.name)


def _type(
    request: HttpRequest,
    shown: Organisation,
    form: TypeForm,
    save: Callable[[dict[str, Any]], GpuType],
    name: str = "",
) -> HttpResponse:
    if form.is_valid():
        try:
            kept = save(form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            told = _("%(name)s is in the list.") % {"name": kept.name}
            messages.success(request, told)
            return redirect("costs:types", shown.pk)
    context = {"organisation": shown, "part": "types", "form": form, "name": name}
    return render(request, "costs/type_edit.html", context)


@require_POST
def type_retire(request: HttpRequest, pk: int, kind: int) -> HttpResponse:
    """Offer a type no more."""
    shown = provider_or_404(request, pk, *MANAGING)
    found = get_object_or_404(shown.gpu_types, pk=kind)
    services.retire_type(gpu_type=found, by=reader(request))
    return redirect("costs:types", pk)


@require_http_methods(["GET", "POST"])
def types_known(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose among the cloud types whose GPUs are common knowledge."""
    shown = provider_or_404(request, pk, *MANAGING)
    if request.method == "POST":
        try:
            added = services.add_known_types(
                organisation=shown,
                names=request.POST.getlist("names"),
                by=reader(request),
            )
        except ValidationError as refusal:
            messages.error(request, joined(refusal.messages))
        else:
            told = ngettext(
                "%(n)s type was added.", "%(n)s types were added.", len(added)
            )
            messages.success(request, told % {"n": len(added)})
            return redirect("costs:types", pk)
    there = set(shown.gpu_types.values_list("name", flat=True))
    context = {
        "organisation": shown,
        "part": "types",
        "families": _families(there),
        "is_anything": len(there) < len(instances()),
    }
    return render(request, "costs/types_known.html", context)


def _families(there: set[str]) -> list[tuple[str, list[object]]]:
    """The known types that are not in the list, by the model of their GPU."""
    models: dict[str, list[object]] = {}
    for one in instances().values():
        if one.name not in there:
            models.setdefault(one.model, []).append(one)
    return sorted(models.items())
