"""FOCUS 1.0 to 1.3: the FinOps Foundation's one format for the bills of every cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from costs import instances
from costs.imports import cells
from costs.imports.faults import CellRefused
from costs.imports.line import NOTHING, Line
from costs.imports.rows import check_columns, collected, columns_of, filled, numbered
from costs.imports.units import in_hours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from costs.imports.stream import Caps
    from costs.imports.table import Table

# One of each. FOCUS 1.3 calls the provider anew, 1.4 will drop the old names.
NEEDED: Final = (
    *(("BilledCost",), ("BillingCurrency",), ("BillingPeriodStart",)),
    *(("ChargeCategory",), ("ChargePeriodStart",), ("ChargePeriodEnd",)),
    *(("ServiceName",), ("ProviderName", "ServiceProviderName")),
)
CATEGORIES: Final = ("usage", "purchase", "tax", "credit", "refund", "adjustment")
COMPUTE: Final = ("Elastic Compute Cloud", "AmazonEC2")


class Row(NamedTuple):
    """The columns that are read, as FOCUS names them."""

    BilledCost: str
    BillingCurrency: str
    BillingPeriodStart: str
    ChargeCategory: str
    ChargePeriodStart: str
    ChargePeriodEnd: str
    ServiceName: str
    ProviderName: str
    ServiceProviderName: str
    EffectiveCost: str
    ListCost: str
    ChargeDescription: str
    ChargeClass: str
    ChargeFrequency: str
    ConsumedQuantity: str
    ConsumedUnit: str
    PricingQuantity: str
    PricingUnit: str
    PricingCategory: str
    CommitmentDiscountCategory: str
    CommitmentDiscountType: str
    CommitmentDiscountId: str
    CommitmentDiscountStatus: str
    BillingAccountId: str
    SubAccountId: str
    InvoiceId: str
    ResourceId: str
    RegionId: str
    AvailabilityZone: str
    SkuId: str
    SkuPriceId: str
    SkuMeter: str
    SkuPriceDetails: str
    Tags: str


# What tells lines apart without what a correction may change: money, amounts, tags.
IDENTIFYING: Final = tuple(
    Row._fields.index(name)
    for name in (
        *("ProviderName", "ServiceProviderName", "BillingAccountId", "SubAccountId"),
        *("InvoiceId", "BillingPeriodStart", "ChargePeriodStart", "ChargePeriodEnd"),
        *("ChargeCategory", "ChargeClass", "ChargeFrequency", "ServiceName", "SkuId"),
        *("SkuPriceId", "SkuMeter", "ResourceId", "RegionId", "AvailabilityZone"),
        *("PricingCategory", "PricingUnit", "ConsumedUnit", "CommitmentDiscountId"),
        *("CommitmentDiscountStatus", "ChargeDescription"),
    )
)


def lines(table: Table, caps: Caps) -> Iterator[Line]:
    """The lines of the file; FileRefused for its faults."""
    check_columns(table, NEEDED)
    found = filled(table, columns_of(table, Row._fields), caps)
    rows = ((number, Row._make(cells)) for number, cells in found)
    named = numbered(rows, _key)
    items = ((number, row, identity) for (number, row), identity in named)
    return collected(table, items, lambda item: line(*item))


def _key(item: tuple[int, Row]) -> str:
    return "\x1f".join([item[1][at] for at in IDENTIFYING])


def line(number: int, row: Row, identity: str) -> Line:
    """The line a row says. CellRefused where a cell does not fit."""
    category = row.ChargeCategory.lower()
    if category not in CATEGORIES:
        raise CellRefused("category", "ChargeCategory", row.ChargeCategory)
    started = cells.instant(row.ChargePeriodStart, "ChargePeriodStart")
    ended = cells.instant(row.ChargePeriodEnd, "ChargePeriodEnd")
    if ended < started:
        raise CellRefused("backwards", "ChargePeriodEnd", row.ChargePeriodEnd)
    gpu, hours = _gpu_time(row, category)
    product = row.ServiceName
    tags = cells.tags(row.Tags, "Tags")
    return Line(
        row=number,
        source="focus",
        identity=identity,
        category=category,
        started_at=started,
        ended_at=ended,
        month=cells.month_of(
            cells.instant(row.BillingPeriodStart, "BillingPeriodStart")
        ),
        currency=cells.currency(row.BillingCurrency, "BillingCurrency"),
        billed=cells.money(row.BilledCost, "BilledCost"),
        effective=cells.maybe_money(row.EffectiveCost, "EffectiveCost"),
        listed=cells.maybe_money(row.ListCost, "ListCost"),
        provider=row.ProviderName or row.ServiceProviderName,
        product=product,
        usage_type=row.SkuMeter,
        description=row.ChargeDescription,
        resource=row.ResourceId,
        account=row.SubAccountId or row.BillingAccountId,
        region=row.RegionId,
        tags=tags,
        gpu_type=gpu.name if gpu else "",
        gpus=gpu.gpus if gpu else NOTHING,
        hours=hours,
        option=_option(row, is_gpu=gpu is not None),
        service=_service(product),
        person=cells.owner(tags),
        line_type=row.ChargeCategory,
    )


def _gpu_time(row: Row, category: str) -> tuple[instances.Instance | None, Decimal]:
    """The GPU instance of a line and its hours; a correction corrects money only."""
    if category != "usage" or row.ChargeClass == "Correction":
        return None, NOTHING
    gpu = instances.named_in(row.ChargeDescription)
    gpu = gpu or instances.named_in(row.SkuMeter)
    gpu = gpu or instances.named_in(row.SkuPriceDetails)
    if gpu is None:
        return None, NOTHING
    # ConsumedQuantity is empty for some charges, what was priced is not.
    for amount, unit in (
        ("ConsumedQuantity", "ConsumedUnit"),
        ("PricingQuantity", "PricingUnit"),
    ):
        quantity = cells.maybe_money(getattr(row, amount), amount)
        hours = in_hours(quantity, getattr(row, unit), amount)
        if hours is not None:
            return gpu, hours
    return None, NOTHING


def _option(row: Row, *, is_gpu: bool) -> str:
    kind = row.CommitmentDiscountType.lower()
    spend = row.CommitmentDiscountCategory == "Spend"
    match row.PricingCategory:
        case "Committed" if spend or "savings" in kind:
            return "savings_plan"
        case "Committed":
            return "reserved"
        case "Dynamic":
            return "spot"
    return "on_demand" if is_gpu else ""


def _service(product: str) -> str:
    if "SageMaker" in product:
        return "sagemaker"
    return "compute" if any(name in product for name in COMPUTE) else "other"
