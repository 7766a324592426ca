"""A file measured in stripes side by side, each by its own reader."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

from evaluation.ingest.folders import row_groups_of
from evaluation.ingest.read import batches
from evaluation.ingest.weights import repeated, without_course
from evaluation.metrics import measure_of
from evaluation.runner import NoRows, tally_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from evaluation.ingest.inspect import Caps, Layout
    from evaluation.metrics import Finished
    from evaluation.metrics.history import History
    from projects.catalogue import Shape, Terms


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how to read and measure it; small enough to be sent to a worker."""

    path: Path
    layout: Layout
    mapping: Mapping[str, str]
    shape: Shape
    caps: Caps
    terms: Terms
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Stripe:
    """Consecutive row groups of a Parquet file, and where their first row stands."""

    row_groups: tuple[int, ...]
    first_row: int


def stripes(source: Source, count: int) -> list[Stripe | None]:
    """So many stripes of about the same rows; one of everything for other files."""
    if source.layout.format != "parquet" or count < 2:
        return [None]
    rows = row_groups_of(source.path)
    if len(rows) < 2:
        return [None]
    found: list[Stripe | None] = []
    share, taken, first, groups = sum(rows) / count, 0, 0, list[int]()
    for group, size in enumerate(rows):
        groups.append(group)
        taken += size
        if taken >= share * (len(found) + 1) or group == len(rows) - 1:
            found.append(Stripe(tuple(groups), first))
            groups, first = [], taken
    return found


# Any: what a part holds is the business of its shape.
def part_of(
    source: Source,
    stripe: Stripe | None,
    *,
    sketch: bool = False,
    on_rows: Callable[[int], None] | None = None,
) -> Any:
    """The part of one stripe, or None if it has no rows. FileRefused for a fault."""
    how = measure_of(source.shape)
    tally = tally_of(how, source.terms, history=source.history, sketch=sketch)
    first = row = 0 if stripe is None else stripe.first_row
    for batch in read(source, stripe):
        tally.add(batch, row)
        row += batch.num_rows
        if on_rows is not None:
            on_rows(batch.num_rows)
    return tally.part() if row > first else None


def read(source: Source, stripe: Stripe | None) -> Iterator[pa.RecordBatch]:
    """The typed batches of one stripe that hold rows, each as often as it counts."""
    weighted = bool(source.mapping.get("weight"))
    found = batches(
        source.path,
        source.layout,
        without_course(source.mapping) if weighted else source.mapping,
        source.shape,
        source.caps,
        source.terms.classes,
        row_groups=None if stripe is None else stripe.row_groups,
        first_row=0 if stripe is None else stripe.first_row,
    )
    if weighted:
        found = repeated(found, source.mapping, source.caps)
    return (batch for batch in found if batch.num_rows)


def measure(
    source: Source,
    *,
    sketch: bool = False,
    threads: int = 1,
    executor: Executor | None = None,
    on_rows: Callable[[int], None] | None = None,
) -> Finished:
    """Measure a whole file; any number of stripes and any executor give the same.

    ``on_rows`` is told of the rows of each batch as it is taken; only where the
    executor's work is done in this process. NoRows when there is none.
    """
    how = measure_of(source.shape)
    told = None if executor is not None else on_rows
    take = partial(part_of, source, sketch=sketch, on_rows=told)
    cut = stripes(source, threads)
    if executor is not None:
        found = list(executor.map(take, cut))
    elif len(cut) == 1:
        found = [take(cut[0])]
    else:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(take, cut))
    parts = [part for part in found if part is not None]
    if not parts:
        raise NoRows("there is no row to measure")
    return how.finish(reduce(how.merge, parts), source.terms, source.history)
