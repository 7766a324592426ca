"""Bills for tests: FOCUS files of a few lines, delivered and worked on at once."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.core.files.base import ContentFile

from costs import importing
from costs.models import Charge, ExchangeRate, Spend, SpendDay
from costs.rollup import Ledger
from costs.services import imports

HEAD = (
    "BilledCost,EffectiveCost,ListCost,BillingCurrency,BillingPeriodStart,"
    "ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,ProviderName,"
    "ChargeDescription,ConsumedQuantity,ConsumedUnit,ResourceId,SubAccountId,Tags"
)


def line(
    cost="3.06",
    *,
    hour=0,
    day=1,
    resource="i-1",
    project="demand",
    account="1111",
    currency="USD",
    what="$3.06 per On Demand Linux p3.2xlarge Instance Hour",
    category="Usage",
    effective="",
):
    """One hour of one machine, as a cloud's bill says it."""
    tags = f'"{{""project"": ""{project}""}}"' if project else ""
    start = f"2024-05-{day:02d}T{hour:02d}:00:00Z"
    end = f"2024-05-{day:02d}T{hour:02d}:59:59Z"
    return (
        f"{cost},{effective or cost},{cost},{currency},2024-05-01T00:00:00Z,{category},"
        f"{start},{end},Amazon Elastic Compute Cloud,AWS,{what},1,Hours,{resource},"
        f"{account},{tags}"
    )


def bill(*lines):
    return "\n".join([HEAD, *lines]).encode() + b"\n"


def rate(organisation, by, day=date(2024, 5, 1), yen="150", currency="USD"):
    return ExchangeRate.objects.get_or_create(
        organisation=organisation,
        currency=currency,
        day=day,
        defaults={"yen": Decimal(yen), "source": "test", "recorded_by": by},
    )[0]


def deliver(organisation, by, content, name="bill.csv", **said):
    """Deliver a file and read it through, as the worker would."""
    if isinstance(content, Path):
        name, content = content.name, content.read_bytes()
    delivered = imports.deliver(
        organisation=organisation,
        file=ContentFile(content, name=name),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        **said,
    )
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()
    return delivered


def taken(organisation, by, content, **said):
    """Deliver a file, read it through, and take it over."""
    delivered = deliver(organisation, by, content, **said)
    imports.take_over(delivered=delivered, by=by)
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()
    assert delivered.status == "taken", delivered.faults
    return delivered


def sums_follow():
    """SpendDay and Spend say what adding every line up anew says."""
    anew = Ledger()
    for charge in Charge.objects.all():
        anew.add_charge(charge)
    names = ("lines", "hours", "gpu_hours", "interruptions", "cost", "cost_yen")
    expected = {
        alike.key: tuple(getattr(sums, name) for name in names)
        for alike, sums in anew.rows.items()
    }
    kept = {
        row.key: tuple(getattr(row, name) for name in names)
        for row in SpendDay.objects.all()
    }
    assert kept == expected
    spent: dict[object, Decimal] = {}
    for alike, sums in anew.rows.items():
        if alike.engagement:
            spent[alike.engagement] = spent.get(alike.engagement, 0) + sums.cost_yen
    for spend in Spend.objects.all():
        assert spend.spent_yen == spent.get(spend.engagement_id, 0)
    assert set(spent) <= set(Spend.objects.values_list("engagement_id", flat=True))
