"""Who answers which question: the manager all, others those assigned to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.models import Assignment, Engagement
from projects.permissions import Permission, can, permissions_of, require
from projects.services.audit import record_event
from projects.services.notices import tell

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from projects.models import User


@dataclass(frozen=True, slots=True)
class Answering:
    """The questions a person may answer on one engagement."""

    everything: bool = False
    items: frozenset[str] = frozenset()

    def __contains__(self, item_id: str) -> bool:
        return self.everything or item_id in self.items

    def __bool__(self) -> bool:
        return self.everything or bool(self.items)


def answering(
    user: User, engagement: Engagement, held: Collection[Permission] | None = None
) -> Answering:
    """What the user may answer; `held` saves asking for their permissions again."""
    may = permissions_of(user, engagement) if held is None else held
    if Permission.ANSWER in may:
        return Answering(everything=True)
    if Permission.ANSWER_ASSIGNED not in may:
        return Answering()
    mine = engagement.assignments.filter(assignee=user)
    return Answering(items=frozenset(mine.values_list("item_id", flat=True)))


def require_answering(user: User, engagement: Engagement, item_id: str) -> None:
    """Refuse with PermissionDenied unless the user may answer this question."""
    if item_id not in answering(user, engagement):
        raise PermissionDenied(
            _(
                "Only the project manager answers this question, or the person it is "
                "assigned to."
            )
        )


def assign_item(
    *, engagement: Engagement, item_id: str, assignee: User | None, by: User
) -> Assignment | None:
    """Ask one person to answer a question; nobody takes the request back.

    ValidationError for somebody who could not answer it.
    """
    require(by, Permission.ANSWER, engagement)
    with transaction.atomic():
        # The engagement's row is the lock, so that managers assign one by one.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        standing = engagement.assignments.filter(item_id=item_id).first()
        if standing is not None and standing.assignee == assignee:
            return standing
        if assignee is None:
            if standing is not None:
                standing.delete()
                record_event(
                    "item.unassigned", engagement=engagement, by=by, item=item_id
                )
            return None
        if not can(assignee, Permission.ANSWER_ASSIGNED, engagement):
            raise ValidationError(
                _("%(name)s cannot answer questions of this engagement.")
                % {"name": assignee.name}
            )
        assigned, _made = Assignment.objects.update_or_create(
            engagement=engagement,
            item_id=item_id,
            defaults={"assignee": assignee, "assigned_by": by},
        )
        # Any: as the parameters of an event.
        told: dict[str, Any] = {"item": item_id, "name": assignee.name}
        record_event("item.assigned", engagement=engagement, by=by, **told)
        tell(
            [assignee],
            "item.assigned",
            path=reverse("projects:item", args=[engagement.pk, item_id]),
            engagement=engagement,
            but=by,
            who=by.name,
            **told,
        )
    return assigned
