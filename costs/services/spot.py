"""Spot prices as AWS tells them, kept as prices of their day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from costs.models import GpuType, Price, PurchaseOption, Service
from projects.models import Organisation
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from costs.imports.spot import SpotPrice
    from projects.models import User

SOURCE = "AWS describe-spot-price-history"


def asked_types(organisation: Organisation) -> list[str]:
    """The types of the provider's catalogue, as AWS is asked for them."""
    offered = GpuType.objects.offered().filter(organisation=organisation)
    return list(offered.values_list("name", flat=True))


def record_spot_prices(
    *, organisation: Organisation, prices: Iterable[SpotPrice], region: str, by: User
) -> int:
    """Keep each day's price of the types that are known; days that have one stay.

    The number of prices written.
    """
    require_role(by, organisation, *MANAGING)
    found = list(prices)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        types = {one.name: one for one in organisation.gpu_types.all()}
        spot = Price.objects.filter(
            organisation=organisation, option=PurchaseOption.SPOT, region=region
        )
        new = []
        for one in found:
            gpu_type = types.get(one.type)
            if gpu_type is None:
                continue
            if spot.valid_on(one.day).filter(gpu_type=gpu_type).exists():
                continue
            new.append(
                Price(
                    organisation=organisation,
                    gpu_type=gpu_type,
                    service=Service.COMPUTE,
                    option=PurchaseOption.SPOT,
                    region=region,
                    currency=one.currency,
                    per_hour=one.per_hour,
                    valid_from=one.day,
                    valid_until=one.day,
                    source=SOURCE,
                    recorded_by=by,
                )
            )
        Price.objects.bulk_create(new)
        record_event(
            "prices.pulled", for_organisation=organisation, by=by, count=len(new)
        )
    return len(new)
