"""What stands on every page for its reader: their unread notices, their settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.db.models import Count, Exists, OuterRef, Q, Subquery

from projects.models import Membership, Notice, User
from projects.permissions import READING_MONEY, Role

if TYPE_CHECKING:
    from typing import Any

register = template.Library()


@dataclass(frozen=True, slots=True)
class Top:
    """What the top bar asks the database."""

    unread: int
    # The provider whose settings the reader may open, if any.
    provider: int | None
    # The provider whose prices and spend they may read, if any.
    money: int | None
    # Whether they look after the installation: see `permissions.operates`.
    operates: bool


@register.simple_tag
def top_of(user: Any) -> Top:
    """All of it in one query. ``user``: whoever is signed in."""
    settles = Membership.objects.managing().filter(
        user=OuterRef("pk"), organisation__kind="provider"
    )
    reads = Membership.objects.filter(
        user=OuterRef("pk"),
        organisation__kind="provider",
        engagement__isnull=True,
        role__in=READING_MONEY,
    )
    administers = Membership.objects.filter(
        user=OuterRef("pk"),
        organisation__kind="provider",
        engagement__isnull=True,
        role=Role.ADMINISTRATOR,
    )
    # A subquery, because it finds its rows by the index of unread notices alone.
    inbox = Notice.objects.unread().in_inbox().filter(reader=OuterRef("pk")).order_by()
    unread, provider, money, operates = (
        User.objects.filter(pk=user.pk)
        .annotate(
            unread=Subquery(inbox.values("reader").annotate(n=Count("pk")).values("n")),
            provider=Subquery(settles.values("organisation")[:1]),
            money=Subquery(reads.values("organisation")[:1]),
            operates=Q(is_staff=True) | Exists(administers),
        )
        .values_list("unread", "provider", "money", "operates")
        .get()
    )
    return Top(unread or 0, provider, money, operates)
