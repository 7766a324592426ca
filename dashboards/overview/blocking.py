"""What stands in the way of the next stage, worst first. No Django in here.

The facts are those the services ask when a stage is put forward, a version is signed
or a round is issued; what those refuse, and nothing else, blocks. What is open beside
it, a task or a budget that is used up, is listed after and does not count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from dashboards.overview import words
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluation.requirements import Requirement

WEEKS_A_YEAR: Final = 365.25 / 7
# What lies further ahead than ten years is no date any more.
FARTHEST_WEEKS: Final = 520
# The stage of what the present one counts needs no name.
THIS_ONE: Final = Text("", "")
REVIEWED: Final = ("initial", "accuracy", "operation")
# Who mends what a stage still needs; the owner of the engagement all the rest.
OF_THE_SENDER: Final = frozenset({"run", "criteria", "baseline", "truth"})
OF_THE_OPERATOR: Final = frozenset({"owner", "days", "truth_arrived", "drill"})
# Measured, and found wrong; the rest is not done yet.
AGAINST: Final = frozenset({"feasible", "baseline"})


class Weight(IntEnum):
    """How bad it is; what is LATER does not block."""

    AGAINST = 0
    UNSURE = 1
    OPEN = 2
    LATER = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """An answer that keeps feasibility from GO; ``leads_to`` is a verdict."""

    item_id: str
    why: Text
    leads_to: str


@dataclass(frozen=True, slots=True)
class Round:
    """The newest round of questions, and what its answers say by now."""

    is_issued: bool
    verdict: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that is not in force yet; ``side`` signs next."""

    version: int
    side: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion that did not pass; ``shown`` and ``promised`` are in figures.

    ``a_year``: cases of its kind that the site expects; None where nobody says.
    ``stage``: the later stage that it is agreed for; empty where this one counts it.
    """

    outcome: str
    name: Text
    segment: str
    shown: str
    promised: str
    further: int | None = None
    a_year: int | None = None
    stage: Text = THIS_ONE


@dataclass(frozen=True, slots=True)
class Todo:
    """A task or a repair that is not done."""

    kind: str
    what: str
    owner: Text
    due: date


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands of an engagement. ``unsigned``: the sides an open review waits for.

    ``required``: what the stage needs, with what stands already. ``ahead``: criteria of
    later stages that do not pass yet. ``days_left``: days
    in operation that are still to come. ``has_budget``: whether an error budget is
    agreed. ``lapsed``: why the accepted errors ended. People stand in both languages.
    """

    stage: str
    today: date
    lead: Text
    sender: Text
    operator: Text
    signer: Text
    management: Text
    round: Round | None = None
    waiting: Waiting | None = None
    required: tuple[Requirement, ...] = ()
    judged: tuple[Judged, ...] = ()
    ahead: tuple[Judged, ...] = ()
    unsigned: tuple[str, ...] = ()
    days_left: int = 0
    has_budget: bool = True
    lapsed: Text | None = None
    todos: tuple[Todo, ...] = ()
    breaches: tuple[Text, ...] = ()

    def of_side(self, side: str) -> Text:
        return self.lead if side == "provider" else self.signer


@dataclass(frozen=True, slots=True)
class Block:
    """One line: what, how to mend it, who does, by when, and on which page."""

    key: str
    weight: Weight
    what: Text
    how: Text
    owner: Text
    due: date | None
    place: str

    @property
    def blocks(self) -> bool:
        return self.weight is not Weight.LATER


def blocks(facts: Facts) -> tuple[Block, ...]:
    """Everything open, the worst first, and of the same weight the soonest due.

    Nothing of an engagement that has ended.
    """
    match facts.stage:
        case "feasibility":
            found = [*_feasibility(facts), *_later(facts)]
        case "agreement":
            found = [*_agreement(facts), *_later(facts)]
        case stage if stage in REVIEWED:
            found = [*_review(facts), *_later(facts)]
        case _:
            return ()
    return tuple(sorted(found, key=lambda one: (one.weight, one.due or date.max)))


def earliest(found: tuple[Block, ...]) -> date | None:
    """The last of the days on which what blocks is due: not before it goes on."""
    days = [one.due for one in found if one.blocks and one.due is not None]
    return max(days, default=None)


def _feasibility(facts: Facts) -> Iterator[Block]:
    asked = facts.round
    if asked is None:
        yield _open("round", words.NO_ROUND, facts.lead, "feasibility")
        return
    unanswered = [one for one in asked.reasons if one.leads_to == "not_yet"]
    if unanswered:
        what, how = words.unanswered([one.item_id for one in unanswered])
        yield Block(
            "answers", Weight.UNSURE, what, how, facts.lead, None, "feasibility"
        )
    yield from _against(facts, asked)
    if not asked.is_issued and not asked.reasons:
        yield _open("issue", words.NOT_ISSUED, facts.lead, "feasibility")
    elif not asked.is_issued and asked.verdict == "conditional":
        yield _open("issue", words.CONDITIONS, facts.lead, "feasibility")


