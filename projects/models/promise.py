"""What an agreement promises besides its criteria: errors allowed, and when to stop."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.agreement import Agreement
from projects.models.kept import Part


class Period(models.TextChoices):
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")


class ErrorBudget(Part):
    """How many errors, and how many yen of them, management will bear, until when."""

    agreement = models.OneToOneField(
        Agreement, models.CASCADE, related_name="error_budget", primary_key=True
    )
    false_alarms = models.PositiveIntegerField(_("false alarms"), null=True, blank=True)
    false_alarms_per = models.CharField(
        _("per"), max_length=7, choices=Period, default=Period.WEEK
    )
    misses = models.PositiveIntegerField(_("misses"), null=True, blank=True)
    misses_per = models.CharField(
        _("per"), max_length=7, choices=Period, default=Period.QUARTER
    )
    yen_a_month = models.DecimalField(
        _("yen a month"), max_digits=14, decimal_places=0, null=True, blank=True
    )
    until = models.DateField(_("until"))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(false_alarms__isnull=False)
                | Q(misses__isnull=False)
                | Q(yen_a_month__isnull=False),
                name="error_budget_allows_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.until}"


class StopLine(Part):
    """撤退ライン: past any of these the work is stopped unless management decides."""

    agreement = models.OneToOneField(
        Agreement, models.CASCADE, related_name="stop_line", primary_key=True
    )
    on = models.DateField(_("date"), null=True, blank=True)
    yen = models.DecimalField(
        _("spent (yen)"), max_digits=14, decimal_places=0, null=True, blank=True
    )
    # A metric of the catalogue that must at least be this good by ``on``.
    metric = models.CharField(_("metric"), max_length=30, blank=True)
    value = models.DecimalField(
        _("value"), max_digits=18, decimal_places=6, null=True, blank=True
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(on__isnull=False) | Q(yen__isnull=False) | ~Q(metric=""),
                name="stop_line_says_something",
            ),
            models.CheckConstraint(
                condition=Q(metric="", value__isnull=True)
                | ~Q(metric="") & Q(value__isnull=False),
                name="stop_line_metric_with_its_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement}: {self.on or self.yen or self.metric}"
