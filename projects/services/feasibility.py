"""Answering the checklist and issuing the verdict of a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Answer, Assessment, Engagement, Stage
from projects.permissions import Permission, require
from projects.screening import Verdict
from projects.services.audit import record_event
from projects.services.engagement import advance

if TYPE_CHECKING:
    from decimal import Decimal

    from projects.models import User


def open_assessment(*, engagement: Engagement, by: User) -> Assessment:
    """The round that may be answered; a new one starts from the last one's answers."""
    require(by, Permission.ANSWER, engagement)
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    with transaction.atomic():
        # The engagement's row is the lock, so two readers open one round.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        last = engagement.assessments.first()
        if last is not None and last.issued_at is None:
            return last
        own = engagement.provider.own_items.filter(retired_at__isnull=True)
        opened = Assessment.objects.create(
            engagement=engagement,
            round=last.round + 1 if last else 1,
            own_items=[item.entry for item in own],
        )
        if last is not None:
            for answer in last.answers.all():
                answer.pk = None
                answer.assessment = opened
                answer.save(force_insert=True)
            record_event(
                "assessment.reopened", engagement=engagement, by=by, number=opened.round
            )
    return opened


def give_answer(
    *,
    assessment: Assessment,
    item_id: str,
    value: str,
    number: Decimal | None,
    note: str,
    by: User,
) -> Answer:
    """Answer one item of an open round; the last answer stands.

    ValidationError for an unknown item, an answer it does not take, an issued round.
    """
    engagement = assessment.engagement
    require(by, Permission.ANSWER, engagement)
    try:
        item = assessment.checklist.item(item_id)
    except (KeyError, ValueError) as unknown:
        raise ValidationError(_("There is no such question.")) from unknown
    if value and value not in item.answers:
        raise ValidationError(_("This question does not take that answer."))
    with transaction.atomic():
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        if locked.issued_at is not None:
            raise ValidationError(
                _("This round was issued. Start a new round to change an answer.")
            )
        answer, _created = Answer.objects.update_or_create(
            assessment=locked,
            item_id=item_id,
            defaults={
                "value": value,
                "number": number,
                "note": note,
                "answered_by": by,
            },
        )
        record_event(
            "answer.given",
            engagement=engagement,
            by=by,
            item=item_id,
            answer=value or str(number if number is not None else ""),
        )
    return answer


def issue_assessment(*, assessment: Assessment, by: User) -> Assessment:
    """Freeze the round with the verdict its answers give; NOT YET cannot be issued."""
    engagement = assessment.engagement
    require(by, Permission.ISSUE_ASSESSMENT, engagement)
    with transaction.atomic():
        # The engagement's row is the lock, so that rounds and waivers take turns.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        if locked.issued_at is not None:
            return locked
        today = timezone.localdate()
        waived = engagement.waivers.in_force(today=today)
        screened = locked.screened(
            locked.answers.all(), frozenset(w.item_id for w in waived)
        )
        if screened.verdict == Verdict.NOT_YET:
            raise ValidationError(_("Questions that decide are still unanswered."))
        locked.verdict = locked.stands_as = screened.verdict.value
        locked.decided = [reason.item_id for reason in screened.decided]
        locked.placement, locked.kind = locked.asked_of
        locked.issued_by = by
        locked.issued_at = timezone.now()
        locked.save()
        record_event(
            "assessment.issued",
            engagement=engagement,
            by=by,
            number=locked.round,
            verdict=locked.verdict,
        )
        if screened.verdict in (Verdict.GO, Verdict.CONDITIONAL):
            advance(engagement=engagement, to=Stage.AGREEMENT, by=by)
    return locked
