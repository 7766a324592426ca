"""Drafting, reading, signing and refusing versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from projects import pages
from projects.forms import CriterionLines, DraftForm, ReasonForm, SignForm, drafts_of
from projects.http import engagement_or_404, reader
from projects.models import Agreement, Side
from projects.permissions import Permission, can, permissions_of, require
from projects.services import agreement as agreement_services
from projects.terms import TermsForm, term_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from projects.models import Engagement


def _agreement(request: HttpRequest, pk: int) -> Agreement:
    visible = Agreement.objects.visible_to(reader(request))
    related = ("engagement__customer", "engagement__provider")
    return get_object_or_404(visible.select_related(*related), pk=pk)


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


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draft the next version."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.DRAFT_AGREEMENT, engagement)

    def save(**typed: Any) -> Agreement:
        return agreement_services.draft_agreement(
            engagement=engagement, by=reader(request), **typed
        )

    return _draft(request, engagement, save)


@require_http_methods(["GET", "POST"])
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft that nobody has signed."""
    shown = _agreement(request, pk)
    require(reader(request), Permission.DRAFT_AGREEMENT, shown.engagement)
    if not shown.is_draft:
        messages.error(request, _("A signed version cannot be changed."))
        return redirect(shown)

    def save(**typed: Any) -> Agreement:
        return agreement_services.edit_draft(
            agreement=shown, by=reader(request), **typed
        )

    return _draft(request, shown.engagement, save, shown)


def _draft(
    request: HttpRequest,
    engagement: Engagement,
    save: Callable[..., Agreement],
    draft: Agreement | None = None,
) -> HttpResponse:
    form = DraftForm(request.POST or None, initial=pages.draft_typed(draft))
    criteria = CriterionLines(
        request.POST or None,
        initial=pages.criteria_typed(draft),
        form_kwargs={"shape": engagement.shape},
    )
    terms = TermsForm(
        request.POST or None,
        shape=engagement.shape,
        terms=None if draft is None else draft.agreed_terms,
        prefix="terms",
    )
    if form.is_valid() and terms.is_valid() and criteria.is_valid():
        try:
            saved = save(
                criteria=drafts_of(criteria), terms=terms.terms(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(saved)
    context = {"engagement": engagement, "tab": "agreement", "draft": draft}
    context |= {"form": form, "terms": terms, "criteria": criteria}
    return render(request, "projects/agreement_form.html", context)


@require_GET
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One version with its lines, signatures and digest."""
    shown = _agreement(request, pk)
    held = permissions_of(reader(request), shown.engagement)
    context = {
        "agreement": shown,
        "terms": term_lines(shown.agreed_terms, shown.engagement.shape),
        "engagement": shown.engagement,
        "tab": "agreement",
        "side": pages.side_to_sign(shown, held),
        "signatures": pages.signatures(shown),
        "may_edit": shown.is_draft and Permission.DRAFT_AGREEMENT in held,
    }
    return render(request, "projects/agreement.html", context)


@require_http_methods(["GET", "POST"])
def agreement_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for the reader's side."""
    shown = _agreement(request, pk)
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
    context = {
        "agreement": shown,
        "terms": term_lines(shown.agreed_terms, shown.engagement.shape),
        "engagement": shown.engagement,
        "tab": "agreement",
        "form": form,
        "side": side,
        "signatures": pages.signatures(shown),
        "sentence": agreement_services.sentence_of(shown, get_language() or "ja"),
    }
    return render(request, "projects/agreement_sign.html", context)


@require_http_methods(["GET", "POST"])
def agreement_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse an offered version with a reason."""
    shown = _agreement(request, pk)
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
