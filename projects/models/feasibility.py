"""Feasibility: the answers of one round, frozen with their verdict when issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.checklist import Checklist, Due, load
from projects.models.engagement import Engagement
from projects.models.people import User
from projects.screening import Given, Screened, screen

if TYPE_CHECKING:
    from collections.abc import Iterable


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class Assessment(models.Model):
    """One round of answers; while ``issued_at`` is empty it may be answered."""

    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="assessments"
    )
    round = models.PositiveSmallIntegerField(default=1)
    template = models.CharField(max_length=20, default="2026-1")
    due = models.CharField(max_length=12, default=Due.SCREEN.value)
    verdict = models.CharField(max_length=12, blank=True)
    decided = models.JSONField(default=list)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-round"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "round"], name="assessment_round_once"
            ),
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(issued_at__isnull=True),
                name="assessment_one_open",
            ),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True, issued_by__isnull=True, verdict="")
                | Q(issued_at__isnull=False, issued_by__isnull=False) & ~Q(verdict=""),
                name="assessment_issued_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} #{self.round}"

    @property
    def checklist(self) -> Checklist:
        return load(self.template)

    def screened(self, answers: Iterable[Answer]) -> Screened:
        """The verdict these answers give now."""
        return screen(
            self.checklist,
            [answer.given for answer in answers],
            due=Due(self.due),
            placement=self.engagement.placement,
        )


class Answer(models.Model):
    """What was answered to one item, on what evidence, and what is still to be done."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers")
    item_id = models.CharField(max_length=4)
    value = models.CharField(max_length=40, blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    evidence_url = models.URLField(_("evidence link"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "item_id"], name="answer_once_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.value or self.number}"

    @property
    def given(self) -> Given:
        return Given(self.item_id, self.value or None, self.number)
