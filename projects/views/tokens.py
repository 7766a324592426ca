"""The reader's own API tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from projects.http import reader
from projects.services import tokens as token_services
from projects.token_forms import TokenForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TOKENS_A_PAGE = 20


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def tokens(request: HttpRequest) -> HttpResponse:
    """List them, and make one: its secret stands on the answer and nowhere else."""
    form, secret = TokenForm(request.POST or None), ""
    if form.is_valid():
        try:
            _made, secret = token_services.make_token(
                by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            form = TokenForm()
    mine = Paginator(reader(request).api_tokens.all(), TOKENS_A_PAGE)
    page = mine.get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": page,
        "lines": [{"of": one, "state": one.state(today=today)} for one in page],
        "form": form,
        "secret": secret,
    }
    return render(request, "projects/tokens.html", context)


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one at once."""
    token = get_object_or_404(reader(request).api_tokens, pk=pk)
    token_services.revoke_token(token=token, by=reader(request))
    messages.success(request, _("Revoked. Programs that use it are refused from now."))
    return redirect("projects:tokens")
