"""A line of cost in the columns of FOCUS 1.0, so that other tools can read it.

The FinOps Open Cost and Usage Specification 1.0: ends are exclusive, money has the
digits it has, a tag is a pair in JSON.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from costs.models import Charge
    from costs.sheets import Cell

COLUMNS: Final = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "ResourceId",
    "ServiceCategory",
    "ServiceName",
    "Tags",
    "x_Engagement",
    "x_GpuType",
    "x_Gpus",
    "x_GpuHours",
    "x_Purpose",
    "x_Person",
    "x_CostYen",
)
# FOCUS knows no refund: money that comes back is an adjustment of what was billed.
CATEGORIES: Final = {
    "usage": "Usage",
    "purchase": "Purchase",
    "tax": "Tax",
    "credit": "Credit",
    "refund": "Adjustment",
    "adjustment": "Adjustment",
}
PRICING: Final = {
    "on_demand": "Standard",
    "spot": "Dynamic",
    "reserved": "Committed",
    "savings_plan": "Committed",
    "on_prem": "Standard",
}
OWN: Final = "Kenshu"


def focus_row(charge: Charge) -> tuple[Cell, ...]:
    """The cells of a line, in the order of ``COLUMNS``."""
    billed, effective = _or(charge.billed, charge), _or(charge.effective, charge)
    hours = charge.hours if charge.hours else None
    provider = charge.provider or OWN
    return (
        billed,
        charge.account or str(charge.organisation_id),
        None,
        charge.currency,
        _at_midnight(charge.month),
        _at_midnight(_next_month(charge.month)),
        CATEGORIES[charge.category],
        None,
        charge.description or charge.note or charge.gpu_type,
        _utc(charge.started_at),
        _utc(charge.ended_at),
        hours,
        "Hours" if hours else None,
        effective,
        effective,
        provider,
        _or(charge.listed, charge),
        charge.price_per_hour,
        PRICING.get(charge.option, "Other"),
        hours,
        "Hours" if hours else None,
        provider,
        provider,
        charge.region or None,
        charge.resource or None,
        "AI and Machine Learning" if charge.service == "sagemaker" else "Compute",
        charge.product or charge.get_service_display(),
        json.dumps(charge.tags, ensure_ascii=False, sort_keys=True),
        charge.engagement.name if charge.engagement else None,
        charge.gpu_type or None,
        charge.gpus,
        charge.gpu_hours,
        charge.purpose or None,
        charge.person or None,
        charge.cost_yen,
    )


def _or(said: Decimal | None, charge: Charge) -> Decimal:
    return charge.cost if said is None else said


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _at_midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _next_month(day: date) -> date:
    years, month = divmod(day.month, 12)
    return day.replace(year=day.year + years, month=month + 1)
