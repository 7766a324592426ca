"""How busy the GPUs of a line were: measured hours laid beside the line's own."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from costs.models import Charge, Utilisation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from costs.models import CostImport

HOUR: Final = timedelta(hours=1)
RESOURCES_AT_ONCE: Final = 200
CHARGES_AT_ONCE: Final = 1_000

Measured = tuple[datetime, Decimal]  # the hour, and the mean share of it, 0 to 100


def mean_busy(
    hours: Iterable[Measured], started_at: datetime, ended_at: datetime
) -> Decimal | None:
    """The mean of the measured hours, each weighted by how much of it is the line's.

    Several GPUs of one machine count alike. None where no hour of the line was
    measured: unknown is not idle.
    """
    weighted, weight = Decimal(0), Decimal(0)
    for hour, mean in hours:
        shared = min(ended_at, hour + HOUR) - max(started_at, hour)
        if shared > timedelta(0):
            seconds = Decimal(shared.total_seconds())
            weighted += seconds * mean
            weight += seconds
    if not weight:
        return None
    return (weighted / weight).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def measure_use(organisation: int, resources: Collection[str]) -> int:
    """Set how busy the lines of these machines were; the number of lines set."""
    known = sorted(resources)
    changed = 0
    for start in range(0, len(known), RESOURCES_AT_ONCE):
        some = known[start : start + RESOURCES_AT_ONCE]
        changed += _measure(organisation, some)
    return changed


def measure_delivered(delivered: CostImport) -> int:
    """Of a bill that came after the measurement: the machines it names."""
    measured = Utilisation.objects.filter(organisation=delivered.organisation_id)
    if not measured.exists():
        return 0
    named = delivered.charges.filter(gpu_hours__gt=0).exclude(resource="")
    both = named.filter(resource__in=measured.values("resource"))
    names = both.order_by().values_list("resource", flat=True).distinct()
    return measure_use(delivered.organisation_id, list(names))


def _measure(organisation: int, resources: list[str]) -> int:
    hours: dict[str, list[Measured]] = defaultdict(list)
    measured = Utilisation.objects.filter(
        organisation=organisation, resource__in=resources
    )
    for name, hour, mean in measured.values_list("resource", "hour", "mean").iterator():
        hours[name].append((hour, mean))
    lines = Charge.objects.filter(
        organisation=organisation, resource__in=list(hours), gpu_hours__gt=0
    ).only("pk", "resource", "started_at", "ended_at", "utilisation")
    changed: list[Charge] = []
    for line in lines.order_by("pk").iterator():
        found = mean_busy(hours[line.resource], line.started_at, line.ended_at)
        if found is not None and found != line.utilisation:
            line.utilisation = found
            changed.append(line)
    Charge.objects.bulk_update(changed, ["utilisation"], batch_size=CHARGES_AT_ONCE)
    return len(changed)
