"""The monthly letters: who gets one, and that each is written once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from projects.models import Engagement, ReportLetter, User

if TYPE_CHECKING:
    from datetime import date

# On the first day of a month, in the time of the place, which is Japan's.
HOUR = 8


def choose_report(*, wanted: bool, by: User) -> None:
    """Remember whether the reader wants the report each month, from the next one on."""
    if not wanted:
        User.objects.filter(pk=by.pk).update(report_since=None)
        return
    User.objects.filter(pk=by.pk, report_since__isnull=True).update(
        report_since=timezone.now()
    )


def last_first(now: datetime) -> datetime:
    """Eight in the morning of the newest first day of a month.

    The same whenever it is asked until the next one, so that a beat that was missed is
    made up for by a later one, and a month's letter never comes twice.
    """
    local = timezone.localtime(now)
    first = local.replace(day=1, hour=HOUR, minute=0, second=0, microsecond=0)
    if local >= first:
        return first
    return (first - timedelta(days=1)).replace(day=1)


def write_letters(*, now: datetime) -> int:
    """Write the letters that are due; how many it were. Safe to run twice.

    Who sees no engagement gets none. What a letter says is read when it is sent.
    """
    first = last_first(now)
    month: date = first.date()
    readers = User.objects.filter(is_active=True, report_since__lt=first).exclude(
        report_letters__month=month
    )
    return sum(_write(reader, month) for reader in readers)


def _write(reader: User, month: date) -> int:
    if not Engagement.objects.visible_to(reader).exists():
        return 0
    _letter, is_new = ReportLetter.objects.get_or_create(
        reader=reader,
        month=month,
        defaults={"email": reader.email, "language": reader.language},
    )
    return int(is_new)
