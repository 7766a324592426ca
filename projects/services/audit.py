"""The one way to write an event; called inside the transaction of the act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projects.chronicle import params_of
from projects.models import Event

if TYPE_CHECKING:
    from projects.models import Engagement, User


def record_event(
    verb: str,
    *,
    engagement: Engagement,
    by: User | None,
    **params: str | int,
) -> Event:
    """Write who did what; a verb without its words or parameters is a bug here."""
    told = {"who": by.name, **params} if by else dict(params)
    missing = set(params_of(verb)) - told.keys()
    if missing:
        raise ValueError(f"{verb} needs {sorted(missing)}")
    return Event.objects.create(engagement=engagement, verb=verb, params=told, actor=by)
