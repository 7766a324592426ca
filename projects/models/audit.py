"""Events: who did what and when; written once, by the services."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from projects.chronicle import describe
from projects.models.engagement import Engagement
from projects.models.people import Organisation, User


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: User) -> Self:
        """Events of one's engagements, and of organisations one belongs to."""
        return self.filter(
            Q(engagement__in=Engagement.objects.visible_to(user))
            | Q(engagement__isnull=True, organisation__in=user.belonging.whole())
        )


class Event(models.Model):
    """One act, in the words of chronicle.py, with what it needs to be told."""

    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, related_name="events"
    )
    # Of what an organisation does for itself: intakes, invitations, own questions.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="events"
    )
    verb = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(engagement__isnull=False, organisation__isnull=True)
                | Q(engagement__isnull=True, organisation__isnull=False),
                name="event_of_an_engagement_or_an_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"

    def sentence(self, language: str) -> str:
        """What happened, for the reader, who knows people by their name in English."""
        told = dict(self.params)
        if self.actor and self.actor.name_en and not language.startswith("ja"):
            told["who"] = self.actor.name_en
        return describe(self.verb, told, language)
