"""A cluster's pods as Alibaba publishes its GPU trace: when, and which part of a card.

Times are seconds from the beginning of the trace, read as seconds of 1970 in UTC.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from costs.imports import cells
from costs.imports.faults import CellRefused
from costs.imports.line import EPOCH, UNPRICED, Line, Tally
from costs.imports.rows import check_columns, collected, columns_of, filled
from costs.imports.units import of_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from costs.imports.stream import Caps
    from costs.imports.table import Table

NEEDED: Final = (
    *(("name",), ("num_gpu",), ("gpu_milli",)),
    *(("scheduled_time",), ("deletion_time",)),
)
OUTCOMES: Final = {"Failed": "failed", "Succeeded": "finished"}
MILLI: Final = Decimal(1000)
# A hundred years.
MOST_SECONDS: Final = 3_155_760_000


class Pod(NamedTuple):
    """The cells of a pod."""

    name: str
    num_gpu: str
    gpu_milli: str
    gpu_spec: str
    qos: str
    pod_phase: str
    deletion_time: str
    scheduled_time: str


def lines(table: Table, caps: Caps, tally: Tally) -> Iterator[Line]:
    """The pods that ran, as lines; FileRefused for the file's faults."""
    check_columns(table, NEEDED)
    rows = (
        (number, Pod._make(map(cells.text, found)))
        for number, found in filled(table, columns_of(table, Pod._fields), caps)
    )
    ran = (item for item in rows if _ran(item[1], tally))
    return collected(table, ran, lambda item: _line(*item))


def _ran(pod: Pod, tally: Tally) -> bool:
    if not pod.scheduled_time:
        tally.never_ran += 1
    elif not pod.deletion_time:
        tally.still_running += 1
    return bool(pod.scheduled_time and pod.deletion_time)


def _line(number: int, pod: Pod) -> Line:
    began = _seconds(pod.scheduled_time, "scheduled_time")
    ended = _seconds(pod.deletion_time, "deletion_time")
    if ended < began:
        raise CellRefused("backwards", "deletion_time", pod.deletion_time)
    milli = cells.count(pod.gpu_milli or "0", "gpu_milli")
    gpus = cells.count(pod.num_gpu, "num_gpu") * milli / MILLI
    started = EPOCH + timedelta(seconds=float(began))
    tags = {"qos": pod.qos} if pod.qos else {}
    return replace(
        UNPRICED,
        row=number,
        identity=cells.identity((pod.name, pod.scheduled_time)),
        started_at=started,
        ended_at=EPOCH + timedelta(seconds=float(ended)),
        month=cells.month_of(started),
        description=pod.name,
        tags=tags,
        gpu_type=(pod.gpu_spec or "GPU") if gpus else "",
        gpus=gpus,
        hours=of_seconds(ended - began),
        outcome=OUTCOMES.get(pod.pod_phase, ""),
        line_type=pod.pod_phase,
    )


def _seconds(cell: str, column: str) -> Decimal:
    found = cells.money(cell, column)
    if not 0 <= found <= MOST_SECONDS:
        raise CellRefused("not_a_time", column, cell)
    return found
