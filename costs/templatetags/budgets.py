"""What waits or is stopped of the budgets, in the head of pages of something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import get_language

from costs.models import Breach, BreachChoice
from projects.permissions import Permission

if TYPE_CHECKING:
    from projects.models import Engagement

register = template.Library()


@dataclass(frozen=True, slots=True)
class Note:
    """One budget that waits for management, or whose spending was stopped."""

    of: Breach
    said: str


@register.inclusion_tag("costs/_budget_notes.html", takes_context=True)
def budget_notes(context: dict[str, Any], engagement: Engagement) -> dict[str, Any]:
    """A note for each budget that is used up and not decided, or stopped.

    One query, or none where the page has them as ``breaches``.
    """
    found = context.get("breaches")
    newest = Breach.objects.newest_of(engagement) if found is None else found
    language = get_language() or "ja"
    return {
        "engagement": engagement,
        "waiting": [
            Note(one, one.sentence(language))
            for one in newest
            if one.decided_at is None
        ],
        "stopped": [one for one in newest if one.choice == BreachChoice.STOP],
        "may_decide": Permission.DECIDE_BUDGET in context.get("may", ()),
    }
