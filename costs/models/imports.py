"""Files of costs that were delivered, and the rules by which lines find their work."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from costs.assigning import Rule
from projects.models import Engagement, Organisation, User


class ImportStatus(models.TextChoices):
    """A file is read through first; only a person takes its lines over."""

    WAITING = "waiting", _("Waiting")
    READING = "reading", _("Being read")
    CHECKED = "checked", _("Read, not taken over")
    QUEUED = "queued", _("Waiting to be taken over")
    TAKING = "taking", _("Being taken over")
    TAKEN = "taken", _("Taken over")
    REFUSED = "refused", _("Refused")
    DROPPED = "dropped", _("Dropped")


UNFINISHED = (
    *(ImportStatus.WAITING, ImportStatus.READING),
    *(ImportStatus.QUEUED, ImportStatus.TAKING),
)
# A worker says every BEAT that it lives; one that was not heard of for so long is gone.
LEASE = timedelta(minutes=3)
BEAT = timedelta(seconds=30)
BELL = timedelta(minutes=1)
MAX_ATTEMPTS = 3
# What waits, and what it becomes in a worker's hands.
BEGINS = {
    ImportStatus.WAITING: ImportStatus.READING,
    ImportStatus.QUEUED: ImportStatus.TAKING,
}


def next_bell() -> datetime:
    return timezone.now() + BELL


class CostImportQuerySet(models.QuerySet["CostImport"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=user.belonging.whole())

    def lost(self, *, now: datetime) -> Self:
        """Unfinished ones for which neither a bell nor a worker answers any more."""
        return self.filter(status__in=UNFINISHED, lease_until__lt=now)

    def claim(self, pk: uuid.UUID | str, *, now: datetime) -> CostImport | None:
        """Take a waiting one for one worker; None when there is nothing to take.

        A single UPDATE decides, so of two deliveries of one message only one wins.
        """
        for waits, begun in BEGINS.items():
            won = self.filter(pk=pk, status=waits).update(
                status=begun, attempt=F("attempt") + 1, lease_until=now + LEASE
            )
            if won:
                return self.select_related("organisation", "delivered_by").get(pk=pk)
        return None


class CostImport(models.Model):
    """One file or one pull of costs, from its delivery until its lines are taken over.

    ``report`` is what reading it through found, exact sums as text: rows, recognised,
    unassigned, duplicates, corrected, totals by currency and month.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="cost_imports"
    )
    file = models.FileField(upload_to="costs/%Y/%m", blank=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    # One of costs.imports.FORMATS, or empty until it is recognised.
    format = models.CharField(max_length=20, blank=True)
    # Which sum of a bill counts: as billed, or with commitments spread over their use.
    basis = models.CharField(
        _("what counts"),
        max_length=9,
        choices=[("billed", _("As billed")), ("effective", _("Commitments spread"))],
        default="billed",
    )
    # For lines that name hours but no cost, where no price of their type is recorded.
    gpu_price = models.DecimalField(
        _("price of a GPU hour"),
        max_digits=24,
        decimal_places=12,
        null=True,
        blank=True,
    )
    gpu_currency = models.CharField(
        _("currency of that price"), max_length=3, default="JPY"
    )
    # nvidia-smi does not say on which machine it ran.
    resource = models.CharField(_("machine"), max_length=250, blank=True)
    time_zone = models.CharField(
        _("time zone of times without one"), max_length=40, blank=True
    )
    invoice_total = models.DecimalField(
        _("total of the invoice"),
        max_digits=28,
        decimal_places=14,
        null=True,
        blank=True,
    )
    status = models.CharField(
        max_length=8, choices=ImportStatus, default=ImportStatus.WAITING
    )
    report = models.JSONField(default=dict, editable=False)
    # Sentences in both languages, {"ja": …, "en": …, "row": …, "column": …}.
    faults = models.JSONField(default=list, editable=False)
    # Only ever counts up: it tells a late worker from the one that has it now.
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    give_up_at = models.PositiveSmallIntegerField(default=MAX_ATTEMPTS, editable=False)
    lease_until = models.DateTimeField(null=True, default=next_bell, editable=False)
    delivered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    objects = CostImportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-delivered_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="cost_import_taken_by_somebody_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("costs:import", args=[self.organisation_id, self.pk])

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    @property
    def yen(self) -> Decimal | None:
        """What its lines come to, each once; None before it was read through."""
        told = self.report.get("yen")
        return None if told is None else Decimal(told)


class TagField(models.TextChoices):
    """What of a line a rule looks at."""

    TAG = "tag", _("Tag")
    ACCOUNT = "account", _("Account")
    RESOURCE = "resource", _("Resource")
    PRODUCT = "product", _("Product")
    PERSON = "person", _("Person")


class TagMatch(models.TextChoices):
    EQUALS = "equals", _("is")
    BEGINS = "begins", _("begins with")
    CONTAINS = "contains", _("contains")


class TagRuleQuerySet(models.QuerySet["TagRule"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=user.belonging.whole())

    def in_force(self) -> Self:
        return self.filter(retired_at__isnull=True).order_by("place", "pk")


class TagRule(models.Model):
    """Lines that look so belong to that engagement; the first rule that fits counts."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="tag_rules"
    )
    place = models.PositiveIntegerField(default=0)
    field = models.CharField(_("looks at"), max_length=8, choices=TagField)
    # Of a tag its key.
    key = models.CharField(_("key"), max_length=128, blank=True)
    match = models.CharField(
        _("which"), max_length=8, choices=TagMatch, default=TagMatch.EQUALS
    )
    value = models.CharField(_("value"), max_length=250)
    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="tag_rules")
    retired_at = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = TagRuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(field="tag") & ~Q(key="") | ~Q(field="tag") & Q(key=""),
                name="tag_rule_has_a_key_for_a_tag",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.key} {self.match} {self.value}"

    @property
    def rule(self) -> Rule:
        """As lines are compared with it."""
        return Rule(
            self.field, self.key, self.match, self.value, self.engagement_id, self.pk
        )
