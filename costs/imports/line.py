"""One line of cost as its source says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

NOTHING: Final = Decimal(0)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill or of a job list; nothing is priced, assigned or converted here.

    ``identity`` stays the same when the line is delivered again, corrected or not.
    ``currency`` is empty where the source knows no money (a job list); ``billed`` is
    then 0. ``effective`` and ``listed`` are None where the source does not say them;
    ``billed`` is the best that is known then.

    ``hours`` times ``gpus`` are the GPU hours: of a bill the hours of all instances
    and the GPUs of one of them, of a job its duration and all of its GPUs. ``gpu_type``
    is the instance type without ``ml.`` (``service`` says that it is SageMaker's) or
    the card; it is empty where the line is not time on GPUs.

    ``line_type`` is what the source itself calls the kind of line. ``priced_as`` is
    the purchase option whose price an unpriced line has, where that is not its own:
    SageMaker bills a spot job as fewer hours at the price on demand.
    """

    row: int
    source: str
    identity: str
    category: str
    started_at: datetime
    ended_at: datetime
    month: date
    currency: str
    billed: Decimal
    effective: Decimal | None
    listed: Decimal | None
    provider: str
    product: str
    usage_type: str
    description: str
    resource: str
    account: str
    region: str
    tags: Mapping[str, str]
    gpu_type: str
    gpus: Decimal
    hours: Decimal
    option: str
    service: str
    purpose: str = ""
    person: str = ""
    outcome: str = ""
    interruptions: int = 0
    price_per_hour: Decimal | None = None
    line_type: str = ""
    priced_as: str = ""


# A line of a source that knows times and machines, but no money.
UNPRICED: Final = Line(
    row=0,
    source="scheduler",
    identity="",
    category="usage",
    started_at=EPOCH,
    ended_at=EPOCH,
    month=EPOCH.date(),
    currency="",
    billed=NOTHING,
    effective=None,
    listed=None,
    provider="",
    product="",
    usage_type="",
    description="",
    resource="",
    account="",
    region="",
    tags=MappingProxyType({}),
    gpu_type="",
    gpus=NOTHING,
    hours=NOTHING,
    option="on_prem",
    service="on_prem",
)


@dataclass(slots=True)
class Tally:
    """What a reader saw that became no line."""

    # Jobs that were asked for and never began, and those that have not ended.
    never_ran: int = 0
    still_running: int = 0
    # Measurements without a number: a card that cannot say how busy it is.
    not_measured: int = 0
