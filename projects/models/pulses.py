"""When each part that works unseen was last heard of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

if TYPE_CHECKING:
    from datetime import datetime


class Part(models.TextChoices):
    """Beat says when it rings; each queue's worker says when it was rung for."""

    BEAT = "beat", "beat"
    MEASURING = "measuring", "measuring"
    POST = "post", "post"


class PulseQuerySet(models.QuerySet["Pulse"]):
    def told(self, part: Part, *, now: datetime) -> None:
        """Write that the part was heard of now."""
        self.update_or_create(part=part, defaults={"at": now})

    def heard(self) -> dict[str, datetime]:
        """When each part was last heard of, by its name; one query."""
        return dict(self.values_list("part", "at"))


class Pulse(models.Model):
    """One row a part: a page of the web process reads what other processes tell."""

    part = models.CharField(max_length=9, primary_key=True, choices=Part)
    at = models.DateTimeField()

    objects = PulseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["part"]

    def __str__(self) -> str:
        return f"{self.part}: {self.at}"
