"""What a visitor without an account sees: the form behind a link, and their intake.

These pages say nothing of anybody else: who lacks the secret in the address finds
nothing, and neither caches nor search engines keep them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)
from redis.exceptions import RedisError

from projects.intake_forms import AnswerToAskForm, VisitForm
from projects.models import Intake, IntakeStatus, Invitation
from projects.services import intake as intake_services

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, token: str) -> HttpResponse:
    """File an intake with an invitation link."""
    known = Invitation.objects.of_token(token).select_related("organisation")
    invitation = known.first()
    if invitation is None:
        return _shown(request, "visit/unknown.html", {}, 404)
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
    shown = _intake(token)
    if shown is None:
        return _shown(request, "visit/unknown.html", {}, 404)
    return _page(request, shown, AnswerToAskForm())


@login_not_required
@never_cache
@require_POST
def visit_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer that question."""
    shown = _intake(token)
    if shown is None:
        return _shown(request, "visit/unknown.html", {}, 404)
    form = AnswerToAskForm(request.POST)
    if form.is_valid() and _in_time(request, token, form):
        try:
            intake_services.answer(intake=shown, by=None, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:visit_intake", token)
    return _page(request, shown, form)


def _intake(token: str) -> Intake | None:
    # Who has an account reads and answers signed in, and only so.
    of_visitors = Intake.objects.filter(asked_by__isnull=True)
    return of_visitors.select_related("provider").filter(token=token).first()


def _in_time(request: HttpRequest, token: str, form: forms.BaseForm) -> bool:
    """Whether not too much came by this link or from this place lately."""
    try:
        if ratelimit.consume(request, action="visit", key=token):
            return True
    except RedisError:
        # Uncounted, anybody could fill the table.
        logger.exception("The cache is gone: visitors wait.")
        why, status = (
            _(
                "Nothing can be sent just now. What you typed is still here: send it "
                "again in a minute."
            ),
            503,
        )
    else:
        why, status = (
            _(
                "Too much was sent from here lately. What you typed is still here: "
                "send it again in an hour."
            ),
            429,
        )
    form.add_error(None, why)
    form.status = status  # type: ignore[attr-defined]
    return False


def _status_of(form: forms.BaseForm) -> int:
    return getattr(form, "status", 200)


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
    # The address is the key: it is told to no other site. Not "no-referrer", for then
    # browsers hide where a form was sent from, and it would be refused as forged.
    response["Referrer-Policy"] = "same-origin"
    return response
