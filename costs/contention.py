"""Who gets GPUs of a pool when, and for whom the others wait. No Django here.

List scheduling (R. L. Graham, "Bounds on Multiprocessing Timing Anomalies", SIAM J.
Appl. Math. 17, 1969) with conservative backfilling (A. W. Mu'alem and D. G. Feitelson,
IEEE Trans. Parallel Distrib. Syst. 12(6), 2001):

* Rank: priority, then the day of acceptance, then when it was booked.
* In that order each starts at the earliest time, not before it is wanted, from which on
  its pool has enough free GPUs for its whole length.
* Who ranks lower may begin earlier in a gap that is left, as those before it have
  their places already: it delays nobody ranked before it.
* What has begun is not interrupted. Bookings and cancellations are taken in the order
  of time, so that one made today moves nothing that began yesterday.

Times are exact; nothing here is a number with a binary point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime

HOUR: Final = timedelta(hours=1)
TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """GPUs of a pool that somebody asks for. ``due`` is the day of acceptance.

    ``owner`` is the engagement; ``cancelled_at`` is when it was taken back, or the
    GPUs were given back before its time was over.
    """

    key: int
    owner: str
    gpus: int
    wanted_from: datetime
    length: timedelta
    booked_at: datetime
    due: date
    priority: int = 2
    cancelled_at: datetime | None = None

    @property
    def ready(self) -> datetime:
        """From when on it waits: nobody waits before they have asked."""
        return max(self.wanted_from, self.booked_at)

    @property
    def rank(self) -> tuple[int, date, datetime, int]:
        """Who goes first; the key decides between two of the same moment."""
        return (self.priority, self.due, self.booked_at, self.key)

    def is_cancelled_at(self, moment: datetime) -> bool:
        return self.cancelled_at is not None and self.cancelled_at <= moment


@dataclass(frozen=True, slots=True)
class Turn:
    """When a wish has its GPUs, the end excluded, and the keys it waits for."""

    wish: Wish
    start: datetime
    end: datetime
    waits_for: tuple[int, ...] = ()

    @property
    def wait(self) -> timedelta:
        return self.start - self.wish.ready

    def holds_at(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def hours(span: timedelta) -> Decimal:
    """A span in hours, to the last digit Decimal has."""
    return Decimal(span // TICK) / Decimal(HOUR // TICK)


def schedule(wishes: Iterable[Wish], gpus: int) -> tuple[Turn, ...]:
    """The turn of every wish on a pool of so many GPUs, the earliest first.

    A wish that was cancelled before its turn began has none. ValueError for one that
    asks for no GPU, for more than there are, or for no time.
    """
    ranked = sorted(wishes, key=lambda wish: wish.rank)
    for wish in ranked:
        if not 0 < wish.gpus <= gpus or wish.length <= timedelta(0):
            raise ValueError(f"Wish {wish.key} does not fit a pool of {gpus} GPUs.")
    booked = {wish.booked_at for wish in ranked}
    cancelled = {wish.cancelled_at for wish in ranked if wish.cancelled_at is not None}
    begun: dict[int, Turn] = {}
    planned: list[Turn] = []
    waited: dict[int, frozenset[int]] = {}
    for moment in sorted(booked | cancelled):
        for turn in planned:
            key = turn.wish.key
            if turn.start < moment:
                begun[key] = turn
            elif turn.wish.ready < moment:
                waited[key] = waited.get(key, frozenset()) | set(turn.waits_for)
        _give_back(begun, moment)
        pending = [
            wish
            for wish in ranked
            if wish.booked_at <= moment
            and wish.key not in begun
            and not wish.is_cancelled_at(moment)
        ]
        planned = _plan(pending, begun.values(), gpus, moment, waited)
    turns = [*begun.values(), *planned]
    return tuple(sorted(turns, key=lambda turn: (turn.start, turn.wish.key)))


def _give_back(begun: dict[int, Turn], moment: datetime) -> None:
    for key, turn in begun.items():
        if turn.wish.cancelled_at == moment and moment < turn.end:
            begun[key] = replace(turn, end=moment)


def _plan(
    pending: Iterable[Wish],
    begun: Iterable[Turn],
    gpus: int,
    moment: datetime,
    waited: Mapping[int, frozenset[int]],
) -> list[Turn]:
    """What would come if nothing more were booked or cancelled after the moment."""
    held = [turn for turn in begun if turn.end > moment]
    planned = []
    for wish in pending:
        since = max(wish.ready, moment)
        start = _earliest(wish, since, held, gpus)
        waits_for = _in_the_way(wish, since, start, held, gpus)
        turn = Turn(
            wish,
            start,
            start + wish.length,
            tuple(sorted(waits_for | waited.get(wish.key, frozenset()))),
        )
        held.append(turn)
        planned.append(turn)
    return planned


def _earliest(
    wish: Wish, since: datetime, held: Collection[Turn], gpus: int
) -> datetime:
    # GPUs become free only where a turn ends, and after the last one all are free.
    frees = sorted({turn.end for turn in held if turn.end > since})
    return next(start for start in (since, *frees) if _fits(wish, start, held, gpus))


def _fits(wish: Wish, start: datetime, held: Collection[Turn], gpus: int) -> bool:
    end = start + wish.length
    # What is held only rises where a turn begins.
    rises = {turn.start for turn in held if start < turn.start < end}
    return all(
        sum(turn.wish.gpus for turn in held if turn.holds_at(moment)) + wish.gpus
        <= gpus
        for moment in (start, *rises)
    )


def _in_the_way(
    wish: Wish, since: datetime, start: datetime, held: Collection[Turn], gpus: int
) -> frozenset[int]:
    """Who holds GPUs while, before the start, fewer are free than the wish asks for."""
    ends = {edge for turn in held for edge in (turn.start, turn.end)}
    found: set[int] = set()
    for moment in {since} | {edge for edge in ends if since < edge < start}:
        holding = [turn for turn in held if turn.holds_at(moment)]
        if sum(turn.wish.gpus for turn in holding) + wish.gpus > gpus:
            found |= {turn.wish.key for turn in holding}
    return frozenset(found) if start > since else frozenset()


@dataclass(frozen=True, slots=True)
class Later:
    """One that begins later than it would have, and by how much."""

    turn: Turn
    by: timedelta


def later(before: Iterable[Turn], after: Iterable[Turn]) -> tuple[Later, ...]:
    """Whom a change makes wait longer, those it hits hardest first."""
    starts = {turn.wish.key: turn.start for turn in before}
    found = [
        Later(turn, turn.start - starts[turn.wish.key])
        for turn in after
        if turn.wish.key in starts and turn.start > starts[turn.wish.key]
    ]
    return tuple(sorted(found, key=lambda one: (-one.by, one.turn.wish.key)))


@dataclass(frozen=True, slots=True)
class Share:
    """What one engagement has of a pool between two times: GPUs times time."""

    owner: str
    held: timedelta
    part: Decimal


def shares(turns: Iterable[Turn], begin: datetime, end: datetime) -> tuple[Share, ...]:
    """Each engagement's part of the GPU time between the two, the largest first."""
    held: dict[str, timedelta] = {}
    for turn in turns:
        within = min(turn.end, end) - max(turn.start, begin)
        if within > timedelta(0):
            so_far = held.get(turn.wish.owner, timedelta(0))
            held[turn.wish.owner] = so_far + within * turn.wish.gpus
    whole = sum(held.values(), timedelta(0)) // TICK
    found = [
        Share(owner, time, Decimal(time // TICK) / whole)
        for owner, time in held.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.held, one.owner)))
