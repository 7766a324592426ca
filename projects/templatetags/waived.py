"""The waivers of an engagement, which print on every one of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from projects.permissions import Permission
from projects.services.waivers import in_force
from projects.waiver_pages import items_of

if TYPE_CHECKING:
    from projects.models import Engagement

register = template.Library()


@register.inclusion_tag("projects/_waivers.html", takes_context=True)
def waivers_in_force(context: dict[str, Any], engagement: Engagement) -> dict[str, Any]:
    """A note for each waiver that holds today; one query, or none where the page has
    them as ``waivers_held``.

    Where the page knows that its reader may waive, with the way to withdraw it.
    """
    may = context.get("may_waive") or Permission.WAIVE in context.get("may", ())
    shown = context.get("waivers_held")
    if shown is None:
        held = in_force(engagement, today=timezone.localdate())
        shown = held.select_related("given_by", "organisation")
    return {"waivers": items_of(shown), "may_waive": may}
