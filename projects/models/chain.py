"""The chain: every signature and acceptance of an engagement, each holding the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

from projects.models.engagement import Engagement
from projects.models.kept import Written, WrittenQuerySet

if TYPE_CHECKING:
    from projects.models.people import User


class LinkQuerySet(WrittenQuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(engagement__in=Engagement.objects.visible_to(user))


class Link(Written):
    """One signed thing as canonical text; its digest covers the digest before it.

    Never written again: changing any link breaks every one behind it.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="links")
    number = models.PositiveIntegerField()
    # What was signed, as sorted JSON without spaces.
    body = models.TextField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = LinkQuerySet.as_manager()  # in place of what Written has

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["engagement", "number"], name="link_number_once"
            ),
            models.UniqueConstraint(
                fields=["engagement", "previous"], name="link_follows_one_only"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} #{self.number}"
