"""The lines of reports in words of the active language, with what is drawn beside them.

Each figure is written once, here, so that page, PDF and e-mail agree to the digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dashboards.trend import Trend, trend_of
from projects.catalogue import Bound, Unit, error_span
from projects.drawing import (
    BarGeometry,
    IntervalGeometry,
    bar_geometry,
    interval_geometry,
    mini_geometry,
)
from projects.models import Glance, Stage
from projects.models.engagement import STAGES
from projects.templatetags.figures import measured, metric_text, promise, share, yen
from projects.templatetags.times import day, moment

if TYPE_CHECKING:
    from datetime import datetime

    from dashboards.report_shapes import Ahead, Entry, Judged, Money, Signed, Waiting
    from projects.catalogue import Text

DIGITS = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name, and a word on it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """An outcome: its key, its word."""

    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion with its interval bar and the sentence of its outcome."""

    name: str
    promise: str
    measured: str
    why: str
    badge: Badge
    limit: str
    bar: IntervalGeometry | None


@dataclass(frozen=True, slots=True)
class BarLine:
    """Used of allowed, with the figures that the bar draws."""

    label: str
    said: str
    bar: BarGeometry


@dataclass(frozen=True, slots=True)
class TrendLine:
    """The errors of the newest runs, drawn and said."""

    drawn: Trend
    said: str
    last: str


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A signature in words."""

    what: str
    side: str
    who: str
    on: str


def said(text: Text) -> str:
    return text.in_(get_language() or "ja")


def badge(outcome: str) -> Badge:
    """A verdict's word; without one it is not measured."""
    words = {
        "pass": pgettext("verdict", "PASS"),
        "fail": pgettext("verdict", "FAIL"),
        "undecided": pgettext("verdict", "UNDECIDED"),
    }
    tone = outcome if outcome in words else "not_yet"
    return Badge(tone, words.get(outcome, pgettext("verdict", "NOT MEASURED")))


def criterion_line(one: Judged, *, mini: bool = False) -> CriterionLine:
    """``mini`` bars share one scale, so that limits line up down a table."""
    name = said(one.name)
    return CriterionLine(
        name=f"{name} · {one.segment}" if one.segment else name,
        promise=promise(one.bound, one.limit, one.unit, DIGITS),
        measured=measured(one.value, one.low, one.high, one.unit, DIGITS),
        why=said(one.why),
        badge=badge(one.outcome),
        limit=metric_text(one.limit, one.unit, DIGITS),
        bar=_bar(one, mini=mini),
    )


def _bar(one: Judged, *, mini: bool) -> IntervalGeometry | None:
    if one.value is None:
        return None
    low = one.value if one.low is None else one.low
    high = one.value if one.high is None else one.high
    limit = float(one.limit)
    if not mini:
        return interval_geometry(one.value, low, high, limit, one.bound, one.outcome)
    # As the portfolio has it: the error as a part of what is allowed.
    span = error_span(one.value, low, high, limit, Bound(one.bound), Unit(one.unit))
    return span and mini_geometry(*span, 1.0, Bound.AT_MOST, one.outcome)


def trend_line(errors: tuple[float, ...]) -> TrendLine | None:
    """The worst error of each run by what is allowed; None before the first."""
    if not errors:
        return None
    written = [share(error, 0) for error in errors]
    return TrendLine(trend_of(errors), " → ".join(written), written[-1])


def spend_line(money: Money) -> BarLine | None:
    """Spend against the budget, with its stop line; None where no budget is set."""
    if money.budget is None:
        return None
    stop = None if money.stop is None else float(money.stop)
    return BarLine(
        label=_("Spent of the budget"),
        said=f"{yen(money.spent)} / {yen(money.budget)}",
        bar=bar_geometry(float(money.spent), float(money.budget), stop),
    )


def money_facts(money: Money) -> tuple[Fact, ...]:
    """Spend, what it went to, what errors cost, what it is worth."""
    spent = Fact(_("Spent"), yen(money.spent), _("no budget is set"))
    if money.budget is not None:
        note = _("%(share)s of %(budget)s") % {
            "share": share(money.share, 0),
            "budget": yen(money.budget),
        }
        spent = Fact(_("Spent"), yen(money.spent), note)
    facts = [spent]
    if money.stop is not None:
        facts.append(Fact(_("Stop line"), yen(money.stop)))
    # What is not known is not known "a year" either.
    a_year = "" if money.expected is None else _("a year")
    return (
        *facts,
        Fact(_("GPUs"), yen(money.gpu)),
        Fact(_("Labels"), yen(money.labels)),
        Fact(pgettext("cost", "People"), yen(money.people)),
        Fact(_("Errors in operation"), yen(money.errors), _("so far")),
        Fact(_("Value expected"), yen(money.expected), a_year),
        Fact(_("Value realised"), yen(money.realised), _("so far")),
    )


def coming_words(what: str) -> str:
    """What happens on a day that comes."""
    words = dict(Glance._meta.get_field("coming").flatchoices)
    return str(words[what])


def ahead_fact(one: Ahead) -> Fact:
    return Fact(day(one.on), coming_words(one.what))


def waiting_words(one: Waiting) -> str:
    """A decision, and whose it is."""
    words = {
        "sign": _("Agreement v%(n)s: the customer’s management signs or refuses it"),
        "stage": _("A stage is put forward: both sides accept or reject it"),
        "budget": _("The budget is used up: management goes on, raises it or stops"),
        "errors": _(
            "The accepted errors hold no longer: the customer’s management decides anew"
        ),
    }
    return words[one.kind] % {"n": one.number}


def steps_of(entry: Entry) -> tuple[str, ...]:
    """The six steps as they are drawn: done, now, ended or future."""
    here = "now" if entry.is_open else "ended"
    return tuple(
        "done" if place < entry.step else here if place == entry.step else "future"
        for place in range(1, len(STAGES) + 1)
    )


def as_of(at: datetime) -> str:
    return _("As of %(moment)s") % {"moment": moment(at)}


def printed(by: Text, at: datetime) -> str:
    """Who had the sheet printed, and when."""
    when = moment(timezone.localtime(at))
    return _("Printed by %(who)s, %(when)s") % {"who": said(by), "when": when}


def signed_line(one: Signed) -> SignedLine:
    """What was signed, for which side, by whom and when."""
    what = (
        _("Agreement v%(n)s") % {"n": one.number}
        if one.what == "agreement"
        else str(Stage(one.what).label)
    )
    return SignedLine(what, said(one.side), said(one.who), day(one.on))
