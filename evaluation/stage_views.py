"""Pages of acceptance in three stages, and of operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evaluation import operation as operations
from evaluation import realised, reviews
from evaluation.models import OperationDay, OperationPlan, Repair, Review
from evaluation.requirements import Requirement, requirements
from evaluation.stage_forms import (
    DayForm,
    DoneForm,
    DrillForm,
    PlanForm,
    RejectForm,
    RunForm,
)
from projects.catalogue import ERRORS
from projects.forms import SignForm
from projects.http import engagement_or_404, reader
from projects.models import Side, Stage
from projects.permissions import Permission, can, permissions_of, require
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from projects.models import Engagement

# A month, so that a page reads as one.
DAYS_ON_A_PAGE = 31


@require_http_methods(["GET", "POST"])
def stages(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The three stages, what each still needs, and how each was tried."""
    engagement = engagement_or_404(request, pk)
    if request.method == "POST":
        require(reader(request), Permission.OPEN_REVIEW, engagement)
    stage = Stage(engagement.stage)
    form = RunForm(request.POST or None, engagement=engagement)
    of_runs = stage in (Stage.INITIAL, Stage.ACCURACY)
    if request.method == "POST" and (not of_runs or form.is_valid()):
        try:
            opened = reviews.open_review(
                engagement=engagement,
                stage=stage,
                run=form.cleaned_data["run"] if of_runs else None,
                by=reader(request),
            )
        except ValidationError as not_now:
            messages.error(request, joined(not_now.messages))
        else:
            return redirect("evaluation:review", opened.pk)
    tried = engagement.reviews.select_related("run", "opened_by")
    newest = form.fields["run"].queryset.first()  # type: ignore[attr-defined]
    context = {
        "engagement": engagement,
        "tab": "stages",
        "stages": [
            _stage(engagement, one, stage, newest, list(tried))
            for one in reviews.REVIEWED
        ],
        "form": form,
        "of_runs": of_runs,
        "may_open": can(reader(request), Permission.OPEN_REVIEW, engagement)
        and stage in reviews.REVIEWED,
    }
    return render(request, "evaluation/stages.html", context)


# Any: what a template takes.
def _stage(
    engagement: Engagement, stage: Stage, now: Stage, run: Any, tried: list[Review]
) -> dict[str, Any]:
    own = [review for review in tried if review.stage == stage]
    done = any(review.status == "accepted" for review in own)
    needed: tuple[Requirement, ...] = ()
    if stage == now:
        today = timezone.localdate()
        facts = reviews.facts_of(engagement, stage, run, today=today)
        needed = requirements(stage.value, facts)
    return {
        "name": stage.label,
        "state": "done" if done else "now" if stage == now else "future",
        "needed": needed,
        "lacking": sum(not one.is_met for one in needed),
        "reviews": own,
        "open": next((review for review in own if review.status == "open"), None),
    }


def _review(request: HttpRequest, pk: UUID) -> Review:
    visible = Review.objects.visible_to(reader(request)).select_related(
        *("engagement__customer", "engagement__provider"),
        *("agreement", "run__upload", "opened_by"),
    )
    return get_object_or_404(visible, pk=pk)


