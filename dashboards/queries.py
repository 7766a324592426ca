"""The only reading across apps, each with a fixed number of queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluation.models import CriterionVerdict
from projects.models import Engagement

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.models import User

# Worst first, as a reader in a hurry wants it.
ORDER = ("fail", "undecided", "pass")


def portfolio(user: User) -> QuerySet[Engagement]:
    """Every engagement the user may see, those that need attention first.

    Each with its glance, its newest verdict and its spend. Of those that need as much,
    the one whose next date is nearest comes first.
    """
    return (
        Engagement.objects.visible_to(user)
        .filter(glance__isnull=False)
        .select_related(
            "customer",
            "owner",
            "glance",
            "latest__run__agreement",
            "latest__worst__criterion",
            "spend",
        )
        .order_by("glance__need", "glance__next_on", "glance__engagement_id")
    )


def latest_verdicts(engagement: Engagement) -> list[CriterionVerdict]:
    """Every criterion of the newest verdict, the worst first; none without one."""
    if not hasattr(engagement, "latest"):
        return []
    found = CriterionVerdict.objects.filter(
        result__run=engagement.latest.run
    ).select_related("criterion")
    return sorted(found, key=lambda verdict: ORDER.index(verdict.outcome))
