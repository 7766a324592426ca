"""The note about lines that are nobody's, wherever a provider's money is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from costs.unassigned import of_provider

if TYPE_CHECKING:
    from projects.models import Organisation

register = template.Library()


# Any: a template's variables.
@register.inclusion_tag("costs/_unassigned_note.html")
def unassigned_note(
    organisation: Organisation, *, linked: bool = True
) -> dict[str, Any]:
    """How much belongs to nobody yet, with the way there; nothing where all does."""
    nobodys = of_provider(organisation)
    return {"organisation": organisation, "nobodys": nobodys, "linked": linked}
