"""Answers in words: what was said to an item, and what a number means for its limit.

No Django in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text
from projects.standing import Given, Standing, own_standing

if TYPE_CHECKING:
    from decimal import Decimal

    from projects.checklist import Item

NOT_ANSWERED: Final = Text(ja="未回答", en="not answered")
SET_ASIDE: Final = Text(ja="該当しない", en="does not apply")


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a number, and how the number stands by it."""

    text: Text
    standing: Standing


def answer_words(item: Item, given: Given) -> Text:
    """What was answered, as the page of that item calls it."""
    if given.does_not_apply:
        return SET_ASIDE
    if given.value:
        return item.answer_name(given.value)
    if given.number is None:
        return NOT_ANSWERED
    return _counted(given.number, item)


def number_remark(item: Item, number: Decimal | None) -> Remark | None:
    """What an item needs and whether a number reaches it; None where all will do."""
    limit = item.limit
    standing = own_standing(item, Given(item.id, number=number))
    # Of two limits, the one that is broken; of none broken, the lower.
    if limit.at_most is not None and (
        limit.at_least is None or (number is not None and number > limit.at_most)
    ):
        return Remark(_at_most(item, limit.at_most, number), standing)
    if limit.at_least is not None:
        return Remark(_at_least(item, limit.at_least, number), standing)
    return None


def _at_least(item: Item, least: Decimal, number: Decimal | None) -> Text:
    need = _counted(least, item)
    if number is None:
        return Text(ja=f"{need.ja}以上が必要です。", en=f"At least {need.en} needed.")
    has = _counted(number, item)
    if number >= least:
        return _met(has, Text(ja=f"{need.ja}以上", en=f"at least {need.en}"))
    short = _counted(least - number, item)
    return Text(
        ja=f"{need.ja}以上が必要です。{has.ja}では{short.ja}足りません。",
        en=f"At least {need.en} needed; {has.en} is {_plain(least - number)} short.",
    )


def _at_most(item: Item, most: Decimal, number: Decimal | None) -> Text:
    need = _counted(most, item)
    if number is None:
        return Text(ja=f"{need.ja}以下が必要です。", en=f"At most {need.en} allowed.")
    has = _counted(number, item)
    if number <= most:
        return _met(has, Text(ja=f"{need.ja}以下", en=f"at most {need.en}"))
    over = _counted(number - most, item)
    return Text(
        ja=f"{need.ja}以下が必要です。{has.ja}では{over.ja}超えています。",
        en=f"At most {need.en} allowed; {has.en} is {_plain(number - most)} over.",
    )


def _met(has: Text, need: Text) -> Text:
    return Text(
        ja=f"{has.ja}で、{need.ja}という条件を満たしています。",
        en=f"{has.en[0].upper()}{has.en[1:]} meets the condition: {need.en}.",
    )


def _counted(number: Decimal, item: Item) -> Text:
    """A number with the unit of its item."""
    plain = _plain(number)
    if item.unit is None:
        return Text(ja=plain, en=plain)
    # A Japanese unit that begins with Latin letters needs room before it.
    gap = " " if item.unit.ja[0].isascii() and item.unit.ja[0].isalpha() else ""
    return Text(ja=f"{plain}{gap}{item.unit.ja}", en=f"{plain} {item.unit.en}")


def _plain(number: Decimal) -> str:
    # A normalized hundred is 1E+2.
    return f"{number.normalize():,f}"
