"""Operation: the days after go-live, with the errors they brought."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models import Engagement, User


class OperationPlan(models.Model):
    """Who answers for a year of operation, and what happens when it stops."""

    engagement = models.OneToOneField(
        Engagement, models.PROTECT, related_name="operation_plan", primary_key=True
    )
    starts_on = models.DateField(_("in operation from"))
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    deputy = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("deputy")
    )
    truth_delay_days = models.PositiveSmallIntegerField(_("days until truth is known"))
    fallback = models.TextField(_("how work goes on without it"), max_length=1000)
    # Days of operation, with their truth, before the stage may be accepted.
    days_needed = models.PositiveSmallIntegerField(_("days needed"), default=90)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(owner=F("deputy")), name="operation_deputy_is_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.engagement} from {self.starts_on}"


class OperationDayQuerySet(models.QuerySet["OperationDay"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class OperationDay(models.Model):
    """One day in operation: how much was judged, and which errors came out."""

    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="operation_days"
    )
    day = models.DateField(_("day"))
    cases = models.PositiveIntegerField(_("cases judged"))
    # Of how many the truth is known by now.
    known = models.PositiveIntegerField(_("truth known of"))
    false_alarms = models.PositiveIntegerField(_("false alarms"), default=0)
    misses = models.PositiveIntegerField(_("misses"), default=0)
    cost_yen = models.DecimalField(
        _("cost of the errors (yen)"), max_digits=14, decimal_places=0, default=0
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    objects = OperationDayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "day"], name="operation_day_once"
            ),
            models.CheckConstraint(
                condition=Q(known__lte=F("cases")),
                name="operation_day_known_of_its_cases",
            ),
            models.CheckConstraint(
                condition=Q(cost_yen__gte=0), name="operation_day_errors_cost"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} {self.day}"

    @property
    def truth_is_due(self) -> bool:
        """Nobody knows of an error yet, which is not the same as no error."""
        return bool(self.cases) and not (self.known or self.false_alarms or self.misses)


class Drill(models.Model):
    """A rehearsal of going back to the old way."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="drills")
    held_on = models.DateField(_("held on"))
    what = models.CharField(_("what was rehearsed"), max_length=300)
    worked = models.BooleanField(_("it worked"))
    minutes = models.PositiveSmallIntegerField(_("minutes until the old way ran"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-held_on"]

    def __str__(self) -> str:
        return f"{self.engagement} {self.held_on}"
