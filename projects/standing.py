"""How each question stands by the answers given so far. No Django in here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects.checklist import (
    NO,
    PARTIAL,
    YES,
    AnswerType,
    Block,
    Checklist,
    Condition,
    Due,
    Item,
    NumberLimit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal


class Standing(StrEnum):
    """What one item says about going on."""

    MET = "met"
    PARTLY = "partly"
    AGAINST = "against"
    OPEN = "open"
    ASIDE = "aside"  # not asked, because of another answer or because it is not apt


STANDINGS: Final[Mapping[str, Standing]] = {
    YES: Standing.MET,
    PARTIAL: Standing.PARTLY,
    NO: Standing.AGAINST,
}
# A hard item weighs three conditional ones; advisory items weigh nothing.
WEIGHTS: Final[Mapping[Block, int]] = {
    Block.HARD: 3,
    Block.CONDITIONAL: 1,
    Block.ADVISORY: 0,
}


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: a word of `Item.answers`, or a number in the unit of the item.

    Neither (or an empty word) means that the item is not answered yet, unless it was
    set aside as one that does not apply here.
    """

    item_id: str
    value: str | None = None
    number: Decimal | None = None
    does_not_apply: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Hard items of one step: answered, asked in all, answered against, set aside.

    Those set aside as not apt are counted apart from those asked.
    """

    answered: int
    total: int
    blocking: int
    set_aside: int = 0


class Answers:
    """The answers to one checklist; ValueError for one that cannot be an answer."""

    def __init__(self, checklist: Checklist, answers: Iterable[Given]) -> None:
        self.checklist = checklist
        self._items = {item.id: item for item in checklist.items}
        self._by_id: dict[str, Given] = {}
        for given in answers:
            if given.item_id not in self._items:
                raise ValueError(f"{given.item_id!r} is no item of this checklist.")
            if given.item_id in self._by_id:
                raise ValueError(f"{given.item_id} is answered twice.")
            _check_answer(self._items[given.item_id], given)
            self._by_id[given.item_id] = given

    def given(self, item_id: str) -> Given:
        """The answer to an item; an empty one when there is none."""
        return self._by_id.get(item_id, Given(item_id))

    def standing(self, item: Item) -> Standing:
        """How an item stands, with the answers to the items it depends on."""
        if item.when and self.given(item.when.item_id).value != item.when.answer:
            return Standing.ASIDE
        given = self.given(item.id)
        if given.does_not_apply:
            return Standing.ASIDE
        standing = own_standing(item, given)
        if standing is Standing.AGAINST and item.unless:
            return self._remedied(item.unless)
        return standing

    def remedy(self, item: Item) -> Item | None:
        """The item whose answer decides about an answer against, where that is so."""
        is_against = own_standing(item, self.given(item.id)) is Standing.AGAINST
        return self._items[item.unless.item_id] if item.unless and is_against else None

    def _remedied(self, remedy: Condition) -> Standing:
        """A remedy in place lifts the block, one in part softens it."""
        given = self.given(remedy.item_id)
        if given.value == remedy.answer:
            return Standing.MET
        if given.does_not_apply:
            return Standing.AGAINST
        return own_standing(self._items[remedy.item_id], given)

    def progress(self, due: Due, placement: str, kind: str) -> Progress:
        """How far the hard items of one step are answered."""
        items = [
            item
            for item in self.checklist.asked(placement, kind)
            if item.due is due and item.block is Block.HARD
        ]
        standings = [self.standing(item) for item in items]
        asked = [each for each in standings if each is not Standing.ASIDE]
        return Progress(
            answered=len(asked) - asked.count(Standing.OPEN),
            total=len(asked),
            blocking=asked.count(Standing.AGAINST),
            set_aside=sum(self.given(item.id).does_not_apply for item in items),
        )

    def score(self, items: Iterable[Item]) -> int:
        """Weighted share of yes among the items asked, in percent; a part is half."""
        reached = possible = 0
        for item in items:
            standing, weight = self.standing(item), WEIGHTS[item.block]
            if standing is Standing.ASIDE:
                continue
            possible += 2 * weight
            if standing is Standing.MET:
                reached += 2 * weight
            elif standing is Standing.PARTLY:
                reached += weight
        return 100 * reached // possible if possible else 0


def fits(item: Item, given: Given) -> bool:
    """Whether the item takes this answer; after an upgrade it may no longer."""
    try:
        _check_answer(item, given)
    except ValueError:
        return False
    return True


def own_standing(item: Item, given: Given) -> Standing:
    """How an item stands by its own answer alone."""
    if not given.value:
        if given.number is None:
            return Standing.OPEN
        return _against_limit(item.limit, given.number)
    choice = item.choice(given.value)
    if choice:
        return STANDINGS[choice.counts]
    if given.value == item.against:
        return Standing.AGAINST
    return Standing.PARTLY if given.value == PARTIAL else Standing.MET


def _against_limit(limit: NumberLimit, number: Decimal) -> Standing:
    if limit.at_most is not None and number > limit.at_most:
        return Standing.AGAINST
    if limit.at_least is None or number >= limit.at_least:
        return Standing.MET
    if limit.partial_from is not None and number >= limit.partial_from:
        return Standing.PARTLY
    return Standing.AGAINST


def _check_answer(item: Item, given: Given) -> None:
    if given.does_not_apply and (given.value or given.number is not None):
        raise ValueError(f"{item.id} is answered and does not apply.")
    if given.value and given.value not in item.answers:
        raise ValueError(f"{item.id} cannot be answered {given.value!r}.")
    if given.number is None:
        return
    if item.type is not AnswerType.NUMBER:
        raise ValueError(f"{item.id} is not answered by a number.")
    if given.value:
        raise ValueError(f"{item.id} is answered by a word and by a number.")
    if not given.number.is_finite():
        raise ValueError(f"{item.id}: {given.number} is no number.")
