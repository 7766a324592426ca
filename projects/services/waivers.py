"""Management lets a blocking "no" count as a condition for a time, and takes that back.

A waiver never touches an answer or the verdict that was issued. It changes as what the
last issued round stands, and is judged again whenever a waiver comes, goes or runs out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Assessment, Engagement, Waiver
from projects.permissions import Permission, Role, require
from projects.screening import Verdict
from projects.services import glances
from projects.services.audit import record_event
from projects.services.notices import tell_of
from projects.services.readers import concerned
from projects.waiving import is_within, last_possible_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from projects.models import Organisation, User
    from projects.models.conditions import WaiverQuerySet


def in_force(engagement: Engagement, *, today: date) -> WaiverQuerySet:
    """The waivers that hold on this day, those that end first in front."""
    return Waiver.objects.filter(engagement=engagement).in_force(today=today)


def last_issued(engagement: Engagement) -> Assessment | None:
    """The round whose verdict stands; None before the first was issued."""
    return engagement.assessments.filter(issued_at__isnull=False).first()


def standing_verdict(engagement: Engagement, *, today: date) -> Verdict | None:
    """As what the last issued round stands on this day; None before the first.

    Judged afresh from its frozen answers, so that a gate does not depend on whether
    the day's task has run.
    """
    issued = last_issued(engagement)
    return _judged(issued, today=today) if issued else None


def _judged(issued: Assessment, *, today: date) -> Verdict:
    held = in_force(issued.engagement, today=today).values_list("item_id", flat=True)
    return issued.screened(issued.answers.all(), frozenset(held)).verdict


def blocking(engagement: Engagement) -> dict[str, Assessment]:
    """Items answered against that stop the engagement, with the round that says so.

    Of the open round where there is one, and of the one that stands; a waived item is
    still among them.
    """
    found: dict[str, Assessment] = {}
    for assessment in engagement.assessments.all()[:2]:
        for reason in assessment.screened(assessment.answers.all()).reasons:
            if reason.leads_to is Verdict.NO_GO:
                found.setdefault(reason.item_id, assessment)
        if assessment.issued_at is not None:
            break
    return found


def give_waiver(
    *,
    engagement: Engagement,
    item_id: str,
    reason: str,
    until: date,
    password: str,
    by: User,
) -> Waiver:
    """Let one blocking "no" count as a condition up to and with the day ``until``.

    PermissionDenied unless ``by`` is of the management of either side; ValidationError
    for a wrong password, an item that does not block, one waived already, a missing
    reason, and a day in the past or more than twelve months ahead.
    """
    require(by, Permission.WAIVE, engagement)
    _check_password(by, password)
    today = timezone.localdate()
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason for the waiver.")})
    if not is_within(until, today=today):
        raise ValidationError(
            {
                "until": _("The last day must lie between today and %(day)s.")
                % {"day": last_possible_day(today)}
            }
        )
    with transaction.atomic():
        # The engagement's row is the lock, so that rounds and waivers take turns.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        end_waivers(now=timezone.now(), of=engagement)
        if item_id not in blocking(engagement):
            raise ValidationError(
                _("Only an answer that stops the engagement can be waived.")
            )
        if in_force(engagement, today=today).filter(item_id=item_id).exists():
            raise ValidationError(_("This answer is waived already."))
        waiver = Waiver.objects.create(
            engagement=engagement,
            item_id=item_id,
            reason=reason,
            until=until,
            organisation=_side_of(by, engagement),
            given_by=by,
        )
        told = {"item": item_id, "until": until.isoformat(), "reason": reason}
        _note("waiver.given", engagement, by=by, **told)
        restand(engagement, today=today, by=by)
    return waiver


def withdraw_waiver(*, waiver: Waiver, password: str, by: User) -> Waiver:
    """Take a waiver back before its day; the management of either side may.

    PermissionDenied for who, ValidationError for a wrong password or one that ended.
    """
    engagement = waiver.engagement
    require(by, Permission.WAIVE, engagement)
    _check_password(by, password)
    with transaction.atomic():
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        ended = Waiver.objects.filter(pk=waiver.pk, ended_at__isnull=True).update(
            ended_at=timezone.now(), ended_by=by
        )
        if not ended:
            raise ValidationError(_("This waiver has ended already."))
        _note("waiver.withdrawn", engagement, by=by, item=waiver.item_id)
        restand(engagement, today=timezone.localdate(), by=by)
    waiver.refresh_from_db()
    return waiver


def end_waivers(*, now: datetime, of: Engagement | None = None) -> int:
    """End every waiver past its last day and tell those concerned; how many it were.

    Safe to run twice, and beside itself: the update decides who ended one.
    """
    today = timezone.localdate(now)
    past = Waiver.objects.run_out(today=today).select_related("engagement")
    if of is not None:
        past = past.filter(engagement=of)
    return sum(_end(waiver, now=now, today=today) for waiver in past)


def _end(waiver: Waiver, *, now: datetime, today: date) -> int:
    engagement = waiver.engagement
    with transaction.atomic():
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        ended = Waiver.objects.filter(pk=waiver.pk, ended_at__isnull=True).update(
            ended_at=now
        )
        if ended:
            told = {"item": waiver.item_id, "until": waiver.until.isoformat()}
            _note("waiver.ended", engagement, by=None, **told)
            restand(engagement, today=today, by=None)
    return ended


def restand(engagement: Engagement, *, today: date, by: User | None) -> None:
    """Judge the last issued round again under the waivers of this day."""
    glances.retell(engagement)
    issued = last_issued(engagement)
    if issued is None:
        return
    verdict = _judged(issued, today=today).value
    if verdict != issued.stands_as:
        Assessment.objects.filter(pk=issued.pk).update(stands_as=verdict)
        told: dict[str, str | int] = {"number": issued.round, "verdict": verdict}
        _note("assessment.stands", engagement, by=by, **told)


def _note(
    verb: str, engagement: Engagement, *, by: User | None, **told: str | int
) -> None:
    """Write what happened, and put it before everybody concerned but who did it."""
    event = record_event(
        verb, by=by, engagement=engagement, for_organisation=None, **told
    )
    path = reverse("projects:feasibility", args=[engagement.pk])
    tell_of(event, concerned(engagement), path)


def _check_password(by: User, password: str) -> None:
    if not by.check_password(password):
        raise ValidationError(
            {"password": _("The password is not right. Nothing was changed.")}
        )


def _side_of(by: User, engagement: Engagement) -> Organisation:
    """For which side somebody who may waive speaks."""
    sides = {s.pk: s for s in (engagement.provider, engagement.customer)}
    held = by.memberships.filter(
        Q(engagement__isnull=True) | Q(engagement=engagement),
        organisation__in=sides,
        role=Role.EXECUTIVE,
    )
    return sides[held[:1].get().organisation_id]
