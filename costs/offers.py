"""What the hours of a pool cost, and those of a cloud instead, at today's prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone

from costs.instead import AT_ONCE, Instead, Offered, best_instead, cost_in_yen
from costs.models import Pool, PoolKind, Price, PurchaseOption, SpendDay

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from decimal import Decimal

    from costs.models import Reservation
    from projects.models import User

# How the hours of a pool are priced: what it is bought as, the likeliest first.
PAID_AS: Final = {
    PoolKind.CARDS: (PurchaseOption.ON_PREM,),
    PoolKind.QUOTA: (
        PurchaseOption.RESERVED,
        PurchaseOption.SAVINGS_PLAN,
        PurchaseOption.ON_DEMAND,
    ),
}


class Offers:
    """Prices of the day and what was seen on spot, of providers; two queries.

    Who may not see a provider's prices finds none, and so no way that names one.
    """

    def __init__(self, user: User, organisations: Collection[int], now: datetime):
        day = timezone.localdate(now)
        self.now = now
        self.prices = [
            price
            for price in Price.objects.visible_to(user)
            .filter(organisation__in=organisations)
            .valid_on(day)
            .with_rate_of(day)
            .select_related("gpu_type")
            if price.rate is not None  # type: ignore[attr-defined]  # annotated
        ]
        known = SpendDay.objects.filter(organisation__in=organisations)
        self.seen = known.interruptions_on_spot() if self.prices else {}

    def best(self, pool: Pool, row: Reservation) -> Instead | None:
        """The way past the queue for a booking of the pool; None for none."""
        seen = {
            gpu_type: what
            for (organisation, gpu_type), what in self.seen.items()
            if organisation == pool.organisation_id
        }
        return best_instead(
            self._offered(pool, AT_ONCE),
            seen,
            row.gpus,
            row.hours,
            self._pool_yen(pool, row),
        )

    def _offered(self, pool: Pool, options: Collection[str]) -> list[Offered]:
        """Of the pool's own type, and of those with the same GPU in them."""
        model = pool.gpu_type.model.casefold()
        return [
            Offered(
                price.gpu_type.name,
                price.gpu_type.gpus,
                price.option,
                price.per_hour * price.rate,  # type: ignore[attr-defined]
            )
            for price in self.prices
            if price.organisation_id == pool.organisation_id
            and price.option in options
            and price.gpu_type.model.casefold() == model
        ]

    def _pool_yen(self, pool: Pool, row: Reservation) -> Decimal | None:
        for option in PAID_AS[PoolKind(pool.kind)]:
            own = [
                cost_in_yen(offer, row.gpus, row.hours, whole=False)
                for offer in self._offered(pool, (option,))
                if offer.gpu_type == pool.gpu_type.name
            ]
            if own:
                return min(own)
        return None
