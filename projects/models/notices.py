"""Notices: what a person should know of without having to look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse

from projects.chronicle import describe
from projects.models.engagement import Engagement
from projects.models.people import User
from projects.models.posted import Posted, PostedQuerySet
from projects.telling import KIND_WORDS, MailWay, NoticeKind, Wish

if TYPE_CHECKING:
    from datetime import datetime


class NoticeQuerySet(PostedQuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        return self.filter(reader=user)

    def in_inbox(self) -> Self:
        """Without what its reader wanted by e-mail alone."""
        return self.filter(in_inbox=True)

    def for_digest(self, *, before: datetime) -> Self:
        """What waits for its reader's daily letter and was not read meanwhile."""
        return self.unread().filter(
            mail=MailWay.DAILY, digest__isnull=True, at__lt=before
        )

    def unread_first(self) -> Self:
        read = Case(When(read_at__isnull=True, then=Value(0)), default=Value(1))
        return self.order_by(read, "-at", "-pk")

    def unsent(self) -> Self:
        """Of those that go out by themselves."""
        return super().unsent().filter(mail=MailWay.AT_ONCE)


class Notice(Posted):
    """One thing that happened, for one reader; in their inbox and by e-mail.

    To somebody without an account it goes by e-mail only. A reader's daily letter is a
    notice too, of all those that it gathers, so that it is sent as carefully.
    """

    reader = models.ForeignKey(User, models.CASCADE, null=True, related_name="notices")
    engagement = models.ForeignKey(
        Engagement, models.CASCADE, null=True, related_name="notices"
    )
    verb = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    # As its reader wished when it happened.
    in_inbox = models.BooleanField(default=True, editable=False)
    mail = models.CharField(
        max_length=7,
        choices=[(way.value, way.value) for way in MailWay],
        default=MailWay.AT_ONCE.value,
        editable=False,
    )
    # Of which day it is the letter; none of others.
    day = models.DateField(null=True, editable=False)
    digest = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="gathered",
        editable=False,
    )
    read_at = models.DateTimeField(null=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reader", "day"],
                condition=Q(day__isnull=False),
                name="notice_one_letter_a_day",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["reader"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
            models.Index(
                fields=["reader"],
                condition=Q(mail="daily", digest__isnull=True, read_at__isnull=True),
                name="notice_for_digest",
            ),
            models.Index(
                fields=["try_at"],
                condition=Q(sent_at__isnull=True, undeliverable=""),
                name="notice_unsent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.email}"

    def get_absolute_url(self) -> str:
        """Where its reader opens it; who has no account goes straight to the thing."""
        if self.reader_id is None or self.day is not None:
            return self.path
        return reverse("projects:notice", args=[self.pk])

    def sentence(self, language: str) -> str:
        """What happened, for the reader, with the name they know who did it by."""
        params = self.params
        if language == "en" and "who_en" in params:
            params = {**params, "who": params["who_en"]}
        return describe(self.verb, params, language)


class NoticeWish(models.Model):
    """How one person wants notices of one kind; without a row, as everybody does."""

    reader = models.ForeignKey(User, models.CASCADE, related_name="notice_wishes")
    kind = models.CharField(
        max_length=9, choices=[(k.value, KIND_WORDS[k][0].en) for k in NoticeKind]
    )
    in_inbox = models.BooleanField()
    mail = models.CharField(
        max_length=7, choices=[(way.value, way.value) for way in MailWay]
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reader", "kind"], name="notice_wish_once_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.kind}"

    @property
    def as_wish(self) -> Wish:
        return Wish(in_inbox=self.in_inbox, mail=MailWay(self.mail))


class Reminder(models.Model):
    """One announcement that was made, so that nobody makes it again."""

    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
