"""Reading a Cost and Usage Report of five million lines: seconds and most memory.

    python -m bench.costs_import [--lines 5000000] [--focus]

Writes a generated report of a tenth and one of all lines, and reads each to the end in
a process of its own. Fails when the sum of what was read is not that of what was
written, or when ten times the lines take half as much memory again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.timed import timed
from costs.imports.lines import lines, recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINES: Final = 5_000_000
MOST_GROWTH: Final = 1.5
CUR: Final = (
    "identity/LineItemId,identity/TimeInterval,bill/InvoiceId,bill/PayerAccountId,"
    "bill/BillingPeriodStartDate,bill/BillingPeriodEndDate,lineItem/UsageAccountId,"
    "lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,"
    "lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,lineItem/ResourceId,"
    "lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedRate,"
    "lineItem/UnblendedCost,lineItem/LineItemDescription,product/ProductName,"
    "product/instanceType,product/region,product/vcpu,product/memory,"
    "pricing/publicOnDemandCost,pricing/term,pricing/unit,"
    "savingsPlan/SavingsPlanEffectiveCost,resourceTags/user:project,"
    "resourceTags/user:Owner\n"
)
FOCUS: Final = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
    "ChargeCategory,ChargeDescription,ChargePeriodStart,ChargePeriodEnd,"
    "ConsumedQuantity,ConsumedUnit,EffectiveCost,ListCost,PricingCategory,ProviderName,"
    "RegionId,ResourceId,ServiceName,SkuId,SkuPriceId,SubAccountId,Tags\n"
)
KINDS: Final = ("p3.2xlarge", "g5.xlarge", "m5.large", "g4dn.12xlarge", "c5.9xlarge")
PROJECTS: Final = ("anomaly-plant-a", "demand-kanto", "inventory-retail", "")


def cur_rows(count: int) -> Iterator[tuple[str, Decimal]]:
    """Rows of a report and what each costs: an hour of a machine."""
    for number in range(count):
        kind, cost = KINDS[number % 5], Decimal(number % 99_991) / 10_000_000
        day = f"2026-10-{number // 24 % 30 + 1:02d}"
        began, ended = (
            f"{day}T{number % 24:02d}:00:00Z",
            f"{day}T{number % 24:02d}:59:59Z",
        )
        row = (
            f"{number:026x},{began}/{ended},,999999999999,2026-10-01T00:00:00Z,"
            f"2026-11-01T00:00:00Z,1111{number % 13:08d},Usage,{began},{ended},"
            f"AmazonEC2,APN1-BoxUsage:{kind},RunInstances,i-{number % 8191:017x},"
            f"1.0000000000,USD,{cost},{cost},"
            f'"${cost} per On Demand Linux {kind} Instance Hour",'
            f"Amazon Elastic Compute Cloud,{kind},ap-northeast-1,8,61 GiB,{cost},"
            f"OnDemand,Hrs,,{PROJECTS[number % 4]},user-{number % 17}\n"
        )
        yield row, cost


def focus_rows(count: int) -> Iterator[tuple[str, Decimal]]:
    """The like as FOCUS, which has no id of a line."""
    for number in range(count):
        kind, cost = KINDS[number % 5], Decimal(number % 99_991) / 10_000_000
        day = f"2026-10-{number // 24 % 30 + 1:02d}"
        began, ended = (
            f"{day} {number % 24:02d}:00:00",
            f"{day} {number % 24:02d}:59:59",
        )
        tags = f'"{{""project"": ""{PROJECTS[number % 4]}""}}"'
        row = (
            f"{cost},999999999999,USD,2026-10-01 00:00:00,2026-11-01 00:00:00,Usage,"
            f"On Demand Linux {kind} Instance Hour,{began},{ended},1.0000000,Hours,"
            f"{cost},{cost},Standard,AWS,ap-northeast-1,i-{number % 8191:017x},"
            f"Amazon Elastic Compute Cloud,SKU{number % 211},SKU{number % 211}.X,"
            f"1111{number % 13:08d},{tags}\n"
        )
        yield row, cost


def write(
    path: Path,
    header: str,
    rows: Callable[[int], Iterator[tuple[str, Decimal]]],
    count: int,
) -> Decimal:
    """Write so many rows; gives their sum."""
    total = Decimal(0)
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        file.write(header)
        for row, cost in rows(count):
            file.write(row)
            total += cost
    return total


def read(path: Path) -> tuple[int, Decimal, Decimal]:
    """Lines, their sum and their GPU hours, as an import adds them up."""
    count, total, hours = 0, Decimal(0), Decimal(0)
    for line in lines(path, recognise(path)):
        count += 1
        total += line.billed
        hours += line.hours * line.gpus
    return count, total, hours


def measured(path: Path) -> tuple[dict[str, float], int, Decimal]:
    """What reading took, the lines and their sum, in a process of its own."""
    call = [sys.executable, "-m", "bench.costs_import", "--read", str(path)]
    said = subprocess.run(call, check=True, capture_output=True, text=True).stdout  # noqa: S603
    took, found = map(json.loads, said.strip().splitlines())
    return took, found["lines"], Decimal(found["sum"])


def compare(count: int, *, focus: bool) -> int:
    """Print both sizes; 1 when a sum is wrong or memory grows with the lines."""
    header, rows = (FOCUS, focus_rows) if focus else (CUR, cur_rows)
    name = "FOCUS" if focus else "Cost and Usage Report"
    held = []
    with tempfile.TemporaryDirectory(dir="var" if Path("var").is_dir() else None) as at:
        for size in (count // 10, count):
            path = Path(at, "report.csv")
            total = write(path, header, rows, size)
            took, found, summed = measured(path)
            held.append(took["megabytes"])
            sys.stdout.write(
                f"{name}, {size:,} lines ({path.stat().st_size / 1e6:,.0f} MB):"
                f" {took['seconds']:.1f} s, {took['busy']:.1f} s of a processor,"
                f" at most {took['megabytes']:,.0f} MB\n"
            )
            if (found, summed) != (size, total):
                sys.stdout.write(f"read {found:,} lines of {summed}, not {total}\n")
                return 1
    grown = held[1] / held[0]
    sys.stdout.write(f"ten times the lines take {grown:.2f} times the memory\n")
    return int(grown > MOST_GROWTH)


def main() -> int:
    """Read what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--focus", action="store_true")
    parser.add_argument("--read", type=Path)
    asked = parser.parse_args()
    if asked.read is None:
        return compare(asked.lines, focus=asked.focus)
    count, total, hours = timed(lambda: read(asked.read))
    told = {"lines": count, "sum": str(total), "hours": str(hours)}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
