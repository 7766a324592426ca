"""What the work brought in yen, month by month."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from projects.models import Engagement, User


class ValueMonthQuerySet(models.QuerySet["ValueMonth"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def yen(self) -> Decimal:
        """All of it together; nothing of none."""
        return self.aggregate(all=Sum("value_yen"))["all"] or Decimal()


class ValueMonth(models.Model):
    """One month: how many yen the work saved or earned, and how somebody knows.

    Below zero it cost more than the way before.
    """

    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="value_months"
    )
    # Its first day.
    month = models.DateField(_("month"))
    value_yen = models.DecimalField(_("value (yen)"), max_digits=14, decimal_places=0)
    measured_how = models.CharField(_("how it was measured"), max_length=300)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    objects = ValueMonthQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-month"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "month"], name="value_month_once"
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="value_month_by_its_first_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} {self.month:%Y-%m}"
