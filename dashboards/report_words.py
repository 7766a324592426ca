"""The one page of an engagement in words of one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from dashboards.report_lines import (
    Badge,
    BarLine,
    CriterionLine,
    Fact,
    SignedLine,
    TrendLine,
    ahead_fact,
    as_of,
    badge,
    criterion_line,
    money_facts,
    printed,
    said,
    signed_line,
    spend_line,
    steps_of,
    trend_line,
    waiting_words,
)
from projects.catalogue import KIND_NAMES, Kind
from projects.drawing import bar_geometry
from projects.glancing import Coming
from projects.models import Stage
from projects.templatetags.figures import figure, metric_text, number, share, yen
from projects.templatetags.times import day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from dashboards.report_shapes import (
        Blocking,
        Borne,
        Burned,
        EngagementReport,
    )
    from projects.catalogue import Text


BLOCKS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class EngagementSheet:
    """Everything the page says, in its order; ``heads`` are its headings."""

    language: str
    heads: dict[str, str]
    title: str
    kicker: str
    name: str
    about: str
    badge: Badge
    marks: tuple[str, ...]
    stage: str
    steps: tuple[str, ...]
    sentences: tuple[str, ...]
    of_run: str
    criteria: tuple[CriterionLine, ...]
    trend: TrendLine | None
    budget: tuple[BarLine, ...]
    borne: str
    money: tuple[Fact, ...]
    spend: BarLine | None
    blocks: tuple[str, ...]
    ahead: tuple[Fact, ...]
    waiting: tuple[str, ...]
    signed: tuple[SignedLine, ...]
    printed: str
    digest: str


def engagement_sheet(
    report: EngagementReport, language: str, *, by: Text, at: datetime
) -> EngagementSheet:
    """The report in Japanese or English, as printed for somebody at that moment."""
    with translation.override(language):
        entry, verdict = report.entry, report.verdict
        return EngagementSheet(
            language=language,
            heads=_heads(),
            title=_("Report on %(name)s") % {"name": said(entry.name)},
            kicker=" · ".join((_("Engagement report"), as_of(at))),
            name=said(entry.name),
            about=_about(report),
            badge=badge(entry.outcome),
            marks=_marks(report),
            stage=_stage(report),
            steps=steps_of(entry),
            sentences=tuple(_sentences(report)),
            of_run=_of_run(report),
            criteria=tuple(
                criterion_line(one) for one in (verdict.lines if verdict else ())
            ),
            trend=trend_line(entry.errors),
            budget=tuple(_budget(one, report) for one in report.burned),
            borne=_borne(report.borne, report),
            money=money_facts(entry.money),
            spend=spend_line(entry.money),
            blocks=_blocks(report.blocks),
            ahead=tuple(ahead_fact(one) for one in report.ahead),
            waiting=tuple(waiting_words(one) for one in report.waiting),
            signed=tuple(signed_line(one) for one in report.signed),
            printed=printed(by, at),
            digest=_digest(report),
        )


def _heads() -> dict[str, str]:
    return {
        "criteria": _("Verdict by criterion"),
        "read": _("Band = interval, dot = measured, pale = accepted"),
        "trend": _("Trend of the worst error"),
        "line": _("Line = what was agreed (100%)"),
        "budget": _("Error budget"),
        "borne": _("What management accepted"),
        "money": _("Money"),
        "blocks": _("What blocks the next stage"),
        "ahead": _("Next dates"),
        "waiting": _("Decisions waiting"),
        "signed": _("Signatures"),
        "no_run": _("No run has been measured yet."),
        "no_budget": _("Nothing is counted against an error budget yet."),
        "no_blocks": _("Nothing."),
        "none": _("None."),
    }


def _about(report: EngagementReport) -> str:
    entry = report.entry
    kind = said(KIND_NAMES[Kind(entry.kind)])
    owner = _("owner %(name)s") % {"name": said(entry.owner)}
    return " · ".join((said(entry.customer), entry.place, kind, owner))


def _marks(report: EngagementReport) -> tuple[str, ...]:
    """What prints beside a verdict wherever it stands."""
    marks = [_("Waived: %(item)s") % {"item": said(one)} for one in report.waivers]
    if report.verdict and report.verdict.loosened:
        marks.insert(0, _("loosened after results"))
    return tuple(marks)


def _stage(report: EngagementReport) -> str:
    name = str(Stage(report.entry.stage).label)
    since = _("since %(day)s") % {"day": day(report.since)}
    return f"{name} · {since}"


def _sentences(report: EngagementReport) -> Iterator[str]:
    yield _on_accuracy(report)
    yield from _on_operation(report)
    money = report.entry.money
    if money.budget is not None:
        yield _("%(spent)s of %(budget)s is spent (%(share)s).") % {
            "spent": yen(money.spent),
            "budget": yen(money.budget),
            "share": share(money.share, 0),
        }


def _on_accuracy(report: EngagementReport) -> str:
    entry = report.entry
    if report.declined:
        return _("Declined: %(reason)s") % {"reason": said(report.declined)}
    if entry.outcome == "pass":
        return _("The newest file keeps every criterion of the agreement.")
    if entry.worst is None:
        if report.version:
            return _(
                "The agreement is in force. The first file can be uploaded and judged "
                "by it."
            )
        return _("Nothing has been measured yet: no agreement is in force.")
    name = said(entry.worst.name)
    if entry.outcome == "fail":
        return _("%(name)s measured %(value)s and misses the agreed %(limit)s.") % {
            "name": name,
            "value": metric_text(entry.worst.value, entry.worst.unit, 2),
            "limit": metric_text(entry.worst.limit, entry.worst.unit, 2),
        }
    return _("%(name)s cannot be decided yet. %(why)s") % {
        "name": name,
        "why": said(entry.worst.why),
    }


def _on_operation(report: EngagementReport) -> Iterator[str]:
    entry = report.entry
    if entry.burned is not None:
        yield _("%(share)s of the error budget is used.") % {
            "share": share(entry.burned, 0)
        }
    out = [one for one in report.ahead if one.what == Coming.RUNS_OUT]
    if out:
        yield _("At this pace it runs out on %(day)s.") % {"day": day(out[0].on)}
    if entry.unaccepted:
        yield _("Nobody accepts its errors at present.")


def _of_run(report: EngagementReport) -> str:
    verdict = report.verdict
    if verdict is None:
        return ""
    return _("Run %(n)s, judged by agreement v%(v)s, measured %(day)s") % {
        "n": verdict.run,
        "v": verdict.version,
        "day": day(verdict.measured_on),
    }


def _budget(one: Burned, report: EngagementReport) -> BarLine:
    names = {
        "false_alarms": said(report.over),
        "misses": said(report.under),
        "yen": _("Cost of the errors"),
    }
    periods = {
        "week": _("this week"),
        "month": _("this month"),
        "quarter": _("this quarter"),
        "year": _("this year"),
    }
    write = yen if one.measure == "yen" else number
    return BarLine(
        label=f"{names[one.measure]} · {periods[one.per]}",
        said=f"{write(one.used)} / {write(one.most)} ({share(one.share, 0)})",
        bar=bar_geometry(float(one.used), float(one.most)),
    )


def _borne(one: Borne | None, report: EngagementReport) -> str:
    if one is None:
        return _("Management has accepted no errors yet.")
    band = "" if one.low == one.high else f" ({yen(one.low)}–{yen(one.high)})"
    accepted = _(
        "A month: %(over)s %(too_many)s, %(under)s %(too_few)s, %(yen)s%(band)s. "
        "Until %(day)s, accepted by %(who)s."
    ) % {
        "over": said(report.over),
        "too_many": figure(one.false_alarms),
        "under": said(report.under),
        "too_few": figure(one.misses),
        "yen": yen(one.yen),
        "band": band,
        "day": day(one.until),
        "who": said(one.who),
    }
    if one.ended == "expired":
        return _("No longer in force, it ran out: %(accepted)s") % {
            "accepted": accepted
        }
    if one.ended:
        return _("No longer in force, it was passed: %(accepted)s") % {
            "accepted": accepted
        }
    return accepted


def _blocks(found: tuple[Blocking, ...]) -> tuple[str, ...]:
    """The worst few with whoever mends them and by when; how many more there are."""
    lines = [
        " · ".join(
            (said(one.what), said(one.owner), *((day(one.due),) if one.due else ()))
        )
        for one in found[:BLOCKS_SHOWN]
    ]
    hidden = len(found) - BLOCKS_SHOWN
    return (*lines, *((_("and %(n)s more") % {"n": hidden},) if hidden > 0 else ()))


def _digest(report: EngagementReport) -> str:
    if report.version is None:
        return _("No agreement is in force")
    what = _("Agreement v%(n)s") % {"n": report.version}
    return f"{what} · SHA-256 {report.digest}"
