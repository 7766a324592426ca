"""Lines of cost: recorded by a person, by a program, or read from a bill."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from costs.models.imports import CostImport, TagRule
from costs.models.prices import PurchaseOption, Service
from projects.models import Engagement, Organisation, User


class Purpose(models.TextChoices):
    TRAINING = "training", _("Training")
    TUNING = "tuning", _("Tuning")
    EVALUATION = "evaluation", _("Evaluation")
    INFERENCE = "inference", _("Inference")
    NOTEBOOK = "notebook", _("Notebook")
    OTHER = "other", _("Other purpose")


class Category(models.TextChoices):
    """As FOCUS names the kinds of a charge, with refunds apart."""

    USAGE = "usage", _("Usage")
    PURCHASE = "purchase", _("Purchase")
    TAX = "tax", _("Tax")
    CREDIT = "credit", _("Credit")
    REFUND = "refund", _("Refund")
    ADJUSTMENT = "adjustment", _("Adjustment")


class Outcome(models.TextChoices):
    """How the work on the machine ended."""

    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")
    INTERRUPTED = "interrupted", _("Interrupted")


class Source(models.TextChoices):
    """Where a line comes from."""

    HAND = "hand", _("Recorded by hand")
    API = "api", _("Sent by a program")
    FOCUS = "focus", _("FOCUS export")
    CUR = "cur", _("AWS Cost and Usage Report")
    SAGEMAKER = "sagemaker", _("SageMaker training jobs")
    BATCH = "batch", _("AWS Batch jobs")
    COST_EXPLORER = "explorer", _("AWS Cost Explorer")
    SCHEDULER = "scheduler", _("Scheduler's list")


class AssignedBy(models.TextChoices):
    """What said to which engagement a line belongs."""

    NOBODY = "", _("Nobody yet")
    HAND = "hand", _("A person")
    RULE = "rule", _("A rule")
    LINE = "line", _("The line itself")


class ChargeQuerySet(models.QuerySet["Charge"]):
    def visible_to(self, user: User) -> Self:
        """Of engagements the user sees, and of their provider what has none yet."""
        return self.filter(
            Q(engagement__in=Engagement.objects.visible_to(user))
            | Q(engagement__isnull=True, organisation__in=user.belonging.whole())
        )

    def unassigned(self) -> Self:
        return self.filter(engagement__isnull=True)

    def gpu_use(self) -> Self:
        """Time on GPUs; not taxes, credits, storage."""
        return self.filter(gpu_hours__gt=0)


class Charge(models.Model):
    """One line of cost. Price and rate stay on it, so that it never changes.

    ``cost`` is in ``currency``, with the digits of its source; ``cost_yen`` is
    ``cost`` times ``rate_yen``. ``billed`` and ``effective`` are what a bill says
    before and after commitments are spread; ``cost`` is the one the import was told
    to count. ``hours`` are of the clock, ``gpu_hours`` are hours times GPUs.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="charges"
    )
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, related_name="charges"
    )
    assigned_by = models.CharField(
        max_length=4, choices=AssignedBy, default=AssignedBy.NOBODY, blank=True
    )
    rule = models.ForeignKey(
        TagRule, models.SET_NULL, null=True, related_name="charges"
    )
    source = models.CharField(max_length=9, choices=Source, default=Source.HAND)
    imported = models.ForeignKey(
        CostImport, models.PROTECT, null=True, related_name="charges"
    )
    # Of a bill: line item and time interval. Empty for what a person recorded.
    identity = models.CharField(max_length=250, blank=True, editable=False)
    # A digest of what the line said: the same line again is known by it.
    content = models.CharField(max_length=32, blank=True, editable=False)
    category = models.CharField(max_length=10, choices=Category, default=Category.USAGE)
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    # The day in Japan it began, and the first day of the month it is billed in.
    day = models.DateField(db_index=True)
    month = models.DateField()

    used_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # As the source names the person; of a user, their name.
    person = models.CharField(_("who"), max_length=120, blank=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    gpu_type = models.CharField(_("type"), max_length=60, blank=True)
    # How many of the type; half an instance is .5.
    count = models.DecimalField(
        _("how many"), max_digits=10, decimal_places=3, default=1
    )
    gpus = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    hours = models.DecimalField(_("hours"), max_digits=20, decimal_places=9, default=0)
    gpu_hours = models.DecimalField(max_digits=22, decimal_places=9, default=0)
    option = models.CharField(
        _("purchase option"), max_length=12, choices=PurchaseOption, blank=True
    )
    service = models.CharField(
        _("bought as"), max_length=9, choices=Service, default=Service.OTHER
    )
    outcome = models.CharField(
        _("how it ended"), max_length=11, choices=Outcome, blank=True
    )
    interruptions = models.PositiveIntegerField(_("interruptions"), default=0)
    # Of the hours, those whose work was lost.
    lost_hours = models.DecimalField(
        _("hours lost"), max_digits=20, decimal_places=9, default=0
    )
    # Share of the time the GPUs worked, 0 to 100; unknown when nobody measured.
    utilisation = models.DecimalField(
        _("utilisation (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    provider = models.CharField(max_length=60, blank=True)
    product = models.CharField(max_length=120, blank=True)
    usage_type = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=300, blank=True)
    resource = models.CharField(max_length=250, blank=True, db_index=True)
    account = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=40, blank=True)
    tags = models.JSONField(default=dict)

    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    price_per_hour = models.DecimalField(
        _("price an hour"), max_digits=24, decimal_places=12, null=True, blank=True
    )
    billed = models.DecimalField(
        max_digits=28, decimal_places=14, null=True, editable=False
    )
    effective = models.DecimalField(
        max_digits=28, decimal_places=14, null=True, editable=False
    )
    listed = models.DecimalField(
        max_digits=28, decimal_places=14, null=True, editable=False
    )
    cost = models.DecimalField(max_digits=28, decimal_places=14, editable=False)
    rate_yen = models.DecimalField(
        max_digits=18, decimal_places=8, default=1, editable=False
    )
    cost_yen = models.DecimalField(max_digits=20, decimal_places=4, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "source", "identity"],
                condition=~Q(identity=""),
                name="charge_once_an_identity",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at")),
                name="charge_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0, gpus__gte=0, count__gt=0),
                name="charge_hours_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(lost_hours__gte=0, lost_hours__lte=F("hours")),
                name="charge_loses_no_more_than_its_hours",
            ),
            models.CheckConstraint(
                condition=Q(engagement__isnull=True, assigned_by="")
                | Q(engagement__isnull=False) & ~Q(assigned_by=""),
                name="charge_assigned_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["engagement", "-day", "-id"], name="charge_newest"),
            models.Index(
                fields=["organisation", "-day", "-id"],
                condition=Q(engagement__isnull=True),
                name="charge_unassigned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.gpu_type or self.product} {self.cost} {self.currency}"


class ChargeRevision(models.Model):
    """What a line said before a corrected one replaced it."""

    charge = models.ForeignKey(Charge, models.CASCADE, related_name="revisions")
    replaced_by = models.ForeignKey(CostImport, models.PROTECT, related_name="+")
    # Field -> value as text, of the fields that differ.
    said = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.charge_id} {self.at}"
