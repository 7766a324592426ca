"""Money for programs: GPU use is sent, listed and taken back, the spend is read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body, Header, Query, Router, Status

from costs import api_imports
from costs.api_shapes import Lines, Spent, Uses
from costs.models import Charge, Spend
from costs.services import use
from costs.services.sent import record_sent
from projects.api import REFUSALS, Refused
from projects.http import engagement_or_404, reader

if TYPE_CHECKING:
    from costs.models.charges import ChargeQuerySet

router = Router(tags=["costs"])
router.add_router("", api_imports.router)
ENGAGEMENT: Final = "/engagements/{uuid:engagement}"
# A body that is no JSON.
UNREADABLE: Final = {400: Refused, **REFUSALS}


@router.post(
    f"{ENGAGEMENT}/gpu-use",
    response={200: Lines, 201: Lines, **UNREADABLE},
    url_name="gpu_use",
    summary="Record GPU use",
)
def gpu_use_record(
    request: HttpRequest,
    engagement: UUID,
    uses: Annotated[Uses, Body()],
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", max_length=200)
    ] = "",
) -> Any:
    """All of them or none. 201 when they were written, 200 with what the same
    Idempotency-Key wrote before."""
    lines, written = record_sent(
        engagement=engagement_or_404(request, engagement),
        uses=[sent.model_dump() for sent in uses],  # type: ignore[misc]  # its shape
        key=idempotency_key,
        by=reader(request),
    )
    return Status(201 if written else 200, {"items": lines})


@router.get(
    f"{ENGAGEMENT}/gpu-use",
    response={200: Lines, **REFUSALS},
    url_name="gpu_use",
    summary="List GPU use",
)
def gpu_use_list(
    request: HttpRequest,
    engagement: UUID,
    since: date | None = None,
    until: date | None = None,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """The newest first, by the day in Japan it began; both days included."""
    found = engagement_or_404(request, engagement).charges.gpu_use()
    if since:
        found = found.filter(day__gte=since)
    if until:
        found = found.filter(day__lte=until)
    # One more than was asked for tells whether there are any after them.
    lines = list(_after(found, after)[: limit + 1])
    items, more = lines[:limit], len(lines) > limit
    return {"items": items, "next": _next(request, items[-1]) if more else None}


def _after(found: ChargeQuerySet, after: str) -> ChargeQuerySet:
    """Those behind a line, which need not exist any more."""
    if not after:
        return found
    day, _mark, number = after.partition("_")
    try:
        last, pk = date.fromisoformat(day), int(number)
    except ValueError as fault:
        told = _("“after” is taken from the address under “next”.")
        raise ValidationError({"after": told}) from fault
    return found.filter(Q(day__lt=last) | Q(day=last, pk__lt=pk))


def _next(request: HttpRequest, last: Charge) -> str:
    query = request.GET.dict() | {"after": f"{last.day.isoformat()}_{last.pk}"}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


@router.delete(
    f"{ENGAGEMENT}/gpu-use/{{int:line}}",
    response={204: None, **REFUSALS},
    url_name="gpu_use_line",
    summary="Take GPU use back",
)
def gpu_use_remove(request: HttpRequest, engagement: UUID, line: int) -> Any:
    """For what was sent by mistake; what a bill says is corrected by a bill."""
    found = engagement_or_404(request, engagement)
    use.remove_use(charge=get_object_or_404(found.charges, pk=line), by=reader(request))
    return Status(204, None)


@router.get(
    f"{ENGAGEMENT}/spend",
    response={200: Spent, **REFUSALS},
    url_name="spend",
    summary="Spend against budget",
)
def spend(request: HttpRequest, engagement: UUID) -> Any:
    """What it has cost until now, by kind of cost and by month."""
    found = engagement_or_404(request, engagement)
    kept: Spend = getattr(found, "spend", None) or Spend(engagement=found)
    days = found.spend_days.all()
    kinds, months = days.summed_by("kind"), days.summed_by("month")
    return {
        "engagement": found.pk,
        "spent_yen": kept.spent_yen,
        "budget_yen": kept.budget_yen,
        "left_yen": kept.left_yen,
        "stop_yen": kept.stop_yen,
        "gpu_hours": kept.gpu_hours,
        "kinds": [
            {
                "kind": one.names[0],
                "cost_yen": one.yen,
                "gpu_hours": one.gpu_hours,
                "lines": one.lines,
            }
            for one in sorted(kinds, key=lambda one: -one.yen)
        ],
        "months": [
            {
                "month": one.names[0],
                "cost_yen": one.yen,
                "gpu_hours": one.gpu_hours,
                "lines": one.lines,
            }
            for one in sorted(months, key=lambda one: str(one.names[0]))
        ],
    }
