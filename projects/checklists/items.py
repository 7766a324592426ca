"""What a checklist is made of: groups, items, their answers, blocks and dues."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

YES: Final = "yes"
PARTIAL: Final = "partial"
NO: Final = "no"


class AnswerType(StrEnum):
    """How an item is answered."""

    YES_NO = "yes_no"
    YES_PARTIAL_NO = "yes_partial_no"
    NUMBER = "number"
    CHOICE = "choice"


class Block(StrEnum):
    """What an answer against the engagement does to the verdict."""

    HARD = "hard"
    CONDITIONAL = "conditional"
    ADVISORY = "advisory"


class Due(StrEnum):
    """The step before which an item must be answered, in the order of the work."""

    SCREEN = "screen"
    POC = "poc"
    ACCEPTANCE = "acceptance"
    PRODUCTION = "production"

    def by_then(self) -> tuple[Due, ...]:
        """This step and all before it."""
        steps = tuple(Due)
        return steps[: steps.index(self) + 1]


DUE_NAMES: Final[Mapping[Due, Text]] = {
    Due.SCREEN: Text(ja="スクリーニング", en="Screening"),
    Due.POC: Text(ja="実証の前まで", en="Before the proof of concept"),
    Due.ACCEPTANCE: Text(ja="精度検収の前まで", en="Before accuracy acceptance"),
    Due.PRODUCTION: Text(ja="実運用の前まで", en="Before production operation"),
}
ANSWER_NAMES: Final[Mapping[str, Text]] = {
    YES: Text(ja="はい", en="Yes"),
    PARTIAL: Text(ja="一部", en="Partly"),
    NO: Text(ja="いいえ", en="No"),
}
# A number may be refused instead of given: "no, nobody can say" is an answer too.
ANSWERS: Final[Mapping[AnswerType, tuple[str, ...]]] = {
    AnswerType.YES_NO: (YES, NO),
    AnswerType.YES_PARTIAL_NO: (YES, PARTIAL, NO),
    AnswerType.NUMBER: (NO,),
}


@dataclass(frozen=True, slots=True)
class Group:
    """A heading. `only` lists the placements, `kinds` the kinds of engagement, for
    which it is asked; empty means all.
    """

    id: str
    name: Text
    only: frozenset[str]
    kinds: frozenset[str]

    def applies_to(self, placement: str, kind: str) -> bool:
        return (not self.only or placement in self.only) and (
            not self.kinds or kind in self.kinds
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer, and whether it counts as yes, partial or no."""

    id: str
    name: Text
    counts: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Another item and the answer to it that is meant."""

    item_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class NumberLimit:
    """The side on which a number counts as yes.

    `partial_from`: from here up to `at_least`, a number counts as partial.
    """

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    partial_from: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `short` is a noun phrase that names it inside a sentence.

    `against` is the answer that speaks against the engagement. An item with `when` is
    asked only after that answer to the other item; `unless` names the answer to another
    item that takes the harm out of an answer against.
    """

    id: str
    group: Group
    question: Text
    short: Text
    type: AnswerType
    block: Block
    due: Due
    against: str
    when: Condition | None
    unless: Condition | None
    unit: Text | None
    limit: NumberLimit
    choices: tuple[Choice, ...]
    evidence: Text | None
    sources: tuple[str, ...]

    @property
    def answers(self) -> tuple[str, ...]:
        """The words this item may be answered with."""
        return ANSWERS.get(self.type, tuple(choice.id for choice in self.choices))

    @property
    def is_hard_on_condition(self) -> bool:
        """A hard block that another answer switches on or takes away."""
        return self.block is Block.HARD and bool(self.when or self.unless)

    def choice(self, answer: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.id == answer), None)

    def answer_name(self, answer: str) -> Text:
        """The answer in words: a choice by its own name, else yes, partly or no."""
        choice = self.choice(answer)
        return choice.name if choice else ANSWER_NAMES[answer]


@dataclass(frozen=True, slots=True)
class Checklist:
    """One version of all questions, in the order in which they are asked."""

    version: str
    sources: Mapping[str, Text]
    groups: tuple[Group, ...]
    items: tuple[Item, ...]

    def item(self, item_id: str) -> Item:
        """The item of that id; KeyError when there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def items_due(self, due: Due, placement: str, kind: str) -> tuple[Item, ...]:
        """Items that must be answered before the step `due`: its own and earlier ones.

        An item with `when` is among them; only the answers tell whether it is asked.
        """
        steps = due.by_then()
        return tuple(item for item in self.asked(placement, kind) if item.due in steps)

    def asked(self, placement: str, kind: str) -> tuple[Item, ...]:
        """All items that concern a placement (edge items only where there is one) and
        a kind of engagement.
        """
        return tuple(
            item for item in self.items if item.group.applies_to(placement, kind)
        )
