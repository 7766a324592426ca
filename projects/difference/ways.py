"""Which way a part of the promise went: tightened, loosened, changed, the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeVar

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Callable

NOTHING: Final = Text("なし", "none")
Number = int | float | Decimal | Fraction
Of = TypeVar("Of")


class Direction(StrEnum):
    """Which way a part went."""

    TIGHTER = "tighter"
    LOOSER = "looser"
    OTHER = "other"
    SAME = "same"

    @property
    def opposite(self) -> Direction:
        """The way back."""
        turned = {
            Direction.TIGHTER: Direction.LOOSER,
            Direction.LOOSER: Direction.TIGHTER,
        }
        return turned.get(self, self)


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the promise in both versions; ``part`` is empty for the whole."""

    item: Text
    part: Text
    before: Text
    after: Text
    direction: Direction

    @property
    def is_same(self) -> bool:
        return self.direction is Direction.SAME


def more_is_tighter(old: Number, new: Number) -> Direction:
    """A number that asks for more as it grows."""
    was, now = Fraction(old), Fraction(new)
    if was == now:
        return Direction.SAME
    return Direction.TIGHTER if now > was else Direction.LOOSER


def cap(old: Number | None, new: Number | None) -> Direction:
    """An upper end: a lower one is tighter, and none at all is the loosest."""
    if old is None or new is None:
        return present(old, new)
    return more_is_tighter(new, old)


# object: only whether it is there, or the same, matters.
def present(old: object, new: object) -> Direction:
    """A promise that appears tightens; one that is gone loosens."""
    if (old is None) == (new is None):
        return Direction.SAME
    return Direction.TIGHTER if old is None else Direction.LOOSER


def either(old: object, new: object) -> Direction:
    """A promise that may be there or not, and whose other forms have no side."""
    if old is None or new is None:
        return present(old, new)
    return changed(old, new)


def changed(old: object, new: object) -> Direction:
    """A part whose change has no side."""
    return Direction.SAME if old == new else Direction.OTHER


def said(of: Callable[[Of], Text], old: Of, new: Of) -> tuple[Text, Text]:
    """A part of both versions in words."""
    return of(old), of(new)


def number(value: int | None) -> Text:
    """A number of anything, or that there is none."""
    return NOTHING if value is None else Text(f"{value:,}", f"{value:,}")
