"""A provider's pools of GPUs: added, changed, retired by who manages its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from costs.booking_forms import PoolForm
from costs.services import pools
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from costs.models import Pool
    from projects.models import Organisation


@require_http_methods(["GET", "POST"])
def pool_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a pool."""
    provider = provider_or_404(request, pk, *MANAGING)
    form = PoolForm(request.POST or None, provider=provider)
    return _pool(request, provider, form, None)


@require_http_methods(["GET", "POST"])
def pool_edit(request: HttpRequest, pk: int, pool: int) -> HttpResponse:
    """Change a pool."""
    provider = provider_or_404(request, pk, *MANAGING)
    found = get_object_or_404(provider.gpu_pools, pk=pool)
    said = {name: getattr(found, name) for name in PoolForm.Meta.fields}
    form = PoolForm(request.POST or None, provider=provider, initial=said)
    return _pool(request, provider, form, found)


@require_POST
def pool_retire(request: HttpRequest, pk: int, pool: int) -> HttpResponse:
    """Offer a pool no more."""
    provider = provider_or_404(request, pk, *MANAGING)
    found = get_object_or_404(provider.gpu_pools, pk=pool)
    try:
        pools.retire_pool(pool=found, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
        return redirect("costs:pool_edit", pk, pool)
    messages.success(request, _("The pool is not offered any more."))
    return redirect("costs:gpus")


def _pool(
    request: HttpRequest,
    provider: Organisation,
    form: PoolForm,
    pool: Pool | None,
) -> HttpResponse:
    if form.is_valid():
        typed, by = form.cleaned_data, reader(request)
        try:
            if pool is None:
                pools.add_pool(organisation=provider, by=by, **typed)
            else:
                pools.edit_pool(pool=pool, by=by, **typed)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The pool is saved."))
            return redirect("costs:gpus")
    context = {
        "form": form,
        "organisation": provider,
        "pool": pool,
        "has_types": provider.gpu_types.offered().exists(),
    }
    return render(request, "costs/pool.html", context)
