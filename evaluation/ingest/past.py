"""The file of past values that a forecast's errors are scaled by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evaluation.ingest.check import Order
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.inspect import inspect
from evaluation.ingest.mapping import recognise
from evaluation.ingest.read import typed_batches
from evaluation.ingest.zipped import as_table
from projects.catalogue import Shape, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyarrow as pa

    from evaluation.ingest.inspect import Caps


USED: Final = ("y_true", "series_id", "timestamp")
_PAST: Final = Text(ja="過去の実績", en="past value")


def past_batches(
    path: Path,
    name: str,
    caps: Caps,
    scratch: Path | None = None,
    tell: Callable[[int], None] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Typed batches with columns y_true, series_id? and timestamp?, in file order.

    A zip is unpacked as by ``as_table``. FileRefused, with the file's name, when it is
    no table, has no row or no column of values, or at a bad cell or a time that goes
    back.
    """
    try:
        with as_table(path, name, caps, scratch, tell) as table:
            yield from _batches(table, name, caps)
    except FileRefused as refused:
        raise FileRefused(refused.faults, refused.total, name) from refused


def _batches(path: Path, name: str, caps: Caps) -> Iterator[pa.RecordBatch]:
    layout = inspect(path, name, caps)
    found = recognise(layout.columns, Shape.FORECAST)
    mapping = {role: column for role, column in found.items() if role in USED}
    if "y_true" not in mapping:
        listed = ", ".join(layout.columns[:10])
        params: dict[str, str | int | Text] = {"label": _PAST, "columns": listed}
        raise FileRefused([Fault("missing_column", params=params)])
    order, rows = Order(mapping), 0
    ragged: list[Fault] = []
    for batch in typed_batches(path, layout, mapping, Shape.FORECAST, caps, ragged):
        late, behind = order.faults(batch)
        faults = [*ragged, *batch.faults, *late]
        if faults:
            raise FileRefused(faults, batch.total + len(ragged) + behind)
        rows += len(batch.rows)
        yield batch.columns
    if ragged or not rows:
        raise FileRefused(ragged or [Fault("header_only")])
