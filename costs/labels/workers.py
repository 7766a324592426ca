"""How each worker stands to the others; under pseudonyms wherever it is shown."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri

from costs.labels.answers import Approval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.labels.answers import Answer
    from costs.labels.majority import Voted

# Fewer answers say little of a worker.
FEW: Final = 20
CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker's answers.

    ``agreed`` is the share of the other workers of the same items who say the same,
    the mean over the items; ``at_most`` is the upper end of its 95 % interval
    (Wilson), by which workers are ordered: with few answers it stays near 1, so that
    few answers accuse nobody. ``right`` is the share of answers that gold confirms.
    """

    name: str
    answers: int
    compared: int
    agreed: float | None
    at_most: float | None
    known: int
    right: float | None
    seconds: float | None
    rejected: int
    reward: Decimal

    @property
    def few(self) -> bool:
        """Whether the answers are too few to say much."""
        return self.answers < FEW


@dataclass(frozen=True, slots=True)
class WorkersAgainstGold:
    """Shares of right answers: over all answers, and over workers as equals."""

    answers: int
    mean_answer: float
    mean_worker: float


def workers_of(
    answers: Sequence[Answer], column: int, items: Sequence[Voted]
) -> list[Worker]:
    """Every worker, those first who agree least with the others."""
    votes = {one.item: (dict(one.votes), one.answers) for one in items}
    theirs: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        theirs[one.worker].append(one)
    found = [
        _worker(name, given, column, votes) for name, given in sorted(theirs.items())
    ]
    # Nobody to be compared with: last.
    return sorted(found, key=lambda one: (one.at_most is None, one.at_most or 0))


def _worker(
    name: str,
    given: Sequence[Answer],
    column: int,
    votes: dict[str, tuple[dict[str, int], int]],
) -> Worker:
    shares = []
    right = []
    for one in given:
        label = one.labels[column]
        if not (one.paid and label):
            continue
        of_item, answered = votes[one.item]
        if answered > 1:
            shares.append((of_item[label] - 1) / (answered - 1))
        if one.gold:
            right.append(label == one.gold)
    times = [one.seconds for one in given if one.seconds is not None]
    agreed = float(np.mean(shares)) if shares else None
    return Worker(
        name=name,
        answers=len(given),
        compared=len(shares),
        agreed=agreed,
        at_most=None if agreed is None else _upper(agreed, len(shares)),
        known=len(right),
        right=sum(right) / len(right) if right else None,
        seconds=float(median(times)) if times else None,
        rejected=sum(one.approval is Approval.REJECTED for one in given),
        reward=sum((one.reward for one in given if one.paid), Decimal(0)),
    )


def _upper(share: float, n: int) -> float:
    """The upper end of Wilson's interval (1927) for a share of n."""
    z, p = float(ndtri((1 + CONFIDENCE) / 2)), round(share * n) / n
    middle, square = p + z * z / (2 * n), z * z / (4 * n * n)
    return (middle + z * math.sqrt(p * (1 - p) / n + square)) / (1 + z * z / n)


def workers_against_gold(workers: Sequence[Worker]) -> WorkersAgainstGold | None:
    """How often workers are right; None where no gold is known."""
    known = [one for one in workers if one.right is not None]
    if not known:
        return None
    answers = sum(one.known for one in known)
    return WorkersAgainstGold(
        answers=answers,
        mean_answer=sum((one.right or 0) * one.known for one in known) / answers,
        mean_worker=sum(one.right or 0 for one in known) / len(known),
    )
