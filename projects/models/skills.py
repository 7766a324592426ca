"""Which of the skills an engagement needs its people have, and for how many hours."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.engagement import Engagement
from projects.models.people import User


class SkillCover(models.Model):
    """One person covers one skill, for some hours a week."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="covers")
    person = models.ForeignKey(User, models.PROTECT, related_name="covers")
    skill = models.CharField(_("skill"), max_length=20)
    hours_a_week = models.DecimalField(
        _("hours a week"), max_digits=4, decimal_places=1
    )

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
