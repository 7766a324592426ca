"""The lines or measurements of a delivery, whichever of the two its file holds."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from costs.imports.line import Line, Tally
from costs.imports.lines import SAMPLE_FORMATS, lines
from costs.imports.stream import Caps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from costs.models import CostImport

# What was pulled from a cloud, kept as the lines it came to: one JSON object each.
PULLED: Final = "pulled"
MONEY: Final = frozenset(
    {"billed", "effective", "listed", "gpus", "hours", "price_per_hour"}
)
NAMES: Final = tuple(field.name for field in fields(Line))


def is_measured(delivered: CostImport) -> bool:
    """Whether it holds how busy GPUs were, and no cost."""
    return delivered.format in SAMPLE_FORMATS


def caps() -> Caps:
    """The most a delivered file may hold."""
    return Caps(unpacked=settings.MAX_UNPACKED_BYTES)


def zone_of(delivered: CostImport) -> ZoneInfo | None:
    """The zone of times that name none, where somebody has said it."""
    return ZoneInfo(delivered.time_zone) if delivered.time_zone else None


def path_of(delivered: CostImport) -> Path:
    """Where the delivered file is kept."""
    return Path(delivered.file.path)


def lines_of(delivered: CostImport, tally: Tally | None = None) -> Iterator[Line]:
    """Its lines, one after another. FileRefused with the first hundred faults."""
    if delivered.format == PULLED:
        return pulled(path_of(delivered))
    return lines(
        path_of(delivered),
        delivered.format,
        zone=zone_of(delivered),
        caps=caps(),
        tally=tally,
    )


def written(found: Iterable[Line]) -> Iterator[bytes]:
    """Lines as they are kept: exact numbers as text, times with their zone."""
    for line in found:
        said = {name: getattr(line, name) for name in NAMES}
        said["tags"] = dict(line.tags)
        yield json.dumps(said, default=_as_text, ensure_ascii=False).encode() + b"\n"


def pulled(path: Path) -> Iterator[Line]:
    """The lines that ``written`` wrote."""
    with path.open(encoding="utf-8") as rows:
        for row in rows:
            said = {n: _read(n, v) for n, v in json.loads(row).items() if n in NAMES}
            yield Line(**said)


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in MONEY:
        return Decimal(value)
    if name in ("started_at", "ended_at"):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name == "month" else value
