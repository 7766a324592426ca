"""The certificate of an accepted stage: page, PDF, and the page that checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from evaluation import certificate as certificates
from evaluation.models import Review, ReviewStatus
from projects.http import reader
from projects.views.papers import pdf_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


def _accepted(request: HttpRequest, pk: UUID) -> Review:
    """An accepted stage; of one that is not there is no certificate."""
    visible = Review.objects.visible_to(reader(request)).select_related(
        *("engagement__customer", "engagement__provider"), "agreement", "run__upload"
    )
    return get_object_or_404(visible, pk=pk, status=ReviewStatus.ACCEPTED)


# Any: what a template shows.
def _words(request: HttpRequest, review: Review) -> dict[str, Any]:
    seal = certificates.seal_of(review)[: certificates.SEAL]
    path = reverse("evaluation:verify", args=[review.pk])
    return certificates.words_of(
        review,
        by=reader(request),
        at=timezone.now(),
        language=request.GET.get("in"),
        address=request.build_absolute_uri(f"{path}?seal={seal}"),
    )


@require_GET
def certificate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The certificate, to read and to print."""
    review = _accepted(request, pk)
    context = {
        "engagement": review.engagement,
        "review": review,
        "words": _words(request, review),
    }
    return render(request, "evaluation/certificate.html", context)


@require_GET
def certificate_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same certificate as a PDF."""
    review = _accepted(request, pk)
    name = f"kenshu-certificate-{review.stage}.pdf"
    return pdf_of("certificate", _words(request, review), name)


@require_GET
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether what the certificate says is still what was signed."""
    review = _accepted(request, pk)
    found = certificates.checks(review, request.GET.get("seal"))
    context = {
        "engagement": review.engagement,
        "tab": "stages",
        "review": review,
        "checks": found,
        "holds": all(check.holds for check in found),
        "seal": certificates.seal_of(review),
    }
    return render(request, "evaluation/verify.html", context)
