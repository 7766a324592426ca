"""Uploads, runs and their results: one file, measured once, judged for ever."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluation.ingest.inspect import Layout
from evaluation.queue import Waiting
from projects.models import Agreement, Criterion, Engagement, TruthSet, User

# Celery kills a task at its time limit, so no worker outlives the lease it took.
LEASE = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)
# How long whoever waits is taken to have been rung for. A bell can get lost with the
# broker or on the way to a worker, and ringing twice is harmless.
BELL = timedelta(minutes=1)
MAX_ATTEMPTS = 3


class Upload(models.Model):
    """A file as it arrived: its bytes, its digest, and what was seen in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="uploads")
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    layout = models.JSONField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def seen(self) -> Layout:
        return Layout.from_json(self.layout)


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting to be measured")
    RUNNING = "running", _("Being measured")
    MEASURED = "measured", _("Measured")
    REFUSED = "refused", _("File refused")  # the reader can mend it
    FAILED = "failed", _("Could not be measured")  # an engineer must look
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (RunStatus.QUEUED, RunStatus.RUNNING)
REPEATABLE = (RunStatus.FAILED, RunStatus.CANCELLED)


def next_bell() -> datetime:
    return timezone.now() + BELL


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            agreement__engagement__in=Engagement.objects.visible_to(user)
        )

    def lost(self, *, now: datetime) -> Self:
        """Unfinished runs that neither the queue nor a worker answers for any more."""
        return self.filter(status__in=UNFINISHED, lease_until__lt=now)

    def in_line(self) -> tuple[list[Waiting[uuid.UUID]], list[tuple[uuid.UUID, int]]]:
        """What waits, the oldest first, and what is measured now; one query.

        Of each run being measured its engagement and the rows that are left.
        """
        open_now = self.filter(status__in=UNFINISHED).order_by("submitted_at", "pk")
        waiting, busy = [], []
        for status, pk, engagement, since, total, read in open_now.values_list(
            *("status", "pk", "agreement__engagement", "submitted_at"),
            *("rows_total", "rows_read"),
        ):
            if status == RunStatus.QUEUED:
                waiting.append(Waiting(pk, engagement, since, total))
            else:
                busy.append((engagement, max(0, total - read)))
        return waiting, busy

    def waiting(self) -> list[Waiting[uuid.UUID]]:
        """Every queued run, the oldest first."""
        queued = self.filter(status=RunStatus.QUEUED).order_by("submitted_at", "pk")
        listed = queued.values_list(
            "pk", "agreement__engagement", "submitted_at", "rows_total"
        )
        return [Waiting(*one) for one in listed]

    def served(self) -> dict[uuid.UUID, datetime]:
        """When each engagement that has a queued run last had a turn, if ever."""
        queued = self.filter(status=RunStatus.QUEUED).order_by()
        turns = (
            self.filter(
                agreement__engagement__in=queued.values("agreement__engagement"),
                begun_at__isnull=False,
            )
            .order_by()
            .values_list("agreement__engagement")
            .annotate(last=Max("begun_at"))
        )
        return dict(turns)

    def next_of(self, engagement_id: uuid.UUID) -> uuid.UUID | None:
        """The oldest queued run of an engagement, to be rung for."""
        queued = self.filter(
            agreement__engagement=engagement_id, status=RunStatus.QUEUED
        )
        return (
            queued.order_by("submitted_at", "pk").values_list("pk", flat=True).first()
        )

    def running(self) -> dict[uuid.UUID, int]:
        """How many runs of each engagement are being measured."""
        counted = (
            self.filter(status=RunStatus.RUNNING)
            .order_by()
            .values_list("agreement__engagement")
            .annotate(count=Count("pk"))
        )
        return dict(counted)

    def claim(self, run_id: uuid.UUID | str, *, now: datetime) -> Run | None:
        """Take a waiting run for one worker; None when there is nothing to take.

        A single UPDATE decides, so of two deliveries of one message only one wins.
        The attempt number it writes later lets only the winner save the outcome.
        """
        won = self.filter(pk=run_id, status=RunStatus.QUEUED).update(
            status=RunStatus.RUNNING,
            attempt=F("attempt") + 1,
            begun_at=now,
            lease_until=now + LEASE,
        )
        related = self.select_related(
            *("agreement__engagement", "upload", "history"), "truth_set__engagement"
        )
        return related.get(pk=run_id) if won else None


