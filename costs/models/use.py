"""How busy GPUs were, as they were measured."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from costs.models.imports import CostImport
from projects.models import Organisation, User


class UtilisationQuerySet(models.QuerySet["Utilisation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=user.belonging.whole())


class Utilisation(models.Model):
    """One hour of one GPU: mean and highest share of the time it worked, 0 to 100."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="utilisation"
    )
    imported = models.ForeignKey(CostImport, models.CASCADE, related_name="utilisation")
    # The machine as bills or schedulers name it.
    resource = models.CharField(max_length=250)
    gpu = models.CharField(max_length=80)
    model = models.CharField(max_length=80, blank=True)
    hour = models.DateTimeField()
    samples = models.PositiveIntegerField()
    mean = models.DecimalField(max_digits=5, decimal_places=2)
    highest = models.DecimalField(max_digits=5, decimal_places=2)

    objects = UtilisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["resource", "gpu", "hour"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "resource", "gpu", "hour"],
                name="utilisation_once_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(
                    samples__gt=0, mean__gte=0, mean__lte=100, highest__lte=100
                ),
                name="utilisation_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.gpu} {self.hour}: {self.mean}"
