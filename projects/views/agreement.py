"""Reading, comparing, signing and refusing versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from projects import pages
from projects.forms import ReasonForm, SignForm
from projects.http import agreement_or_404, engagement_or_404, reader
from projects.models import Side
from projects.permissions import Permission, can, permissions_of, require
from projects.services import agreement as agreement_services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_GET
def agreements(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All versions of an engagement's agreement."""
    engagement = engagement_or_404(request, pk)
    context = {
        "engagement": engagement,
        "tab": "agreement",
        "agreements": engagement.agreements.all(),
        "may_draft": can(reader(request), Permission.DRAFT_AGREEMENT, engagement),
    }
    return render(request, "projects/agreements.html", context)


@require_GET
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One version with its lines, signatures and digest."""
    shown = agreement_or_404(request, pk)
    held = permissions_of(reader(request), shown.engagement)
    context = pages.agreement(shown) | {
        "tab": "agreement",
        "side": pages.side_to_sign(shown, held),
        "may_edit": shown.is_draft and Permission.DRAFT_AGREEMENT in held,
    }
    return render(request, "projects/agreement.html", context)


@require_GET
def agreement_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What a version changes of the one before it, field by field."""
    shown = agreement_or_404(request, pk)
    context = {
        "agreement": shown,
        "engagement": shown.engagement,
        "tab": "agreement",
        "changes": pages.changes(shown),
    }
    return render(request, "projects/agreement_changes.html", context)


@require_http_methods(["GET", "POST"])
def agreement_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for the reader's side."""
    shown = agreement_or_404(request, pk)
    held = permissions_of(reader(request), shown.engagement)
    side = pages.side_to_sign(shown, held)
    if side is None:
        messages.error(request, _("There is nothing for you to sign here now."))
        return redirect(shown)
    form = SignForm(request.POST or None)
    if form.is_valid():
        try:
            agreement_services.sign(
                agreement=shown,
                side=Side(side),
                password=form.cleaned_data["password"],
                by=reader(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(shown)
    context = pages.agreement(shown) | {
        "tab": "agreement",
        "form": form,
        "side": side,
        "changes": pages.changes(shown),
        "sentence": agreement_services.sentence_of(shown, get_language() or "ja"),
    }
    return render(request, "projects/agreement_sign.html", context)


@require_http_methods(["GET", "POST"])
def agreement_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse an offered version with a reason."""
    shown = agreement_or_404(request, pk)
    require(reader(request), Permission.SIGN_FOR_CUSTOMER, shown.engagement)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            agreement_services.refuse(
                agreement=shown, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(shown)
    context = {
        "form": form,
        "engagement": shown.engagement,
        "title": _("Refuse to sign v%(version)s") % {"version": shown.version},
        "lede": _(
            "The provider reads your reason and drafts another version. This one can "
            "no longer be signed."
        ),
        "verb": _("Refuse"),
    }
    return render(request, "projects/form.html", context)
