"""Decisions in words: a question, what hangs on it, and the verb that leads on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.shapes import Waits
from projects.templatetags.figures import number, share, yen
from projects.templatetags.parts import named
from projects.templatetags.times import day_near

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from dashboards.shapes import Decision


@dataclass(frozen=True, slots=True)
class Card:
    """What a decision card says; ``hangs`` is the consequence, in bold."""

    kind: str
    when: str
    question: str
    text: str
    hangs: str
    verb: str
    url: str


def cards(decisions: Iterable[Decision]) -> list[Card]:
    """Each decision in words, in the order given."""
    today = timezone.localdate()
    return [_card(one, today) for one in decisions]


def _card(one: Decision, today: date) -> Card:
    kind, question, text, hangs, verb = _words(one)
    return Card(kind, _when(one, today), question, text, hangs, verb, one.url)


def _when(one: Decision, today: date) -> str:
    if one.day is None:
        return ""
    day = {"day": day_near(one.day, today)}
    if one.due is not None:
        day |= {"due": day_near(one.due, today)}
        return _("since %(day)s, period ends %(due)s") % day
    if one.kind is not Waits.RUNS_OUT:
        return _("since %(day)s") % day
    if one.day < today:
        return _("used up since %(day)s") % day
    return _("runs out %(day)s") % day


def _words(one: Decision) -> tuple[str, str, str, str, str]:
    name = {"name": named(one.engagement)}
    match one.kind:
        case Waits.SIGN:
            return (
                _("Signature"),
                _("Sign agreement v%(v)s of “%(name)s”?") % (name | {"v": one.number}),
                one.reason,
                _("Without a signature nothing can be judged."),
                _("Read and sign"),
            )
        case Waits.REVIEW:
            return (
                _("Acceptance of a stage"),
                _("Accept “%(stage)s” of “%(name)s”?") % (name | {"stage": one.reason}),
                _("The review by agreement v%(v)s is open.") % {"v": one.number},
                _("Until both sides have signed, the next stage does not begin."),
                _("Read and sign"),
            )
        case Waits.BUDGET:
            return (
                _("Budget used up"),
                _("Go on with “%(name)s”?") % name,
                one.reason,
                _("Go on, raise it or stop: you decide."),
                _("Read and decide"),
            )
        case Waits.ACCEPT:
            return (
                _("Errors to accept"),
                _("Go on bearing the errors of “%(name)s”?") % name,
                _("What your company bears is no longer in force: %(reason)s.")
                % {"reason": one.reason},
                _("Without it the next stage cannot be accepted."),
                _("Choose a point"),
            )
        case Waits.RUNS_OUT:
            return (
                _("Error budget"),
                _("Extend the error budget of “%(name)s”?") % name,
                _("%(share)s of what was accepted for the period is used.")
                % {"share": share(one.share, 0)},
                _("What comes after that, nobody has agreed to bear."),
                _("See the days and decide"),
            )
        case Waits.MEND:
            return (
                _("Could not be measured"),
                _("Send run %(n)s of “%(name)s” again?") % (name | {"n": one.number}),
                one.reason,
                _("Until it is measured again, it has no verdict."),
                _("See what happened"),
            )
        case Waits.UNASSIGNED:
            return _of_nobody(one)
        case Waits.INTAKE:
            return _of_intake(one)


def _of_nobody(one: Decision) -> tuple[str, str, str, str, str]:
    said = {"yen": yen(one.yen), "lines": number(one.number)}
    return (
        _("Costs of nobody"),
        _("Whose costs are these, at %(name)s?") % {"name": named(one.organisation)},
        ngettext(
            "%(yen)s of %(lines)s line belongs to nobody yet.",
            "%(yen)s of %(lines)s lines belong to nobody yet.",
            one.number,
        )
        % said,
        _("Until they are assigned, no engagement shows its whole cost."),
        _("Assign them"),
    )


def _of_intake(one: Decision) -> tuple[str, str, str, str, str]:
    intake = one.intake
    who = named(intake.customer) or intake.customer_name if intake else ""
    return (
        _("Intake"),
        _("Take on the request of %(name)s?") % {"name": who},
        one.reason,
        _("%(who)s waits to hear whether it is taken on.")
        % {"who": intake.asker_name if intake else ""},
        _("Read and answer"),
    )
