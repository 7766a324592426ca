"""What a link to a report shows: what its maker sees of it at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from dashboards import queries
from dashboards.entry_queries import portfolio_report
from dashboards.report_queries import engagement_report, readable
from dashboards.report_sheets import engagement_sheets_of, portfolio_sheets_of
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dashboards.portfolio_words import PortfolioSheet
    from dashboards.report_words import EngagementSheet
    from projects.models import ReportLink


def sheets_of(
    link: ReportLink, languages: Sequence[str], *, at: datetime
) -> list[EngagementSheet] | list[PortfolioSheet]:
    """The report of its engagement, or of all of its organisation's that it may show.

    Engagement.DoesNotExist where its maker sees the engagement no longer.
    """
    by = Text(
        f"「{link.label}」宛てのリンクの読者",
        f"a reader of the link for “{link.label}”",
    )
    if link.engagement_id is not None:
        today = timezone.localdate(at)
        engagement = readable(link.created_by, today).get(pk=link.engagement_id)
        told = engagement_report(engagement, today)
        return engagement_sheets_of(told, languages, by=by, at=at)
    of = link.organisation
    theirs = queries.portfolio(link.created_by).filter(Q(provider=of) | Q(customer=of))
    return portfolio_sheets_of(
        portfolio_report(theirs, link.of), languages, by=by, at=at
    )
