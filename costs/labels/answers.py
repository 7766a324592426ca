"""Answers of workers about items, and what a batch of them holds."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

MAIL: Final = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+\.[^\s@<>\"',;]+")
# Forty bits: two of ten thousand workers share a name once in 20,000 batches.
DIGITS: Final = 10


class Approval(StrEnum):
    """What the requester said of an answer; what waits is paid in the end."""

    APPROVED = "approved"
    REJECTED = "rejected"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one worker said of one item.

    ``labels`` has one for each of the batch's columns; an empty one is no answer.
    ``seconds`` is the time of work, ``reward`` is in the batch's currency.
    """

    row: int
    item: str
    worker: str
    labels: tuple[str, ...]
    reward: Decimal
    approval: Approval = Approval.APPROVED
    gold: str = ""
    seconds: Decimal | None = None

    @property
    def paid(self) -> bool:
        """Everything but what was rejected."""
        return self.approval is not Approval.REJECTED


@dataclass(frozen=True, slots=True)
class Batch:
    """The answers of one file, and what was left out of it.

    ``columns`` are the names of the answers that may be the label. ``left_out`` are
    columns that are not kept. ``day`` is the last day of work that the file names.
    """

    columns: tuple[str, ...]
    answers: tuple[Answer, ...]
    item_column: str
    left_out: tuple[str, ...] = ()
    day: date | None = None
    gold_elsewhere: int = 0


def pseudonym(name: str, key: bytes, letter: str = "W") -> str:
    """A name that stands for another, and tells nothing without the key.

    HMAC-SHA-256, so that nobody finds the name by trying all names there are.
    """
    digest = hmac.new(key, name.encode(), sha256).hexdigest()
    return f"{letter}-{digest[:DIGITS]}"


def without_names(batch: Batch, key: bytes) -> Batch:
    """The batch with every worker under a pseudonym, and no mail address in a cell."""

    def masked(text: str) -> str:
        return MAIL.sub(lambda found: pseudonym(found[0].lower(), key, "M"), text)

    answers = tuple(
        replace(
            one,
            worker=pseudonym(one.worker, key),
            item=masked(one.item),
            gold=masked(one.gold),
            labels=tuple(masked(label) for label in one.labels),
        )
        for one in batch.answers
    )
    return replace(batch, answers=answers)
