"""The page on which an executive accepts the errors of an operating point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from evaluation import acceptances
from evaluation.acceptance_forms import PointForm
from evaluation.models import Run
from projects.forms import SignForm
from projects.http import reader
from projects.permissions import Permission, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
def errors_accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What would be accepted, the sentence, and the signature under it."""
    visible = Run.objects.visible_to(reader(request)).select_related(
        "agreement__engagement__customer"
    )
    run = get_object_or_404(visible, pk=pk)
    engagement = run.agreement.engagement
    require(reader(request), Permission.ACCEPT_ERRORS, engagement)
    typed = request.POST or request.GET
    until = acceptances.usual_end(run.agreement, timezone.localdate())
    # Opened without a point, nothing was typed yet that could be wrong.
    usual: dict[str, Any] = {"until": until.isoformat()}
    given = {key: typed[key] for key in ("at", "until") if typed.get(key)}
    asked = usual | given if "at" in typed else None
    point = PointForm(asked, initial=usual)
    form = SignForm(request.POST or None)
    offered, why_not = None, ""
    if point.is_valid():
        try:
            acceptances.check_time(run, point.cleaned_data["until"])
            offered = acceptances.offer(run, point.cleaned_data["at"])
        except ValidationError as not_now:
            why_not = joined(not_now.messages)
    if offered is not None and form.is_valid():
        try:
            acceptances.accept_errors(
                run=run,
                password=form.cleaned_data["password"],
                by=reader(request),
                **point.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The errors are accepted."))
            return redirect(run)
    context = {
        "engagement": engagement,
        "run": run,
        "point": point,
        "form": form,
        "offered": offered,
        "why_not": why_not,
        "sentences": []
        if offered is None
        else [
            (
                language,
                acceptances.sentence_of(
                    offered.borne,
                    point.cleaned_data["until"],
                    language,
                    are_cases=offered.are_cases,
                ),
            )
            for language in _languages(reader(request).language)
        ],
    }
    return render(request, "evaluation/errors_accept.html", context)


def _languages(own: str) -> tuple[str, str]:
    return ("ja", "en") if own.startswith("ja") else ("en", "ja")
