"""Acceptance: what management bears, and how each stage of the work was accepted."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from evaluation.models.runs import Run
from projects.models import Agreement, Engagement, Link, Organisation, Side, Stage, User

if TYPE_CHECKING:
    from datetime import date


class ErrorAcceptanceQuerySet(models.QuerySet["ErrorAcceptance"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def standing(self) -> Self:
        """Neither expired, breached nor replaced."""
        return self.filter(ended_at__isnull=True)

    def lapsed(self) -> Self:
        """The newest of its engagement, where it ended and nothing replaced it."""
        return self.filter(
            ~Exists(
                ErrorAcceptance.objects.filter(
                    engagement=OuterRef("engagement"), ended_at__isnull=True
                )
            ),
            ended_because__in=("expired", "breached"),
        )

    def run_out(self, *, today: date) -> Self:
        """Past their last day, and nobody has said so yet."""
        return self.standing().filter(until__lt=today)


class ErrorAcceptance(models.Model):
    """One executive accepts the errors of one operating point, for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="error_acceptances"
    )
    run = models.ForeignKey(Run, models.PROTECT, related_name="error_acceptances")
    # The threshold, or how far a forecast or a service level is shifted.
    point = models.FloatField()
    # Expected at the site's volume; of a forecast, units too many and too few.
    false_alarms_a_month = models.DecimalField(max_digits=14, decimal_places=2)
    misses_a_month = models.DecimalField(max_digits=14, decimal_places=2)
    yen_a_month = models.DecimalField(max_digits=16, decimal_places=0)
    yen_low = models.DecimalField(max_digits=16, decimal_places=0)
    yen_high = models.DecimalField(max_digits=16, decimal_places=0)
    until = models.DateField(_("until"))
    sentence = models.TextField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(auto_now_add=True)
    link = models.OneToOneField(Link, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_because = models.CharField(
        max_length=8,
        blank=True,
        choices=[
            ("expired", _("expired")),
            ("breached", _("breached")),
            ("replaced", _("replaced")),
        ],
        editable=False,
    )

    objects = ErrorAcceptanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-accepted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(ended_at__isnull=True),
                name="error_acceptance_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | Q(ended_at__isnull=False) & ~Q(ended_because=""),
                name="error_acceptance_ended_because",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}: {self.point:g}"


class ReviewStatus(models.TextChoices):
    OPEN = "open", _("Waiting for signatures")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class Review(models.Model):
    """One try to have a stage accepted: of which run, and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="reviews")
    stage = models.CharField(
        max_length=11,
        choices=[
            (s.value, s.label) for s in (Stage.INITIAL, Stage.ACCURACY, Stage.OPERATION)
        ],
    )
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="reviews")
    # None of operation, which is judged by its days.
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="reviews")
    # The evidence as it was when the review was opened, as canonical text.
    evidence = models.TextField()
    status = models.CharField(
        max_length=8, choices=ReviewStatus, default=ReviewStatus.OPEN
    )
    reason = models.TextField(_("reason"), blank=True, max_length=1000)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(status="open"),
                name="review_one_open",
            ),
            models.UniqueConstraint(
                fields=["engagement", "stage"],
                condition=Q(status="accepted"),
                name="review_stage_accepted_once",
            ),
            models.CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True)
                | ~Q(status="open") & Q(ended_at__isnull=False),
                name="review_ended_at_matches_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""),
                name="review_rejected_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(stage="operation") | Q(run__isnull=False),
                name="review_of_a_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}: {self.stage} {self.status}"


class ReviewSignature(models.Model):
    """One side accepts a stage, with the sentence that was signed."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    signer = models.ForeignKey(User, models.PROTECT, related_name="+")
    sentence = models.TextField()
    signed_at = models.DateTimeField(auto_now_add=True)
    link = models.OneToOneField(Link, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["signed_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "side"], name="review_signed_once_by_a_side"
            )
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.side}"


class Repair(models.Model):
    """What has to be mended after a rejection, by whom and when."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="repairs")
    what = models.CharField(_("what is to be mended"), max_length=300)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due on"))
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_how = models.CharField(_("what was done"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True, done_how="")
                | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(done_how=""),
                name="repair_done_by_somebody_somehow",
            )
        ]

    def __str__(self) -> str:
        return self.what
