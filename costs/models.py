"""GPU use with the price it was paid at, and the budget it is held against."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Engagement, User


class PurchaseOption(models.TextChoices):
    ON_DEMAND = "on_demand", _("On demand")
    SPOT = "spot", _("Spot")
    RESERVED = "reserved", _("Reserved")
    ON_PREM = "on_prem", _("On premises")


class GpuUsageQuerySet(models.QuerySet["GpuUsage"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class GpuUsage(models.Model):
    """Hours of one GPU type; the price stays on the row, so the cost never changes."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="gpu_usage")
    used_on = models.DateField(_("day"))
    gpu_type = models.CharField(_("type"), max_length=60)
    hours = models.DecimalField(_("hours"), max_digits=10, decimal_places=2)
    option = models.CharField(
        _("purchase option"), max_length=9, choices=PurchaseOption
    )
    price_yen = models.DecimalField(
        _("price an hour (yen)"), max_digits=12, decimal_places=2
    )
    cost_yen = models.DecimalField(max_digits=16, decimal_places=0, editable=False)
    purpose = models.CharField(_("purpose"), max_length=120)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = GpuUsageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-used_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, price_yen__gte=0),
                name="gpu_usage_hours_positive",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gpu_type} {self.hours} h"


class Spend(models.Model):
    """Budget and spend so far of one engagement, kept with each row written."""

    engagement = models.OneToOneField(
        Engagement, models.CASCADE, related_name="spend", primary_key=True
    )
    budget_yen = models.DecimalField(
        _("Budget (yen)"), max_digits=16, decimal_places=0, null=True, blank=True
    )
    gpu_yen = models.DecimalField(max_digits=16, decimal_places=0, default=0)
    gpu_hours = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    def __str__(self) -> str:
        return f"{self.engagement}: {self.gpu_yen}"

    @property
    def left_yen(self) -> Decimal | None:
        """What is left of the budget; below 0 when more was spent."""
        return None if self.budget_yen is None else self.budget_yen - self.gpu_yen

    @property
    def over_yen(self) -> Decimal:
        """What was spent above the budget."""
        return max(-(self.left_yen or Decimal(0)), Decimal(0))

    @property
    def share(self) -> Decimal | None:
        """The part of the budget that is spent, 0.71 for 71 %."""
        return self.gpu_yen / self.budget_yen if self.budget_yen else None
