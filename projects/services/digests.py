"""The daily letter: one e-mail a person and day, of what they want told that way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from projects.models import Notice, User

if TYPE_CHECKING:
    from datetime import datetime

# In the time of the place, which is Japan's.
HOUR = 7


def last_closing(now: datetime) -> datetime:
    """When the day that a letter written now is of ended: at seven this morning.

    The same whenever it is asked until the next morning, so that a beat that was
    missed is made up for by a later one, and a letter of a day never comes twice.
    """
    local = timezone.localtime(now)
    closing = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return closing if local >= closing else closing - timedelta(days=1)


def write_digests(*, now: datetime) -> int:
    """Write the letters that are due; how many it were. Safe to run twice."""
    closing = last_closing(now)
    waiting = Notice.objects.for_digest(before=closing)
    readers = User.objects.filter(pk__in=waiting.values("reader"), is_active=True)
    return sum(_write(reader, closing) for reader in readers)


def _write(reader: User, closing: datetime) -> int:
    with transaction.atomic():
        waiting = Notice.objects.for_digest(before=closing).filter(reader=reader)
        gathered = list(waiting.values_list("pk", flat=True))
        letter, is_new = Notice.objects.get_or_create(
            reader=reader,
            day=closing.date(),
            defaults={
                "email": reader.email,
                "language": reader.language,
                "verb": "notices.gathered",
                "params": {"number": len(gathered)},
                "path": reverse("projects:notices"),
                "in_inbox": False,
            },
        )
        # What was late for the letter of its day is told in the next one.
        if is_new:
            Notice.objects.filter(pk__in=gathered).update(digest=letter)
    return int(is_new)
