"""A file in stripes side by side measures as it does in one go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.ingest.inspect import Caps, inspect
from evaluation.ingest.mapping import recognise
from evaluation.runner import NoRows
from evaluation.stripes import Source, measure, stripes
from projects.catalogue import Shape, Terms

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 3_000
TERMS = Terms(threshold=0.5, yen_false_alarm=1.0, yen_miss=9.0, yen_shortage=3.0)
LABELS = np.arange(ROWS) % 7 == 0
TIMES = pa.array(np.arange(ROWS) * 3_600_000_000, pa.timestamp("us"))
COLUMNS = {
    Shape.DETECTION: {
        "y_true": LABELS.astype(np.int8),
        "y_score": np.random.default_rng(1).random(ROWS),
        "segment": [f"line {i % 3}" for i in range(ROWS)],
        "timestamp": TIMES,
    },
    Shape.FORECAST: {
        "y_true": np.random.default_rng(2).normal(100, 9, ROWS),
        "y_pred": np.random.default_rng(3).normal(100, 9, ROWS),
        "series_id": [f"series {i % 4}" for i in range(ROWS)],
        "timestamp": TIMES,
    },
    Shape.INVENTORY: {
        "sku": [f"P{i % 50}" for i in range(ROWS)],
        "period": pa.array(np.arange(ROWS) // 50 * 86_400_000_000, pa.timestamp("us")),
        "demand": np.arange(ROWS) % 9 + 1.5,
        "demand_met_from_stock": np.arange(ROWS) % 9 * 1.0,
        "on_hand_end": np.arange(ROWS) % 5 * 1.1,
    },
    Shape.TRIAL: {
        "trial": [f"T{i}" for i in range(ROWS)],
        "before": np.random.default_rng(4).normal(90, 5, ROWS),
        "after": np.random.default_rng(5).normal(88, 5, ROWS),
    },
}


def source(folder: Path, shape: Shape, rows: int = ROWS) -> Source:
    path = folder / "rows.parquet"
    table = pa.table(COLUMNS[shape]).slice(0, rows)
    pq.write_table(table, path, row_group_size=500)
    layout = inspect(path, path.name, Caps())
    mapping = recognise(layout.columns, shape)
    return Source(path, layout, mapping, shape, Caps(), TERMS)


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("sketch", [False, True])
def test_any_number_of_stripes_gives_the_same(
    tmp_path: Path, shape: Shape, sketch: bool
) -> None:
    held = source(tmp_path, shape)
    told: list[int] = []
    one = measure(held, sketch=sketch, on_rows=told.append)
    assert sum(told) == one.rows == ROWS
    for count in (2, 3, 6, 9):
        assert measure(held, sketch=sketch, threads=count) == one
    with ThreadPoolExecutor(2) as pool:
        assert measure(held, sketch=sketch, threads=3, executor=pool) == one


def test_stripes_hold_every_row_group_once(tmp_path: Path) -> None:
    held = source(tmp_path, Shape.TRIAL)
    for count in (1, 2, 4, 6, 20):
        cut = stripes(held, count)
        groups = [g for one in cut if one is not None for g in one.row_groups]
        assert groups == ([] if count == 1 else list(range(6)))
        assert all(
            one is None or one.first_row == 500 * one.row_groups[0] for one in cut
        )


def test_a_file_without_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoRows):
        measure(source(tmp_path, Shape.TRIAL, rows=0))
