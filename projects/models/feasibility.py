"""Feasibility: the answers of one round, frozen with their verdict when issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.checklist import Checklist, Due, load, with_own
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
    # The organisation's own questions as they were when it was opened or upgraded.
    own_items = models.JSONField(default=list)
    # What the questions were asked of, kept when issued: an engagement may change.
    placement = models.CharField(max_length=7, blank=True)
    kind = models.CharField(max_length=16, blank=True)
    # As issued, for ever; and as it stands now that waivers came and went.
    verdict = models.CharField(max_length=12, blank=True)
    stands_as = models.CharField(max_length=12, blank=True)
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
                condition=Q(
                    issued_at__isnull=True,
                    issued_by__isnull=True,
                    verdict="",
                    stands_as="",
                )
                | Q(issued_at__isnull=False, issued_by__isnull=False)
                & ~Q(verdict="")
                & ~Q(stands_as=""),
                name="assessment_issued_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} #{self.round}"

    @property
    def checklist(self) -> Checklist:
        return with_own(load(self.template), self.own_items)

    @property
    def asked_of(self) -> tuple[str, str]:
        """The placement and the kind that decide which questions are asked."""
        engagement = self.engagement
        return self.placement or engagement.placement, self.kind or engagement.kind

    def screened(
        self, answers: Iterable[Answer], waived: frozenset[str] = frozenset()
    ) -> Screened:
        """The verdict these answers give now, with what management has waived."""
        placement, kind = self.asked_of
        return screen(
            self.checklist,
            [answer.given for answer in answers],
            due=Due(self.due),
            placement=placement,
            kind=kind,
            waived=waived,
        )


class Answer(models.Model):
    """What was answered to one item, on what evidence, and what is still to be done."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers")
    item_id = models.CharField(max_length=12)
    value = models.CharField(max_length=40, blank=True)
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    # Set: the question does not apply here, and this is why.
    not_applicable_because = models.TextField(
        _("why it does not apply"), blank=True, max_length=500
    )
    # Counts every change, so that two people cannot overwrite each other unseen.
    revision = models.PositiveIntegerField(default=1, editable=False)
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assessment", "item_id"], name="answer_once_per_item"
            ),
            models.CheckConstraint(
                condition=Q(not_applicable_because="")
                | Q(value="", number__isnull=True),
                name="answer_given_or_not_applicable",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.value or self.number}"

    @property
    def given(self) -> Given:
        return Given(
            self.item_id,
            self.value or None,
            self.number,
            does_not_apply=bool(self.not_applicable_because),
        )
