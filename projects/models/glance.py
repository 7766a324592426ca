"""What a list shows of an engagement, kept in one row so that no list sums anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.glancing import Coming, Need, Worst
from projects.models.agreement import Agreement
from projects.models.engagement import Engagement, Stage, within_reach
from projects.models.people import Organisation

if TYPE_CHECKING:
    from projects.models.people import User


class GlanceQuerySet(models.QuerySet["Glance"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(within_reach(user))


class Glance(models.Model):
    """Repeats facts that stand elsewhere; `services.glances` alone writes it.

    Each act that changes such a fact tells it again in the same transaction, and
    ``manage.py retell`` tells all of them from the facts.
    """

    engagement = models.OneToOneField(
        Engagement, models.CASCADE, related_name="glance", primary_key=True
    )
    # Who takes part and how far it has come: sums over very many read this row alone.
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=11, choices=Stage)
    need = models.PositiveSmallIntegerField(
        choices=[(one.value, one.name) for one in Need], default=Need.UNMEASURED.value
    )
    # Of the newest verdict: its worst error by what is allowed, 1 at the line.
    outcome = models.CharField(max_length=10, blank=True)
    error = models.FloatField(null=True)
    # The criterion that needs somebody most, as `Worst` writes it, and the agreement
    # that judged where it asks less than the one before.
    worst = models.JSONField(null=True)
    loosened = models.ForeignKey(
        Agreement, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # The same of the runs before, the newest last.
    errors = models.JSONField(default=list)
    measured_on = models.DateField(null=True)
    # What management bore has ended, and nothing replaced it.
    unaccepted = models.BooleanField(default=False)
    accepted_until = models.DateField(null=True)
    # Of the tightest allowance of the error budget, in the period that holds the day.
    burned = models.FloatField(null=True)
    burned_until = models.DateField(null=True)
    runs_out_on = models.DateField(null=True)
    # What is spent, of which budget, and where to stop; whole yen and parts of one.
    spent_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    budget_yen = models.DecimalField(max_digits=16, decimal_places=0, null=True)
    stop_yen = models.DecimalField(max_digits=16, decimal_places=0, null=True)
    gpu_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    labels_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    people_yen = models.DecimalField(max_digits=20, decimal_places=4, default=0)
    # What the errors in operation cost so far.
    errors_yen = models.DecimalField(max_digits=18, decimal_places=0, default=0)
    # What it is expected to bring a year, and what it brought so far.
    expected_yen = models.DecimalField(max_digits=18, decimal_places=0, null=True)
    realised_yen = models.DecimalField(max_digits=18, decimal_places=0, default=0)
    task_on = models.DateField(null=True)
    waiver_on = models.DateField(null=True)
    next_on = models.DateField(null=True)
    coming = models.CharField(
        max_length=10,
        blank=True,
        choices=[
            (Coming.TASK.value, _("a task is due")),
            (Coming.WAIVER.value, _("a waiver ends")),
            (Coming.RUNS_OUT.value, _("error budget runs out")),
            (Coming.ACCEPTANCE.value, _("accepted errors end")),
            (Coming.END.value, _("planned end")),
        ],
    )

    objects = GlanceQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["need", "next_on", "engagement"], name="glance_by_need"
            ),
            # The few whose errors nobody bears any more, or soon nobody will.
            models.Index(
                fields=["runs_out_on", "engagement"],
                condition=Q(unaccepted=True) | Q(runs_out_on__isnull=False),
                name="glance_to_bear",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement}: {Need(self.need).name}"

    @property
    def judged(self) -> Worst | None:
        """The worst criterion of the newest verdict."""
        return None if self.worst is None else Worst.of(self.worst)