class Run(models.Model):
    """One file under one agreement version; its status is a word the reader sees."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="runs")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="runs")
    # Repeated from the upload so that the database can promise "once".
    sha256 = models.CharField(max_length=64, editable=False)
    columns = models.JSONField()
    # Which of several tables in the file is meant.
    table = models.PositiveSmallIntegerField(default=0, editable=False)
    # Past values that a forecast's errors are scaled by.
    history = models.ForeignKey(
        Upload, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The truth it was joined with; none where the file brought its own.
    truth_set = models.ForeignKey(
        TruthSet, models.PROTECT, null=True, blank=True, related_name="runs"
    )
    truth_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    history_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)

    status = models.CharField(
        max_length=10, choices=RunStatus, default=RunStatus.QUEUED
    )
    reason_ja = models.TextField(blank=True, editable=False)
    reason_en = models.TextField(blank=True, editable=False)
    # Only ever counts up: it tells a late worker from the one that has the run now.
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    give_up_at = models.PositiveSmallIntegerField(default=MAX_ATTEMPTS, editable=False)
    lease_until = models.DateTimeField(default=next_bell, editable=False)
    # When a worker last took it: its engagement's turn.
    begun_at = models.DateTimeField(null=True, editable=False)
    rows_read = models.BigIntegerField(default=0, editable=False)
    rows_total = models.BigIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-submitted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    *("agreement", "sha256", "columns", "table"),
                    *("truth_sha256", "history_sha256"),
                ],
                name="run_once_per_agreement_files_and_columns",
            ),
            models.UniqueConstraint(
                fields=["agreement", "number"], name="run_number_once_in_a_version"
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNFINISHED, finished_at__isnull=True)
                | ~Q(status__in=UNFINISHED) & Q(finished_at__isnull=False),
                name="run_finished_at_matches_status",
            ),
        ]
        indexes: ClassVar = [
            # What waits is looked for every minute, among very many that do not.
            models.Index(fields=["status", "finished_at"], name="run_by_status"),
            models.Index(fields=["finished_at"], name="run_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} / {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("evaluation:run", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.status not in UNFINISHED

    @property
    def layout(self) -> Layout:
        return self.upload.seen.with_table(self.table)

    @property
    def can_repeat(self) -> bool:
        return self.status in REPEATABLE

    def reason(self, language: str) -> str:
        """Why it ended so, for the reader."""
        return self.reason_ja if language.startswith("ja") else self.reason_en


class ResultQuerySet(models.QuerySet["Result"]):
    def of(self, engagement: Engagement) -> Self:
        """The results of an engagement's measured runs, the oldest first."""
        return self.filter(
            run__agreement__engagement=engagement, run__status=RunStatus.MEASURED
        ).order_by("run__number")


class Result(models.Model):
    """What a run measured and the verdict it got; never written again.

    ``figures`` repeat the whole file's of ``finished`` for what reads many of them;
    None in a row from before they were kept, until ``retell`` fills it.
    """

    run = models.OneToOneField(Run, models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=10)
    finished = models.JSONField()
    figures = models.JSONField(null=True, editable=False)
    rows = models.BigIntegerField()
    evaluator_version = models.CharField(max_length=20)
    seconds = models.FloatField()

    objects = ResultQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.run}: {self.outcome}"

    @property
    def weighted_rows(self) -> int | None:
        """How many rows of the file stand for the cases; None where each is one."""
        rows: int | None = self.finished.get("weighted_rows")
        return rows


class CriterionVerdict(models.Model):
    """One criterion judged on one result."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="verdicts")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=20)
    segment = models.CharField(max_length=200, blank=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    cases = models.BigIntegerField()
    hits = models.BigIntegerField(null=True)
    further_cases = models.BigIntegerField(null=True)
    short_by = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.outcome}"

    @property
    def limit(self) -> float:
        """The limit as the drawing measures it; money and words use the criterion's."""
        return float(self.criterion.limit)


class LatestVerdict(models.Model):
    """The newest result of an engagement, so that no list sums over runs."""

    engagement = models.OneToOneField(
        Engagement, models.CASCADE, related_name="latest", primary_key=True
    )
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10)
    worst = models.ForeignKey(
        CriterionVerdict, models.PROTECT, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.engagement}: {self.outcome}"
