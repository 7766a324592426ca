"""What the pages of bookings show, made from rows; no HTTP in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from costs import waiting_words
from costs.contention import schedule, shares
from costs.models import Pool, Reservation
from costs.offers import Offers
from costs.timeline import Picture, draw
from costs.waiting_words import MENTIONED
from projects.models import Engagement
from projects.templatetags.parts import named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from costs.contention import Later, Turn
    from costs.instead import Instead
    from costs.sheets import Cell
    from costs.timeline import Bar
    from projects.models import User

DAYS: Final = 7
FAIR: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Line:
    """One booking as the reader may see it; ``is_mine`` is drawn apart."""

    row: Reservation
    turn: Turn
    title: str
    where: str
    is_seen: bool
    is_mine: bool
    may_change: bool
    now: datetime

    @property
    def label(self) -> str:
        """What stands on its bar: for whom, as short as people say it, and what."""
        if not self.title:
            return capfirst(self.where)
        return f"{named(self.row.engagement.customer)} · {self.title}"

    @property
    def has_begun(self) -> bool:
        return self.turn.start <= self.now

    @property
    def waited(self) -> str:
        """How long it waits or waited; empty for no time worth a word."""
        wait = self.turn.wait
        return waiting_words.span(wait) if wait >= MENTIONED else ""

    @property
    def is_waiting(self) -> bool:
        return bool(self.waited) and not self.has_begun


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits: the sentence, against which day, and what else it could do."""

    line: Line
    sentence: str
    due: str
    instead: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar of the picture with what stands on it."""

    bar: Bar
    line: Line


@dataclass(frozen=True, slots=True)
class PoolBoard:
    """A pool with its bookings in a window of days."""

    pool: Pool
    picture: Picture
    drawn: tuple[Drawn, ...]
    waiting: tuple[Waiting, ...]
    fair: str
    may_book: bool
    may_manage: bool

    @property
    def spoken(self) -> str:
        """The picture for who hears it; the table beside it says each in full."""
        return _("%(pool)s: bookings %(n)s, of which waiting %(waiting)s") % {
            "pool": self.pool.name,
            "n": len(self.drawn),
            "waiting": len(self.waiting),
        }


def as_rows(shown: Iterable[PoolBoard]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Every booking shown, as the head and the rows of a file; times say their zone."""
    head = [
        _("Pool"),
        _("Booking"),
        pgettext("how many", "GPUs"),
        _("Wanted from"),
        _("Begins"),
        _("Ends"),
        _("Hours waited"),
    ]
    return head, [
        (
            pool.pool.name,
            one.line.label,
            one.line.row.gpus,
            timezone.localtime(one.line.row.wanted_from),
            timezone.localtime(one.line.turn.start),
            timezone.localtime(one.line.turn.end),
            Decimal(round(one.line.turn.wait.total_seconds())) / 3600,
        )
        for pool in shown
        for one in pool.drawn
    ]


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def boards(
    user: User,
    begin: datetime,
    now: datetime,
    *,
    of: Engagement | None = None,
) -> list[PoolBoard]:
    """Every pool the reader sees, or those an engagement books; a fixed few queries.

    Bookings of engagements that the reader does not see have no name.
    """
    pools = Pool.objects.visible_to(user).open()
    if of is not None:
        booked = Reservation.objects.standing().filter(engagement=of)
        pools = pools.filter(pk__in=booked.values("pool"))
    bookable = Pool.objects.bookable_by(user).filter(pk=OuterRef("pk"))
    manageable = Pool.objects.managed_by(user).filter(pk=OuterRef("pk"))
    found = list(
        pools.select_related("gpu_type", "organisation").annotate(
            may_book=Exists(bookable), may_manage=Exists(manageable)
        )
    )
    rows = _rows(user, found, now)
    offers = Offers(user, {pool.organisation_id for pool in found}, now)
    return [
        _board(pool, rows.get(pool.pk, []), offers, begin, now, user, of)
        for pool in found
    ]


def _rows(
    user: User, pools: Iterable[Pool], now: datetime
) -> dict[int, list[Reservation]]:
    """By pool, with whether the reader sees the name and may change it; one query."""
    known = Reservation.objects.filter(pool__in=[pool.pk for pool in pools])
    seen = Engagement.objects.visible_to(user).filter(pk=OuterRef("engagement"))
    mine = Reservation.objects.changeable_by(user).filter(pk=OuterRef("pk"))
    by_pool: dict[int, list[Reservation]] = {}
    for row in (
        known.lately(now)
        .select_related("engagement__customer", "booked_by")
        .annotate(is_seen=Exists(seen), may_change=Exists(mine))
    ):
        by_pool.setdefault(row.pool_id, []).append(row)
    return by_pool


