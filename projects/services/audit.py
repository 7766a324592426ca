"""The one way to write an event; called inside the transaction of the act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projects.chronicle import params_of
from projects.models import Event

if TYPE_CHECKING:
    from projects.models import Engagement, Organisation, User


def record_event(
    verb: str,
    *,
    by: User | None,
    engagement: Engagement | None = None,
    for_organisation: Organisation | None = None,
    **params: str | int,
) -> Event:
    """Write who did what, to an engagement or for an organisation.

    A verb without its words or parameters is a bug here.
    """
    told = {"who": by.name, **params} if by else dict(params)
    missing = set(params_of(verb)) - told.keys()
    if missing:
        raise ValueError(f"{verb} needs {sorted(missing)}")
    return Event.objects.create(
        engagement=engagement,
        organisation=for_organisation,
        verb=verb,
        params=told,
        actor=by,
    )
