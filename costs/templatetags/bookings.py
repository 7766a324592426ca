"""Who waits for whom, on an engagement's own page of costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from costs import board

if TYPE_CHECKING:
    from projects.models import Engagement

register = template.Library()


@register.inclusion_tag("costs/_waits.html", takes_context=True)
def gpu_waits(context: dict[str, Any], engagement: Engagement) -> dict[str, Any]:
    """Its bookings beside those they share a pool with, from today on."""
    today = timezone.localdate()
    user = context["request"].user
    now = timezone.now()
    return {
        "boards": board.boards(user, board.midnight(today), now, of=engagement),
        "engagement": engagement,
        "may": context.get("may", ()),
        "of_one": True,
    }