def _against(facts: Facts, asked: Round) -> Iterator[Block]:
    for one in asked.reasons:
        if one.leads_to == "no_go":
            what = Text(f"{one.item_id} {one.why.ja}", f"{one.item_id} {one.why.en}")
            how = words.NO_GO
            yield Block(
                "answer", Weight.AGAINST, what, how, facts.lead, None, "feasibility"
            )


def _agreement(facts: Facts) -> Iterator[Block]:
    if facts.round is not None:
        yield from _against(facts, facts.round)
    if facts.waiting is None:
        yield _open("draft", words.NO_DRAFT, facts.lead, "agreement")
        return
    version, side = facts.waiting.version, facts.waiting.side
    signs = facts.of_side(side)
    yield _open("signature", words.unsigned_version(version, side), signs, "agreement")


def _review(facts: Facts) -> Iterator[Block]:
    for side in facts.unsigned:
        signs = facts.of_side(side)
        yield _open("review", words.unsigned_review(side), signs, "review")
    for one in facts.required:
        if one.is_met:
            continue
        if one.key == "criteria" and _is_of_no_run(facts):
            continue
        if one.key == "criteria" and facts.judged:
            yield from (_criterion(facts, line) for line in facts.judged)
        elif one.key == "feasible" and _has_against(facts):
            yield from _against(facts, facts.round)  # type: ignore[arg-type]
        else:
            yield _lacking(facts, one)


def _is_of_no_run(facts: Facts) -> bool:
    """Without any run its criteria are not a second thing that is missing."""
    return not facts.judged and any(
        one.key == "run" and not one.is_met for one in facts.required
    )


def _has_against(facts: Facts) -> bool:
    found = facts.round
    return found is not None and any(r.leads_to == "no_go" for r in found.reasons)


def _criterion(facts: Facts, one: Judged) -> Block:
    if one.outcome == "fail":
        what, how = words.failed(one.name, one.segment, one.shown, one.promised)
        return Block("fail", Weight.AGAINST, what, how, facts.sender, None, "run")
    weeks = None
    if one.further and one.a_year:
        weeks = math.ceil(one.further / one.a_year * WEEKS_A_YEAR)
    is_near = weeks is not None and weeks <= FARTHEST_WEEKS
    what, how = words.undecided(
        one.name, one.segment, one.further, one.a_year, weeks if is_near else None
    )
    due = facts.today + timedelta(weeks=weeks) if weeks and is_near else None
    return Block("undecided", Weight.UNSURE, what, how, facts.sender, due, "run")


def _lacking(facts: Facts, one: Requirement) -> Block:
    key = "no_budget" if one.key == "budget" and not facts.has_budget else one.key
    what, how = words.lacking(key, one.now)
    owner, due = facts.lead, None
    if one.key in OF_THE_SENDER:
        owner = facts.sender
    elif one.key in OF_THE_OPERATOR:
        owner = facts.operator
    elif one.key == "errors_accepted":
        owner = facts.signer
        if facts.lapsed is not None:
            how = words.lapsed(facts.lapsed)
    weight = Weight.AGAINST if one.key in AGAINST else Weight.OPEN
    if one.key == "days" and facts.days_left:
        weight, due = Weight.UNSURE, facts.today + timedelta(days=facts.days_left)
    return Block(one.key, weight, what, how, owner, due, words.PLACES[one.key])


def _later(facts: Facts) -> Iterator[Block]:
    later = Weight.LATER
    for said in facts.breaches:
        how, who = words.BREACH, facts.management
        yield Block("breach", later, said, how, who, None, "budget")
    if facts.stage != "agreement" and facts.waiting is not None:
        version, side = facts.waiting.version, facts.waiting.side
        what, how = words.unsigned_version(version, side)
        who = facts.of_side(side)
        yield Block("signature", later, what, how, who, None, "agreement")
    needs = {one.key for one in facts.required}
    if facts.lapsed is not None and "errors_accepted" not in needs:
        what, how = words.NOT_ACCEPTED, words.lapsed(facts.lapsed)
        yield Block("lapsed", later, what, how, facts.signer, None, "run")
    for one in facts.ahead:
        found = _criterion(facts, one)
        how = words.of_later_stage(one.stage, found.how)
        yield replace(found, weight=later, how=how)
    for todo in facts.todos:
        what = Text(todo.what, todo.what)
        how = words.TODOS[todo.kind]
        place = "feasibility" if todo.kind == "task" else "stages"
        yield Block(todo.kind, later, what, how, todo.owner, todo.due, place)


def _open(key: str, said: tuple[Text, Text], owner: Text, place: str) -> Block:
    return Block(key, Weight.OPEN, said[0], said[1], owner, None, place)
