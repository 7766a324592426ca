"""What a visitor without an account sees: the form behind a link, and their intake.

These pages say nothing of anybody else: who lacks the secret in the address finds
nothing, and neither caches nor search engines keep them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from projects.intake_forms import AnswerToAskForm, VisitForm
from projects.models import Intake, IntakeStatus, Invitation
from projects.services import intake as intake_services

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, token: str) -> HttpResponse:
    """File an intake with an invitation link."""
    known = Invitation.objects.of_token(token).select_related("organisation")
    invitation = get_object_or_404(known)
    if not known.usable(now=timezone.now()).exists():
        return _shown(request, "visit/closed.html", {}, 410)
    form = VisitForm(request.POST or None, invitation=invitation)
    if form.is_valid() and _in_time(request, token, form):
        try:
            filed = intake_services.file_by_visitor(
                invitation=invitation,
                language=get_language() or "ja",
                **form.typed(),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:visit_intake", filed.token)
    context = {"form": form, "invitation": invitation}
    return _shown(request, "visit/form.html", context, _status_of(form))


@login_not_required
@never_cache
@require_GET
def visit_intake(request: HttpRequest, token: str) -> HttpResponse:
    """The visitor's own intake: where it stands, and the question it came back with."""
    return _page(request, _intake(token), AnswerToAskForm())


@login_not_required
@never_cache
@require_POST
def visit_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer that question."""
    shown = _intake(token)
    form = AnswerToAskForm(request.POST)
    if form.is_valid() and _in_time(request, token, form):
        try:
            intake_services.answer(intake=shown, by=None, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:visit_intake", token)
    return _page(request, shown, form)


def _intake(token: str) -> Intake:
    # Who has an account reads and answers signed in, and only so.
    of_visitors = Intake.objects.filter(asked_by__isnull=True)
    return get_object_or_404(of_visitors.select_related("provider"), token=token)


def _in_time(request: HttpRequest, token: str, form: forms.BaseForm) -> bool:
    """Whether not too much came by this link or from this place lately."""
    if ratelimit.consume(request, action="visit", key=token):
        return True
    form.add_error(
        None,
        _(
            "Too much was sent from here lately. What you typed is still here: send it "
            "again in an hour."
        ),
    )
    form.too_often = True  # type: ignore[attr-defined]  # for the answer's status
    return False


def _status_of(form: forms.BaseForm) -> int:
    return 429 if getattr(form, "too_often", False) else 200


def _page(request: HttpRequest, shown: Intake, form: forms.Form) -> HttpResponse:
    context = {
        "intake": shown,
        "remarks": shown.remarks.all(),
        "may_answer": shown.status == IntakeStatus.ASKED,
        "form": form,
    }
    return _shown(request, "visit/intake.html", context, _status_of(form))


def _shown(
    request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    # The address is the key: it is told to no other site.
    response["Referrer-Policy"] = "no-referrer"
    return response
