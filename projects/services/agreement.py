"""Drafting, offering, signing and refusing agreements."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.catalogue import METRICS, Scope
from projects.difference import Agreed, loosened_since
from projects.linking import digest_of
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
from projects.promise import text_of
from projects.promised import promise_of
from projects.screening import Verdict
from projects.services import chain
from projects.services.audit import record_event
from projects.services.engagement import advance
from projects.services.notices import tell_of
from projects.services.readers import concerned, holders_of
from projects.services.waivers import standing_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from projects.catalogue import Terms
    from projects.models import Event, User
    from projects.promise import Line

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
    reason: str = ""


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


def canonical_of(agreement: Agreement) -> str:
    """All of the promise as the one text that is signed."""
    return text_of(promise_of(agreement))


def sentence_of(agreement: Agreement, language: str) -> str:
    """The sentence a signer signs."""
    count = agreement.criteria.count()
    with translation.override(language):
        return ngettext(
            "We agree to version %(version)d of the acceptance criteria for "
            "“%(name)s”, with its one criterion as written.",
            "We agree to version %(version)d of the acceptance criteria for "
            "“%(name)s”, with all %(count)d criteria as written.",
            count,
        ) % {
            "version": agreement.version,
            "name": agreement.engagement.name,
            "count": count,
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
        signed = _write_signature(locked, side, by)
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
    if not agreement.criteria.exists():
        raise ValidationError(_("An agreement needs at least one criterion."))
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


def _write_signature(agreement: Agreement, side: Side, by: User) -> Event:
    engagement = agreement.engagement
    signature = AgreementSignature(
        agreement=agreement,
        side=side,
        organisation=(
            engagement.provider if side == Side.PROVIDER else engagement.customer
        ),
        signer=by,
        sentence=sentence_of(agreement, by.language),
        digest=agreement.digest,
        signed_at=timezone.now(),
    )
    signature.link = chain.append(engagement, signature.words)
    signature.save()
    return record_event(
        "agreement.signed",
        engagement=engagement,
        by=by,
        version=agreement.version,
        organisation=signature.organisation.name,
    )


def _loosened_from(agreement: Agreement) -> int | None:
    """The version that judged and asked more than this one, once results were seen."""
    engagement = agreement.engagement
    seen = engagement.events.filter(verb="run.measured").order_by("at").first()
    if seen is None:
        return None
    before = engagement.agreements.filter(in_force_since__isnull=False)
    agreed = [
        Agreed(promise_of(one), one.in_force_since)
        for one in before.select_related("engagement", "truth_set")
        if one.in_force_since is not None
    ]
    return loosened_since(agreed, seen.at, promise_of(agreement))


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
    loosened_from = _loosened_from(agreement)
    before.update(status=AgreementStatus.SUPERSEDED)
    agreement.loosened_from = loosened_from
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
        check_line(engagement, line)


def check_line(engagement: Engagement, line: CriterionDraft | Line) -> None:
    """Refuse a line that fits no file of this kind, or names no segment."""
    metric = METRICS.get(line.metric)
    if metric is None or metric.shape != engagement.shape:
        raise ValidationError(_("Choose metrics that fit this kind of engagement."))
    if (line.scope == Scope.NAMED) != bool(line.segment):
        raise ValidationError(_("Name the segment, or judge all rows."))


def _write(agreement: Agreement, criteria: Sequence[CriterionDraft]) -> None:
    Criterion.objects.bulk_create(
        Criterion(agreement=agreement, **asdict(line)) for line in criteria
    )
