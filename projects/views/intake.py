"""Filing an intake, reading it, and answering it from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from projects.forms import ReasonForm
from projects.http import intake_or_404, reader
from projects.intake_forms import (
    AcceptForm,
    AnswerToAskForm,
    IntakeForm,
    QuestionForm,
)
from projects.models import Intake, IntakeStatus
from projects.permissions import MANAGING, require_role, roles_in
from projects.services import intake as intake_services

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django import forms
    from django.http import HttpRequest, HttpResponse


@require_GET
def intakes(request: HttpRequest) -> HttpResponse:
    """What the reader filed, and what waits for them as a manager."""
    visible = Intake.objects.visible_to(reader(request)).by_need()
    listed = visible.select_related("customer", "provider")
    context = {
        "page": Paginator(listed, 50).get_page(request.GET.get("page")),
        "tab": "intakes",
        "waiting": Intake.objects.waiting_for(reader(request)).count(),
        "may_file": intake_services.may_file(reader(request)),
    }
    return render(request, "projects/intakes.html", context)


@require_http_methods(["GET", "POST"])
def intake_new(request: HttpRequest) -> HttpResponse:
    """File an intake."""
    if not intake_services.may_file(reader(request)):
        raise PermissionDenied(_("Only who belongs to an organisation can do this."))
    form = IntakeForm(request.POST or None, reader=reader(request))
    if form.is_valid():
        filed = intake_services.file_intake(by=reader(request), **form.cleaned_data)
        messages.success(
            request, _("The intake was filed. You are told when it is answered.")
        )
        return redirect(filed)
    return render(request, "projects/intake_new.html", {"form": form})


@require_GET
def intake(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One intake: what is asked, what was said to it, what may be done now."""
    shown = intake_or_404(request, pk)
    return _page(request, shown, AnswerToAskForm())


@require_POST
def intake_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the question it came back with."""
    shown = intake_or_404(request, pk)
    intake_services.require_asker(reader(request), shown)
    form = AnswerToAskForm(request.POST)
    if form.is_valid():
        try:
            intake_services.answer(
                intake=shown, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(shown)
    return _page(request, shown, form)


@require_http_methods(["GET", "POST"])
def intake_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it on; only what is missing is asked."""
    shown = _to_answer(request, pk)
    form = AcceptForm(request.POST or None, intake=shown, reader=reader(request))

    def act(**typed: Any) -> str:
        made = intake_services.accept(intake=shown, by=reader(request), **typed)
        return made.get_absolute_url()

    return _act(request, shown, form, act, "projects/intake_accept.html")


@require_http_methods(["GET", "POST"])
def intake_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send it back with a question."""
    shown = _to_answer(request, pk)

    def act(**typed: Any) -> str:
        intake_services.ask(intake=shown, by=reader(request), **typed)
        return shown.get_absolute_url()

    form = QuestionForm(request.POST or None)
    return _act(request, shown, form, act, "projects/intake_ask.html")


@require_http_methods(["GET", "POST"])
def intake_decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say no, with a reason."""
    shown = _to_answer(request, pk)

    def act(**typed: Any) -> str:
        intake_services.decline(intake=shown, by=reader(request), **typed)
        return shown.get_absolute_url()

    form = ReasonForm(request.POST or None)
    return _act(request, shown, form, act, "projects/intake_decline.html")


def _to_answer(request: HttpRequest, pk: UUID) -> Intake:
    shown = intake_or_404(request, pk)
    require_role(reader(request), shown.provider, *MANAGING)
    return shown


def _act(
    request: HttpRequest,
    shown: Intake,
    form: forms.BaseForm,
    act: Callable[..., str],
    template: str,
) -> HttpResponse:
    """Ask by one form for what one service takes."""
    if form.is_valid():
        try:
            return redirect(act(**form.cleaned_data))
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return render(request, template, {"form": form, "intake": shown})


def _page(request: HttpRequest, shown: Intake, form: forms.Form) -> HttpResponse:
    asked = shown.status == IntakeStatus.ASKED
    context = {
        "intake": shown,
        "remarks": shown.remarks.select_related("by"),
        "may_answer": asked and shown.asked_by == reader(request),
        "may_decide": not shown.is_decided
        and bool(roles_in(reader(request), shown.provider) & set(MANAGING)),
        "form": form,
    }
    return render(request, "projects/intake.html", context)
