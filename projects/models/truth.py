"""Truth sets: the right answers, fixed in advance and kept from who is judged."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from projects.models.engagement import Engagement
from projects.models.people import User


class TruthSet(models.Model):
    """A file of ids with what came true; no page, error or download shows its rows.

    It has no ``visible_to``: its rows are for the worker alone, and what may be told of
    it (name, digest, counts) is told with its engagement.
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
    columns = models.JSONField()
    rows = models.BigIntegerField()
    # Cases that happened, for the agreement's warning; None where that says nothing.
    events = models.BigIntegerField(null=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-registered_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "sha256"], name="truth_set_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
