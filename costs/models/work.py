"""Labels, people's hours and what answers in production: the other costs."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Engagement, User


class LabelBatchQuerySet(models.QuerySet["LabelBatch"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class LabelBatch(models.Model):
    """Answers of workers about items, as one file; workers under pseudonyms only.

    ``report`` holds what the file says: agreement, majorities, ties, workers, gold.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="label_batches"
    )
    title = models.CharField(_("title"), max_length=120)
    # Workers' names are replaced before it is kept.
    file = models.FileField(upload_to="labels/%Y/%m")
    name = models.CharField(max_length=200)
    # Of the file as it was delivered.
    sha256 = models.CharField(max_length=64)
    day = models.DateField(_("day"))
    items = models.PositiveIntegerField()
    assignments = models.PositiveIntegerField()
    workers = models.PositiveIntegerField()
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    # Rewards of the answers that were paid, and the marketplace's fee on them.
    reward = models.DecimalField(max_digits=20, decimal_places=6)
    fee = models.DecimalField(max_digits=20, decimal_places=6)
    rate_yen = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    cost_yen = models.DecimalField(max_digits=20, decimal_places=4)
    report = models.JSONField(default=dict)
    delivered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(auto_now_add=True)

    objects = LabelBatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day", "-delivered_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "sha256"], name="label_batch_once_a_file"
            ),
            models.CheckConstraint(
                condition=Q(reward__gte=0, fee__gte=0, cost_yen__gte=0),
                name="label_batch_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class WorkLogQuerySet(models.QuerySet["WorkLog"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class WorkLog(models.Model):
    """Hours of one person on one day, at what an hour of theirs costs."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="work_logs")
    worked_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("who")
    )
    # As they were called then: the spend is counted under this name.
    person = models.CharField(max_length=120, default="", editable=False)
    day = models.DateField(_("day"))
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=2)
    yen_an_hour = models.DecimalField(_("yen an hour"), max_digits=10, decimal_places=2)
    cost_yen = models.DecimalField(max_digits=20, decimal_places=4, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = WorkLogQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, hours__lte=24, yen_an_hour__gte=0),
                name="work_log_hours_of_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.worked_by} {self.day} {self.hours} h"


class Target(models.TextChoices):
    LAMBDA = "lambda", _("Lambda and API Gateway")
    BEANSTALK = "beanstalk", _("Elastic Beanstalk")
    SAGEMAKER = "sagemaker", _("SageMaker endpoint")
    FARGATE = "fargate", _("ECS / Fargate")
    ON_PREM = "on_prem", _("On premises")
    EDGE = "edge", _("Edge device")


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class Deployment(models.Model):
    """Where a model answers, what that costs by its price model, and how fast it is.

    ``prices`` holds the numbers of the target's price model as text, by name.
    """

    engagement = models.ForeignKey(
        Engagement, models.CASCADE, related_name="deployments"
    )
    name = models.CharField(_("name"), max_length=120)
    target = models.CharField(_("where"), max_length=9, choices=Target)
    prices = models.JSONField(default=dict)
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    rate_yen = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    predictions_a_month = models.PositiveBigIntegerField(_("predictions a month"))
    p50_ms = models.DecimalField(
        _("half are answered within (ms)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
    )
    p95_ms = models.DecimalField(
        _("95% are answered within (ms)"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
    )
    source = models.CharField(_("source of the prices"), max_length=200)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                name="deployment_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DeploymentMonthQuerySet(models.QuerySet["DeploymentMonth"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            deployment__engagement__in=Engagement.objects.visible_to(user)
        )


class DeploymentMonth(models.Model):
    """A month of a deployment that a person has booked to the spend, once."""

    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="months")
    # Its first day.
    month = models.DateField(_("month"))
    # The day on which the spend counts it: the month's last in operation.
    day = models.DateField()
    predictions = models.PositiveBigIntegerField(_("predictions"))
    cost = models.DecimalField(max_digits=28, decimal_places=14)
    rate_yen = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    cost_yen = models.DecimalField(max_digits=20, decimal_places=4)
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(auto_now_add=True)

    objects = DeploymentMonthQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deployment", "month"], name="deployment_month_once"
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0, cost_yen__gte=0),
                name="deployment_month_not_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deployment} {self.month:%Y-%m}"
