"""What a feasibility page is made of: questions below headings, steps, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projects.checklist import DUE_NAMES, NO, PARTIAL, YES, AnswerType, Block
from projects.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from projects.answer_words import Remark
    from projects.catalogue import Text
    from projects.checklist import Due, Group, Item
    from projects.hints import Hint
    from projects.models import Answer, Evidence, User

# More choices than this are a list to open, not segments.
SEGMENTS: Final = 4
COLOURS: Final[Mapping[str, str]] = {YES: "a-yes", PARTIAL: "a-part", NO: "a-no"}
STANDING_COLOURS: Final[Mapping[Standing, str]] = {
    Standing.MET: "a-yes",
    Standing.PARTLY: "a-part",
    Standing.AGAINST: "a-no",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: its word, its name and the colour it counts for."""

    word: str
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class InHand:
    """Who does what by when about one item."""

    what: str
    owner: str
    due_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One item with the answer it has, and all that hangs on it."""

    item: Item
    answer: Answer | None
    words: str
    standing: Standing
    choices: tuple[Choice, ...]
    remark: Remark | None
    evidence: tuple[Evidence, ...]
    in_hand: InHand | None
    assignee: User | None
    # The item whose answer makes this one be asked, where it is not asked now.
    waits_for: str
    may_answer: bool
    # Whether the reader may put evidence here.
    may_back: bool
    needs_task: bool
    # Whether an answer against it stops the engagement, and is not waived.
    stops: bool
    is_waived: bool
    is_asked_now: bool
    hint: Hint | None

    @property
    def is_select(self) -> bool:
        return len(self.choices) > SEGMENTS

    @property
    def is_number(self) -> bool:
        return self.item.type is AnswerType.NUMBER

    @property
    def is_advisory(self) -> bool:
        return self.item.block is Block.ADVISORY

    @property
    def is_aside(self) -> bool:
        return bool(self.answer and self.answer.not_applicable_because)

    @property
    def is_given(self) -> bool:
        return self.answer is not None and self.answer.is_given

    @property
    def colour(self) -> str:
        """Of the answer it has."""
        if self.answer and self.answer.number is not None:
            return STANDING_COLOURS.get(self.standing, "")
        word = self.answer.value if self.answer else ""
        return next((c.colour for c in self.choices if c.word == word), "")


@dataclass(frozen=True, slots=True)
class Heading:
    """The questions below one heading of the checklist, within one step."""

    number: int
    group: Group
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """All questions due before one step."""

    due: Due
    headings: tuple[Heading, ...]
    is_due: bool
    is_now: bool

    @property
    def questions(self) -> list[Question]:
        return [q for heading in self.headings for q in heading.questions]

    @property
    def name(self) -> Text:
        return DUE_NAMES[self.due]

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def answered(self) -> int:
        return sum(question.is_given for question in self.questions)

    @property
    def is_unfolded(self) -> bool:
        """Due before, and something that decides is still open or in the way."""
        return self.is_due and any(
            q.item.block is Block.HARD
            and q.standing not in (Standing.MET, Standing.ASIDE)
            for q in self.questions
        )


@dataclass(frozen=True, slots=True)
class Because:
    """One reason of a verdict, with who has it in hand by when."""

    item_id: str
    why: str
    leads_to: str
    in_hand: InHand | None
    is_waived: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """How far the deciding questions of a step are answered."""

    due: Due
    answered: int
    total: int

    @property
    def name(self) -> Text:
        return DUE_NAMES[self.due]

    @property
    def is_full(self) -> bool:
        return self.answered == self.total

    @property
    def width(self) -> int:
        return 100 * self.answered // self.total if self.total else 0


def choices_of(item: Item, language: str) -> tuple[Choice, ...]:
    """The answers an item takes, each in the colour of what it does."""
    return tuple(
        Choice(word, item.answer_name(word).in_(language), _colour(item, word))
        for word in item.answers
    )


def _colour(item: Item, word: str) -> str:
    choice = item.choice(word)
    if choice:
        return COLOURS[choice.counts]
    if word == PARTIAL:
        return COLOURS[PARTIAL]
    # Where "yes" is the answer against, it is the red one.
    return COLOURS[NO if word == item.against else YES]
