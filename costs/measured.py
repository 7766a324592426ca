"""Measurements of GPUs: read through, and taken over by the hour."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from costs import busyness
from costs.imports import busy
from costs.models import Charge, Utilisation
from costs.reckoning import Fate
from costs.sources import caps, path_of, zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from costs.imports.busy import Hour
    from costs.models import CostImport

AT_ONCE: Final = 2_000
SAYS: Final = ("model", "samples", "mean", "highest")
Key = tuple[str, str, str]


def read_through(delivered: CostImport, tell: Callable[[int], None]) -> dict[str, Any]:
    """What the file holds: hours, machines, and how many lines of cost they touch."""
    counted = {fate.value: 0 for fate in Fate}
    samples, resources = 0, set[str]()
    for part in _parts(delivered):
        standing = _standing(delivered, part)
        for hour in part:
            counted[_fate(hour, standing)] += 1
            samples += hour.samples
            resources.add(hour.resource)
        tell(samples)
    touched = Charge.objects.filter(
        organisation=delivered.organisation_id,
        resource__in=resources,
        gpu_hours__gt=0,
    ).count()
    return counted | {
        "rows": samples,
        "lines": sum(counted.values()),
        "machines": len(resources),
        "touched": touched,
    }


def take_over(delivered: CostImport, tell: Callable[[int], None]) -> dict[str, Any]:
    """Write the hours that are new or differ, then how busy lines of cost were."""
    counted = {Fate.NEW.value: 0, Fate.CORRECTED.value: 0}
    resources = set[str]()
    samples = 0
    for part in _parts(delivered):
        standing = _standing(delivered, part)
        changed = [h for h in part if _fate(h, standing) is not Fate.KNOWN]
        for hour in changed:
            counted[_fate(hour, standing)] += 1
            resources.add(hour.resource)
        Utilisation.objects.bulk_create(
            [_row(delivered, hour) for hour in changed],
            update_conflicts=True,
            unique_fields=["organisation", "resource", "gpu", "hour"],
            update_fields=[*SAYS, "imported"],
        )
        samples += sum(hour.samples for hour in part)
        tell(samples)
    touched = busyness.measure_use(delivered.organisation_id, resources)
    return counted | {"yen": "0", "touched": touched}


def _parts(delivered: CostImport) -> Iterator[list[Hour]]:
    found = busy.samples(
        path_of(delivered),
        delivered.format,
        zone=zone_of(delivered),
        resource=delivered.resource,
        caps=caps(),
    )
    hours = busy.hourly(found)
    while part := list(islice(hours, AT_ONCE)):
        yield part


def _standing(delivered: CostImport, part: list[Hour]) -> dict[Key, tuple[Any, ...]]:
    known = Utilisation.objects.filter(
        organisation=delivered.organisation_id,
        resource__in={hour.resource for hour in part},
        hour__gte=min(hour.hour for hour in part),
        hour__lte=max(hour.hour for hour in part),
    )
    return {
        (resource, gpu, hour.isoformat()): tuple(said)
        for resource, gpu, hour, *said in known.values_list(
            "resource", "gpu", "hour", *SAYS
        )
    }


def _fate(hour: Hour, standing: dict[Key, tuple[Any, ...]]) -> Fate:
    said = standing.get((hour.resource, hour.gpu, hour.hour.isoformat()))
    if said is None:
        return Fate.NEW
    same = said == tuple(getattr(hour, name) for name in SAYS)
    return Fate.KNOWN if same else Fate.CORRECTED


def _row(delivered: CostImport, hour: Hour) -> Utilisation:
    return Utilisation(
        organisation_id=delivered.organisation_id,
        imported=delivered,
        resource=hour.resource,
        gpu=hour.gpu,
        hour=hour.hour,
        **{name: getattr(hour, name) for name in SAYS},
    )
