"""How busy GPUs were: files of nvidia-smi and of Prometheus, summed by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from costs.imports import nvidia, prometheus
from costs.imports.line import NOTHING, Tally
from costs.imports.sample import Sample
from costs.imports.stream import CAPS, Caps, head_of
from costs.imports.table import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo
    from pathlib import Path

__all__ = ["Hour", "Sample", "hourly", "samples"]

# The digits a row keeps of a share.
DIGITS: Final = Decimal("0.01")
# As long as a row keeps the names of a machine and of its card.
LONGEST_RESOURCE: Final = 250
LONGEST_GPU: Final = 80


class Hour(NamedTuple):
    """One hour of one GPU: mean and highest per cent of the samples in it."""

    resource: str
    gpu: str
    model: str
    hour: datetime
    samples: int
    mean: Decimal
    highest: Decimal


@dataclass(slots=True)
class _Sum:
    model: str = ""
    samples: int = 0
    total: Decimal = NOTHING
    highest: Decimal = NOTHING


def samples(
    path: Path,
    format: str,
    *,
    zone: tzinfo | None = None,
    resource: str = "",
    caps: Caps = CAPS,
    tally: Tally | None = None,
) -> Iterator[Sample]:
    """The measurements of a file, one of SAMPLE_FORMATS; FileRefused for its faults.

    nvidia-smi writes neither a zone nor the machine: ``zone`` and ``resource`` say
    them. What was not measured ("[N/A]") is counted in ``tally``.
    """
    tally = Tally() if tally is None else tally
    if format == "nvidia_smi":
        return nvidia.samples(table_of(path, caps), caps, zone, resource, tally)
    if format == "dcgm":
        return prometheus.samples(path, head_of(path, caps).packed, caps, tally)
    raise ValueError(format)


def hourly(found: Iterable[Sample]) -> Iterator[Hour]:
    """Samples by GPU and hour, the mean to .01; holds one sum for each of these."""
    sums: dict[tuple[str, str, datetime], _Sum] = {}
    for sample in found:
        hour = sample.at.replace(minute=0, second=0, microsecond=0)
        key = (sample.resource[:LONGEST_RESOURCE], sample.gpu[:LONGEST_GPU], hour)
        held = sums.setdefault(key, _Sum())
        held.model = held.model or sample.model[:LONGEST_GPU]
        held.samples += 1
        held.total += sample.percent
        held.highest = max(held.highest, sample.percent)
    for (resource, gpu, hour), held in sorted(sums.items(), key=itemgetter(0)):
        mean = (held.total / held.samples).quantize(DIGITS, ROUND_HALF_EVEN)
        highest = held.highest.quantize(DIGITS, ROUND_HALF_EVEN)
        yield Hour(resource, gpu, held.model, hour, held.samples, mean, highest)
