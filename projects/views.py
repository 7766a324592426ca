"""Pages of what was asked and promised: load, permit, call one service, render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects import pages
from projects.catalogue import METRICS
from projects.forms import (
    AnswerForm,
    CriterionForm,
    DraftForm,
    EngagementForm,
    ReasonForm,
    SignForm,
)
from projects.http import engagement_or_404, reader
from projects.models import Agreement, Engagement, Event, Side, User
from projects.permissions import Permission, can, permissions_of, require
from projects.services import agreement as agreement_services
from projects.services import engagement as engagement_services
from projects.services import feasibility as feasibility_services

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

EVENTS_A_PAGE = 50


def _agreement(request: HttpRequest, pk: int) -> Agreement:
    visible = Agreement.objects.visible_to(reader(request))
    related = ("engagement__customer", "engagement__provider")
    return get_object_or_404(visible.select_related(*related), pk=pk)


@require_GET
def engagements(request: HttpRequest) -> HttpResponse:
    """Every engagement the reader may see, searched by name."""
    listed = Engagement.objects.visible_to(reader(request)).select_related(
        "customer", "owner"
    )
    wanted = request.GET.get("q", "").strip()
    if wanted:
        listed = listed.filter(name__icontains=wanted)
    page = Paginator(listed, 50).get_page(request.GET.get("page"))
    may_create = engagement_services.may_create(reader(request))
    context = {"page": page, "q": wanted, "may_create": may_create}
    return render(request, "projects/engagements.html", context)


@require_http_methods(["GET", "POST"])
def engagement_new(request: HttpRequest) -> HttpResponse:
    """Take an engagement on."""
    if not engagement_services.may_create(reader(request)):
        raise PermissionDenied
    form = EngagementForm(request.POST or None, reader=reader(request))
    if form.is_valid():
        try:
            made = engagement_services.create_engagement(
                by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return redirect("projects:feasibility", made.pk)
    return render(request, "projects/form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def engagement_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what an engagement says of itself."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.EDIT_ENGAGEMENT, engagement)
    form = EngagementForm(
        request.POST or None, instance=engagement, reader=reader(request)
    )
    if form.is_valid():
        try:
            engagement_services.edit_engagement(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            return redirect(engagement)
    context = {"form": form, "engagement": engagement}
    return render(request, "projects/form.html", context)


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say no, with a reason."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.EDIT_ENGAGEMENT, engagement)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            engagement_services.decline(
                engagement=engagement, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(engagement)
    context = {"form": form, "engagement": engagement}
    return render(request, "projects/form.html", context)


@require_GET
def assess(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The feasibility page: what is asked now, and the verdict so far."""
    engagement = engagement_or_404(request, pk)
    assessment = engagement.assessments.first()
    context = pages.feasibility(assessment) if assessment else {}
    context |= {
        "engagement": engagement,
        "tab": "feasibility",
        "may_answer": engagement.is_open
        and can(reader(request), Permission.ANSWER, engagement),
    }
    return render(request, "projects/feasibility.html", context)


@require_POST
def round_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start answering, or a new round from the last one's answers."""
    engagement = engagement_or_404(request, pk)
    try:
        feasibility_services.open_assessment(engagement=engagement, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("projects:feasibility", engagement.pk)


@require_POST
def answer(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Keep one answer; the page shows the verdict it gives."""
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            feasibility_services.give_answer(
                assessment=assessment,
                item_id=item,
                by=reader(request),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
    else:
        told = " ".join(
            f"{form[name].label}: {' '.join(map(str, errors))}"
            for name, errors in form.errors.items()
        )
        messages.error(request, _("That answer was not kept.") + f" {told}")
    return redirect(reverse("projects:feasibility", args=[engagement.pk]) + f"#{item}")


@require_POST
def issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Freeze the round with its verdict."""
    engagement = engagement_or_404(request, pk)
    assessment = get_object_or_404(engagement.assessments.all()[:1])
    try:
        feasibility_services.issue_assessment(assessment=assessment, by=reader(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("projects:feasibility", engagement.pk)


@require_GET
def agreements(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All versions of an engagement's agreement."""
    engagement = engagement_or_404(request, pk)
    context = {
        "engagement": engagement,
        "tab": "agreement",
        "agreements": engagement.agreements.all(),
        "may_draft": can(reader(request), Permission.DRAFT_AGREEMENT, engagement),
    }
    return render(request, "projects/agreements.html", context)


@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Draft the next version."""
    engagement = engagement_or_404(request, pk)
    require(reader(request), Permission.DRAFT_AGREEMENT, engagement)
    lines = formset_factory(CriterionForm, extra=3)
    form = DraftForm(request.POST or None)
    criteria = lines(request.POST or None, form_kwargs={"shape": engagement.shape})
    if form.is_valid() and criteria.is_valid():
        try:
            drafted = agreement_services.draft_agreement(
                engagement=engagement,
                criteria=[line.draft() for line in criteria if line.has_changed()],
                by=reader(request),
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(drafted)
    context = {"engagement": engagement, "tab": "agreement"}
    context |= {"form": form, "criteria": criteria}
    return render(request, "projects/agreement_form.html", context)


@require_GET
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One version with its lines, signatures and digest."""
    shown = _agreement(request, pk)
    held = permissions_of(reader(request), shown.engagement)
    context = {
        "agreement": shown,
        "engagement": shown.engagement,
        "tab": "agreement",
        "side": pages.side_to_sign(shown, held),
        "signatures": pages.signatures(shown),
    }
    return render(request, "projects/agreement.html", context)


@require_http_methods(["GET", "POST"])
def agreement_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for the reader's side."""
    shown = _agreement(request, pk)
    held = permissions_of(reader(request), shown.engagement)
    side = pages.side_to_sign(shown, held)
    if side is None:
        messages.error(request, _("There is nothing for you to sign here now."))
        return redirect(shown)
    form = SignForm(request.POST or None)
    if form.is_valid():
        try:
            agreement_services.sign(
                agreement=shown,
                side=Side(side),
                password=form.cleaned_data["password"],
                by=reader(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(shown)
    context = {
        "agreement": shown,
        "engagement": shown.engagement,
        "tab": "agreement",
        "form": form,
        "side": side,
        "sentence": agreement_services.sentence_of(shown, get_language() or "ja"),
    }
    return render(request, "projects/agreement_sign.html", context)


@require_http_methods(["GET", "POST"])
def agreement_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse an offered version with a reason."""
    shown = _agreement(request, pk)
    require(reader(request), Permission.SIGN_FOR_CUSTOMER, shown.engagement)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            agreement_services.refuse(
                agreement=shown, by=reader(request), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(shown)
    context = {"form": form, "engagement": shown.engagement}
    return render(request, "projects/form.html", context)


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    seen = Event.objects.visible_to(reader(request)).select_related("engagement")
    page = Paginator(seen, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "events": pages.feed(page)}
    return render(request, "projects/audit.html", context)


@require_GET
def glossary(request: HttpRequest) -> HttpResponse:
    """Every metric in words."""
    return render(request, "projects/glossary.html", {"metrics": METRICS.values()})


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "/")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        return wanted
    return "/"


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language and show the same page in it."""
    chosen = "en" if request.POST.get("language") == "en" else "ja"
    if request.user.is_authenticated:
        User.objects.filter(pk=reader(request).pk).update(language=chosen)
    response = redirect(_back(request))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=31_536_000)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the colours the reader chose."""
    chosen = request.POST.get("theme")
    if chosen in ("auto", "light", "dark"):
        User.objects.filter(pk=reader(request).pk).update(theme=chosen)
    return redirect(_back(request))
