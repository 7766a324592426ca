"""One measurement of how busy a GPU was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from costs.imports.faults import CellRefused

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sample:
    """``percent`` of the time since the last one in which the GPU worked, 0 to 100.

    ``resource`` is the machine as bills name it, ``gpu`` its uuid or number, ``at`` in
    UTC. ``row`` is 0 where the source has no rows.
    """

    row: int
    resource: str
    gpu: str
    model: str
    at: datetime
    percent: Decimal


def share(number: Decimal, most: int, column: str) -> Decimal:
    """A share of ``most`` as per cent. CellRefused outside of it."""
    if not 0 <= number <= most:
        raise CellRefused("share", column, str(number), most=most)
    return number if most == 100 else number * 100
