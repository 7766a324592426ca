"""Truth sets: the right answers, fixed in advance and kept from who is judged."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from projects.models.engagement import Engagement
from projects.models.people import User


class TruthSetQuerySet(models.QuerySet["TruthSet"]):
    def visible_to(self, user: User) -> Self:
        """What may be told of them; their rows are for the worker alone."""
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def registered(self) -> Self:
        return self.filter(registered_at__isnull=False)


class TruthSet(models.Model):
    """A file of ids with what came true; no page, error or download shows its rows.

    Only who registers it sees its first rows, while naming its columns.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="truth_sets"
    )
    name = models.CharField(max_length=200)
    file = models.FileField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    layout = models.JSONField()
    columns = models.JSONField(default=dict)
    # The labels it uses, the normal one first; empty means 0 and 1.
    classes = models.JSONField(default=list)
    rows = models.BigIntegerField(default=0)
    # Cases that happened, for the agreement's warning; None where that says nothing.
    events = models.BigIntegerField(null=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    # Empty until its columns are named and every row was checked.
    registered_at = models.DateTimeField(null=True, editable=False)

    objects = TruthSetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-received_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "sha256", "columns"],
                condition=Q(registered_at__isnull=False),
                name="truth_set_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
