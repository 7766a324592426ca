"""The files that contenders read, made from fixed seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

GROUP: Final = 1 << 20
SEGMENTS: Final = 100
SERIES: Final = 1_000


def write_detection(path: Path, rows: int) -> None:
    """Rare events with scores of 0..1 in a hundred segments, as zstd Parquet."""
    random = np.random.default_rng(20181110)
    names = pa.array([f"line-{i:02d}" for i in range(SEGMENTS)])
    writer = None
    for start in range(0, rows, GROUP):
        count = min(GROUP, rows - start)
        real = random.random(count) < 0.01
        score = 1 / (1 + np.exp(3 - 2.5 * real - random.normal(size=count)))
        codes = pa.array(random.integers(0, SEGMENTS, count).astype(np.int16))
        columns = {
            "y_true": real.astype(np.int8),
            "y_score": score,
            "segment": pa.DictionaryArray.from_arrays(codes, names),
        }
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def write_csv(path: Path, parquet: Path) -> None:
    """The same rows as CSV."""
    with (
        pq.ParquetFile(parquet) as file,
        pc_csv.CSVWriter(path, _as_text(file.schema_arrow)) as writer,
    ):
        for batch in file.iter_batches():
            cells = [
                batch.column(i).cast(kind)
                for i, kind in enumerate(_as_text(file.schema_arrow).types)
            ]
            writer.write_batch(pa.RecordBatch.from_arrays(cells, file.schema.names))


def _as_text(schema: pa.Schema) -> pa.Schema:
    return pa.schema(
        (field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in schema
    )


def write_forecast(path: Path, rows: int) -> None:
    """A thousand series of hours with a forecast, as zstd Parquet."""
    random = np.random.default_rng(20181111)
    hours = np.arange(rows) // SERIES
    codes = pa.array((np.arange(rows) % SERIES).astype(np.int16))
    names = pa.array([f"S{i:04d}" for i in range(SERIES)])
    actual = 100 + 20 * np.sin(hours / 24) + random.normal(0, 5, rows)
    columns = {
        "series_id": pa.DictionaryArray.from_arrays(codes, names),
        "timestamp": pa.array(hours * 3_600_000_000, pa.timestamp("us")),
        "y_true": actual,
        "y_pred": actual + random.normal(0, 5, rows),
    }
    pq.write_table(pa.table(columns), path, compression="zstd", row_group_size=GROUP)
