"""Answering a round of the checklist and issuing its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import retarget

from projects.answer_words import answer_words
from projects.assessing.forms import AnswerForm, RoundForm
from projects.assessing.sheet import Sheet
from projects.http import engagement_or_404, reader
from projects.permissions import Permission, permissions_of
from projects.rounds import DUE_AT
from projects.services import feasibility as feasibility_services
from projects.services.assignments import answering
from projects.services.feasibility import AnswerConflict
from projects.services.upgrading import upgrade_offered
from projects.standing import Given
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from projects.models import Assessment, Engagement


def sheet_of(request: HttpRequest, assessment: Assessment) -> Sheet:
    """The round as this reader may use it."""
    user = reader(request)
    return Sheet(assessment, user, answering(user, assessment.engagement))


# Any: what a template shows.
def page_of(
    request: HttpRequest, engagement: Engagement, rounds: Sequence[Assessment]
) -> dict[str, Any]:
    """What the page of the newest round shows."""
    user = reader(request)
    held = permissions_of(user, engagement)
    context: dict[str, Any] = {
        "engagement": engagement,
        "tab": "feasibility",
        "rounds": rounds,
        "may_manage": engagement.is_open and Permission.ANSWER in held,
        "may_issue": engagement.is_open and Permission.ISSUE_ASSESSMENT in held,
        "may_waive": engagement.is_open and Permission.WAIVE in held,
        "held": held,
        "round_form": RoundForm(initial={"due": DUE_AT.get(engagement.stage)}),
    }
    if rounds:
        sheet = Sheet(rounds[0], user, answering(user, engagement, held))
        context |= {
            "sheet": sheet,
            "assessment": rounds[0],
            "offer": upgrade_offered(rounds[0]),
        }
    return context


def rounds_of(engagement: Engagement) -> list[Assessment]:
    """All rounds, the newest first."""
    return list(engagement.assessments.select_related("issued_by"))


@require_GET
def assess(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The feasibility page: what is asked now, and the verdict so far."""
    engagement = engagement_or_404(request, pk)
    context = page_of(request, engagement, rounds_of(engagement))
    return render(request, "projects/feasibility.html", context)


@require_POST
@vary_on_headers("HX-Request")
def answer(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Keep one answer; to htmx, say so and show the verdict it gives.

    Where somebody else answered meanwhile, show theirs beside this one.
    """
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    form = AnswerForm(request.POST)
    refused, kept = "", None
    try:
        if not form.is_valid():
            refused = form.told()
        else:
            kept = feasibility_services.give_answer(
                assessment=assessment,
                item_id=item,
                by=reader(request),
                **form.cleaned_data,
            )
    except AnswerConflict as conflict:
        return _clash(request, assessment, form, conflict)
    except ValidationError as refusal:
        refused = joined(refusal.messages)
    if request.headers.get("HX-Request"):
        return _kept(request, assessment, item, refused)
    if refused:
        messages.error(request, f"{item}: {_('That answer was not kept.')} {refused}")
    elif kept and kept.is_given:
        messages.success(request, _("The answer to %(item)s is kept.") % {"item": item})
    else:
        messages.success(
            request, _("The answer to %(item)s is taken back.") % {"item": item}
        )
    return redirect(reverse("projects:feasibility", args=[engagement.pk]) + f"#{item}")


def _kept(
    request: HttpRequest, assessment: Assessment, item: str, refused: str
) -> HttpResponse:
    sheet = sheet_of(request, assessment)
    held = permissions_of(reader(request), assessment.engagement)
    question = sheet.questions.get(item)
    stood = request.POST.get("stands", "")
    context = {
        "engagement": assessment.engagement,
        "assessment": assessment,
        "sheet": sheet,
        "q": question,
        "refused": refused,
        # What has the focus is never swapped: only what reads otherwise now.
        "renews": question
        and (question.is_number or question.standing != stood or bool(refused)),
        "others": sheet.depending_on(item),
        "may_manage": Permission.ANSWER in held,
        "may_issue": Permission.ISSUE_ASSESSMENT in held,
        "may_waive": Permission.WAIVE in held,
    }
    return render(request, "projects/_answer_kept.html", context)


def _clash(
    request: HttpRequest,
    assessment: Assessment,
    form: AnswerForm,
    conflict: AnswerConflict,
) -> HttpResponse:
    """Both answers, to choose between; with and without JavaScript."""
    theirs, typed = conflict.theirs, form.cleaned_data
    item = assessment.checklist.item(theirs.item_id)
    language = get_language() or "ja"
    mine = Given(
        item.id,
        typed["value"] or None,
        typed["number"],
        does_not_apply=bool(typed["because"]),
    )
    clash = {
        "item_id": item.id,
        "theirs": theirs,
        "theirs_words": answer_words(item, theirs.given).in_(language),
        "mine": typed,
        "mine_words": answer_words(item, mine).in_(language),
    }
    engagement = assessment.engagement
    if request.headers.get("HX-Request"):
        context = {"engagement": engagement, "clash": clash}
        shown = render(request, "projects/_clash.html", context)
        return retarget(shown, f"#clash-{item.id}")
    context = page_of(request, engagement, rounds_of(engagement)) | {"clash": clash}
    return render(request, "projects/feasibility.html", context, status=409)


@require_POST
def issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Freeze the round with its verdict."""
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    seen = request.POST.get("seen", "")
    try:
        feasibility_services.issue_assessment(
            assessment=assessment,
            by=reader(request),
            seen=int(seen) if seen.isdecimal() else None,
        )
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
    return redirect("projects:feasibility", engagement.pk)
