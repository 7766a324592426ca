"""People's hours on an engagement: who, when, how long, at what an hour costs.

What an hour of a person costs is the provider's own affair: the customer's people read
the hours and the yen of each month, and no names.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from costs.people_forms import TimesheetForm, WorkForm
from costs.services import people
from costs.sides import is_of_provider
from costs.tables import TableRefused
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from costs.models import WorkLog
    from projects.models import Engagement, User

LINES_A_PAGE = 50


def _writable(engagement: Engagement, by: User) -> tuple[list[User], bool]:
    """Whose hours the reader writes, and whether that is everybody's.

    A manager writes everybody's, an engineer their own.
    """
    may = permissions_of(by, engagement)
    if Permission.EDIT_ENGAGEMENT in may:
        return people.people_of(engagement), True
    return [by] if Permission.RECORD_COST in may else [], False


@require_GET
def hours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hours and yen by month, and for the provider's people every line."""
    engagement = engagement_or_404(request, pk)
    logs = engagement.work_logs.select_related("worked_by")
    months = (
        logs.order_by()
        .annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(hours=Sum("hours"), yen=Sum("cost_yen"))
        .order_by("-month")
    )
    listed = list(months)
    by_name = is_of_provider(reader(request), engagement)
    writable, writes_all = _writable(engagement, reader(request))
    context = {
        "engagement": engagement,
        "tab": "costs",
        "part": "hours",
        "months": listed,
        "hours": sum((one["hours"] for one in listed), Decimal(0)),
        "yen": sum((one["yen"] for one in listed), Decimal(0)),
        "by_name": by_name,
        "page": Paginator(logs if by_name else logs.none(), LINES_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "writable": {one.pk for one in writable},
        "writes_all": writes_all,
    }
    return render(request, "costs/hours/hours.html", context)


@require_http_methods(["GET", "POST"])
def hours_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write a day's hours."""
    engagement = engagement_or_404(request, pk)
    writable, _all = _writable(engagement, reader(request))
    require(reader(request), Permission.RECORD_COST, engagement)
    form = WorkForm(request.POST or None, people=writable)
    if form.is_valid():
        try:
            people.record(engagement=engagement, work=form.work(), by=reader(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The hours were written; the spend follows."))
            return redirect("costs:hours", engagement.pk)
    return _form(request, engagement, form)


@require_http_methods(["GET", "POST"])
def hours_edit(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """Correct a line."""
    engagement, log, writable = _log(request, pk, line)
    fields = ("worked_by", "day", "hours", "yen_an_hour", "note")
    initial = {name: getattr(log, name) for name in fields}
    form = WorkForm(request.POST or None, people=writable, initial=initial)
    if form.is_valid():
        try:
            people.correct(log=log, work=form.work(), by=reader(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The line was corrected; the spend follows."))
            return redirect("costs:hours", engagement.pk)
    return _form(request, engagement, form, log)


@require_http_methods(["GET", "POST"])
def hours_remove(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """Ask once more, then take a line back."""
    engagement, log, _people = _log(request, pk, line)
    if request.method == "POST":
        try:
            people.remove(log=log, by=reader(request))
        except ValidationError as late:
            messages.error(request, joined(late.messages))
        else:
            messages.success(request, _("The line was removed and the spend lowered."))
        return redirect("costs:hours", engagement.pk)
    context = {"engagement": engagement, "tab": "costs", "part": "hours", "log": log}
    return render(request, "costs/hours/remove.html", context)


@require_http_methods(["GET", "POST"])
def timesheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take in a time sheet, whole or not at all."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.RECORD_COST, engagement)
    form = TimesheetForm(request.POST or None, request.FILES or None)
    refused: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            taken = people.take_timesheet(
                engagement=engagement,
                content=form.cleaned_data["file"].read(),
                yen_an_hour=form.cleaned_data["yen_an_hour"],
                by=reader(request),
            )
        except TableRefused as fault:
            refused = fault.sentences(get_language() or "ja")
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, _taken(taken))
            return redirect("costs:hours", engagement.pk)
    context = {
        "engagement": engagement,
        "tab": "costs",
        "part": "hours",
        "form": form,
        "refused": refused,
    }
    return render(request, "costs/hours/timesheet.html", context)


def _taken(taken: people.Taken) -> str:
    new = ngettext(
        "%(n)d line was taken in.", "%(n)d lines were taken in.", taken.added
    ) % {"n": taken.added}
    if not taken.known:
        return new
    known = ngettext(
        "%(n)d line was there already and is unchanged.",
        "%(n)d lines were there already and are unchanged.",
        taken.known,
    ) % {"n": taken.known}
    return f"{new} {known}"


def _log(
    request: HttpRequest, pk: UUID, line: int
) -> tuple[Engagement, WorkLog, list[User]]:
    """A line that the reader may change, and whose hours they write.

    PermissionDenied for another's line; one who has left the team can still be named.
    """
    engagement = engagement_or_404(request, pk)
    writable, writes_all = _writable(engagement, reader(request))
    require(reader(request), Permission.RECORD_COST, engagement)
    log = get_object_or_404(engagement.work_logs.select_related("worked_by"), pk=line)
    if log.worked_by not in writable:
        if not writes_all:
            raise PermissionDenied(_("You may enter only your own hours."))
        writable.append(log.worked_by)
    log.engagement = engagement
    return engagement, log, writable


def _form(
    request: HttpRequest,
    engagement: Engagement,
    form: WorkForm,
    log: WorkLog | None = None,
) -> HttpResponse:
    context = {
        "engagement": engagement,
        "tab": "costs",
        "part": "hours",
        "form": form,
        "log": log,
    }
    return render(request, "costs/hours/form.html", context)
