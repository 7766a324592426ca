"""Which of the skills an engagement needs its people have, and for how many hours."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from projects.models.engagement import Engagement
from projects.models.people import Membership, User
from projects.skills import Cover, Skill


class SkillCoverQuerySet(models.QuerySet["SkillCover"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def of_members(self) -> Self:
        """Only covers of people who still take part: nobody counts who has left."""
        return self.filter(
            Exists(
                Membership.objects.filter(
                    Q(organisation=OuterRef("engagement__provider"))
                    | Q(organisation=OuterRef("engagement__customer")),
                    Q(engagement__isnull=True) | Q(engagement=OuterRef("engagement")),
                    user=OuterRef("person"),
                )
            )
        )


class SkillCover(models.Model):
    """One person covers one skill, for some hours a week."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="covers")
    person = models.ForeignKey(User, models.PROTECT, related_name="covers")
    skill = models.CharField(_("skill"), max_length=20)
    hours_a_week = models.DecimalField(
        _("hours a week"), max_digits=4, decimal_places=1
    )

    objects = SkillCoverQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "person", "skill"], name="skill_covered_once"
            ),
            models.CheckConstraint(
                condition=Q(hours_a_week__gt=0, hours_a_week__lte=60),
                name="skill_hours_of_a_week",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.skill}"

    @property
    def as_cover(self) -> Cover:
        return Cover(self.person_id, Skill(self.skill), self.hours_a_week)
