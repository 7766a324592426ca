"""The full pass before a run is queued: every fault counted, the first hundred kept."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.ingest.across import across, check_pairs
from evaluation.ingest.faults import MOST_FAULTS, Fault, FileRefused
from evaluation.ingest.mapping import check_mapping
from evaluation.ingest.read import Batch, typed_batches
from evaluation.ingest.roles import Part
from evaluation.ingest.tables import opened
from evaluation.ingest.weights import Load
from projects.catalogue import Shape, Terms, Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from evaluation.ingest.inspect import Caps, Layout

EXCERPT_ROWS: Final = 4
PLAIN: Final = Terms()


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that can be measured: its rows, and the names of its segments.

    ``cases`` are what the rows stand for; as many, unless they have weights.
    """

    rows: int
    segments: tuple[str, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class ExcerptRow:
    """One row of the file as it stands, under its number; row 1 is the header."""

    row: int
    cells: tuple[str, ...]


def check(
    path: Path,
    layout: Layout,
    mapping: Mapping[str, str],
    shape: Shape,
    caps: Caps,
    terms: Terms = PLAIN,
    part: Part = Part.WHOLE,
) -> Checked:
    """Read the whole file once; FileRefused with the first hundred faults by row."""
    check_mapping(mapping, layout, shape, part)
    check_pairs(mapping)
    if part != Part.TRUTH:
        check_threshold(mapping, shape, terms)
    used = {role for role, column in mapping.items() if column}
    found: list[Fault] = []
    ragged: list[Fault] = []
    total = rows = 0
    segments: set[str] = set()
    order, ids, load = Order(mapping), _Ids(mapping), Load(mapping, caps)
    by = next((role for role in ("segment", "series_id") if role in used), None)
    try:
        for batch in typed_batches(
            path, layout, mapping, shape, caps, ragged, terms.classes
        ):
            rows += len(batch.rows)
            late, behind = order.faults(batch) if shape == Shape.FORECAST else ([], 0)
            again, repeated = ids.faults(batch)
            crossed, crossing = across(batch, mapping)
            total += batch.total + behind + repeated + crossing
            found += [*batch.faults, *late, *again, *crossed][
                : max(0, MOST_FAULTS - len(found))
            ]
            if by is not None:
                segments.update(batch.columns.column(by).unique().to_pylist())
                if len(segments) > caps.segments:
                    params: dict[str, str | int | Text] = {"limit": caps.segments}
                    fault = Fault("too_many_segments", None, mapping[by], "", params)
                    raise FileRefused([fault])
            load.add(batch.columns, batch.rows)
    except FileRefused as stopped:
        # Reading could not go on; what was found before belongs to the answer.
        raise FileRefused(
            _by_row([*found, *ragged, *stopped.faults]),
            total + len(ragged) + stopped.total,
        ) from stopped
    if found or ragged:
        raise FileRefused(_by_row([*found, *ragged]), total + len(ragged))
    if rows == 0:
        raise FileRefused([Fault("header_only")])
    if load.cases == 0:
        raise FileRefused([Fault("no_cases", column=mapping["weight"])])
    return Checked(rows, tuple(sorted(segments)), load.cases)


def check_threshold(mapping: Mapping[str, str], shape: Shape, terms: Terms) -> None:
    """FileRefused when nothing says which rows are flagged."""
    if shape != Shape.DETECTION or mapping.get("y_pred") or terms.threshold is not None:
        return
    raise FileRefused([Fault("no_threshold")])


def _by_row(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.row or 0)


class Order:
    """Times that go back within a series; equal ones are a clock put back an hour."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self.column = mapping.get("timestamp", "")
        roles = ("series_id", "segment")
        self.by = next((role for role in roles if mapping.get(role)), None)
        self.last: dict[str, pd.Timestamp] = {}

    def faults(self, batch: Batch) -> tuple[list[Fault], int]:
        if not self.column:
            return [], 0
        # Loaded late: it takes longer than measuring a million rows.
        import pandas as pd

        times = batch.columns.column("timestamp").to_pandas()
        names = pd.Series([""] * len(times))
        if self.by is not None:
            names = batch.columns.column(self.by).to_pandas()
        before = times.groupby(names).shift()
        first = ~names.duplicated()
        before[first] = pd.to_datetime(names[first].map(self.last))
        self.last.update(times.groupby(names).last().dropna().to_dict())
        at = (times < before).to_numpy().nonzero()[0]
        return [
            Fault(
                "time_backwards",
                int(batch.rows[i]),
                self.column,
                str(times[i]),
                {"before": str(before[i])},
            )
            for i in at[:MOST_FAULTS]
        ], len(at)


class _Ids:
    """Ids seen before, by 64-bit hashes: eight bytes a row, whatever their length.

    A trial's name is its id, as are an item and its period together.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        keys = ("id", "trial", "sku")
        self.role = next((role for role in keys if mapping.get(role)), "")
        self.column = mapping.get(self.role, "")
        self.code = "duplicate_period" if self.role == "sku" else "duplicate_id"
        self.seen: list[NDArray[np.uint64]] = []

    def faults(self, batch: Batch) -> tuple[list[Fault], int]:
        if not self.column:
            return [], 0
        # Loaded late: it takes longer than measuring a million rows.
        import pandas as pd

        ids = batch.columns.column(self.role).to_pandas()
        hashes = pd.util.hash_array(ids.to_numpy(dtype=object))
        if self.role == "sku":
            period = batch.columns.column("period").cast(pa.timestamp("us"))
            times = period.cast(pa.int64()).fill_null(0).to_numpy()
            # The golden ratio's bits spread the periods over all hashes.
            hashes = hashes ^ (times.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
        again = pd.Series(hashes).duplicated().to_numpy()
        for earlier in self.seen:
            # Kept sorted, so that looking up stays cheap over many batches.
            at = np.minimum(earlier.searchsorted(hashes), len(earlier) - 1)
            again = again | (earlier[at] == hashes)
        self.seen.append(np.sort(hashes))
        if len(self.seen) > 1 and len(self.seen[-2]) <= 4 * len(self.seen[-1]):
            self.seen[-2:] = [np.sort(np.concatenate(self.seen[-2:]))]
        found = again.nonzero()[0]
        return [
            Fault(self.code, int(batch.rows[i]), self.column, str(ids[i])[:200])
            for i in found[:MOST_FAULTS]
        ], len(found)


def excerpt(path: Path, layout: Layout, row: int) -> tuple[ExcerptRow, ...]:
    """Four rows of the file around ``row``, the header aside; fewer near its ends.

    What cannot be read is left out: a refusal is shown with or without an excerpt.
    """
    first = max(2, row - EXCERPT_ROWS // 2)
    try:
        if layout.format == "parquet":
            return _parquet_rows(path, first)
        with opened(path, compressed=layout.compressed) as held:
            file = io.TextIOWrapper(held, layout.encoding, "replace", newline="")
            lines = csv.reader(file, delimiter=layout.separator)
            chosen = islice(lines, first - 1, first - 1 + EXCERPT_ROWS)
            return tuple(
                ExcerptRow(number, tuple(cell[:200] for cell in line))
                for number, line in enumerate(chosen, start=first)
            )
    except (csv.Error, pa.ArrowException, OSError, ValueError):
        return ()


def _parquet_rows(path: Path, first: int) -> tuple[ExcerptRow, ...]:
    found: list[ExcerptRow] = []
    number = 2
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(65_536):
            start = first + len(found) - number
            if start < batch.num_rows:
                part = batch.slice(start, EXCERPT_ROWS - len(found)).to_pylist()
                found += [
                    ExcerptRow(
                        first + len(found) + i,
                        tuple("" if c is None else str(c)[:200] for c in r.values()),
                    )
                    for i, r in enumerate(part)
                ]
            number += batch.num_rows
            if len(found) >= EXCERPT_ROWS:
                break
    return tuple(found)
