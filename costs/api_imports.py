"""Files of costs for programs: delivered, followed, taken over or dropped."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from ninja import Field, File, Form, Router, Schema, Status, UploadedFile

from costs.bill_forms import DeliveryForm
from costs.import_pages import obstacles
from costs.imports.faults import FileRefused
from costs.models import ImportStatus
from costs.services import imports
from projects.api import REFUSALS, Exact, Instant
from projects.http import provider_or_404, reader
from projects.permissions import MANAGING, READING_MONEY

if TYPE_CHECKING:
    from costs.models import CostImport
    from projects.models import Organisation

router = Router(tags=["cost imports"])
IMPORTS: Final = "/organisations/{int:organisation}/cost-imports"
ONE: Final = f"{IMPORTS}/{{uuid:delivered}}"


class Delivery(Schema):
    """What is said about a file besides itself."""

    basis: Literal["billed", "effective"] = "billed"
    invoice_total: Decimal | None = Field(
        None, description="In the file's currency; it is compared exactly"
    )
    time_zone: str = Field("", description="Of times without one, as Asia/Tokyo")
    resource: str = Field("", description="The machine, for nvidia-smi")
    gpu_price: Decimal | None = Field(
        None, description="Of a GPU hour, for lists of jobs without a price"
    )
    gpu_currency: str = "JPY"


class FaultOfFile(Schema):
    """What is wrong in a file, and where."""

    message: str
    row: int | None = None
    column: str = ""


class State(Schema):
    """How far a delivery is, and what reading it through has found."""

    id: UUID
    name: str
    status: ImportStatus
    format: str
    basis: str
    invoice_total: Exact | None
    # Any: the report holds counts, lists, and sums as text.
    report: dict[str, Any] = Field(description="Exact sums as text; empty until read")
    obstacles: list[str] = Field(description="What keeps it from being taken over")
    faults: list[FaultOfFile]
    delivered_at: Instant
    taken_at: Instant | None

    @staticmethod
    def resolve_obstacles(one: CostImport) -> list[str]:
        """In sentences, with what to do about each."""
        return obstacles(one.report)

    @staticmethod
    def resolve_faults(one: CostImport) -> list[dict[str, Any]]:
        """In the language that was asked for."""
        spoken = get_language() or "ja"
        language = "ja" if spoken.startswith("ja") else "en"
        return [
            {
                "message": fault[language],
                "row": fault.get("row"),
                "column": fault.get("column") or "",
            }
            for fault in one.faults
        ]


@router.post(
    IMPORTS,
    response={200: State, 202: State, **REFUSALS},
    url_name="cost_imports",
    summary="Deliver a file of costs",
)
def import_deliver(
    request: HttpRequest,
    organisation: int,
    file: File[UploadedFile],
    said: Form[Delivery],
) -> Any:
    """202: a worker reads it through; nothing counts until it is taken over. 200 with
    the state of the first one when the very file was delivered before."""
    provider = provider_or_404(request, organisation, *MANAGING)
    form = DeliveryForm(said.model_dump(), MultiValueDict({"file": [file]}))
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    typed = form.cleaned_data
    kept = typed.pop("file")
    try:
        delivered = imports.deliver(
            organisation=provider,
            file=kept,
            name=kept.name,
            sha256=kept.sha256,
            by=reader(request),
            **typed,
        )
    except imports.DeliveredBefore as known:
        return Status(200, known.before)
    except FileRefused as refusal:
        told = refusal.faults[0].sentence(get_language() or "ja")
        raise ValidationError(
            {"file": ValidationError(told, code="file_refused")}
        ) from refusal
    return Status(202, delivered)


@router.get(
    ONE,
    response={200: State, **REFUSALS},
    url_name="cost_import",
    summary="How far a file is, and its report",
)
def import_state(request: HttpRequest, organisation: int, delivered: UUID) -> Any:
    """``checked`` with a report means: read, and waiting for somebody's decision."""
    return _found(provider_or_404(request, organisation, *READING_MONEY), delivered)


@router.post(
    f"{ONE}/take",
    response={202: State, **REFUSALS},
    url_name="cost_import_take",
    summary="Take its lines over",
)
def import_take(request: HttpRequest, organisation: int, delivered: UUID) -> Any:
    """202: a worker writes them, all or none."""
    one = _found(provider_or_404(request, organisation, *MANAGING), delivered)
    imports.take_over(delivered=one, by=reader(request))
    one.refresh_from_db()
    return Status(202, one)


@router.post(
    f"{ONE}/drop",
    response={200: State, **REFUSALS},
    url_name="cost_import_drop",
    summary="Leave it",
)
def import_drop(request: HttpRequest, organisation: int, delivered: UUID) -> Any:
    """None of its lines count then; the file is kept."""
    one = _found(provider_or_404(request, organisation, *MANAGING), delivered)
    imports.drop(delivered=one, by=reader(request))
    one.refresh_from_db()
    return one


def _found(organisation: Organisation, delivered: UUID) -> CostImport:
    rows = organisation.cost_imports.select_related("organisation")
    return get_object_or_404(rows, pk=delivered)
