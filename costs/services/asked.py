"""What somebody asks to book, what it would do, and why it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from costs.models import Pool, Reservation
from projects.permissions import Permission, require

if TYPE_CHECKING:
    from datetime import datetime

    from costs.contention import Later, Turn
    from projects.models import Engagement, User

LONGEST: Final = Decimal(744)
FARTHEST: Final = timedelta(days=365)
# Who types "from ten" a little after ten means now.
LATE: Final = timedelta(hours=1)
FIRST: Final = 1
# Effects that differ by less are one, as time goes on while a person reads.
ALIKE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to book; ``priority`` 1 goes first and needs a reason."""

    pool: Pool
    engagement: Engagement
    title: str
    gpus: int
    wanted_from: datetime
    hours: Decimal
    priority: int = 2
    reason: str = ""

    def as_row(self, by: User, at: datetime) -> Reservation:
        """The row it would be, not kept."""
        return Reservation(
            pool=self.pool,
            engagement=self.engagement,
            title=self.title,
            gpus=self.gpus,
            wanted_from=self.wanted_from,
            hours=self.hours,
            priority=self.priority,
            reason=self.reason if self.priority == FIRST else "",
            booked_by=by,
            booked_at=at,
        )


@dataclass(frozen=True, slots=True)
class Effect:
    """When a booking would have its GPUs, and whom it would make wait longer."""

    turn: Turn
    later: tuple[Later, ...]

    @property
    def digest(self) -> str:
        """The same as long as nobody is hit otherwise than was shown."""
        said = [
            (self.turn.wait // ALIKE, self.turn.waits_for),
            *((one.turn.wish.key, one.by // ALIKE) for one in self.later),
        ]
        return sha256(repr(said).encode()).hexdigest()[:16]


def check(
    asked: Asked, by: User, now: datetime, instead_of: Reservation | None
) -> None:
    require(by, Permission.RECORD_COST, asked.engagement)
    pool = asked.pool
    if pool.organisation_id != asked.engagement.provider_id:
        raise PermissionDenied(_("This pool is of another provider."))
    if pool.retired_at is not None:
        raise ValidationError(_("This pool is not used any more."))
    if not asked.engagement.is_open:
        raise ValidationError(_("This engagement has ended; it books no GPUs."))
    if not 0 < asked.gpus <= pool.gpus:
        raise ValidationError(
            ngettext(
                "%(pool)s has %(n)s GPU: book that one.",
                "%(pool)s has %(n)s GPUs: book between 1 and %(n)s.",
                pool.gpus,
            )
            % {"pool": pool.name, "n": pool.gpus}
        )
    _check_time(asked, now)
    if asked.priority not in (1, 2, 3):
        raise ValidationError(_("The priority is 1, 2 or 3."))
    if asked.priority == FIRST and not asked.reason.strip():
        raise ValidationError(_("Say why this goes before all others."))
    twin = pool.reservations.standing().filter(
        engagement=asked.engagement, title=asked.title, wanted_from=asked.wanted_from
    )
    if instead_of is not None:
        twin = twin.exclude(pk=instead_of.pk)
    if twin.exists():
        raise ValidationError(_("The same is booked from this time on already."))


def _check_time(asked: Asked, now: datetime) -> None:
    if timezone.is_naive(asked.wanted_from):
        raise ValidationError(_("A time needs its time zone."))
    if not 0 < asked.hours <= LONGEST:
        raise ValidationError(
            _("A booking is above 0 and at most %(most)s hours long; book in parts.")
            % {"most": LONGEST}
        )
    if asked.wanted_from < now - LATE:
        raise ValidationError(_("This time is over: begin now or later."))
    if asked.wanted_from > now + FARTHEST:
        raise ValidationError(_("Nobody can book more than a year ahead."))
