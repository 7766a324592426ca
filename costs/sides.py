"""Who is of the provider's side, which knows its own prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projects.models import Engagement, User


def is_of_provider(user: User, engagement: Engagement) -> bool:
    """Whether the user works for the provider on this engagement."""
    return any(
        one.organisation_id == engagement.provider_id
        and one.engagement_id in (None, engagement.pk)
        for one in user.belonging.held
    )
