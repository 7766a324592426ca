"""One question with what hangs on it: evidence, its task, who is to answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from projects.assessing.forms import (
    EVIDENCE_FORMS,
    AssignForm,
    DoneForm,
    TaskForm,
)
from projects.assessing.rounds import past_answers, taking_part
from projects.http import engagement_or_404, reader
from projects.models import Evidence, EvidenceForm, Task
from projects.permissions import Permission, can, require
from projects.services import assignments, tasks
from projects.services.evidence import may_back
from projects.templatetags.times import joined
from projects.views.feasibility import sheet_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseRedirect

    from projects.models import Engagement


@require_GET
@vary_on_headers("HX-Request")
def item(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """A question by itself; to htmx only what the sheet does not show already."""
    engagement = engagement_or_404(request, pk)
    context = _shown(request, engagement, item)
    if request.headers.get("HX-Request"):
        return render(request, "projects/_item_more.html", context)
    return render(request, "projects/item.html", context | {"is_alone": True})


# Any: what a template shows; a refused form takes the place of an empty one.
def _shown(
    request: HttpRequest, engagement: Engagement, item_id: str, **refused: Form
) -> dict[str, Any]:
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    sheet = sheet_of(request, assessment)
    if item_id not in sheet.questions:
        raise Http404
    user = reader(request)
    pieces = list(
        engagement.evidence.filter(item_id=item_id).select_related(
            "added_by", "superseded_by"
        )
    )
    current = [piece for piece in pieces if piece.was_current(None)]
    task = next((each for each in sheet.undone if each.item_id == item_id), None)
    may_manage = engagement.is_open and can(user, Permission.ANSWER, engagement)
    context: dict[str, Any] = {
        "engagement": engagement,
        "tab": "feasibility",
        "assessment": assessment,
        "sheet": sheet,
        "q": sheet.questions[item_id],
        "current": current,
        "superseded": [piece for piece in pieces if piece not in current][::-1],
        "task": task,
        "tasks_done": [each for each in sheet.done if each.item_id == item_id],
        "may_finish": task is not None
        and engagement.is_open
        and (may_manage or task.owner_id == user.pk),
        "may_back": engagement.is_open and may_back(user, engagement, item_id),
        "may_manage": may_manage,
        "past": past_answers(sheet, item_id),
    }
    if context["may_back"]:
        context |= {
            f"{kind}_form": form(current=current, auto_id=f"{kind}_{item_id}_%s")
            for kind, form in EVIDENCE_FORMS.items()
        }
    if context["may_finish"]:
        context["done_form"] = DoneForm(current=current, auto_id=f"done_{item_id}_%s")
    if may_manage:
        everybody, able = taking_part(engagement)
        assignee = sheet.assignees.get(item_id)
        context["task_form"] = TaskForm(
            people=everybody,
            auto_id=f"task_{item_id}_%s",
            initial={"what": task.what, "owner": task.owner_id, "due_on": task.due_on}
            if task
            else None,
        )
        context["assign_form"] = AssignForm(
            people=able,
            auto_id=f"assign_{item_id}_%s",
            initial={"assignee": assignee and assignee.pk},
        )
    return context | refused


def _asked_of(request: HttpRequest, pk: UUID, item_id: str) -> Engagement:
    """The engagement, if its newest round knows the question."""
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    if all(item.id != item_id for item in assessment.checklist.items):
        raise Http404
    return engagement


def _back(
    request: HttpRequest, engagement: Engagement, item_id: str
) -> HttpResponseRedirect:
    """To where the form stood: the question by itself, or its place in the sheet."""
    if request.POST.get("back") == "item":
        return redirect("projects:item", engagement.pk, item_id)
    sheet = reverse("projects:feasibility", args=[engagement.pk])
    return redirect(f"{sheet}#{item_id}")


def _refused(
    request: HttpRequest, engagement: Engagement, item_id: str, **form: Form
) -> HttpResponse:
    """The question by itself with the form as it was typed, and what is wrong."""
    context = _shown(request, engagement, item_id, **form) | {"is_alone": True}
    return render(request, "projects/item.html", context)


@require_POST
def evidence_add(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """One more piece of evidence, or one instead of an older."""
    engagement = _asked_of(request, pk, item)
    if not may_back(reader(request), engagement, item):
        raise PermissionDenied
    kind = request.POST.get("form", "")
    current = engagement.evidence.current().filter(item_id=item)
    make = EVIDENCE_FORMS.get(kind, EVIDENCE_FORMS[EvidenceForm.FILE.value])
    form = make(request.POST, request.FILES, current=current)
    if form.is_valid():
        try:
            piece = form.attach(engagement=engagement, item_id=item, by=reader(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(
                request,
                _("“%(name)s” is kept as evidence of %(item)s.")
                % {"name": piece.name, "item": item},
            )
            return _back(request, engagement, item)
    return _refused(request, engagement, item, **{f"{make.kind}_form": form})


@require_GET
def evidence_file(request: HttpRequest, pk: UUID) -> FileResponse:
    """Hand over a file of evidence, never to be shown as a page of ours."""
    visible = Evidence.objects.visible_to(reader(request))
    piece = get_object_or_404(visible.filter(form=EvidenceForm.FILE), pk=pk)
    try:
        content = piece.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(
        content,
        as_attachment=True,
        filename=piece.name,
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def assign(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Ask somebody to answer the question."""
    engagement = _asked_of(request, pk, item)
    require(reader(request), Permission.ANSWER, engagement)
    _everybody, able = taking_part(engagement)
    form = AssignForm(request.POST, people=able)
    if not form.is_valid():
        return _refused(request, engagement, item, assign_form=form)
    assignments.assign_item(
        engagement=engagement,
        item_id=item,
        assignee=form.cleaned_data["assignee"],
        by=reader(request),
    )
    return _back(request, engagement, item)


@require_POST
def task_plan(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Open the task of a question, or change it."""
    engagement = _asked_of(request, pk, item)
    require(reader(request), Permission.ANSWER, engagement)
    everybody, _able = taking_part(engagement)
    form = TaskForm(request.POST, people=everybody)
    if form.is_valid():
        try:
            tasks.plan_task(
                engagement=engagement,
                item_id=item,
                by=reader(request),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _back(request, engagement, item)
    return _refused(request, engagement, item, task_form=form)


def _task(request: HttpRequest, pk: int) -> Task:
    visible = Task.objects.visible_to(reader(request))
    return get_object_or_404(visible.select_related("engagement"), pk=pk)


@require_POST
def task_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a task with the evidence that it is done."""
    task = _task(request, pk)
    if not tasks.may_finish(reader(request), task):
        raise PermissionDenied
    current = task.engagement.evidence.current().filter(item_id=task.item_id)
    form = DoneForm(request.POST, current=current)
    if form.is_valid():
        try:
            tasks.finish_task(task=task, by=reader(request), **form.cleaned_data)
        except ValidationError as refusal:
            messages.error(request, joined(refusal.messages))
        return _back(request, task.engagement, task.item_id)
    return _refused(request, task.engagement, task.item_id, done_form=form)


@require_POST
def task_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a task back."""
    task = _task(request, pk)
    try:
        tasks.drop_task(task=task, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
    return _back(request, task.engagement, task.item_id)
