"""Links to a report for somebody without an account: made, opened, revoked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Engagement, ReportLink
from projects.models.intake import digest_of
from projects.models.report_links import shared_by
from projects.permissions import Permission, can
from projects.services.audit import record_event

if TYPE_CHECKING:
    from projects.models import Organisation, User

# Today among them.
LONGEST: Final = timedelta(days=90)


def may_give(user: User, of: Engagement | Organisation) -> bool:
    """Whether the user may give others a link to its report."""
    if isinstance(of, Engagement):
        return can(user, Permission.SHARE_REPORT, of)
    return shared_by(user).filter(pk=of.pk).exists()


def make_link(
    *,
    of: Engagement | Organisation,
    label: str,
    language: str,
    until: date,
    by: User,
) -> tuple[ReportLink, str]:
    """Make a link that holds until the end of a day; its secret is kept nowhere.

    PermissionDenied for who may not; ValidationError for a day that is past or more
    than 90 days ahead.
    """
    _require(by, of)
    today = timezone.localdate()
    if not today <= until < today + LONGEST:
        raise ValidationError(
            {"until": _("Choose a day from today on, within 90 days.")}
        )
    ends = datetime.combine(until + timedelta(days=1), time())
    token = token_urlsafe(32)
    with transaction.atomic():
        made = ReportLink.objects.create(
            digest=digest_of(token),
            engagement=of if isinstance(of, Engagement) else None,
            organisation=None if isinstance(of, Engagement) else of,
            label=label,
            language=language,
            created_by=by,
            expires_at=timezone.make_aware(ends),
        )
        _tell("report_link.made", made, by, until=until.isoformat())
    return made, token


def revoke_link(*, link: ReportLink, by: User) -> None:
    """End a link at once, for whoever may make one. Twice is once."""
    _require(by, link.of)
    with transaction.atomic():
        ended = ReportLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(
            revoked_at=timezone.now(), revoked_by=by
        )
        if ended:
            _tell("report_link.revoked", link, by)


def open_link(*, token: str) -> ReportLink:
    """The link whose secret this is, and note that it was opened.

    ReportLink.DoesNotExist for one that is unknown, expired or revoked, and when its
    maker may no longer give it. Who opened it is not kept: nobody knows.
    """
    now = timezone.now()
    with transaction.atomic():
        link = (
            ReportLink.objects.of_token(token)
            .usable(now=now)
            .select_related("engagement", "organisation", "created_by")
            .get()
        )
        if not may_give(link.created_by, link.of):
            raise ReportLink.DoesNotExist
        ReportLink.objects.filter(pk=link.pk).update(
            opened=F("opened") + 1, last_opened_at=now
        )
        _tell("report_link.opened", link, None)
    return link


def _require(by: User, of: Engagement | Organisation) -> None:
    if not may_give(by, of):
        raise PermissionDenied(_("Your role does not allow giving links to reports."))


def _tell(verb: str, link: ReportLink, by: User | None, **params: str) -> None:
    record_event(
        verb,
        by=by,
        engagement=link.engagement,
        for_organisation=link.organisation,
        name=link.label,
        **params,
    )
