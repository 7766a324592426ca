"""Sheets to print: a round, and the letter of a declined engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects import letter as letters
from projects import round_paper
from projects.forms import DeclineForm
from projects.http import engagement_or_404, reader
from projects.models import Stage
from projects.paper import pdf
from projects.permissions import Permission, require
from projects.services import engagement as engagement_services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from projects.models import Assessment, Engagement

Words = dict[str, Any]  # what a sheet says, as its template reads it


def handed_over(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file to keep, never to be shown as a page of ours."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def pdf_of(template: str, words: Words, name: str) -> HttpResponse:
    """The sheet as a PDF to keep."""
    content = pdf(template, words, at=timezone.now())
    return handed_over(content, name, "application/pdf")


def _round(
    request: HttpRequest, pk: UUID, number: int
) -> tuple[Engagement, Assessment]:
    engagement = engagement_or_404(request, pk)
    rounds = engagement.assessments.select_related("issued_by")
    assessment = get_object_or_404(rounds, round=number)
    assessment.engagement = engagement
    return engagement, assessment


def _words_of_round(request: HttpRequest, assessment: Assessment) -> Words:
    return round_paper.words_of(
        assessment,
        by=reader(request),
        at=timezone.now(),
        language=request.GET.get("in"),
    )


@require_GET
def round_paper_page(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The sheet of one round, to read and to print."""
    engagement, assessment = _round(request, pk, number)
    context = {
        "engagement": engagement,
        "assessment": assessment,
        "words": _words_of_round(request, assessment),
    }
    return render(request, "projects/round_paper.html", context)


@require_GET
def round_pdf(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The same sheet as a PDF."""
    _engagement, assessment = _round(request, pk, number)
    name = round_paper.file_name(assessment, "pdf")
    return pdf_of("assessment", _words_of_round(request, assessment), name)


def _words_of_letter(request: HttpRequest, engagement: Engagement) -> Words:
    """Both sides read the letter; before that, who may decline reads a draft of it."""
    if engagement.stage != Stage.DECLINED:
        require(reader(request), Permission.EDIT_ENGAGEMENT, engagement)
    return letters.words_of(
        engagement,
        by=reader(request),
        at=timezone.now(),
        language=request.GET.get("in"),
    )


@require_GET
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The letter of a declined engagement, to read and to print."""
    engagement = engagement_or_404(request, pk)
    words = _words_of_letter(request, engagement)
    context = {"engagement": engagement, "words": words}
    return render(request, "projects/letter.html", context)


@require_GET
def letter_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same letter as a PDF."""
    words = _words_of_letter(request, engagement_or_404(request, pk))
    return pdf_of("letter", words, "kenshu-letter.pdf")


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say no, with a reason in both languages that the verdict proposes."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.EDIT_ENGAGEMENT, engagement)
    if engagement.stage == Stage.DECLINED:
        return redirect("projects:letter", engagement.pk)
    proposed, stopping = letters.proposal(engagement, timezone.now())
    first = {"because": proposed.ja, "because_en": proposed.en}
    form = DeclineForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            engagement_services.decline(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("projects:letter", engagement.pk)
    context = {"form": form, "engagement": engagement, "stopping": stopping}
    return render(request, "projects/decline.html", context)
