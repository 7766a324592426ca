"""The page of a portfolio in words of one language."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.report_lines import (
    Badge,
    BarLine,
    CriterionLine,
    Fact,
    TrendLine,
    as_of,
    badge,
    coming_words,
    criterion_line,
    money_facts,
    printed,
    said,
    spend_line,
    steps_of,
    trend_line,
    waiting_words,
)
from projects.drawing import BarGeometry, bar_geometry
from projects.linking import canonical, digest_of
from projects.models import Stage
from projects.templatetags.figures import share, yen
from projects.templatetags.times import day_near

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from dashboards.report_shapes import Entry, PortfolioReport
    from projects.catalogue import Text

# The soonest few stand on the paper; how many more there are is said.
DECISIONS = 6


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One engagement in the table."""

    name: str
    customer: str
    stage: str
    steps: tuple[str, ...]
    badge: Badge
    mark: str
    worst: CriterionLine | None
    trend: TrendLine | None
    burned: str
    burn: BarGeometry | None
    spent: str
    spend: BarLine | None
    next: Fact
    owner: str


@dataclass(frozen=True, slots=True)
class PortfolioSheet:
    """Everything the page says, in its order; ``heads`` are its headings.

    ``more``: that some are left out. ``fewer``: the same where a sheet of paper takes
    only the first one, the first two and so on.
    """

    language: str
    heads: dict[str, str]
    title: str
    kicker: str
    name: str
    sentences: tuple[str, ...]
    money: tuple[Fact, ...]
    waiting: tuple[Fact, ...]
    more_waiting: str
    entries: tuple[EntryLine, ...]
    more: str
    fewer: tuple[str, ...]
    printed: str
    digest: str


def portfolio_sheet(
    report: PortfolioReport, language: str, *, by: Text, at: datetime
) -> PortfolioSheet:
    """The report in Japanese or English, as printed for somebody at that moment."""
    with translation.override(language):
        waiting = report.waiting
        entries = tuple(_entry(one, timezone.localdate(at)) for one in report.entries)
        sentences = tuple(_sentences(report))
        told = canonical(
            {"sentences": sentences, "entries": [asdict(one) for one in entries]}
        )
        return PortfolioSheet(
            language=language,
            heads=_heads(),
            title=_("Portfolio report: %(name)s") % {"name": said(report.whose)},
            kicker=" · ".join(_kicker(report, at)),
            name=_decisions(len(waiting)),
            sentences=sentences,
            money=money_facts(report.totals.money),
            waiting=tuple(
                Fact(said(one.name), waiting_words(one)) for one in waiting[:DECISIONS]
            ),
            more_waiting=_more(len(waiting) - DECISIONS),
            entries=entries,
            more=_left_out(report, len(entries)),
            fewer=tuple(_left_out(report, n + 1) for n in range(len(entries))),
            printed=printed(by, at),
            digest=f"SHA-256 {digest_of(told)}",
        )


def _kicker(report: PortfolioReport, at: datetime) -> Iterator[str]:
    yield _("Portfolio report")
    yield said(report.whose)
    if report.is_part:
        yield _("a part of it, by filter")
    yield as_of(at)


def _heads() -> dict[str, str]:
    return {
        "waiting": _("Decisions waiting"),
        "money": _("Money"),
        "engagements": _("Engagements"),
        "read": _(
            "Upright line = agreed line; further left is better; band = interval"
        ),
        "engagement": _("Engagement"),
        "stage": _("Stage"),
        "accuracy": _("Accuracy and the agreed line"),
        "trend": _("Trend"),
        "burned": _("Error budget used"),
        "spend": _("Spent / budget"),
        "next": _("Next date"),
        "none": _("No engagement yet."),
    }


def _decisions(waiting: int) -> str:
    if not waiting:
        return _("No decision is waiting")
    return ngettext(
        "%(n)s decision is waiting", "%(n)s decisions are waiting", waiting
    ) % {"n": waiting}


def _more(hidden: int) -> str:
    return _("and %(n)s more") % {"n": hidden} if hidden > 0 else ""


def _left_out(report: PortfolioReport, shown: int) -> str:
    if report.totals.all <= shown:
        return ""
    return _("The first %(shown)s of %(all)s; the spreadsheet has all of them.") % {
        "shown": shown,
        "all": report.totals.all,
    }


def _sentences(report: PortfolioReport) -> Iterator[str]:
    totals = report.totals
    if not totals.all:
        yield _("No engagement yet.")
        return
    yield _(
        "Of %(all)s engagements: %(inside)s inside what was agreed, %(missed)s outside "
        "it, %(open)s not decided, %(rest)s not measured yet."
    ) % {
        "all": totals.all,
        "inside": totals.inside,
        "missed": totals.missed,
        "open": totals.undecided,
        "rest": totals.all - totals.measured,
    }
    money = totals.money
    if money.budget is not None:
        yield _("%(spent)s of %(budget)s is spent (%(share)s).") % {
            "spent": yen(money.spent),
            "budget": yen(money.budget),
            "share": share(money.share, 0),
        }


def _entry(one: Entry, today: date) -> EntryLine:
    spend = spend_line(one.money)
    return EntryLine(
        name=said(one.name),
        customer=said(one.customer),
        stage=str(Stage(one.stage).label),
        steps=steps_of(one),
        badge=badge(one.outcome),
        mark=_mark(one),
        worst=criterion_line(one.worst, mini=True) if one.worst else None,
        trend=trend_line(one.errors),
        burned="–" if one.burned is None else share(one.burned, 0),
        burn=None if one.burned is None else bar_geometry(one.burned, 1.0),
        spent=spend.said if spend else yen(one.money.spent),
        spend=spend,
        next=Fact(day_near(one.next.on, today), coming_words(one.next.what))
        if one.next
        else Fact("–", ""),
        owner=said(one.owner),
    )


def _mark(one: Entry) -> str:
    marks = []
    if one.loosened:
        marks.append(_("loosened after results"))
    if one.unaccepted:
        marks.append(_("Errors not accepted"))
    return " · ".join(marks)
