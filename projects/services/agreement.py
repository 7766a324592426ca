"""Drafting, offering, signing and refusing agreements."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from projects.catalogue import METRICS, Scope
from projects.models import (
    Agreement,
    AgreementSignature,
    AgreementStatus,
    Criterion,
    Engagement,
    Side,
    Stage,
)
from projects.permissions import Permission, require
from projects.screening import Verdict
from projects.services.audit import record_event
from projects.services.engagement import advance
from projects.services.notices import tell_of
from projects.services.readers import concerned, holders_of
from projects.services.waivers import standing_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from projects.catalogue import Terms
    from projects.models import User

MAY_SIGN = {
    Side.PROVIDER: Permission.SIGN_FOR_PROVIDER,
    Side.CUSTOMER: Permission.SIGN_FOR_CUSTOMER,
}


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """One line of a draft, as it was typed."""

    metric: str
    bound: str
    limit: Decimal
    confidence: Decimal | None
    scope: str = Scope.WHOLE.value
    segment: str = ""
    smallest_cases: int = 0
    stage: str = Stage.ACCURACY.value


def draft_agreement(
    *,
    engagement: Engagement,
    reason: str,
    terms: Terms,
    criteria: Sequence[CriterionDraft],
    by: User,
) -> Agreement:
    """Write the next version; it promises nothing until both sides signed it."""
    require(by, Permission.DRAFT_AGREEMENT, engagement)
    _check(engagement, criteria)
    with transaction.atomic():
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        last = engagement.agreements.first()
        if last and last.status in (AgreementStatus.DRAFT, AgreementStatus.OFFERED):
            raise ValidationError(
                _("Version %(version)d is still open. Finish that one first.")
                % {"version": last.version}
            )
        agreement = Agreement.objects.create(
            engagement=engagement,
            version=last.version + 1 if last else 1,
            reason=reason,
            terms=terms.to_json(),
            drafted_by=by,
        )
        _write(agreement, criteria)
        record_event(
            "agreement.drafted",
            engagement=engagement,
            by=by,
            version=agreement.version,
        )
    return agreement


def edit_draft(
    *,
    agreement: Agreement,
    reason: str,
    terms: Terms,
    criteria: Sequence[CriterionDraft],
    by: User,
) -> Agreement:
    """Change a draft; a version with a signature is never changed again."""
    require(by, Permission.DRAFT_AGREEMENT, agreement.engagement)
    _check(agreement.engagement, criteria)
    with transaction.atomic():
        locked = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if not locked.is_draft:
            raise ValidationError(_("A signed version cannot be changed."))
        locked.reason, locked.terms = reason, terms.to_json()
        locked.save()
        locked.criteria.all().delete()
        _write(locked, criteria)
        record_event(
            "agreement.edited",
            engagement=locked.engagement,
            by=by,
            version=locked.version,
        )
    return locked


def canonical_of(agreement: Agreement) -> str:
    """All of the promise as one JSON text: sorted keys, no spaces, numbers as text."""
    words = {
        "engagement": str(agreement.engagement_id),
        "version": agreement.version,
        "terms": {key: _as_text(value) for key, value in agreement.terms.items()},
        "reason": agreement.reason,
        "criteria": [
            {
                "metric": c.metric,
                "bound": c.bound,
                "limit": f"{c.limit.normalize():f}",
                "confidence": None if c.confidence is None else f"{c.confidence:.2f}",
                "scope": c.scope,
                "segment": c.segment,
                "smallest_cases": c.smallest_cases,
                "stage": c.stage,
            }
            for c in agreement.criteria.order_by("pk")
        ],
    }
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# Any: what a term may be.
def _as_text(value: Any) -> Any:
    return repr(value) if isinstance(value, int | float) else value


def digest_of(canonical: str) -> str:
    """SHA-256 of the canonical text in UTF-8, in hexadecimal."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def sentence_of(agreement: Agreement, language: str) -> str:
    """The sentence a signer signs."""
    with translation.override(language):
        return _(
            "We agree to version %(version)d of the acceptance criteria for "
            "“%(name)s”, with all %(count)d criteria as written."
        ) % {
            "version": agreement.version,
            "name": agreement.engagement.name,
            "count": agreement.criteria.count(),
        }


