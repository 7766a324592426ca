"""What the API of money takes and gives, field by field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from costs.models import CostKind, Outcome, PurchaseOption, Purpose, Service, Source
from projects.api import Exact, Instant

if TYPE_CHECKING:
    from costs.models import Charge

AT_ONCE: Final = 500


# Any, here and below: a value as it came in the body, of whatever kind.
def _as_text(value: Any) -> Any:
    """Times are text: a bare number would be read as seconds since 1970."""
    if isinstance(value, str):
        return value
    raise PydanticCustomError("datetime_type", "A time is text.")


def _as_list(value: Any) -> Any:
    """One use is a list of one."""
    return [value] if isinstance(value, dict | Schema) else value


class _OneOrSeveral:
    """Tells readers of the OpenAPI that the body may be one object too."""

    # Any: a schema, and what makes it.
    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> dict[str, Any]:
        several = handler(core)
        return {"anyOf": [several["items"], several]}


Moment = Annotated[AwareDatetime, BeforeValidator(_as_text)]


class GpuUse(Schema):
    """One use of GPUs; without ``price_per_hour`` the provider's list prices it."""

    model_config: ClassVar = ConfigDict(extra="forbid")

    started_at: Moment
    ended_at: Moment
    gpu_type: str = Field(min_length=1, max_length=60)
    count: Decimal = Field(
        Decimal(1),
        gt=0,
        max_digits=10,
        decimal_places=3,
        description="Half of one: 0.5",
    )
    option: PurchaseOption = PurchaseOption.ON_DEMAND
    service: Service = Service.COMPUTE
    region: str = Field("", max_length=40)
    purpose: Purpose = Purpose.TRAINING
    outcome: Outcome = Outcome.FINISHED
    interruptions: int = Field(0, ge=0, le=1_000_000)
    lost_hours: Decimal = Field(Decimal(0), ge=0, max_digits=20, decimal_places=9)
    utilisation: Decimal | None = Field(
        None, ge=0, le=100, max_digits=5, decimal_places=2
    )
    resource: str = Field("", max_length=250, description="The machine's name")
    note: str = Field("", max_length=200)
    used_by: str = Field("", max_length=254, description="An e-mail; else the token's")
    price_per_hour: Decimal | None = Field(
        None, ge=0, max_digits=24, decimal_places=12, description="Of one of the type"
    )
    currency: str = Field("JPY", min_length=3, max_length=3)
    price_reason: str = Field(
        "", max_length=300, description="Needed with price_per_hour"
    )
    gpus_of_one: Decimal | None = Field(
        None,
        gt=0,
        max_digits=7,
        decimal_places=3,
        description="Needed with a type that is not of the provider's list",
    )


Uses = Annotated[
    list[GpuUse],
    BeforeValidator(_as_list),
    Field(min_length=1, max_length=AT_ONCE),
    _OneOrSeveral(),
]


class Line(Schema):
    """A line of cost on GPUs, as it is kept."""

    id: int
    started_at: Instant
    ended_at: Instant
    day: date = Field(description="The day in Japan it began")
    gpu_type: str
    count: Exact
    gpus: Exact
    hours: Exact
    gpu_hours: Exact
    option: PurchaseOption | str
    service: Service
    region: str
    purpose: Purpose | str
    outcome: Outcome | str
    interruptions: int
    lost_hours: Exact
    utilisation: Exact | None
    resource: str
    note: str
    person: str
    source: Source
    currency: str
    price_per_hour: Exact | None
    price_reason: str
    rate_yen: Exact
    cost: Exact
    cost_yen: Exact
    recorded_at: Instant

    @staticmethod
    def resolve_price_reason(line: Charge) -> str:
        """Why the price is not the list's; of a bill there is none."""
        return "" if line.imported_id else line.description


class Lines(Schema):
    """Lines, and where the next ones are."""

    items: list[Line]
    next: str | None = Field(None, description="The address of the next ones, if any")


class OfKind(Schema):
    """What one kind of cost adds up to."""

    kind: CostKind
    cost_yen: Exact
    gpu_hours: Exact
    lines: int


class OfMonth(Schema):
    """What a month adds up to."""

    month: date = Field(description="Its first day")
    cost_yen: Exact
    gpu_hours: Exact
    lines: int


class Spent(Schema):
    """What an engagement has cost, against what it may."""

    engagement: UUID
    currency: str = "JPY"
    spent_yen: Exact
    budget_yen: Exact | None
    left_yen: Exact | None = Field(description="Below 0 when more was spent")
    stop_yen: Exact | None
    gpu_hours: Exact
    kinds: list[OfKind]
    months: list[OfMonth]
