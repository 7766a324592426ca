"""What an hour costs, from when to when, and what a currency is worth in yen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from projects.models import Organisation, User

if TYPE_CHECKING:
    from datetime import date


class PurchaseOption(models.TextChoices):
    ON_DEMAND = "on_demand", _("On demand")
    SPOT = "spot", _("Spot")
    RESERVED = "reserved", _("Reserved")
    SAVINGS_PLAN = "savings_plan", _("Savings plan")
    ON_PREM = "on_prem", _("On premises")


class Service(models.TextChoices):
    """Through what it is bought: the same card costs more in a managed service."""

    COMPUTE = "compute", _("Virtual machine")
    SAGEMAKER = "sagemaker", _("SageMaker")
    BATCH = "batch", _("AWS Batch")
    ON_PREM = "on_prem", _("Own machine")
    OTHER = "other", _("Other service")


class GpuTypeQuerySet(models.QuerySet["GpuType"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=user.belonging.whole())

    def offered(self) -> Self:
        return self.filter(retired_at__isnull=True)


class GpuType(models.Model):
    """An instance type or a card as a provider knows it: p3.8xlarge is four V100."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="gpu_types"
    )
    name = models.CharField(_("type"), max_length=60)
    model = models.CharField(_("GPU model"), max_length=80)
    gpus = models.DecimalField(_("GPUs of one"), max_digits=7, decimal_places=3)
    memory_gib = models.DecimalField(
        _("memory a GPU (GiB)"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = GpuTypeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="gpu_type_once_a_provider"
            ),
            models.CheckConstraint(condition=Q(gpus__gt=0), name="gpu_type_has_gpus"),
        ]

    def __str__(self) -> str:
        return self.name


class PriceQuerySet(models.QuerySet["Price"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=user.belonging.whole())

    def valid_on(self, day: date) -> Self:
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day
        )

    def with_rate_of(self, day: date) -> Self:
        """With ``rate``: yen for one of the currency, None where no rate is known.

        A rate of the 31 days before serves; that of another season would be no rate.
        """
        known = ExchangeRate.objects.filter(
            organisation=OuterRef("organisation"),
            currency=OuterRef("currency"),
            day__lte=day,
            day__gte=day - timedelta(days=31),
        ).order_by("-day")
        return self.annotate(
            rate=Case(
                When(currency="JPY", then=Value(Decimal(1))),
                default=Subquery(known.values("yen")[:1]),
                output_field=models.DecimalField(max_digits=18, decimal_places=8),
            )
        )


class Price(models.Model):
    """What one of a type costs an hour, between two days, both of them included.

    A price is never changed: a new one begins, the old one ends the day before.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="prices"
    )
    gpu_type = models.ForeignKey(
        GpuType, models.PROTECT, related_name="prices", verbose_name=_("type")
    )
    service = models.CharField(_("bought as"), max_length=9, choices=Service)
    option = models.CharField(
        _("purchase option"), max_length=12, choices=PurchaseOption
    )
    region = models.CharField(_("region"), max_length=30, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    per_hour = models.DecimalField(_("price an hour"), max_digits=24, decimal_places=12)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    # How an own machine's hour was worked out; empty for a price that was looked up.
    worked_out = models.JSONField(default=dict, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = PriceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["gpu_type__name", "option", "-valid_from", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(per_hour__gte=0), name="price_not_below_zero"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="price_ends_after_it_begins",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "gpu_type", "option", "valid_from"],
                name="price_lookup",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gpu_type} {self.option} {self.per_hour} {self.currency}"


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(organisation__in=user.belonging.whole())

    def for_day(self, currency: str, day: date) -> ExchangeRate | None:
        """The rate of the day, or of the last day before it that has one."""
        known = self.filter(currency=currency, day__lte=day)
        return known.order_by("-day").first()


class ExchangeRate(models.Model):
    """Yen for one unit of a currency on a day."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="exchange_rates"
    )
    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("day"))
    yen = models.DecimalField(_("yen for one"), max_digits=18, decimal_places=8)
    source = models.CharField(_("source"), max_length=200)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day", "currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "currency", "day"],
                name="exchange_rate_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(yen__gt=0), name="exchange_rate_above_zero"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}: {self.yen}"