def sign(*, agreement: Agreement, side: Side, password: str, by: User) -> Agreement:
    """Sign for one side: the provider first, which freezes and offers the version.

    With the second signature it is in force and the one before is superseded.
    PermissionDenied for who, ValidationError for a wrong password or a wrong time.
    """
    engagement = agreement.engagement
    require(by, MAY_SIGN[side], engagement)
    if not by.check_password(password):
        raise ValidationError(_("The password is not right. Nothing was signed."))
    with transaction.atomic():
        # The engagement's row is the lock, so that waivers and signatures take turns.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        locked = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if side == Side.PROVIDER:
            _offer(locked, by)
        elif locked.status != AgreementStatus.OFFERED:
            raise ValidationError(
                _("The customer signs after the provider, and only once.")
            )
        else:
            _check_gate(locked)
        AgreementSignature.objects.create(
            agreement=locked,
            side=side,
            organisation=(
                engagement.provider if side == Side.PROVIDER else engagement.customer
            ),
            signer=by,
            sentence=sentence_of(locked, by.language),
            digest=locked.digest,
        )
        signed = record_event(
            "agreement.signed",
            engagement=engagement,
            by=by,
            version=locked.version,
            organisation=(
                engagement.provider if side == Side.PROVIDER else engagement.customer
            ).name,
        )
        if side == Side.CUSTOMER:
            _put_in_force(locked, by)
            tell_of(signed, concerned(engagement), locked.get_absolute_url())
    return locked


def refuse(*, agreement: Agreement, because: str, by: User) -> Agreement:
    """Refuse an offered version with a reason; the provider drafts the next one."""
    require(by, Permission.SIGN_FOR_CUSTOMER, agreement.engagement)
    if not because.strip():
        raise ValidationError(_("Say why, so that the next version can be better."))
    with transaction.atomic():
        refused = Agreement.objects.filter(
            pk=agreement.pk, status=AgreementStatus.OFFERED
        ).update(status=AgreementStatus.REFUSED, refusal=because)
        if not refused:
            raise ValidationError(_("Only an offered version can be refused."))
        refusal = record_event(
            "agreement.refused",
            engagement=agreement.engagement,
            by=by,
            version=agreement.version,
            reason=because,
        )
        tell_of(refusal, concerned(agreement.engagement), agreement.get_absolute_url())
    agreement.refresh_from_db()
    return agreement


def _offer(agreement: Agreement, by: User) -> None:
    if not agreement.is_draft:
        raise ValidationError(_("This version was already offered."))
    _check_gate(agreement)
    agreement.canonical = canonical_of(agreement)
    agreement.digest = digest_of(agreement.canonical)
    agreement.status = AgreementStatus.OFFERED
    agreement.save()
    offered = record_event(
        "agreement.offered",
        engagement=agreement.engagement,
        by=by,
        version=agreement.version,
    )
    signers = holders_of(Permission.SIGN_FOR_CUSTOMER, agreement.engagement)
    tell_of(offered, signers, agreement.get_absolute_url())


def _check_gate(agreement: Agreement) -> None:
    """Refuse while the engagement has ended or its feasibility stands in the way.

    Asked at each signature: between the two, a waiver may have ended.
    """
    engagement = Engagement.objects.get(pk=agreement.engagement_id)
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    stands_as = standing_verdict(engagement, today=timezone.localdate())
    if stands_as not in (Verdict.GO, Verdict.CONDITIONAL):
        raise ValidationError(
            _("Feasibility must be GO or CONDITIONAL before an agreement is signed.")
        )


def _put_in_force(agreement: Agreement, by: User) -> None:
    before = Agreement.objects.filter(
        engagement_id=agreement.engagement_id, status=AgreementStatus.IN_FORCE
    )
    for old in before:
        record_event(
            "agreement.superseded",
            engagement=agreement.engagement,
            by=by,
            version=old.version,
            successor=agreement.version,
        )
    before.update(status=AgreementStatus.SUPERSEDED)
    agreement.status = AgreementStatus.IN_FORCE
    agreement.in_force_since = timezone.now()
    agreement.save()
    record_event(
        "agreement.in_force",
        engagement=agreement.engagement,
        by=by,
        version=agreement.version,
    )
    advance(engagement=agreement.engagement, to=Stage.INITIAL, by=by)


def _check(engagement: Engagement, criteria: Sequence[CriterionDraft]) -> None:
    if not criteria:
        raise ValidationError(_("An agreement needs at least one criterion."))
    for line in criteria:
        metric = METRICS.get(line.metric)
        if metric is None or metric.shape != engagement.shape:
            raise ValidationError(_("Choose metrics that fit this kind of engagement."))
        if (line.scope == Scope.NAMED) != bool(line.segment):
            raise ValidationError(_("Name the segment, or judge all rows."))


def _write(agreement: Agreement, criteria: Sequence[CriterionDraft]) -> None:
    Criterion.objects.bulk_create(
        Criterion(
            agreement=agreement,
            metric=line.metric,
            bound=line.bound,
            limit=line.limit,
            confidence=line.confidence,
            scope=line.scope,
            segment=line.segment,
            smallest_cases=line.smallest_cases,
            stage=line.stage,
        )
        for line in criteria
    )
