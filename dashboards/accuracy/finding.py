"""What can be said of one figure over several runs: where it went. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evaluation.figures import Figure


class Move(StrEnum):
    """Which way a figure went."""

    ROSE = "rose"
    FELL = "fell"
    STAYED = "stayed"


@dataclass(frozen=True, slots=True)
class Change:
    """From one run to another; ``beyond_chance`` is None where nothing tells.

    Two intervals that do not touch are taken for more than chance. That is stricter
    than a paired test, which needs the rows of both files.
    """

    move: Move
    beyond_chance: bool | None


def change(before: Figure, now: Figure) -> Change:
    """What happened between two measurements of one figure."""
    if now[0] == before[0]:
        return Change(Move.STAYED, None)
    move = Move.ROSE if now[0] > before[0] else Move.FELL
    ends = (before[1], before[2], now[1], now[2])
    if any(end is None for end in ends):
        return Change(move, None)
    low_before, high_before, low_now, high_now = (float(end or 0) for end in ends)
    return Change(move, low_now > high_before or high_now < low_before)
