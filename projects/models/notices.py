"""Notices: what a person should know of without having to look for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from projects.models.engagement import Engagement
from projects.models.people import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at__isnull=True)

    def unsent(self) -> NoticeQuerySet:
        """Not yet handed to the mail server."""
        return self.filter(sent_at__isnull=True)


class Notice(models.Model):
    """One thing that happened, for one reader; in their inbox and by e-mail.

    To somebody without an account it goes by e-mail only.
    """

    reader = models.ForeignKey(User, models.CASCADE, null=True, related_name="notices")
    email = models.EmailField()
    language = models.CharField(max_length=2)
    engagement = models.ForeignKey(
        Engagement, models.CASCADE, null=True, related_name="notices"
    )
    verb = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    read_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["reader"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
            models.Index(
                fields=["at"], condition=Q(sent_at__isnull=True), name="notice_unsent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.email}"
