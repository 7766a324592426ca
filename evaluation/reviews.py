"""Accepting a stage: opening a review, signing it, or rejecting it with repairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from evaluation import operation
from evaluation.beaten import beats
from evaluation.machines import REVIEW
from evaluation.metrics import finished_from_json
from evaluation.models import (
    CriterionVerdict,
    ErrorAcceptance,
    OperationPlan,
    Repair,
    Result,
    Review,
    ReviewSignature,
    ReviewStatus,
)
from evaluation.requirements import Facts, Requirement, missing, requirements
from projects.catalogue import Text
from projects.linking import canonical, digest_of, read_back
from projects.models import Engagement, Side, Stage
from projects.permissions import Permission, can, require
from projects.screening import Verdict
from projects.services import chain
from projects.services.audit import record_event
from projects.services.engagement import advance
from projects.services.notices import tell_of
from projects.services.readers import concerned, holders_of
from projects.services.waivers import standing_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from evaluation.models import Run
    from projects.models import Agreement, Event, User

REVIEWED = (Stage.INITIAL, Stage.ACCURACY, Stage.OPERATION)
NEXT = {
    Stage.INITIAL: Stage.ACCURACY,
    Stage.ACCURACY: Stage.OPERATION,
    Stage.OPERATION: Stage.CLOSED,
}
MAY_SIGN = {
    Side.PROVIDER: Permission.SIGN_FOR_PROVIDER,
    Side.CUSTOMER: Permission.SIGN_FOR_CUSTOMER,
}
# A stage's criteria hold for the stages behind it too.
COUNTED = {
    Stage.INITIAL: (Stage.INITIAL,),
    Stage.ACCURACY: (Stage.INITIAL, Stage.ACCURACY),
    Stage.OPERATION: (),
}


def facts_of(
    engagement: Engagement, stage: Stage, run: Run | None, *, today: date
) -> Facts:
    """What stands of the engagement for one stage, on the run put forward."""
    agreement = engagement.agreements.in_force().select_related("error_budget").first()
    result = None if run is None else Result.objects.filter(run=run).first()
    plan = (
        OperationPlan.objects.filter(engagement=engagement)
        .select_related("owner", "deputy")
        .first()
    )
    stood = operation.operated(engagement, agreement, today)
    return Facts(
        feasible=_feasible(engagement, today),
        agreement_version=None if agreement is None else agreement.version,
        accepted_before=_accepted_before(engagement, stage),
        run_number=None if run is None or result is None else run.number,
        run_version=None if run is None else run.agreement.version,
        outcomes=_outcomes(result, stage),
        own_truth=run is not None and run.truth_set_id is None,
        own_truth_agreed=agreement is not None and agreement.own_truth,
        beats_baseline=_beats(agreement, result),
        errors_accepted=ErrorAcceptance.objects.standing()
        .filter(engagement=engagement, until__gte=today)
        .exists(),
        owner="" if plan is None else plan.owner.name,
        deputy="" if plan is None else plan.deputy.name,
        days=stood.days,
        days_needed=0 if plan is None else plan.days_needed,
        truth_share=stood.truth_share,
        budget_kept=stood.budget_kept,
        drill_worked=engagement.drills.filter(worked=True).exists(),
    )


def open_review(
    *, engagement: Engagement, stage: Stage, run: Run | None, by: User
) -> Review:
    """Put a stage forward for acceptance, with its evidence as it stands now.

    ValidationError when something the stage needs is missing, naming it.
    """
    require(by, Permission.OPEN_REVIEW, engagement)
    with transaction.atomic():
        locked = Engagement.objects.select_for_update().get(pk=engagement.pk)
        if locked.stage != stage or stage not in REVIEWED:
            raise ValidationError(_("This stage is not the one to be accepted now."))
        if locked.reviews.filter(status=ReviewStatus.OPEN).exists():
            raise ValidationError(_("A review is open already. Sign or reject it."))
        if run is not None and run.agreement.engagement_id != locked.pk:
            raise ValidationError(_("Choose a run of this engagement."))
        facts = _checked(locked, stage, run)
        agreement = locked.agreements.in_force().get()
        review = Review.objects.create(
            engagement=locked,
            stage=stage,
            agreement=agreement,
            run=None if stage == Stage.OPERATION else run,
            evidence=evidence_of(stage, agreement, run, facts),
            opened_by=by,
        )
        opened = record_event(
            "review.opened", engagement=locked, by=by, stage=stage.value
        )
        for may in MAY_SIGN.values():
            tell_of(opened, holders_of(may, locked), _page_of(review))
    return review


def sign_review(*, review: Review, side: Side, password: str, by: User) -> Review:
    """Accept for one side; with the second signature the stage is accepted.

    What the stage needs is asked again at each signature. PermissionDenied for who,
    ValidationError for a wrong password, a wrong time, or something that fell away.
    """
    engagement = review.engagement
    require(by, MAY_SIGN[side], engagement)
    if not by.check_password(password):
        raise ValidationError(_("The password is not right. Nothing was signed."))
    with transaction.atomic():
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        locked = Review.objects.select_for_update().get(pk=review.pk)
        if REVIEW.target(locked.status, "sign_review") is None:
            raise ValidationError(_("This review has ended."))
        if locked.signatures.filter(side=side).exists():
            raise ValidationError(_("Your side has signed already."))
        stage = Stage(locked.stage)
        _checked(engagement, stage, locked.run)
        if engagement.agreements.in_force().get().pk != locked.agreement_id:
            raise ValidationError(
                _("Another version is in force by now. Reject this review.")
            )
        signed = _write_signature(locked, side, by)
        if locked.signatures.count() == len(Side):
            locked.status, locked.ended_at = ReviewStatus.ACCEPTED, timezone.now()
            locked.save()
            accepted = record_event(
                "review.accepted", engagement=engagement, by=by, stage=stage.value
            )
            tell_of(accepted, concerned(engagement), _page_of(locked))
            advance(engagement=engagement, to=NEXT[stage], by=by)
        else:
            tell_of(signed, concerned(engagement), _page_of(locked))
    return locked


@dataclass(frozen=True, slots=True)
class RepairDraft:
    """One thing to be mended, as it was typed."""

    what: str
    owner: User
    due_on: date


def reject_review(
    *, review: Review, because: str, repairs: Sequence[RepairDraft], by: User
) -> Review:
    """Refuse a stage with the reason and what is to be mended before the next try.

    ValidationError without a reason or without a repair: a rejection is no dead end.
    """
    engagement = review.engagement
    if not can(by, Permission.SIGN_FOR_PROVIDER, engagement):
        require(by, Permission.SIGN_FOR_CUSTOMER, engagement)
    if not because.strip():
        raise ValidationError(_("Say why, so that the next try can be better."))
    if not repairs:
        raise ValidationError(_("Name at least one thing that has to be mended."))
    with transaction.atomic():
        ended = Review.objects.filter(pk=review.pk, status=ReviewStatus.OPEN).update(
            status=ReviewStatus.REJECTED, reason=because, ended_at=timezone.now()
        )
        if not ended:
            raise ValidationError(_("This review has ended."))
        Repair.objects.bulk_create(
            Repair(
                review=review, what=draft.what, owner=draft.owner, due_on=draft.due_on
            )
            for draft in repairs
        )
        rejected = record_event(
            "review.rejected",
            engagement=engagement,
            by=by,
            stage=review.stage,
            reason=because,
        )
        tell_of(rejected, concerned(engagement), _page_of(review))
    review.refresh_from_db()
    return review


def finish_repair(*, repair: Repair, how: str, by: User) -> Repair:
    """Say that something is mended, and how; its owner or a manager does."""
    engagement = repair.review.engagement
    if repair.owner_id != by.pk:
        require(by, Permission.OPEN_REVIEW, engagement)
    if not how.strip():
        raise ValidationError(_("Say what was done."))
    with transaction.atomic():
        done = Repair.objects.filter(pk=repair.pk, done_at__isnull=True).update(
            done_at=timezone.now(), done_by=by, done_how=how
        )
        if not done:
            raise ValidationError(_("This is mended already."))
        record_event("repair.done", engagement=engagement, by=by, what=repair.what)
    repair.refresh_from_db()
    return repair


def evidence_of(
    stage: Stage, agreement: Agreement, run: Run | None, facts: Facts
) -> str:
    """What is put forward, as canonical text: what both sides sign."""
    return canonical(
        {
            "engagement": str(agreement.engagement_id),
            "stage": stage.value,
            "agreement": {"version": agreement.version, "digest": agreement.digest},
            "run": None
            if run is None or stage == Stage.OPERATION
            else {"id": str(run.pk), "number": run.number, "file": run.sha256},
            "needed": [
                {
                    "key": one.key,
                    "is_met": one.is_met,
                    "name": {"ja": one.name.ja, "en": one.name.en},
                    "now": {"ja": one.now.ja, "en": one.now.en},
                }
                for one in requirements(stage.value, facts)
            ],
        }
    )


def put_forward(review: Review) -> tuple[Requirement, ...]:
    """What the stage needed and how it stood when the review was opened."""
    return tuple(
        Requirement(one["key"], one["is_met"], Text(**one["name"]), Text(**one["now"]))
        for one in read_back(review.evidence).get("needed", ())
    )


def sentence_of(review: Review, language: str) -> str:
    """The sentence a signer signs."""
    with translation.override(language):
        return _(
            "We accept the stage “%(stage)s” of “%(name)s” on the evidence listed, "
            "by version %(version)d of the agreement."
        ) % {
            "stage": Stage(review.stage).label,
            "name": review.engagement.name,
            "version": review.agreement.version,
        }


# Any: what json takes.
def words_of(signature: ReviewSignature) -> dict[str, Any]:
    """What the chain keeps of a signature under a stage."""
    review = signature.review
    return {
        "what": "review",
        "review": str(review.pk),
        "stage": review.stage,
        "evidence": digest_of(review.evidence),
        "side": str(signature.side),
        "organisation": signature.organisation.name,
        "signer": signature.signer.email,
        "sentence": signature.sentence,
    }


def _checked(engagement: Engagement, stage: Stage, run: Run | None) -> Facts:
    facts = facts_of(engagement, stage, run, today=timezone.localdate())
    lacking = missing(stage.value, facts)
    if lacking:
        language = translation.get_language() or "ja"
        named = [one.name.in_(language) for one in lacking]
        joined = ("、" if language.startswith("ja") else "; ").join(named)
        raise ValidationError(_("Still missing: %(what)s") % {"what": joined})
    return facts


def _write_signature(review: Review, side: Side, by: User) -> Event:
    engagement = review.engagement
    organisation = engagement.provider if side == Side.PROVIDER else engagement.customer
    sentence = sentence_of(review, by.language)
    signature = ReviewSignature(
        review=review,
        side=side,
        organisation=organisation,
        signer=by,
        sentence=sentence,
    )
    signature.link = chain.append(engagement, words_of(signature))
    signature.save()
    return record_event(
        "review.signed",
        engagement=engagement,
        by=by,
        stage=review.stage,
        organisation=organisation.name,
    )


def _page_of(review: Review) -> str:
    return reverse("evaluation:review", args=[review.pk])


def _feasible(engagement: Engagement, today: date) -> bool:
    return standing_verdict(engagement, today=today) in (
        Verdict.GO,
        Verdict.CONDITIONAL,
    )


def _accepted_before(engagement: Engagement, stage: Stage) -> bool:
    if stage == Stage.INITIAL:
        return True
    before = REVIEWED[REVIEWED.index(stage) - 1]
    return engagement.reviews.filter(
        stage=before, status=ReviewStatus.ACCEPTED
    ).exists()


def _outcomes(result: Result | None, stage: Stage) -> dict[str, int]:
    if result is None:
        return {}
    found = CriterionVerdict.objects.filter(
        result=result, criterion__stage__in=COUNTED[stage]
    )
    return dict(Counter(found.values_list("outcome", flat=True)))


def _beats(agreement: Agreement | None, result: Result | None) -> bool | None:
    if agreement is None or not agreement.baseline:
        return None
    if result is None:
        return False
    # A baseline that the file does not carry is not beaten by it.
    return bool(beats(finished_from_json(result.finished), agreement.baseline))
