"""Times as people and machines write them, and the clock they are told by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.ingest.columns import typed
from evaluation.ingest.inspect import Caps, inspect
from evaluation.ingest.mapping import recognise
from evaluation.ingest.read import batches
from evaluation.ingest.roles import Cell
from projects.catalogue import Shape
from tests.evaluation.files import FORECAST, checked

if TYPE_CHECKING:
    from pathlib import Path

JULY = datetime(2026, 7, 1)  # noqa: DTZ001 - files have no zone


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026年7月1日 13時05分", JULY + timedelta(hours=13, minutes=5)),
        ("2026年7月1日3時", JULY + timedelta(hours=3)),
        ("2026年7月", JULY),
        ("2026年7月1日", JULY),
        ("2026/7/1 0:00", JULY),
        ("2026-06-30 24:00:00", JULY),
        ("2026年6月30日 24:00", JULY),
        ("2026/7/1 0:00:00.5", JULY + timedelta(seconds=0.5)),
    ],
)
def test_a_time_is_read_however_it_is_written(written: str, read: datetime) -> None:
    # Beside an ISO time of whole seconds, whose resolution it must not be cut to.
    found = typed(Cell.TIME, pa.array(["2026-01-01 00:00", written]))
    assert found.values.to_pylist()[1] == read
    assert not any(mask.any() for mask in found.wrong.values())


@pytest.mark.parametrize("written", ["2026-07-01 25:00", "someday", "12", "24:00"])
def test_what_is_no_time_is_none(written: str) -> None:
    assert typed(Cell.TIME, pa.array([written])).wrong["not_a_time"].all()


def times_of(path: Path) -> list[datetime]:
    layout = inspect(path, path.name, Caps())
    mapping = recognise(layout.columns, FORECAST)
    (batch,) = batches(path, layout, mapping, FORECAST, Caps())
    found: list[datetime] = batch.column("timestamp").to_pylist()
    return found


@pytest.mark.parametrize(
    ("cells", "hours"),
    [
        (["2026-07-01T09:00:00+09:00", "2026-07-01T10:00:00+09:00"], [9, 10]),
        (["2026-07-01T00:00:00Z", "2026-07-01T01:00:00Z"], [0, 1]),
        (["2026-07-01 09:00:00-0430", "2026-07-01 10:00:00-0430"], [9, 10]),
        # Clocks put back: one clock, so that no hour comes twice or goes back.
        (["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"], [2, 3]),
    ],
)
def test_hours_are_those_of_the_first_rows_clock(
    tmp_path: Path, cells: list[str], hours: list[int]
) -> None:
    path = tmp_path / "run.csv"
    rows = "".join(f"{cell},1,1\n" for cell in cells)
    path.write_text("timestamp,y_true,y_pred\n" + rows)
    assert [time.hour for time in times_of(path)] == hours
    checked(tmp_path, path.read_bytes(), FORECAST)


# Any: pyarrow's types are not typed.
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(("zone", "hour"), [(None, 0), ("Asia/Tokyo", 9), ("UTC", 0)])
def test_parquet_times_are_told_by_their_zone(
    tmp_path: Path, unit: Any, zone: str | None, hour: int
) -> None:
    midnight = datetime(2026, 7, 1, tzinfo=UTC if zone else None)
    table = pa.table(
        {
            "timestamp": pa.array([midnight], pa.timestamp(unit, zone)),
            "y_true": [1.0],
            "y_pred": [1.0],
        }
    )
    pq.write_table(table, tmp_path / "run.parquet")
    assert [time.hour for time in times_of(tmp_path / "run.parquet")] == [hour]


def test_a_period_has_a_clock_too(tmp_path: Path) -> None:
    head = "sku,period,demand,demand_met_from_stock,on_hand_end\n"
    first = datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=9))).isoformat()
    path = tmp_path / "stock.csv"
    path.write_text(f"{head}A,{first},1,1,1\n")
    layout = inspect(path, path.name, Caps())
    mapping = recognise(layout.columns, Shape.INVENTORY)
    (batch,) = batches(path, layout, mapping, Shape.INVENTORY, Caps())
    assert batch.column("period").to_pylist() == [JULY]
