"""Forecasts: sums of errors by segment and time, and the metrics made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pyarrow as pa

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from projects.catalogue import CONFIDENCES, METRICS, Shape, Terms, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

PLAIN: Final = Terms()
# Without times, neighbouring rows of the file stand in for neighbouring times.
ROWS_A_BLOCK: Final = 16
ZERO: Final = 1e-9
# An actual under this share of its segment's mean blows up a percentage. One percent
# would withhold MAPE on public competition data whose published MAPE is meaningful.
NEAR_ZERO: Final = 0.001
# Sizes of actuals are kept as the top bits of the float: 64 steps an octave.
SIZE_SHIFT: Final = 46

COLUMNS: Final = ("rows", "error", "absolute", "square", "ape", "sape", "actual")
KEYS: Final = ("mae", "rmse", "mape", "smape", "wape", "bias")
TAILS: Final = tuple(
    sorted(
        {
            round(intervals.tail(confidence, one_sided=one_sided), 6)
            for confidence in CONFIDENCES
            for one_sided in (True, False)
        }
    )
)


@dataclass(frozen=True, slots=True)
class Sums:
    """One batch's sums: a row of COLUMNS for each segment and block of time."""

    segments: tuple[str, ...]
    blocks: NDArray[np.int64]
    table: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ForecastPart:
    """Sums of some rows; batches stay apart, so that merging adds no rounding."""

    batches: tuple[Sums, ...]
    sizes: Mapping[tuple[str, int], int]
    has_segments: bool


def part(
    batch: pa.RecordBatch, first_row: int = 0, terms: Terms = PLAIN
) -> ForecastPart:
    """Sum one batch with columns y_true, y_pred, segment? series_id? timestamp?.

    The series is the segment where no segment is given. ``first_row`` is the batch's
    place in the file, which decides the blocks when there are no times.
    """
    names = set(batch.schema.names)
    actual = batch.column("y_true").to_numpy(zero_copy_only=False).astype(np.float64)
    forecast = batch.column("y_pred").to_numpy(zero_copy_only=False).astype(np.float64)
    by = next((role for role in ("segment", "series_id") if role in names), None)
    codes, named = np.zeros(len(actual), np.int64), [""]
    if by is not None:
        coded = batch.column(by).dictionary_encode()
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        named = coded.dictionary.to_pylist()
    if "timestamp" in names:
        days = batch.column("timestamp").cast(pa.timestamp("us")).cast(pa.int64())
        blocks = days.to_numpy(zero_copy_only=False) // 86_400_000_000
    else:
        blocks = (first_row + np.arange(len(actual))) // ROWS_A_BLOCK
    error = forecast - actual
    absolute, size = np.abs(error), np.abs(actual)
    both = size + np.abs(forecast)
    # Zero forecast of zero is no error; an actual of zero has no percentage at all.
    ape = np.divide(100 * absolute, size, out=np.zeros_like(size), where=size >= ZERO)
    sape = np.divide(200 * absolute, both, out=np.zeros_like(both), where=both > 0)
    with np.errstate(over="ignore"):
        square = error**2  # Too large a number ends as a withheld value.
    values = (np.ones_like(error), error, absolute, square, ape, sape, size)
    cells, cell = np.unique(np.stack([codes, blocks]), axis=1, return_inverse=True)
    table: NDArray[np.float64] = np.stack(
        [
            np.bincount(cell.ravel(), value, cells.shape[1]).astype(float)
            for value in values
        ],
        axis=1,
    )
    bits = np.where(size < ZERO, 0.0, size).view(np.int64) >> SIZE_SHIFT
    kinds, counts = np.unique(np.stack([codes, bits]), axis=1, return_counts=True)
    return ForecastPart(
        batches=(Sums(tuple(named[int(c)] for c in cells[0]), cells[1], table),),
        sizes={
            (named[int(code)], int(bit)): int(count)
            for code, bit, count in zip(*kinds, counts, strict=True)
        },
        has_segments=by is not None,
    )


def merge(one: ForecastPart, other: ForecastPart) -> ForecastPart:
    """Both parts as one; finishing does not depend on the order of merging."""
    sizes = dict(one.sizes)
    for key, count in other.sizes.items():
        sizes[key] = sizes.get(key, 0) + count
    return ForecastPart(
        one.batches + other.batches, sizes, one.has_segments or other.has_segments
    )


# Any: the history is not used yet.
def finish(
    part: ForecastPart, terms: Terms = PLAIN, history: Any = None
) -> FinishedForecast:
    """Everything that can be said of the rows summed."""
    by_time: dict[int, list[NDArray[np.float64]]] = {}
    by_segment: dict[str, dict[int, list[NDArray[np.float64]]]] = {}
    for sums in part.batches:
        for name, block, row in zip(
            sums.segments, sums.blocks.tolist(), sums.table, strict=True
        ):
            by_time.setdefault(block, []).append(row)
            by_segment.setdefault(name, {}).setdefault(block, []).append(row)
    sizes: dict[str, dict[int, int]] = {}
    for (name, bit), count in part.sizes.items():
        sizes.setdefault(name, {})[bit] = count
    near: dict[str, int] = {}
    found: dict[str, Line] = {}
    for name in sorted(by_segment):
        total = _total([r for rows in by_segment[name].values() for r in rows])
        mean = total[6] / total[0]
        edge = int(np.float64(mean * NEAR_ZERO).view(np.int64)) >> SIZE_SHIFT
        near[name] = sum(
            count for bit, count in sizes[name].items() if bit == 0 or bit < edge
        )
        if part.has_segments:
            found[name] = _line(by_segment[name], near[name])
    return FinishedForecast(_line(by_time, sum(near.values())), found)


