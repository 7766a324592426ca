"""What was spent, summed when it was written: no page adds lines up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from costs.models.prices import PurchaseOption
from costs.sheets import Sum
from projects.models import Engagement, Organisation, User

if TYPE_CHECKING:
    from decimal import Decimal


class CostKind(models.TextChoices):
    GPU = "gpu", _("GPUs")
    CLOUD = "cloud", _("Other cloud services")
    LABELS = "labels", _("Labels")
    PEOPLE = "people", _("People")
    INFERENCE = "inference", _("Inference")


class Spend(models.Model):
    """Budget and spend so far of one engagement, kept with each line written."""

    engagement = models.OneToOneField(
        Engagement, models.CASCADE, related_name="spend", primary_key=True
    )
    # Of the budget over the whole engagement, where there is one.
    budget_yen = models.DecimalField(
        _("Budget (yen)"), max_digits=16, decimal_places=0, null=True, blank=True
    )
    stop_yen = models.DecimalField(
        _("Stop line (yen)"), max_digits=16, decimal_places=0, null=True, blank=True
    )
    spent_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    gpu_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    gpu_hours = models.DecimalField(max_digits=22, decimal_places=9, default=0)
    labels_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    people_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(budget_yen__isnull=True) | Q(budget_yen__gt=0),
                name="spend_budget_above_zero",
            )
        ]

    def __str__(self) -> str:
        return f"{self.engagement}: {self.spent_yen}"

    @property
    def left_yen(self) -> Decimal | None:
        """What is left of the budget; below 0 when more was spent."""
        return None if self.budget_yen is None else self.budget_yen - self.spent_yen

    @property
    def share(self) -> Decimal | None:
        """The part of the budget that is spent, 0.71 for 71 %."""
        return self.spent_yen / self.budget_yen if self.budget_yen else None


class SpendDayQuerySet(models.QuerySet["SpendDay"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            Q(engagement__in=Engagement.objects.visible_to(user))
            | Q(engagement__isnull=True, organisation__in=user.belonging.whole())
        )

    def interruptions_on_spot(self) -> dict[tuple[int, str], tuple[int, Decimal]]:
        """By provider and type: interruptions and GPU hours on spot; one query."""
        rows = (
            self.order_by()
            .filter(kind=CostKind.GPU, option=PurchaseOption.SPOT)
            .values("organisation", "gpu_type")
            .annotate(cut=models.Sum("interruptions"), held=models.Sum("gpu_hours"))
        )
        return {
            (row["organisation"], row["gpu_type"]): (row["cut"], row["held"])
            for row in rows
        }

    def summed_by(self, *names: str) -> list[Sum]:
        """What the days cost together, by what they are alike in; one query."""
        rows = (
            self.order_by()
            .values(*names)
            .annotate(
                yen=models.Sum("cost_yen"),
                hours_of_gpus=models.Sum("gpu_hours"),
                how_many=models.Sum("lines"),
            )
        )
        return [
            Sum(
                names=tuple(row[name] for name in names),
                yen=row["yen"],
                gpu_hours=row["hours_of_gpus"],
                lines=row["how_many"],
            )
            for row in rows
        ]


class SpendDay(models.Model):
    """The sum of a day's lines that are alike; ``costs.rollup`` alone writes it.

    Every page of money reads these, whatever the number of lines behind them.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="spend_days"
    )
    engagement = models.ForeignKey(
        Engagement, models.CASCADE, null=True, related_name="spend_days"
    )
    day = models.DateField()
    month = models.DateField()
    kind = models.CharField(max_length=9, choices=CostKind)
    category = models.CharField(max_length=10, default="usage")
    gpu_type = models.CharField(max_length=60, blank=True)
    option = models.CharField(max_length=12, blank=True)
    service = models.CharField(max_length=9, blank=True)
    purpose = models.CharField(max_length=10, blank=True)
    person = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3)
    # SHA-256 of all of the above: what makes the row one.
    key = models.CharField(max_length=64, unique=True)
    lines = models.IntegerField(default=0)
    hours = models.DecimalField(max_digits=22, decimal_places=9, default=0)
    gpu_hours = models.DecimalField(max_digits=24, decimal_places=9, default=0)
    lost_gpu_hours = models.DecimalField(max_digits=24, decimal_places=9, default=0)
    interruptions = models.IntegerField(default=0)
    cost = models.DecimalField(max_digits=30, decimal_places=14, default=0)
    cost_yen = models.DecimalField(max_digits=22, decimal_places=4, default=0)

    objects = SpendDayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["engagement", "day"], name="spend_day_of_engagement"),
            models.Index(fields=["organisation", "day"], name="spend_day_of_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.cost_yen}"
