"""Who is of the provider's side, which knows its own prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from projects.models import Engagement, User


def is_of_provider(user: User, engagement: Engagement) -> bool:
    """Whether the user works for the provider on this engagement; one query."""
    here = Q(engagement=None) | Q(engagement=engagement)
    return user.memberships.filter(here, organisation=engagement.provider_id).exists()
