"""GPUs that are shared, and who has asked for them from when on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from costs.contention import Turn, Wish, schedule
from costs.models.prices import GpuType
from projects.models import Engagement, Organisation, User
from projects.permissions import Permission

if TYPE_CHECKING:
    from datetime import datetime

# How far back bookings can still hold up one of today: several times the longest.
LOOK_BACK: Final = timedelta(days=120)


class PoolKind(models.TextChoices):
    CARDS = "cards", _("Own cards")
    QUOTA = "quota", _("Quota of a cloud")


class PoolQuerySet(models.QuerySet["Pool"]):
    def visible_to(self, user: User) -> Self:
        """Of providers whose engagements the user takes part in."""
        seen = Engagement.objects.visible_to(user).values("provider")
        return self.filter(
            Q(organisation__in=user.belonging.whole()) | Q(organisation__in=seen)
        )

    def open(self) -> Self:
        return self.filter(retired_at__isnull=True)

    def bookable_by(self, user: User) -> Self:
        """Of providers for one of whose engagements the user may record cost."""
        mine = Engagement.objects.permitting(user, Permission.RECORD_COST)
        return self.open().filter(organisation__in=mine.values("provider"))

    def managed_by(self, user: User) -> Self:
        """Of providers all of whose work the user manages or administers."""
        return self.filter(organisation__in=Organisation.objects.managed_by(user))


class Pool(models.Model):
    """So many GPUs of one type, of which one engagement's use is another's wait."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="gpu_pools"
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=5, choices=PoolKind)
    gpu_type = models.ForeignKey(
        GpuType, models.PROTECT, related_name="pools", verbose_name=_("type")
    )
    gpus = models.PositiveSmallIntegerField(pgettext_lazy("how many", "GPUs"))
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = PoolQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="pool_once_a_provider"
            ),
            models.CheckConstraint(condition=Q(gpus__gt=0), name="pool_has_gpus"),
        ]

    def __str__(self) -> str:
        return self.name

    def turns(self, now: datetime) -> tuple[Turn, ...]:
        """Who has its GPUs when, as far as is known now; one query."""
        rows = self.reservations.lately(now).select_related("engagement")
        return schedule([row.as_wish(self.gpus) for row in rows], self.gpus)

    def turns_to_come(self) -> list[Turn]:
        """Those that are not over; one query."""
        now = timezone.now()
        return [turn for turn in self.turns(now) if turn.end > now]


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(pool__in=Pool.objects.visible_to(user))

    def of_seen(self, user: User) -> Self:
        """Of engagements the user sees; the rest stays without a name."""
        return self.filter(engagement__in=Engagement.objects.visible_to(user))

    def changeable_by(self, user: User) -> Self:
        """Their own while they may book for its engagement, and those they manage."""
        booking = Engagement.objects.permitting(user, Permission.RECORD_COST)
        managing = Engagement.objects.permitting(user, Permission.EDIT_ENGAGEMENT)
        return self.standing().filter(
            Q(booked_by=user, engagement__in=booking) | Q(engagement__in=managing)
        )

    def standing(self) -> Self:
        return self.filter(cancelled_at__isnull=True)

    def lately(self, now: datetime) -> Self:
        """All that can bear on the next turns, those taken back among them."""
        return self.filter(wanted_from__gte=now - LOOK_BACK)


class Reservation(models.Model):
    """GPUs of a pool that an engagement asks for, from a time on, for so many hours.

    When it gets them ``costs.contention`` works out; nothing here starts a job.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="reservations")
    engagement = models.ForeignKey(
        Engagement, models.CASCADE, related_name="reservations"
    )
    title = models.CharField(_("what runs"), max_length=120)
    gpus = models.PositiveSmallIntegerField(pgettext_lazy("how many", "GPUs"))
    wanted_from = models.DateTimeField(_("wanted from"))
    hours = models.DecimalField(_("hours"), max_digits=8, decimal_places=2)
    # 1 goes first, and says why.
    priority = models.PositiveSmallIntegerField(_("priority"), default=2)
    reason = models.CharField(_("why it goes first"), max_length=200, blank=True)
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, editable=False)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["wanted_from", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(gpus__gt=0, hours__gt=0), name="reservation_of_something"
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=3),
                name="reservation_priority_of_three",
            ),
            models.CheckConstraint(
                condition=Q(priority__gt=1) | ~Q(reason=""),
                name="reservation_first_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def length(self) -> timedelta:
        # Hours have two decimals, so that these are whole seconds.
        return timedelta(seconds=int(self.hours * 3600))

    def as_wish(self, pool_gpus: int) -> Wish:
        """The row as the rule reads it.

        Of a pool that has become smaller, one that has ended had all there is.
        """
        return Wish(
            key=self.pk,
            owner=str(self.engagement_id),
            gpus=min(self.gpus, pool_gpus),
            wanted_from=self.wanted_from,
            length=self.length,
            booked_at=self.booked_at,
            due=self.engagement.ends_on,
            priority=self.priority,
            cancelled_at=self.cancelled_at,
        )
