"""Writing a draft: one criterion or one part at a time, with what it says in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)
from django.views.decorators.vary import vary_on_headers

from projects import draft_forms, pages
from projects.http import agreement_or_404, engagement_or_404, reader
from projects.permissions import Permission, permissions_of, require
from projects.promised import promise_of
from projects.services import drafting
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from projects.models import Agreement


@dataclass(frozen=True, slots=True)
class Kind:
    """A part of a draft: its heading, what is asked, and the act that keeps it."""

    title: _StrPromise
    lede: _StrPromise
    form: type[draft_forms.PartForm | draft_forms.TermsPart]
    # What the act takes differs by part; the form gives exactly that.
    keep: Callable[..., Agreement]


PARTS: Final[Mapping[str, Kind]] = {
    "reason": Kind(
        gettext_lazy("Why this version"),
        gettext_lazy("One or two sentences that a manager reads aloud."),
        draft_forms.ReasonPart,
        drafting.set_reason,
    ),
    "conditions": Kind(
        gettext_lazy("What is expected and compared"),
        gettext_lazy("How much comes, what is to be beaten, and by which truth."),
        draft_forms.ConditionsPart,
        drafting.set_conditions,
    ),
    "terms": Kind(
        gettext_lazy("How it is measured, and what errors cost"),
        gettext_lazy("Empty keeps what is usual. Costs may carry two estimates."),
        draft_forms.TermsPart,
        drafting.set_terms,
    ),
    "budget": Kind(
        gettext_lazy("Error budget"),
        gettext_lazy("The errors that management will bear, and until when."),
        draft_forms.BudgetPart,
        drafting.set_budget,
    ),
    "stop": Kind(
        gettext_lazy("Stop line"),
        gettext_lazy("Past it the work stops, unless management decides otherwise."),
        draft_forms.StopPart,
        drafting.set_stop,
    ),
}


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin the next version."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.DRAFT_AGREEMENT, engagement)
    form = draft_forms.BeginForm(request.POST or None, engagement=engagement)
    if form.is_valid():
        try:
            draft = drafting.begin_draft(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:agreement_edit", draft.pk)
    context = {"engagement": engagement, "tab": "agreement", "form": form}
    return render(request, "projects/agreement_new.html", context)


@require_GET
def agreement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as it stands, with a way to change each part."""
    draft = _draft(request, pk)
    if not draft.is_draft:
        return _signed(request, draft)
    held = permissions_of(reader(request), draft.engagement)
    context = pages.agreement(draft) | {
        "tab": "agreement",
        "side": pages.side_to_sign(draft, held),
    }
    return render(request, "projects/agreement_edit.html", context)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def agreement_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Change one part of a draft that nobody has signed."""
    if part not in PARTS:
        raise Http404
    draft = _draft(request, pk)
    if not draft.is_draft:
        return _signed(request, draft)
    kind = PARTS[part]
    given: dict[str, Any] = {"promise": promise_of(draft)}
    if part == "conditions":
        given["draft"] = draft
    form = kind.form(request.POST or None, **given)

    def keep() -> Agreement:
        return kind.keep(agreement=draft, by=reader(request), **form.typed())

    said = {"title": kind.title, "lede": kind.lede, "is_terms": part == "terms"}
    return _typed(request, draft, form, keep, **said)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def criterion_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a criterion to a draft."""
    draft = _draft(request, pk)
    return _criterion(request, draft, None, _("Add a criterion"))


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def criterion_edit(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Change a criterion of a draft."""
    draft = _draft(request, pk)
    get_object_or_404(draft.criteria, pk=line)
    return _criterion(request, draft, line, _("Change a criterion"))


@require_POST
def criterion_remove(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Take a criterion out of a draft."""
    draft = _draft(request, pk)
    try:
        drafting.take_out_line(agreement=draft, known=line, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
        return redirect(draft)
    return redirect("projects:agreement_edit", draft.pk)


def _criterion(
    request: HttpRequest, draft: Agreement, known: int | None, title: str
) -> HttpResponse:
    if not draft.is_draft:
        return _signed(request, draft)
    line = None if known is None else draft.criteria.get(pk=known).as_line()
    form = draft_forms.LinePart(
        request.POST or None, promise=promise_of(draft), line=line
    )

    def keep() -> Agreement:
        return drafting.set_line(
            agreement=draft, known=known, by=reader(request), **form.typed()
        )

    lede = _("One thing to be kept, in the words of the field; the line below says it.")
    return _typed(request, draft, form, keep, title=title, lede=lede, is_line=True)


def _typed(
    request: HttpRequest,
    draft: Agreement,
    form: draft_forms.PartForm | draft_forms.TermsPart,
    keep: Callable[[], Agreement],
    # Any: a heading may still wait for its language.
    **said: Any,
) -> HttpResponse:
    """Show a form with its words; keep it only when that is asked for."""
    alone = bool(request.headers.get("HX-Request"))
    shows = alone or "preview" in request.POST
    if form.is_valid() and not shows:
        try:
            keep()
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:agreement_edit", draft.pk)
    # What is only looked at is not refused: it says where it cannot be read yet.
    readable = form.is_valid()
    told = form.told() if readable else () if form.is_bound else form.now()
    context = {
        "engagement": draft.engagement,
        "draft": draft,
        "tab": "agreement",
        "form": form,
        "told": told,
        "doubt": form.doubt() if readable else None,
        **said,
    }
    page = "_preview" if alone else "agreement_part"
    return render(request, f"projects/{page}.html", context)


def _draft(request: HttpRequest, pk: int) -> Agreement:
    draft = agreement_or_404(request, pk)
    require(reader(request), Permission.DRAFT_AGREEMENT, draft.engagement)
    return draft


def _signed(request: HttpRequest, shown: Agreement) -> HttpResponse:
    messages.error(request, _("A signed version cannot be changed."))
    return redirect(shown)