@require_GET
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One try to have a stage accepted: evidence, signatures, repairs."""
    shown = _review(request, pk)
    engagement = shown.engagement
    held = permissions_of(reader(request), engagement)
    given = {one.side: one for one in shown.signatures.select_related("signer").all()}
    if shown.status == "open":
        facts = reviews.facts_of(
            engagement, Stage(shown.stage), shown.run, today=timezone.localdate()
        )
        needed = requirements(shown.stage, facts)
    else:
        needed = reviews.put_forward(shown)
    context = {
        "engagement": engagement,
        "tab": "stages",
        "review": shown,
        "needed": needed,
        "sides": [
            (side.label, organisation, given.get(side.value))
            for side, organisation in (
                (Side.PROVIDER, engagement.provider),
                (Side.CUSTOMER, engagement.customer),
            )
        ],
        "side": _side(shown, held, set(given)),
        "may_reject": shown.status == "open"
        and bool({*reviews.MAY_SIGN.values()} & held),
        "repairs": shown.repairs.select_related("owner", "done_by"),
        "may_mend": Permission.OPEN_REVIEW in held,
        "done_form": DoneForm(),
    }
    return render(request, "evaluation/review.html", context)


def _side(shown: Review, held: frozenset[Permission], given: set[str]) -> Side | None:
    """The side the reader may sign for now, if any."""
    if shown.status != "open":
        return None
    for side, permission in reviews.MAY_SIGN.items():
        if permission in held and side.value not in given:
            return side
    return None


@require_http_methods(["GET", "POST"])
def review_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept a stage for the reader's side."""
    shown = _review(request, pk)
    held = permissions_of(reader(request), shown.engagement)
    given = set(shown.signatures.values_list("side", flat=True))
    side = _side(shown, held, given)
    if side is None:
        messages.error(request, _("There is nothing for you to sign here now."))
        return redirect("evaluation:review", shown.pk)
    form = SignForm(request.POST or None)
    if form.is_valid():
        try:
            signed = reviews.sign_review(
                review=shown,
                side=side,
                password=form.cleaned_data["password"],
                by=reader(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("evaluation:review", signed.pk)
    context = {
        "engagement": shown.engagement,
        "review": shown,
        "form": form,
        "side": side,
        "sentence": reviews.sentence_of(shown, reader(request).language),
    }
    return render(request, "evaluation/review_sign.html", context)


@require_http_methods(["GET", "POST"])
def review_reject(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Refuse a stage, with what has to be mended."""
    shown = _review(request, pk)
    engagement = shown.engagement
    if not can(reader(request), Permission.SIGN_FOR_PROVIDER, engagement):
        require(reader(request), Permission.SIGN_FOR_CUSTOMER, engagement)
    form = RejectForm(request.POST or None, engagement=engagement)
    if form.is_valid():
        try:
            reviews.reject_review(
                review=shown,
                because=form.cleaned_data["because"],
                repairs=form.repairs(),
                by=reader(request),
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("evaluation:review", shown.pk)
    context = {"engagement": engagement, "review": shown, "form": form}
    return render(request, "evaluation/review_reject.html", context)


@require_POST
def repair_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that something is mended."""
    visible = Review.objects.visible_to(reader(request))
    found = get_object_or_404(
        Repair.objects.select_related("review__engagement"),
        pk=pk,
        review__in=visible,
    )
    form = DoneForm(request.POST)
    try:
        reviews.finish_repair(
            repair=found, how=form.data.get("how", "")[:300], by=reader(request)
        )
    except ValidationError as refusal:
        messages.error(request, joined(refusal.messages))
    return redirect("evaluation:review", found.review_id)


@require_http_methods(["GET", "POST"])
def operation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Days covered, the budget burned, who answers, and the drills."""
    engagement = engagement_or_404(request, pk)
    by = reader(request)
    if request.method == "POST":
        require(by, Permission.RECORD_OPERATION, engagement)
    plan = (
        OperationPlan.objects.filter(engagement=engagement)
        .select_related("owner", "deputy")
        .first()
    )
    forms = _operation_forms(request, engagement, plan)
    sent = forms.get(request.POST.get("what", ""))
    if sent is not None and sent.is_valid():
        acts = {
            "plan": operations.plan_operation,
            "day": operations.record_day,
            "drill": operations.record_drill,
        }
        act: Any = acts[request.POST["what"]]
        try:
            act(engagement=engagement, by=by, **sent.cleaned_data)
        except ValidationError as refusal:
            sent.add_error(None, refusal)
        else:
            messages.success(request, _("It is kept."))
            return redirect("evaluation:operation", engagement.pk)
    agreement = engagement.agreements.in_force().select_related("error_budget").first()
    days = Paginator(
        OperationDay.objects.filter(engagement=engagement).select_related(
            "recorded_by"
        ),
        DAYS_ON_A_PAGE,
    )
    context = {
        "engagement": engagement,
        "tab": "operation",
        "plan": plan,
        "agreement": agreement,
        "stood": operations.operated(engagement, agreement, timezone.localdate()),
        "page": days.get_page(request.GET.get("page")),
        "drills": engagement.drills.select_related("recorded_by")[:10],
        "forms": forms,
        "errors": ERRORS[engagement.shape],
        "value": realised.year(engagement),
        "may_record": can(by, Permission.RECORD_OPERATION, engagement)
        and engagement.stage in (Stage.ACCURACY, Stage.OPERATION),
    }
    status = 422 if sent is not None and sent.errors else 200
    return render(request, "evaluation/operation.html", context, status=status)


# Any: forms of three classes.
def _operation_forms(
    request: HttpRequest, engagement: Engagement, plan: OperationPlan | None
) -> dict[str, Any]:
    what = request.POST.get("what", "")
    known = (
        {}
        if plan is None
        else {
            "starts_on": plan.starts_on,
            "owner": plan.owner_id,
            "deputy": plan.deputy_id,
            "truth_delay_days": plan.truth_delay_days,
            "days_needed": plan.days_needed,
            "fallback": plan.fallback,
        }
    )

    def data(name: str) -> Any:
        return request.POST if what == name else None

    return {
        "plan": PlanForm(data("plan"), engagement=engagement, initial=known or None),
        "day": DayForm(
            data("day"),
            shape=engagement.shape,
            initial={"day": timezone.localdate()},
        ),
        "drill": DrillForm(data("drill")),
    }
