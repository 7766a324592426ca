"""GPUs that are shared, and who has asked for them from when on."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from costs.models.prices import GpuType, of_whole_work
from projects.models import Engagement, Organisation, User


class PoolKind(models.TextChoices):
    CARDS = "cards", _("Own cards")
    QUOTA = "quota", _("Quota of a cloud")


class PoolQuerySet(models.QuerySet["Pool"]):
    def visible_to(self, user: User) -> Self:
        """Of providers whose engagements the user takes part in."""
        seen = Engagement.objects.visible_to(user).values("provider")
        return self.filter(
            Q(organisation__in=of_whole_work(user)) | Q(organisation__in=seen)
        )

    def open(self) -> Self:
        return self.filter(retired_at__isnull=True)


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
    gpus = models.PositiveSmallIntegerField(_("GPUs"))
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


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(pool__in=Pool.objects.visible_to(user))

    def standing(self) -> Self:
        return self.filter(cancelled_at__isnull=True)


class Reservation(models.Model):
    """GPUs of a pool that an engagement asks for, from a time on, for so many hours.

    When it gets them ``costs.contention`` works out; nothing here starts a job.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="reservations")
    engagement = models.ForeignKey(
        Engagement, models.CASCADE, related_name="reservations"
    )
    title = models.CharField(_("what runs"), max_length=120)
    gpus = models.PositiveSmallIntegerField(_("GPUs"))
    wanted_from = models.DateTimeField(_("wanted from"))
    hours = models.DecimalField(_("hours"), max_digits=8, decimal_places=2)
    # 1 goes first.
    priority = models.PositiveSmallIntegerField(_("priority"), default=2)
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
        ]

    def __str__(self) -> str:
        return self.title
