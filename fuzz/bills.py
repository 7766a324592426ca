"""Files of costs for the fuzzer: what they begin with, and reading them whole."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from costs.imports.busy import hourly, samples
from costs.imports.lines import FORMATS, SAMPLE_FORMATS, lines, recognise
from costs.imports.stream import Caps

if TYPE_CHECKING:
    from pathlib import Path

CAPS: Final = Caps(unpacked=1 << 20, json=1 << 20)
TOKYO: Final = ZoneInfo("Asia/Tokyo")
FOCUS: Final = (
    "BilledCost,BillingCurrency,BillingPeriodStart,ChargeCategory,ChargePeriodStart,"
    "ChargePeriodEnd,ServiceName,ProviderName,ChargeDescription,ConsumedQuantity,"
    "ConsumedUnit,Tags\n"
)
CUR: Final = (
    "identity/LineItemId,bill/BillingPeriodStartDate,lineItem/LineItemType,"
    "lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,"
    "lineItem/CurrencyCode,lineItem/UnblendedCost,lineItem/UsageType,"
    "lineItem/UsageAmount,resourceTags/user:project\n"
)
JOBS: Final = "開始,終了,GPU数,利用者,案件\n"
PODS: Final = "name,num_gpu,gpu_milli,scheduled_time,deletion_time\n"
NVIDIA: Final = "timestamp, index, uuid, name, utilization.gpu [%]\n"
DCGM: Final = '{"status": "success", "data": {"result": [{"metric": {"__name__": '
HEADS: Final = ("", FOCUS, CUR, JOBS, PODS, NVIDIA, DCGM)
BODIES: Final = (
    "2026/11/23 15:35:18, 0, GPU-5f3a, V100, 87 %\n",
    "1.5,USD,2026-11-01,Usage,2026-11-03,2026-11-04,EC2,AWS,a p3.2xlarge,1,Hours,"
    '"{""a"": ""b""}"\n',
    "li,2026-11-01T00:00:00Z,Usage,2026-11-03T00:00:00Z,2026-11-04T00:00:00Z,"
    "AmazonEC2,USD,3.06,APN1-BoxUsage:p3.2xlarge,1,a\n",
    "2026/11/3 9:00,2026-11-03T10:00:00+09:00,0.5,佐藤,ENG-1\n",
    "pod,1,500,0,3600.5\n",
    "2026/11/23 15:35:18.123, 0, GPU-5f3a, V100, 87 %\n",
    '"DCGM_FI_DEV_GPU_UTIL", "UUID": "a"}, "values": [[1795000000, "87"]]}]}}',
)
# The first byte from here on says that the file is one of costs.
FIRST: Final = 128


def read(path: Path, number: int) -> None:
    """Read the file whole: as what it is taken for, or as one of the formats."""
    names = ("", *FORMATS)
    format = names[number % len(names)] or recognise(path, CAPS)
    if format in SAMPLE_FORMATS:
        found = samples(path, format, zone=TOKYO, resource="gpu01", caps=CAPS)
        for _hour in hourly(found):
            pass
        return
    for line in lines(path, format, zone=TOKYO, caps=CAPS):
        if not line.billed.is_finite() or line.hours < 0:
            raise RuntimeError(f"no line of a bill: {line!r}")


def seeds() -> dict[str, tuple[int, bytes]]:
    """Files that can be read: a name, the number of the head, and what follows it."""
    found = {
        f"bill-{number}": (number, body.encode()) for number, body in enumerate(BODIES)
    }
    for number, (head, body) in enumerate(((FOCUS, BODIES[1]), (CUR, BODIES[2]))):
        cells = body.replace('"{""a"": ""b""}"', "{}").strip().split(",")
        names = head.strip().split(",")
        table = pa.table({n: [c] for n, c in zip(names, cells, strict=True)})
        held = io.BytesIO()
        pq.write_table(table, held)
        found[f"bill-parquet-{number}"] = (0, held.getvalue())
    return found
