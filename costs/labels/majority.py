"""What most workers say of an item, its ties, and how often it is right."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from costs.labels.answers import Answer


@dataclass(frozen=True, slots=True)
class Voted:
    """One item: how many said what, in the labels' order; who won; what is right."""

    item: str
    votes: tuple[tuple[str, int], ...]
    gold: str = ""

    @property
    def winners(self) -> tuple[str, ...]:
        """The labels that most said; several are a tie."""
        most = max(votes for _label, votes in self.votes)
        return tuple(label for label, votes in self.votes if votes == most)

    @property
    def tied(self) -> bool:
        """Whether most said several labels."""
        return len(self.winners) > 1

    @property
    def answers(self) -> int:
        """How many answered."""
        return sum(votes for _label, votes in self.votes)

    @property
    def usable(self) -> bool:
        """A majority without a tie and, where gold is known, the right one."""
        return not self.tied and self.gold in ("", self.winners[0])


@dataclass(frozen=True, slots=True)
class GoldShare:
    """How many majorities are right, of the items whose gold is known.

    ``fractional`` counts a tie of k labels with the right one among them as 1/k;
    ``first`` and ``last`` take one of the tied labels, in the labels' order;
    ``without_ties`` leaves tied items out and is None when all are tied.
    """

    items: int
    tie_free: int
    fractional: float
    first: float
    last: float
    without_ties: float | None


def numbers_of(labels: Sequence[str]) -> list[float] | None:
    """The labels as numbers; None when one of them is none."""
    try:
        values = [float(label) for label in labels]
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) else None


def ordered(labels: Iterable[str]) -> list[str]:
    """Labels by size when all of them are numbers, else as a dictionary has them."""
    found = sorted(set(labels))
    return found if numbers_of(found) is None else sorted(found, key=float)


def voted(answers: Sequence[Answer], column: int) -> list[Voted]:
    """Every item with an answer; what was rejected or left empty does not vote."""
    votes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    gold: dict[str, str] = {}
    for one in answers:
        label = one.labels[column]
        if one.paid and label:
            votes[one.item][label] += 1
            gold[one.item] = one.gold
    order = {
        label: place
        for place, label in enumerate(
            ordered(label for of_item in votes.values() for label in of_item)
        )
    }
    return [
        Voted(
            item,
            tuple(sorted(votes[item].items(), key=lambda one: order[one[0]])),
            gold[item],
        )
        for item in sorted(votes)
    ]


def against_gold(items: Sequence[Voted]) -> GoldShare | None:
    """How often the majority is right; None where no gold is known."""
    known = [one for one in items if one.gold]
    if not known:
        return None
    plain = [one for one in known if not one.tied]
    parts = sum(
        (Fraction(one.gold in one.winners, len(one.winners)) for one in known),
        Fraction(0),
    )
    right = sum(one.winners[0] == one.gold for one in plain)
    return GoldShare(
        items=len(known),
        tie_free=len(plain),
        fractional=float(parts / len(known)),
        first=sum(one.winners[0] == one.gold for one in known) / len(known),
        last=sum(one.winners[-1] == one.gold for one in known) / len(known),
        without_ties=right / len(plain) if plain else None,
    )
