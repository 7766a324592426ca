"""Reports as sheets of paper: which languages, and the PDF of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from dashboards.portfolio_words import PortfolioSheet, portfolio_sheet
from dashboards.report_words import EngagementSheet, engagement_sheet
from projects.paper import pdf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dashboards.report_shapes import EngagementReport, PortfolioReport
    from projects.catalogue import Text

LANGUAGES = {"ja": ("ja",), "en": ("en",), "both": ("ja", "en")}


def languages_of(asked: str | None) -> tuple[str, ...]:
    """By the word in the address; the reader's own without a known one."""
    own = "en" if get_language() == "en" else "ja"
    return LANGUAGES.get(asked or own, (own,))


def engagement_sheets_of(
    report: EngagementReport, languages: Sequence[str], *, by: Text, at: datetime
) -> list[EngagementSheet]:
    """A sheet in each language."""
    return [engagement_sheet(report, one, by=by, at=at) for one in languages]


def portfolio_sheets_of(
    report: PortfolioReport, languages: Sequence[str], *, by: Text, at: datetime
) -> list[PortfolioSheet]:
    """A sheet in each language."""
    return [portfolio_sheet(report, one, by=by, at=at) for one in languages]


def pdf_of_sheets(
    sheets: Sequence[EngagementSheet] | Sequence[PortfolioSheet], *, at: datetime
) -> bytes:
    """The sheets as a tagged PDF, each on a page of its own."""
    is_portfolio = isinstance(sheets[0], PortfolioSheet)
    words = {
        "languages": [one.language for one in sheets],
        "sheets": [asdict(one) for one in sheets],
    }
    return pdf("portfolio" if is_portfolio else "report", words, at=at)
