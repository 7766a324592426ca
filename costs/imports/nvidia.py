"""CSV of ``nvidia-smi --query-gpu=… --format=csv``, with units and header or without.

Times are of the machine's clock, without a zone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from costs.imports import cells
from costs.imports.faults import refused
from costs.imports.rows import check_columns, collected, filled
from costs.imports.sample import Sample, share
from costs.imports.table import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from costs.imports.line import Tally
    from costs.imports.stream import Caps
    from costs.imports.table import Table

# One of each, as nvidia-smi may name them.
NEEDED: Final = (("timestamp",), ("utilization.gpu",))
WANTED: Final = (
    ("timestamp",),
    ("index",),
    ("uuid", "gpu_uuid"),
    ("name", "gpu_name"),
    ("utilization.gpu",),
)
STAMP: Final = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d+)?")
CARD: Final = re.compile(r"(GPU|MIG)-[0-9a-fA-F-]+")
NOT_MEASURED: Final = ("[", "N/A")
RESOURCE_AT: Final = 2


class Cells(NamedTuple):
    """What is read of a row."""

    timestamp: str
    number: str
    uuid: str
    name: str
    utilization: str


def is_measured(table: Table) -> bool:
    """Whether nvidia-smi wrote this, with its header or without."""
    return "utilizationgpu" in table.places() or _headless(table.columns)


def _headless(first: Sequence[str]) -> bool:
    return bool(first and STAMP.fullmatch(first[0])) and any(map(CARD.fullmatch, first))


def samples(
    table: Table, caps: Caps, zone: tzinfo | None, resource: str, tally: Tally
) -> Iterator[Sample]:
    """The samples of the file; FileRefused for its faults."""
    header = not STAMP.fullmatch(table.columns[0])
    places = _places(table) if header else _agreed_places(table)
    # Without a uuid, number 0 of two machines would be one card.
    if places[2] is None and (not resource or places[1] is None):
        raise refused("no_machine", row=1, column="uuid")
    rows = (
        (number, Cells._make(map(cells.text, found)))
        for number, found in filled(table, places, caps, header=header)
    )
    measured = (item for item in rows if _measured(item[1], tally))

    def make(item: tuple[int, Cells]) -> Sample:
        number, row = item
        at = cells.instant(row.timestamp, "timestamp", zone)
        busy = cells.money(row.utilization.removesuffix("%"), "utilization.gpu")
        return Sample(
            row=number,
            resource=resource,
            gpu=row.uuid or row.number,
            model=row.name,
            at=at,
            percent=share(busy, 100, "utilization.gpu"),
        )

    return collected(table, measured, make)


def _places(table: Table) -> list[int | None]:
    check_columns(table, NEEDED)
    held = table.places()
    return [
        next((held[plain(name)] for name in names if plain(name) in held), None)
        for names in WANTED
    ]


def _agreed_places(table: Table) -> list[int | None]:
    """Without a header only the order says what a column is."""
    order = len(table.columns) >= len(WANTED) and table.columns[1].isdigit()
    if not order or not CARD.fullmatch(table.columns[RESOURCE_AT]):
        raise refused("headless", row=1)
    return list(range(len(WANTED)))


def _measured(row: Cells, tally: Tally) -> bool:
    """Whether the row has a number; a header again, of a second start, is no row."""
    if row.timestamp == "timestamp":
        return False
    if row.utilization.startswith(NOT_MEASURED):
        tally.not_measured += 1
        return False
    return True
