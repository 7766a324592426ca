"""Files of costs that were delivered, and the rules by which lines find their work."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from costs.models.prices import of_whole_work
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


class CostImportQuerySet(models.QuerySet["CostImport"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=of_whole_work(user))


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
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
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
        return self.filter(organisation__in=of_whole_work(user))

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
