"""Feasibility: the answers of one round, frozen with their verdict when issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import checklist as checklists
from projects.checklist import Checklist, Due, load, with_own
from projects.models.engagement import Engagement
from projects.models.people import User
from projects.screening import Given, Screened, screen
from projects.standing import fits

if TYPE_CHECKING:
    from collections.abc import Iterable


def current_template() -> str:
    """The version of the questions that a new round asks."""
    return checklists.CURRENT


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class Assessment(models.Model):
    """One round of answers; while ``issued_at`` is empty it may be answered."""

    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="assessments"
    )
    round = models.PositiveSmallIntegerField(default=1)
    template = models.CharField(max_length=20, default=current_template)
    due = models.CharField(max_length=12, default=Due.SCREEN.value)
    # The organisation's own questions as they were when it was opened or upgraded.
    own_items = models.JSONField(default=list)
    # As issued, for ever; and as it stands now that waivers came and went.
    verdict = models.CharField(max_length=12, blank=True)
    stands_as = models.CharField(max_length=12, blank=True)
    decided = models.JSONField(default=list)
    # The verdict in words, its conditions and what it was judged for, once issued: a
    # later wording, kind or task must not change what was read on that day.
    record = models.JSONField(default=dict, editable=False)
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
    def placement(self) -> str:
        """Where the work runs: as it was when the round was issued, else as it is."""
        return str(self.record.get("placement", self.engagement.placement))

    @property
    def kind(self) -> str:
        """What kind of engagement it was judged for, likewise."""
        return str(self.record.get("kind", self.engagement.kind))

    def fitting(self, answers: Iterable[Answer]) -> list[Answer]:
        """The answers its questions take; an upgrade sets the others apart."""
        items = {item.id: item for item in self.checklist.items}
        return [
            answer
            for answer in answers
            if answer.item_id in items and fits(items[answer.item_id], answer.given)
        ]

    def screened(
        self, answers: Iterable[Answer], waived: frozenset[str] = frozenset()
    ) -> Screened:
        """The verdict these answers give now, with what management has waived."""
        return screen(
            self.checklist,
            [answer.given for answer in self.fitting(answers)],
            due=Due(self.due),
            placement=self.placement,
            kind=self.kind,
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
    # Not auto_now: a new round copies answers with the day they were given.
    answered_at = models.DateTimeField(default=timezone.now, editable=False)

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
    def is_given(self) -> bool:
        """Whether it says anything; one that was taken back does not."""
        return bool(
            self.value or self.number is not None or self.not_applicable_because
        )

    @property
    def given(self) -> Given:
        return Given(
            self.item_id,
            self.value or None,
            self.number,
            does_not_apply=bool(self.not_applicable_because),
        )