def _board(
    pool: Pool,
    rows: list[Reservation],
    offers: Offers,
    begin: datetime,
    now: datetime,
    user: User,
    of: Engagement | None,
) -> PoolBoard:
    turns = schedule([row.as_wish(pool.gpus) for row in rows], pool.gpus)
    turn_of = {turn.wish.key: turn for turn in turns}
    may_book: bool = pool.may_book  # type: ignore[attr-defined]  # annotated above
    # Who books nothing and sees only some sees those of their own engagements.
    is_own_side = not may_book and not all(
        row.is_seen  # type: ignore[attr-defined]  # annotated above
        for row in rows
    )
    lines = {
        row.pk: _line(row, turn_of[row.pk], now, user, of, is_own_side=is_own_side)
        for row in rows
        if row.pk in turn_of
    }
    names = {row.pk: _where(row) for row in rows}
    waiting = [
        _waiting(line, rows, names, offers.best(pool, line.row))
        for line in lines.values()
        if line.is_waiting and (of is None or line.is_mine)
    ]
    picture = draw(turns, begin, DAYS, now)
    return PoolBoard(
        pool=pool,
        picture=picture,
        drawn=tuple(Drawn(bar, lines[bar.turn.wish.key]) for bar in picture.bars),
        waiting=tuple(sorted(waiting, key=lambda one: -one.line.turn.wait)),
        fair=waiting_words.fair_share(
            pool.name,
            shares(turns, now - FAIR, now),
            shares(turns, now, now + FAIR),
            {str(row.engagement_id): names[row.pk] for row in rows},
        ),
        may_book=may_book,
        may_manage=pool.may_manage,  # type: ignore[attr-defined]
    )


def _line(
    row: Reservation,
    turn: Turn,
    now: datetime,
    user: User,
    of: Engagement | None,
    *,
    is_own_side: bool,
) -> Line:
    is_mine = is_own_side or row.booked_by_id == user.pk
    if of is not None:
        is_mine = row.engagement_id == of.pk
    is_seen: bool = row.is_seen  # type: ignore[attr-defined]  # annotated above
    return Line(
        row=row,
        turn=turn,
        title=row.title if is_seen else "",
        where=_where(row),
        is_seen=is_seen,
        is_mine=is_mine and is_seen,
        may_change=row.may_change and turn.end > now,  # type: ignore[attr-defined]
        now=now,
    )


def _where(row: Reservation) -> str:
    if not row.is_seen:  # type: ignore[attr-defined]  # annotated above
        return _("another engagement")
    return named(row.engagement)


def _who(row: Reservation) -> str:
    """A booking by what runs and for whom; of one that is not seen only that it is."""
    if not row.is_seen:  # type: ignore[attr-defined]  # annotated above
        return _where(row)
    return _("%(title)s (%(where)s)") % {"title": row.title, "where": _where(row)}


def _waiting(
    line: Line,
    rows: list[Reservation],
    names: Mapping[int, str],
    way: Instead | None,
) -> Waiting:
    keys = set(line.turn.waits_for)
    others = {
        names[row.pk]
        for row in rows
        if row.pk in keys and row.engagement_id != line.row.engagement_id
    }
    own = [
        _("its own “%(title)s”") % {"title": row.title}
        for row in rows
        if row.pk in keys and row.engagement_id == line.row.engagement_id
    ]
    if not line.is_seen:
        own = [_("itself")] if own else []
    who = capfirst(_who(line.row)) if not line.is_seen else _who(line.row)
    sentence = waiting_words.waits(who, [*sorted(others), *own], line.turn.wait)
    if not line.is_seen:
        return Waiting(line, sentence, "", "")
    ends = timezone.localdate(line.turn.end)
    return Waiting(
        line,
        sentence,
        waiting_words.due(line.turn.wish.due, ends),
        waiting_words.instead(way, line.turn.wish.ready, line.now) if way else "",
    )


def longest(shown: Iterable[PoolBoard]) -> tuple[int, Waiting | None]:
    """How many wait, and who of them the longest."""
    waiting = [one for board in shown for one in board.waiting]
    most = max(waiting, key=lambda one: one.line.turn.wait, default=None)
    return len(waiting), most


def told_later(user: User, hit: Iterable[Later]) -> list[str]:
    """What a booking would do to others, in the names the reader may see."""
    by_key = {one.turn.wish.key: one.by for one in hit if one.by >= MENTIONED}
    names = _names(user, by_key)
    return [waiting_words.made_wait(names[key], by) for key, by in by_key.items()]


def told_own(user: User, turn: Turn) -> str:
    """For whom a booking would wait and how long; empty for no wait."""
    if turn.wait < MENTIONED:
        return ""
    names = _names(user, turn.waits_for).values()
    return waiting_words.waits(_("This booking"), sorted(set(names)), turn.wait)


def _names(user: User, keys: Collection[int]) -> dict[int, str]:
    seen = Engagement.objects.visible_to(user).filter(pk=OuterRef("engagement"))
    rows = (
        Reservation.objects.filter(pk__in=keys)
        .select_related("engagement")
        .annotate(is_seen=Exists(seen))
    )
    return {row.pk: _who(row) for row in rows}
