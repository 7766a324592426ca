"""All that a batch says, as one report that JSON can keep."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from costs.labels.agreement import Agreement, agreement_of
from costs.labels.answers import Approval
from costs.labels.majority import GoldShare, Voted, against_gold, voted
from costs.labels.workers import (
    Worker,
    WorkersAgainstGold,
    workers_against_gold,
    workers_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costs.labels.answers import Answer, Batch

# A page shows no more; the export has all of them.
MOST_TIES: Final = 100
MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Report:
    """One column of a batch, measured.

    ``usable`` items have a majority without a tie that gold, where known, confirms.
    """

    column: str
    items: tuple[Voted, ...]
    agreement: Agreement
    gold: GoldShare | None
    workers: tuple[Worker, ...]
    workers_gold: WorkersAgainstGold | None
    labels: tuple[tuple[str, int], ...]
    unanswered: int

    @property
    def ties(self) -> tuple[Voted, ...]:
        """Items of which most say several labels."""
        return tuple(one for one in self.items if one.tied)

    @property
    def usable(self) -> int:
        """Items that can be used as they are."""
        return sum(one.usable for one in self.items)


@dataclass(frozen=True, slots=True)
class Work:
    """What a batch says without any label: answers by approval, and time."""

    approved: int
    rejected: int
    waiting: int
    median_seconds: float | None


def report_on(batch: Batch, column: str) -> Report:
    """The batch measured by one of its columns. ValueError when it has no such."""
    place = batch.columns.index(column)
    items = voted(batch.answers, place)
    workers = workers_of(batch.answers, place, items)
    counted: dict[str, int] = {}
    for one in items:
        for label, votes in one.votes:
            counted[label] = counted.get(label, 0) + votes
    return Report(
        column=column,
        items=tuple(items),
        agreement=agreement_of(batch.answers, place, items),
        gold=against_gold(items),
        workers=tuple(workers),
        workers_gold=workers_against_gold(workers),
        labels=tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0]))),
        unanswered=sum(one.paid and not one.labels[place] for one in batch.answers),
    )


def work_of(answers: Sequence[Answer]) -> Work:
    """How many were approved, and how long half of them took at most."""
    times = [one.seconds for one in answers if one.seconds is not None]
    found = {
        approval: sum(one.approval is approval for one in answers)
        for approval in Approval
    }
    return Work(
        approved=found[Approval.APPROVED],
        rejected=found[Approval.REJECTED],
        waiting=found[Approval.WAITING],
        median_seconds=float(median(times)) if times else None,
    )


# Any: what JSON gives and takes.
def to_json(report: Report) -> dict[str, Any]:
    """What the page shows, in plain values; ties and workers up to a page's length."""
    agreement = asdict(report.agreement)
    return {
        "column": report.column,
        "agreement": agreement,
        "items": len(report.items),
        "answers": sum(one.answers for one in report.items),
        "unanswered": report.unanswered,
        "usable": report.usable,
        "labels": [list(one) for one in report.labels[:MOST_SHOWN]],
        "gold": None if report.gold is None else asdict(report.gold),
        "workers_gold": (
            None if report.workers_gold is None else asdict(report.workers_gold)
        ),
        "tied": len(report.ties),
        "ties": [_tie(one) for one in report.ties[:MOST_TIES]],
        "workers": [_worker(one) for one in report.workers[:MOST_SHOWN]],
        "few": sum(one.few for one in report.workers),
    }


def _tie(one: Voted) -> dict[str, Any]:
    return {
        "item": one.item,
        "votes": [list(vote) for vote in one.votes],
        "gold": one.gold,
    }


def _worker(one: Worker) -> dict[str, Any]:
    return asdict(one) | {"reward": f"{one.reward:f}", "few": one.few}
