"""Pairs of runs tested on the same rows: is one better, or was it luck?"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evaluation.models.runs import LEASE, MAX_ATTEMPTS, Run, next_bell
from projects.models import Engagement

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import User


class PairStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Being compared")
    TESTED = "tested", _("Compared")
    REFUSED = "refused", _("Not the same rows")
    FAILED = "failed", _("Could not be compared")


OPEN_PAIRS = (PairStatus.QUEUED, PairStatus.RUNNING)


class RunPairQuerySet(models.QuerySet["RunPair"]):
    def visible_to(self, user: User) -> Self:
        engagements = Engagement.objects.visible_to(user)
        return self.filter(first__agreement__engagement__in=engagements)

    def lost(self, *, now: datetime) -> Self:
        """Unfinished pairs that nobody answers for any more."""
        return self.filter(status__in=OPEN_PAIRS, lease_until__lt=now)

    def claim(self, pair_id: uuid.UUID | str, *, now: datetime) -> RunPair | None:
        """Take a waiting pair for one worker; None when there is nothing to take."""
        won = self.filter(pk=pair_id, status=PairStatus.QUEUED).update(
            status=PairStatus.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=now + LEASE,
        )
        related = self.select_related(
            *("first__agreement__engagement", "second__agreement__engagement"),
            *("first__upload", "second__upload"),
            *("first__truth_set__engagement", "second__truth_set__engagement"),
        )
        return related.get(pk=pair_id) if won else None


class RunPair(models.Model):
    """The paired test of two runs, computed once by a worker and kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The older run first, so that a pair is asked for only once.
    first = models.ForeignKey(Run, models.PROTECT, related_name="+")
    second = models.ForeignKey(Run, models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=8, choices=PairStatus, default=PairStatus.QUEUED
    )
    reason_ja = models.TextField(blank=True, editable=False)
    reason_en = models.TextField(blank=True, editable=False)
    # What ``evaluation.pairing.Paired`` writes.
    found = models.JSONField(null=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(default=next_bell, editable=False)
    asked_at = models.DateTimeField(auto_now_add=True)

    objects = RunPairQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["first", "second"], name="run_pair_tested_once"
            ),
            models.CheckConstraint(
                condition=~Q(first=F("second")), name="run_pair_of_two_runs"
            ),
            models.CheckConstraint(
                condition=Q(status=PairStatus.TESTED, found__isnull=False)
                | ~Q(status=PairStatus.TESTED) & Q(found__isnull=True),
                name="run_pair_tested_has_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} × {self.second}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_PAIRS

    @property
    def is_given_up(self) -> bool:
        return self.attempt >= MAX_ATTEMPTS

    def reason(self, language: str) -> str:
        """Why it ended so, for the reader."""
        return self.reason_ja if language.startswith("ja") else self.reason_en
