"""What goes out by e-mail: a row that is claimed, tried again and sent once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone

# With the pauses below: for about two days.
MAX_ATTEMPTS = 14
Row = TypeVar("Row", bound="Posted")


def pause_after(attempt: int) -> timedelta:
    """Longer after each attempt, from two minutes to six hours."""
    return min(timedelta(minutes=2 ** (attempt + 1)), timedelta(hours=6))


class PostedQuerySet(models.QuerySet[Row]):
    def unsent(self) -> Self:
        """Not yet handed to the mail server, which may still take it."""
        return self.filter(
            sent_at__isnull=True, undeliverable="", attempt__lt=MAX_ATTEMPTS
        )

    def due(self, *, now: datetime) -> Self:
        """To be sent now: nobody is at it, and its last attempt is long enough ago.

        Oldest first, so that nobody waits behind those who came later.
        """
        return self.unsent().filter(try_at__lte=now).order_by("at", "pk")

    def claim(self, row_id: int, *, now: datetime) -> Row | None:
        """Take one to send it; None when somebody else did or it is not due.

        A single UPDATE decides. It sets the next attempt too, so a sender that dies
        leaves nothing behind: the row is due again by itself.
        """
        found = self.due(now=now).filter(pk=row_id).first()
        if found is None:
            return None
        won = self.filter(pk=found.pk, sent_at=None, attempt=found.attempt).update(
            attempt=found.attempt + 1, try_at=now + pause_after(found.attempt)
        )
        return found if won else None


class Posted(models.Model):
    """One letter to one address, in one language."""

    email = models.EmailField()
    language = models.CharField(max_length=2)
    sent_at = models.DateTimeField(null=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    try_at = models.DateTimeField(default=timezone.now, editable=False)
    # Why it will never go out: in the words of the mail server, or of ours.
    undeliverable = models.CharField(max_length=200, blank=True, editable=False)

    # Any: each model has rows of its own.
    objects: Any

    class Meta:
        abstract = True
