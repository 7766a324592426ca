"""Events: who did what and when; written once, by the services."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from projects.chronicle import describe
from projects.models.engagement import Engagement
from projects.models.people import User


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class Event(models.Model):
    """One act, in the words of chronicle.py, with what it needs to be told."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="events")
    verb = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"

    def sentence(self, language: str) -> str:
        """What happened, for the reader."""
        return describe(self.verb, self.params, language)
