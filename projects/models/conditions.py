"""What keeps a verdict conditional: tasks to be done, waivers management gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.engagement import Engagement
from projects.models.evidence import Evidence
from projects.models.people import Organisation, User

if TYPE_CHECKING:
    from datetime import date


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def undone(self) -> Self:
        return self.filter(done_at__isnull=True)


class Task(models.Model):
    """What somebody does by a day, so that an item no longer stands in the way."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="tasks")
    item_id = models.CharField(max_length=12)
    what = models.CharField(_("what is to be done"), max_length=300)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="tasks", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due on"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, editable=False)
    proof = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "item_id"],
                condition=Q(done_at__isnull=True),
                name="task_one_undone_per_item",
            ),
            models.CheckConstraint(
                condition=Q(
                    done_at__isnull=True, done_by__isnull=True, proof__isnull=True
                )
                | Q(done_at__isnull=False, done_by__isnull=False, proof__isnull=False),
                name="task_done_with_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.what}"


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def in_force(self, *, today: date) -> Self:
        """Neither past their last day nor withdrawn."""
        return self.filter(ended_at__isnull=True, until__gte=today)

    def run_out(self, *, today: date) -> Self:
        """Past their last day, and nobody has said so yet."""
        return self.filter(ended_at__isnull=True, until__lt=today)


class Waiver(models.Model):
    """Management accepts one blocking "no" as a condition for a time, and why."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="waivers")
    item_id = models.CharField(max_length=12)
    reason = models.TextField(_("reason"), max_length=1000)
    # The last day on which it holds.
    until = models.DateField(_("until"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)
    # Withdrawn by a person, or (then nobody's) ended by its day.
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["until", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "item_id"],
                condition=Q(ended_at__isnull=True),
                name="waiver_one_open_per_item",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False),
                name="waiver_ended_by_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} until {self.until}"


class Assignment(models.Model):
    """Who is to answer an item, besides those who may answer every one."""

    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="assignments"
    )
    item_id = models.CharField(max_length=12)
    assignee = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "item_id"], name="assignment_one_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.assignee}"