def _total(rows: list[NDArray[np.float64]]) -> list[float]:
    # fsum rounds once, whatever the order: any split and merge gives the same bits.
    return [math.fsum(column) for column in zip(*rows, strict=True)]


def _line(blocks: dict[int, list[NDArray[np.float64]]], near_zero: int) -> Line:
    total = _total([row for rows in blocks.values() for row in rows])
    units = np.array([_total(blocks[block]) for block in sorted(blocks)])
    with np.errstate(all="ignore"):
        values = _statistic(np.array([total]))[0]
        replicates = intervals.moving_blocks(units, _statistic)
    ends: dict[str, tuple[float, ...]] = {}
    if replicates is not None:
        levels = [*TAILS, *(1 - out for out in TAILS)]
        for key, column in zip(KEYS, replicates.T, strict=True):
            if np.isfinite(column).all():
                ends[key] = tuple(float(q) for q in np.quantile(column, levels))
    return Line(
        rows=int(total[0]),
        near_zero=near_zero,
        values={
            key: float(value) if math.isfinite(value) else None
            for key, value in zip(KEYS, values, strict=True)
        },
        ends=ends,
    )


def _statistic(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """The metrics of KEYS from sums of COLUMNS, row by row.

    RMSE is the root of the mean square; sMAPE is the mean of 200|e| / (|y| + |f|), as
    in the M4 competition; WAPE is all absolute errors over all absolute actuals.
    """
    rows, error, absolute, square, ape, sape, actual = sums.T
    wape = np.divide(
        100 * absolute, actual, out=np.full_like(actual, np.nan), where=actual > 0
    )
    means = (absolute / rows, np.sqrt(square / rows), ape / rows, sape / rows)
    return np.stack([*means, wape, error / rows], axis=1)


@dataclass(frozen=True, slots=True)
class Line:
    """The values of the whole file or of one segment.

    ``ends`` holds, for each metric, the bootstrap's lower ends at each of TAILS and
    then the upper ones.
    """

    rows: int
    near_zero: int
    values: dict[str, float | None]
    ends: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class FinishedForecast:
    """A measured forecast file; small, and enough to be judged again."""

    whole: Line
    by_segment: dict[str, Line]

    @property
    def rows(self) -> int:
        """How many rows were measured."""
        return self.whole.rows

    def segments(self) -> list[str]:
        """The names of all segments, sorted."""
        return list(self.by_segment)

    def measured(
        self,
        metric: str,
        segment: str = "",
        confidence: float = 0.95,
        one_sided: bool = True,
    ) -> Measured:
        """One metric with its moving-block bootstrap interval.

        MAPE is withheld when an actual is at or near zero. KeyError: no such metric
        here, or segment. ValueError for a confidence that limits do not offer.
        """
        if METRICS[metric].shape != Shape.FORECAST:
            raise KeyError(metric)
        out = round(intervals.tail(confidence, one_sided=one_sided), 6)
        if out not in TAILS:
            raise ValueError(f"confidence is not offered: {confidence!r}")
        line = self.by_segment[segment] if segment else self.whole
        value = line.values[metric]
        if metric == "mape" and line.near_zero:
            return _withheld(reasons.near_zero(line.near_zero), line.rows)
        if value is None:
            reason = reasons.ALL_ZERO if metric == "wape" else reasons.TOO_LARGE
            return _withheld(reason, line.rows)
        if metric not in line.ends:
            return Measured(value, None, None, line.rows, None, confidence)
        at = TAILS.index(out)
        low, high = line.ends[metric][at], line.ends[metric][at + len(TAILS)]
        return Measured(
            value, min(low, value), max(high, value), line.rows, None, confidence
        )

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return {
            "shape": Shape.FORECAST.value,
            "seed": intervals.SEED,
            "whole": _line_to_json(self.whole),
            "segments": {n: _line_to_json(x) for n, x in self.by_segment.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        return cls(
            _line_from_json(stored["whole"]),
            {n: _line_from_json(line) for n, line in stored["segments"].items()},
        )


def _withheld(reason: Text, cases: int) -> Measured:
    return Measured(None, None, None, cases, withheld=reason)


def _line_to_json(line: Line) -> dict[str, Any]:
    ends = {key: list(ends) for key, ends in line.ends.items()}
    return {
        "rows": line.rows,
        "near_zero": line.near_zero,
        "values": dict(line.values),
        "ends": ends,
    }


def _line_from_json(stored: dict[str, Any]) -> Line:
    ends = {key: tuple(ends) for key, ends in stored["ends"].items()}
    return Line(stored["rows"], stored["near_zero"], stored["values"], ends)
