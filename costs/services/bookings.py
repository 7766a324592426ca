"""Booking GPUs, changing and giving back what was booked.

Nobody's turn is stored: it follows from the rows, so that two who book at once only
have to write theirs one after the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.contention import Later, Turn, Wish, hours, later, schedule
from costs.models import Pool, Reservation
from costs.services.asked import FIRST, Asked, Effect, check
from projects.permissions import Permission, require
from projects.services.audit import record_event
from projects.services.notices import tell
from projects.services.readers import holders_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from projects.models import User

CHANGED: Final = "changed"


def preview(
    *,
    asked: Asked,
    by: User,
    instead_of: Reservation | None = None,
    at: datetime | None = None,
) -> Effect:
    """What a booking would do, without booking; it refuses as ``book`` does."""
    now = at or timezone.now()
    check(asked, by, now, instead_of)
    return _effect(asked, by, now, instead_of)


def book(
    *, asked: Asked, by: User, seen: str | None = None, at: datetime | None = None
) -> Reservation:
    """Book GPUs; the managers of those who begin later are told.

    ``seen``: the digest of the effect that the person was shown. ValidationError with
    the code ``changed`` if it is another by now, and for what cannot be booked.
    """
    now = at or timezone.now()
    with transaction.atomic():
        effect = _locked_effect(asked, by, now, seen)
        row = _keep(asked, by, now)
        _record("gpus.booked", row, by)
        _tell_the_later(effect.later, asked.pool, by)
    return row


def change(
    *,
    reservation: Reservation,
    asked: Asked,
    by: User,
    seen: str | None = None,
    at: datetime | None = None,
) -> Reservation:
    """Book anew in place of one that has not begun; gives the new row.

    Its place among equals is that of now, or nobody could rely on what they saw.
    ValidationError for one that has begun or was taken back already.
    """
    now = at or timezone.now()
    _may_change(reservation, by)
    with transaction.atomic():
        _lock(reservation.pool, asked.pool)
        if _turn_of(reservation, now).start < now:
            raise ValidationError(
                _("This has begun: give its GPUs back, and book what is still needed.")
            )
        effect = _locked_effect(asked, by, now, seen, instead_of=reservation)
        Reservation.objects.filter(pk=reservation.pk).update(cancelled_at=now)
        row = _keep(asked, by, now)
        _record("gpus.changed", row, by)
        _tell_the_later(effect.later, asked.pool, by)
    return row


def cancel(
    *, reservation: Reservation, by: User, at: datetime | None = None
) -> Reservation:
    """Take a booking back, or give its GPUs back when it has begun.

    ValidationError for one that is over, or was taken back a moment before.
    """
    now = at or timezone.now()
    _may_change(reservation, by)
    with transaction.atomic():
        _lock(reservation.pool)
        turn = _turn_of(reservation, now)
        if turn.end <= now:
            raise ValidationError(_("This booking is over already."))
        Reservation.objects.filter(pk=reservation.pk).update(cancelled_at=now)
        reservation.cancelled_at = now
        begun = turn.start < now
        verb = "gpus.given_back" if begun else "gpus.cancelled"
        record_event(
            verb,
            engagement=reservation.engagement,
            by=by,
            pool=reservation.pool.name,
            title=reservation.title,
        )
    return reservation


def _may_change(reservation: Reservation, by: User) -> None:
    """Its own booker may while they may book, and who manages the engagement."""
    own = reservation.booked_by_id == by.pk
    need = Permission.RECORD_COST if own else Permission.EDIT_ENGAGEMENT
    require(by, need, reservation.engagement)


def _turn_of(reservation: Reservation, now: datetime) -> Turn:
    fresh = Reservation.objects.standing().filter(pk=reservation.pk).exists()
    turns = {turn.wish.key: turn for turn in reservation.pool.turns(now)}
    if not fresh or reservation.pk not in turns:
        raise ValidationError(_("This booking was taken back already."))
    return turns[reservation.pk]


def _lock(*pools: Pool) -> None:
    """In one order, so that two never wait for each other."""
    keys = {pool.pk for pool in pools}
    list(Pool.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _locked_effect(
    asked: Asked,
    by: User,
    now: datetime,
    seen: str | None,
    instead_of: Reservation | None = None,
) -> Effect:
    _lock(asked.pool)
    asked.pool.refresh_from_db(fields=["gpus", "retired_at"])
    check(asked, by, now, instead_of)
    effect = _effect(asked, by, now, instead_of)
    if seen is not None and seen != effect.digest:
        raise ValidationError(
            _("Somebody booked meanwhile. Look again at what yours does now."),
            code=CHANGED,
        )
    return effect


def _effect(
    asked: Asked, by: User, now: datetime, instead_of: Reservation | None
) -> Effect:
    rows = asked.pool.reservations.lately(now).select_related("engagement")
    known = [row.as_wish(asked.pool.gpus) for row in rows]
    replaced = instead_of.pk if instead_of else None
    kept = [
        replace(one, cancelled_at=now) if one.key == replaced else one for one in known
    ]
    wish = _unkept(asked.as_row(by, now), asked.pool.gpus)
    before = schedule(known, asked.pool.gpus)
    after = schedule([*kept, wish], asked.pool.gpus)
    turn = next(one for one in after if one.wish.key == wish.key)
    return Effect(turn, later(before, after))


def _unkept(row: Reservation, gpus: int) -> Wish:
    # No row has the key 0.
    row.pk = 0
    return row.as_wish(gpus)


def _keep(asked: Asked, by: User, now: datetime) -> Reservation:
    row = asked.as_row(by, now)
    row.save()
    # The row's own clock is a little behind the one that the effect was reckoned with.
    Reservation.objects.filter(pk=row.pk).update(booked_at=now)
    row.booked_at = now
    return row


def _record(verb: str, row: Reservation, by: User) -> None:
    is_first = row.priority == FIRST
    record_event(
        f"{verb}_first" if is_first else verb,
        engagement=row.engagement,
        by=by,
        pool=row.pool.name,
        title=row.title,
        gpus=row.gpus,
        day=timezone.localdate(row.wanted_from).isoformat(),
        hours=f"{row.hours.normalize():f}",
        reason=row.reason,
    )


def _tell_the_later(hit: Iterable[Later], pool: Pool, by: User) -> None:
    """The managers of each engagement hear once, of what is hit hardest."""
    hardest: dict[str, Later] = {}
    for one in hit:
        hardest.setdefault(one.turn.wish.owner, one)
    keys = [one.turn.wish.key for one in hardest.values()]
    rows = Reservation.objects.filter(pk__in=keys).select_related("engagement__owner")
    for row in rows:
        managers = holders_of(Permission.EDIT_ENGAGEMENT, row.engagement)
        by_how_much = hours(hardest[str(row.engagement_id)].by)
        tell(
            [*managers, row.engagement.owner],
            "gpus.delayed",
            path=f"{reverse('costs:gpus')}#pool-{pool.pk}",
            engagement=row.engagement,
            but=by,
            who=by.name,
            pool=pool.name,
            title=row.title,
            hours=f"{by_how_much:.1f}",
        )
