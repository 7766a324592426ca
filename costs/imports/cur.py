"""AWS's Cost and Usage Report, the legacy one and 2.0: CSV, gzipped or not, Parquet.

Columns are named as in CUR 2.0. The legacy report's lineItem/UsageType and Athena's
line_item_usage_type are the same name here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from costs import instances
from costs.imports import cells
from costs.imports.faults import CellRefused
from costs.imports.line import NOTHING, Line
from costs.imports.rows import check_columns, collected, columns_of, filled
from costs.imports.table import plain
from costs.imports.units import in_hours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal

    from costs.imports.stream import Caps
    from costs.imports.table import Table


class Row(NamedTuple):
    """The columns that are read, then the tags as a mapping."""

    identity_line_item_id: str
    identity_time_interval: str
    bill_billing_period_start_date: str
    line_item_usage_account_id: str
    line_item_line_item_type: str
    line_item_usage_start_date: str
    line_item_usage_end_date: str
    line_item_product_code: str
    line_item_usage_type: str
    line_item_resource_id: str
    line_item_usage_amount: str
    line_item_currency_code: str
    line_item_unblended_rate: str
    line_item_unblended_cost: str
    line_item_line_item_description: str
    product_instance_type: str
    product_region: str
    product_region_code: str
    pricing_term: str
    pricing_unit: str
    pricing_public_on_demand_cost: str
    reservation_reservation_a_r_n: str
    reservation_effective_cost: str
    reservation_unused_amortized_upfront_fee_for_billing_period: str
    reservation_unused_recurring_fee: str
    savings_plan_savings_plan_effective_cost: str
    savings_plan_total_commitment_to_date: str
    savings_plan_used_commitment: str
    resource_tags: str


NEEDED: Final = (
    ("identity_line_item_id", "identity/LineItemId"),
    ("bill_billing_period_start_date", "bill/BillingPeriodStartDate"),
    ("line_item_line_item_type", "lineItem/LineItemType"),
    ("line_item_usage_start_date", "lineItem/UsageStartDate"),
    ("line_item_usage_end_date", "lineItem/UsageEndDate"),
    ("line_item_product_code", "lineItem/ProductCode"),
    ("line_item_currency_code", "lineItem/CurrencyCode"),
    ("line_item_unblended_cost", "lineItem/UnblendedCost"),
)
USED: Final = ("Usage", "DiscountedUsage", "SavingsPlanCoveredUsage")
# What is not here corrects other lines: negations, discounts, what AWS invents next.
CATEGORIES: Final[dict[str, str]] = {
    **dict.fromkeys(USED, "usage"),
    **dict.fromkeys(("Fee", "RIFee", "SavingsPlanRecurringFee"), "purchase"),
    "SavingsPlanUpfrontFee": "purchase",
    "Tax": "tax",
    "Credit": "credit",
    "Refund": "refund",
}
# Hours of a machine; not the disk, the traffic or a surcharge on it.
MACHINE: Final = re.compile(
    r"(?:^|-)(?:(?:Host)?BoxUsage|SpotUsage|DedicatedUsage|Unused(?:Box|Ded))(?::|$)"
)
# Parts of SageMaker's usage types, and what the machine was used for.
PURPOSES: Final = (
    ("Train", "training"),
    ("Notebk", "notebook"),
    ("Studio", "notebook"),
    ("Host", "inference"),
    ("Tsform", "inference"),
    ("Inf", "inference"),
)


def lines(table: Table, caps: Caps) -> Iterator[Line]:
    """The lines of the file; FileRefused for its faults."""
    legacy = any("/" in name for name in table.columns)
    check_columns(table, [names[::-1] for names in NEEDED] if legacy else NEEDED)
    keys = {
        cells.tag_key(_after_prefix(name)): place
        for place, name in enumerate(table.columns)
        if plain(name).startswith("resourcetags") and plain(name) != "resourcetags"
    }
    own = columns_of(table, Row._fields)
    fixed, names = len(own), tuple(keys)
    found = filled(table, [*own, *keys.values()], caps)

    def make(item: tuple[int, tuple[str, ...]]) -> Line:
        row = Row._make(item[1][:fixed])
        return line(item[0], row, _tags(row.resource_tags, names, item[1][fixed:]))

    return collected(table, found, make)


def _after_prefix(name: str) -> str:
    return re.sub(r"^resource_?tags[/_]", "", name, flags=re.IGNORECASE)


@lru_cache(maxsize=2048)
def _tags(
    held: str, names: tuple[str, ...], values: tuple[str, ...]
) -> Mapping[str, str]:
    """Tags of a map column, and of a column each."""
    found = dict(cells.tags(held, "resource_tags"))
    for name, value in zip(names, values, strict=True):
        if value:
            found[name] = value
    return MappingProxyType(found) if found else cells.NO_TAGS


def line(number: int, row: Row, tags: Mapping[str, str]) -> Line:
    """The line a row says. CellRefused where a cell does not fit."""
    kind = row.line_item_line_item_type
    if not kind:
        raise CellRefused("empty_cell", "line_item_line_item_type", "")
    started = cells.instant(
        row.line_item_usage_start_date, "line_item_usage_start_date"
    )
    ended = cells.instant(row.line_item_usage_end_date, "line_item_usage_end_date")
    if ended < started:
        found = row.line_item_usage_end_date
        raise CellRefused("backwards", "line_item_usage_end_date", found)
    billed = cells.money(row.line_item_unblended_cost, "line_item_unblended_cost")
    product = row.line_item_product_code
    usage_type = row.line_item_usage_type
    gpu, hours = _gpu_time(row, kind, product, usage_type)
    return Line(
        row=number,
        source="cur",
        identity=_identity(row),
        category=CATEGORIES.get(kind, "adjustment"),
        started_at=started,
        ended_at=ended,
        month=cells.month_of(_instant(row, "bill_billing_period_start_date")),
        currency=cells.currency(row.line_item_currency_code, "line_item_currency_code"),
        billed=billed,
        effective=_effective(row, kind, billed),
        listed=_money(row, "pricing_public_on_demand_cost"),
        provider="AWS",
        product=product,
        usage_type=usage_type,
        description=row.line_item_line_item_description,
        resource=row.line_item_resource_id,
        account=row.line_item_usage_account_id,
        region=row.product_region_code or row.product_region,
        tags=tags,
        gpu_type=gpu.name if gpu else "",
        gpus=gpu.gpus if gpu else NOTHING,
        hours=hours,
        option=_option(row, kind, usage_type, is_gpu=gpu is not None),
        service=_service(product, tags),
        purpose=_purpose(product, usage_type),
        person=cells.owner(tags),
        price_per_hour=_money(row, "line_item_unblended_rate") if gpu else None,
        line_type=kind,
    )


def _identity(row: Row) -> str:
    """The line item with its time interval: AWS repeats the id in each interval."""
    name = row.identity_line_item_id
    if not name:
        raise CellRefused("empty_cell", "identity_line_item_id", "")
    interval = row.identity_time_interval
    if interval:
        return cells.identity((name, interval))
    times = (row.line_item_usage_start_date, row.line_item_usage_end_date)
    return cells.identity((name, *times))


def _instant(row: Row, column: str) -> datetime:
    return cells.instant(getattr(row, column), column)


def _money(row: Row, column: str) -> Decimal | None:
    return cells.maybe_money(getattr(row, column), column)


def _effective(row: Row, kind: str, billed: Decimal) -> Decimal | None:
    """The cost with commitments spread over their use, as AWS's guide adds it up.

    Of a commitment only what nobody used is left in its own lines. None where the
    report was made without the columns that say it.
    """
    match kind:
        case "SavingsPlanCoveredUsage":
            return _money(row, "savings_plan_savings_plan_effective_cost")
        case "DiscountedUsage":
            return _money(row, "reservation_effective_cost")
        case "SavingsPlanNegation" | "SavingsPlanUpfrontFee":
            return NOTHING
        case "SavingsPlanRecurringFee":
            total = _money(row, "savings_plan_total_commitment_to_date")
            used = _money(row, "savings_plan_used_commitment")
            return None if total is None or used is None else total - used
        case "RIFee":
            column = "reservation_unused_amortized_upfront_fee_for_billing_period"
            upfront = _money(row, column)
            fee = _money(row, "reservation_unused_recurring_fee")
            return None if upfront is None or fee is None else upfront + fee
        case "Fee" if row.reservation_reservation_a_r_n:
            return NOTHING
    return billed


def _gpu_time(
    row: Row, kind: str, product: str, usage_type: str
) -> tuple[instances.Instance | None, Decimal]:
    """The GPU instance of a line and the hours of all of them."""
    if kind not in USED:
        return None, NOTHING
    gpu = machine(product, usage_type, row.product_instance_type)
    if gpu is None:
        return None, NOTHING
    amount = _money(row, "line_item_usage_amount")
    # Lines of spot machines often have no unit.
    hours = in_hours(amount, row.pricing_unit or "Hrs", "line_item_usage_amount")
    return (None, NOTHING) if hours is None else (gpu, hours)


@lru_cache(maxsize=2048)
def machine(
    product: str, usage_type: str, instance_type: str
) -> instances.Instance | None:
    """The GPU instance whose time a usage type counts; None for any other use."""
    managed = "SageMaker" in product and "ml." in usage_type
    if not managed and not (product == "AmazonEC2" and MACHINE.search(usage_type)):
        return None
    return instances.named_in(usage_type) or instances.named_in(instance_type)


def _option(row: Row, kind: str, usage_type: str, *, is_gpu: bool) -> str:
    if kind.startswith("SavingsPlan"):
        return "savings_plan"
    if kind in ("DiscountedUsage", "RIFee"):
        return "reserved"
    if "Spot" in usage_type:
        return "spot"
    on_demand = is_gpu or row.pricing_term == "OnDemand"
    return "on_demand" if on_demand else ""


def _service(product: str, tags: Mapping[str, str]) -> str:
    if "SageMaker" in product:
        return "sagemaker"
    if any(key.startswith(("aws:batch:", "aws_batch_")) for key in tags):
        return "batch"
    return "compute" if product == "AmazonEC2" else "other"


def _purpose(product: str, usage_type: str) -> str:
    if "SageMaker" not in product:
        return ""
    return next((what for part, what in PURPOSES if part in usage_type), "")
