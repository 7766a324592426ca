"""What stands on every page for its reader: their unread notices, their settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django import template

from projects.models import Notice
from projects.permissions import MANAGING, READING_MONEY, operates

if TYPE_CHECKING:
    from typing import Any

    from projects.models import User

register = template.Library()


@dataclass(frozen=True, slots=True)
class Top:
    """What the top bar asks the database."""

    unread: int
    # The provider whose settings the reader may open, if any.
    provider: int | None
    # The provider whose prices and spend they may read, if any.
    money: int | None
    # Whether they look after the installation.
    operates: bool


@register.simple_tag
def top_of(user: Any) -> Top:
    """All of it in one query. ``user``: whoever is signed in."""
    reader = cast("User", user)
    belonging = reader.belonging
    return Top(
        unread=Notice.objects.visible_to(reader).unread().in_inbox().count(),
        provider=next(iter(belonging.of_providers(MANAGING)), None),
        money=next(iter(belonging.of_providers(READING_MONEY)), None),
        operates=operates(reader),
    )
