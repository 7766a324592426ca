"""The waivers of an engagement, which print on every one of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from projects.pages import item_of
from projects.services.waivers import in_force

if TYPE_CHECKING:
    from projects.models import Engagement

register = template.Library()


@register.inclusion_tag("projects/_waivers.html")
def waivers_in_force(engagement: Engagement) -> dict[str, Any]:
    """A note for each waiver that holds today; one query, whatever the page loads."""
    held = in_force(engagement, today=timezone.localdate())
    shown = held.select_related("given_by", "organisation")
    return {"waivers": [(waiver, item_of(waiver.item_id)) for waiver in shown]}
