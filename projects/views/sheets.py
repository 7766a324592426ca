"""A round as a workbook: taken away whole, or filled in elsewhere and brought back."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from projects import sheet_files
from projects.forms import FilledForm
from projects.http import engagement_or_404, reader
from projects.round_paper import file_name
from projects.services.filling import take_in
from projects.templatetags.times import joined
from projects.views.feasibility import sheet_of
from projects.views.papers import handed_over
from projects.workbook import WorkbookRefused
from projects.workbook.opening import MOST_BYTES

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from projects.assessing.sheet import Sheet
    from projects.models import Assessment
    from projects.workbook import Fault, Filled

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def round_xlsx(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Every question of one round with its answer and standing."""
    engagement = engagement_or_404(request, pk)
    rounds = engagement.assessments.select_related("issued_by")
    assessment = get_object_or_404(rounds, round=number)
    assessment.engagement = engagement
    content = sheet_files.whole_of(sheet_of(request, assessment), at=timezone.now())
    return handed_over(content, file_name(assessment, "xlsx"), XLSX)


def _open_round(request: HttpRequest, pk: UUID) -> Sheet:
    """The round that is open, for somebody who may answer some of it."""
    engagement = engagement_or_404(request, pk)
    assessment = engagement.assessments.filter(issued_at__isnull=True).first()
    if assessment is None or not engagement.is_open:
        raise Http404
    assessment.engagement = engagement
    sheet = sheet_of(request, assessment)
    if not sheet.answering:
        raise PermissionDenied(_("None of these questions is yours to answer."))
    return sheet


@require_GET
def open_xlsx(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The open questions of the reader, to be filled in."""
    sheet = _open_round(request, pk)
    content = sheet_files.form_of(sheet, at=timezone.now())
    name = f"kenshu-open-questions-{sheet.assessment.round}.xlsx"
    return handed_over(content, name, XLSX)


@require_http_methods(["GET", "POST"])
def fill_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the form, and show what a filled one would change."""
    sheet = _open_round(request, pk)
    is_sent = request.method == "POST"
    form = FilledForm(request.POST, request.FILES) if is_sent else FilledForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        assessment, by = sheet.assessment, reader(request)
        try:
            filled, faults = sheet_files.read(file.read(MOST_BYTES + 1), assessment, by)
        except WorkbookRefused as refused:
            form.add_error("file", refused.why.in_(sheet.language))
        else:
            name = PurePath(file.name).name[-120:]
            return _preview(request, assessment, filled, name, faults)
    context = {
        "engagement": sheet.engagement,
        "tab": "feasibility",
        "form": form,
        "open": len(sheet_files.asked_of(sheet)),
    }
    return render(request, "projects/fill_in.html", context)


def _preview(
    request: HttpRequest,
    assessment: Assessment,
    filled: list[Filled],
    file: str,
    faults: list[Fault],
) -> HttpResponse:
    plan = sheet_files.planned(filled, assessment)
    answered = {
        answer.item_id: answer
        for answer in assessment.answers.select_related("answered_by")
    }
    # Any: a clash beside the answer of somebody else, for the template.
    clashes: list[dict[str, Any]] = [
        {"change": clash, "theirs": answered[clash.item.id]} for clash in plan.clashes
    ]
    context = {
        "engagement": assessment.engagement,
        "tab": "feasibility",
        "file": file,
        "faults": faults,
        "plan": plan,
        "clashes": clashes,
        "payload": sheet_files.packed(filled, assessment, reader(request), file),
    }
    return render(request, "projects/fill_preview.html", context)


@require_POST
def fill_take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take in what was looked at; where somebody answered since, show that instead."""
    sheet = _open_round(request, pk)
    assessment, by = sheet.assessment, reader(request)
    kept = sheet_files.unpacked(request.POST.get("payload", ""), assessment, by)
    if kept is None:
        messages.error(request, _("This preview has expired. Choose the file again."))
        return redirect("projects:fill_in", pk)
    filled, file = kept
    plan = sheet_files.planned(filled, assessment)
    chosen = {c.item.id: request.POST.get(f"over-{c.item.id}") for c in plan.clashes}
    seen = {
        c.item.id: request.POST.get(f"seen-{c.item.id}") == str(c.stands.revision)
        for c in plan.clashes
        if c.stands
    }
    over = {item_id for item_id, choice in chosen.items() if choice == "form"}
    try:
        # A clash is settled only over the very answer that was looked at.
        if not all(seen.values()):
            raise ValidationError(_("Somebody answered since. Look at it again."))
        taken = take_in(assessment=assessment, rows=plan.rows(over), file=file, by=by)
    # An AnswerConflict among them: the preview then shows what stands there now.
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
    else:
        told = _("%(count)d answers from %(file)s are kept.")
        messages.success(request, told % {"count": len(taken), "file": file})
        return redirect("projects:feasibility", pk)
    return _preview(request, assessment, filled, file, [])
