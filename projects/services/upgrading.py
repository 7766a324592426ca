"""Newer questions for an open round: offered, never forced."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects import checklist as checklists
from projects.checklist import load, with_own
from projects.checklists.difference import ChecklistDifference, difference
from projects.models import Assessment
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from typing import Any

    from projects.models import Engagement, User


@dataclass(frozen=True, slots=True)
class Offer:
    """The newest questions, and a key that names exactly these."""

    template: str
    # Any: an entry holds texts, lists and numbers.
    own_items: list[dict[str, Any]]
    difference: ChecklistDifference

    @property
    def key(self) -> str:
        known = json.dumps([self.template, self.own_items], sort_keys=True)
        return hashlib.sha256(known.encode()).hexdigest()[:16]


# Any: an entry holds texts, lists and numbers.
def own_entries(engagement: Engagement) -> list[dict[str, Any]]:
    """The provider's own questions as they are now."""
    own = engagement.provider.own_items.filter(retired_at__isnull=True)
    return [item.entry for item in own]


def upgrade_offered(assessment: Assessment) -> Offer | None:
    """What an open round could ask instead; None when it asks the newest already."""
    if assessment.issued_at is not None:
        return None
    template, own = checklists.CURRENT, own_entries(assessment.engagement)
    if (assessment.template, assessment.own_items) == (template, own):
        return None
    newest = with_own(load(template), own)
    return Offer(template, own, difference(assessment.checklist, newest))


def upgrade_assessment(*, assessment: Assessment, key: str, by: User) -> Assessment:
    """Ask the newest questions; answers that no longer fit are kept, but set apart.

    ``key``: of the offer that was looked at; ValidationError when it is another now.
    """
    engagement = assessment.engagement
    require(by, Permission.ANSWER, engagement)
    with transaction.atomic():
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        offer = upgrade_offered(locked)
        if offer is None or offer.key != key:
            raise ValidationError(
                _("The questions changed meanwhile. Look at the difference again.")
            )
        locked.template, locked.own_items = offer.template, offer.own_items
        locked.save()
        record_event(
            "assessment.upgraded",
            engagement=engagement,
            by=by,
            number=locked.round,
            version=offer.template,
        )
    return locked
