"""Times that name their zone, told by one clock: that of the file's first row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluation.ingest.inspect import Layout

OFFSET: Final = re.compile(r"\d{2}:?\d{2}.*?([+-])(\d{2}):?(\d{2})$")
ROLES: Final = ("timestamp", "period")
MINUTE: Final = 60_000_000


def clock_of(layout: Layout, mapping: Mapping[str, str]) -> int:
    """How far the clock of the first row is ahead of UTC, in microseconds.

    Hours of the day and daily peaks are those of the place. One offset for the whole
    file, so that no hour is told twice when clocks are put back.
    """
    column = next((mapping[role] for role in ROLES if mapping.get(role)), "")
    if column not in layout.columns or not layout.preview:
        return 0
    at = layout.columns.index(column)
    first = layout.preview[0][at] if at < len(layout.preview[0]) else ""
    found = OFFSET.search(first.strip())
    if found is None:
        return 0
    minutes = int(found[2]) * 60 + int(found[3])
    return (-1 if found[1] == "-" else 1) * minutes * MINUTE


def told_by(clock: int, columns: pa.RecordBatch) -> pa.RecordBatch:
    """The same columns, times moved from UTC to this clock."""
    if not clock:
        return columns
    for role in set(ROLES) & set(columns.schema.names):
        at = columns.schema.get_field_index(role)
        moved = pc.add(columns.column(at), pa.scalar(clock, pa.duration("us")))
        columns = columns.set_column(at, role, moved)
    return columns
