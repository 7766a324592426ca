"""What may be spent, what happens at its lines, and what management decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.catalogue import period_in_words
from projects.chronicle import describe
from projects.chronicle_budgets import BUDGET_WORDS
from projects.models import Engagement, User

if TYPE_CHECKING:
    from datetime import date

    from projects.catalogue import Text


class BudgetQuerySet(models.QuerySet["Budget"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def in_force(self) -> Self:
        return self.filter(replaced_at__isnull=True)


class Budget(models.Model):
    """So much between two days, or over the whole engagement when no day is named.

    A budget is never changed: a new one replaces it, and the old one stays.
    """

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="budgets")
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    amount_yen = models.DecimalField(_("Budget (yen)"), max_digits=16, decimal_places=0)
    stop_yen = models.DecimalField(
        _("Stop line (yen)"), max_digits=16, decimal_places=0, null=True, blank=True
    )
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, editable=False)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_on", "-set_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_yen__gt=0), name="budget_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(stop_yen__isnull=True) | Q(stop_yen__gt=0),
                name="budget_stop_line_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True)
                | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
                name="budget_has_both_days_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}: {self.amount_yen}"

    @property
    def period(self) -> str:
        """As events keep it: ``whole``, or two days with a stroke between them."""
        if self.starts_on is None or self.ends_on is None:
            return "whole"
        return f"{self.starts_on.isoformat()}/{self.ends_on.isoformat()}"

    @property
    def period_text(self) -> Text:
        """The period as people say it."""
        if self.starts_on is None or self.ends_on is None:
            return BUDGET_WORDS["period"]["whole"]
        return period_in_words(self.starts_on, self.ends_on)

    def holds(self, day: date) -> bool:
        """Whether what was spent on the day counts in it."""
        if self.starts_on is None or self.ends_on is None:
            return True
        return self.starts_on <= day <= self.ends_on


class Threshold(models.TextChoices):
    HALF = "50", _("50%")
    MOST = "80", _("80%")
    ALL = "100", _("100%")
    STOP = "stop", _("Stop line")


class BreachChoice(models.TextChoices):
    GO_ON = "go_on", _("Go on within the budget")
    RAISE = "raise", _("Raise the budget")
    STOP = "stop", _("Stop spending")


class BreachQuerySet(models.QuerySet["Breach"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(budget__engagement__in=Engagement.objects.visible_to(user))

    def asking(self) -> Self:
        """Of the lines at which management decides."""
        return self.filter(threshold__in=[Threshold.ALL, Threshold.STOP])

    def undecided(self) -> Self:
        """Those that need somebody's decision and have none."""
        return self.asking().filter(decided_at__isnull=True)

    def newest_of(self, engagement: Engagement) -> list[Breach]:
        """Of each budget in force the newest line, which says how it stands."""
        asking = (
            self.asking()
            .filter(budget__engagement=engagement, budget__replaced_at__isnull=True)
            .select_related("budget", "decided_by")
            .order_by("pk")
        )
        return list({one.budget_id: one for one in asking}.values())


class Breach(models.Model):
    """The spend has passed a line of a budget; from 100 % on, management decides."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="breaches")
    threshold = models.CharField(max_length=4, choices=Threshold)
    spent_yen = models.DecimalField(max_digits=20, decimal_places=4)
    at = models.DateTimeField(auto_now_add=True)
    choice = models.CharField(
        _("decision"), max_length=5, choices=BreachChoice, blank=True
    )
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = BreachQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["budget", "threshold"], name="breach_once_a_line"
            ),
            models.CheckConstraint(
                condition=Q(
                    choice="", reason="", decided_by__isnull=True, decided_at=None
                )
                | ~Q(choice="")
                & ~Q(reason="")
                & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="breach_decided_wholly_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.threshold}"

    @property
    def params(self) -> dict[str, str]:
        """As events and notices keep it."""
        return {
            "period": self.budget.period,
            "line": self.threshold,
            "spent_yen": f"{self.spent_yen:.0f}",
            "amount_yen": f"{self.budget.amount_yen:.0f}",
        }

    def sentence(self, language: str) -> str:
        """What was reached, and with how much, for the reader."""
        return describe("budget.passed", self.params, language)
