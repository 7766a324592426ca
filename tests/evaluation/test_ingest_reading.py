"""Good files in every dress are read to the same typed rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.ingest.check import excerpt
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.inspect import Layout, inspect
from evaluation.ingest.mapping import check_mapping, recognise
from evaluation.ingest.read import ROWS_A_BATCH, batches
from evaluation.ingest.roles import ROLES
from projects.catalogue import Shape
from tests.evaluation.files import CAPS, DETECTION, FORECAST, checked

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "日時,区分,正解,判定\n2026/6/30 23:55,A,異常,1\n2026年7月1日,B,正常,0\n"


def rows_of(path: Path, shape: Shape) -> list[dict[str, object]]:
    layout = inspect(path, path.name, CAPS)
    mapping = recognise(layout.columns, shape)
    read = list(batches(path, layout, mapping, shape, CAPS))
    return [row for batch in read for row in batch.to_pylist()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semi", "tab"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_table_reads_the_same_in_every_dress(
    tmp_path: Path, encoding: str, separator: str, newline: str
) -> None:
    path = tmp_path / "run.csv"
    dressed = TABLE.replace(",", separator).replace("\n", newline)
    path.write_bytes(dressed.encode(encoding))
    rows = rows_of(path, DETECTION)
    assert [row["y_true"] for row in rows] == [1, 0]
    assert [row["y_pred"] for row in rows] == [1, 0]
    assert [row["segment"] for row in rows] == ["A", "B"]
    assert [str(row["timestamp"]) for row in rows] == [
        "2026-06-30 23:55:00",
        "2026-07-01 00:00:00",
    ]


@pytest.mark.parametrize(
    ("normal", "real"),
    [("0", "1"), ("0.0", "1.0"), ("false", "TRUE"), ("正常", "異常"), ("OK", "NG")],
)
def test_labels_are_taken_as_people_write_them(
    tmp_path: Path, normal: str, real: str
) -> None:
    path = tmp_path / "run.csv"
    path.write_text(f"y_true,y_pred\n{normal},{real}\n{real}, {normal} \n")
    rows = rows_of(path, DETECTION)
    assert rows == [{"y_true": 0, "y_pred": 1}, {"y_true": 1, "y_pred": 0}]


def test_parquet_and_csv_give_the_same_rows(tmp_path: Path) -> None:
    table = pa.table(
        {
            "y_true": pa.array([True, False, True]),
            "y_score": pa.array([0.5, None, 0.25]),
            "y_pred": pa.array([1, 0, 0], pa.int32()),
            "segment": pa.array(["A", None, "B"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "run.parquet")
    (tmp_path / "run.csv").write_text(
        "y_true,y_score,y_pred,segment\ntrue,0.5,1,A\nfalse,,0,\ntrue,0.25,0,B\n"
    )
    from_csv = rows_of(tmp_path / "run.csv", DETECTION)
    from_parquet = rows_of(tmp_path / "run.parquet", DETECTION)
    assert repr(from_csv) == repr(from_parquet)
    assert [row["segment"] for row in from_csv] == ["A", "–", "B"]


def test_batches_are_of_one_size(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("y_true,y_pred\n" + "1.5,2.5\n" * 800_000)
    layout = inspect(path, path.name, CAPS)
    mapping = recognise(layout.columns, FORECAST)
    sizes = [b.num_rows for b in batches(path, layout, mapping, FORECAST, CAPS)]
    assert sizes == [ROWS_A_BATCH] * 3 + [800_000 - 3 * ROWS_A_BATCH]


def test_blank_lines_at_the_end_are_no_rows(tmp_path: Path) -> None:
    assert checked(tmp_path, "y_true,y_pred\n1,0\n0,0\n\n\n").rows == 2


def test_equal_times_of_a_clock_put_back_are_taken(tmp_path: Path) -> None:
    content = (
        "timestamp,y_true,y_pred\n"
        "2026-10-25 01:00,1,1\n2026-10-25 01:00,1,1\n2026-10-25 02:00,1,1\n"
    )
    assert checked(tmp_path, content, FORECAST).rows == 3


def test_a_check_tells_rows_and_segments(tmp_path: Path) -> None:
    done = checked(tmp_path, "y_true,y_pred,segment\n1,0,B\n0,0,A\n1,1,B\n")
    assert (done.rows, done.segments) == (3, ("A", "B"))


@pytest.mark.parametrize("name", ["run.csv", "run.parquet"])
def test_an_excerpt_shows_the_rows_around(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text("y_true,y_pred\n" + "".join(f"{i},0\n" for i in range(2, 12)))
    else:
        pq.write_table(pa.table({"y_true": range(2, 12), "y_pred": [0] * 10}), path)
    layout = inspect(path, name, CAPS)
    shown = excerpt(path, layout, 6)
    assert [(line.row, line.cells) for line in shown] == [
        (row, (str(row), "0")) for row in (4, 5, 6, 7)
    ]
    assert [line.row for line in excerpt(path, layout, 11)] == [9, 10, 11]


def test_a_layout_comes_back_from_json(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("y_true;y_pred\n1;0\n", encoding="utf-8")
    layout = inspect(path, path.name, CAPS)
    assert layout.preview == (("1", "0"),)
    assert Layout.from_json(layout.to_json()) == layout


@pytest.mark.parametrize("shape", Shape)
def test_every_role_is_recognised_by_each_of_its_names(shape: Shape) -> None:
    for role in ROLES[shape]:
        for name in role.names:
            assert recognise([name.upper()], shape).values()
            assert role.label.ja
            assert role.hint.en


def test_units_in_brackets_do_not_hide_a_column() -> None:
    assert recognise(["実績値(万kW)", "予測値（万kW）"], FORECAST) == {
        "y_true": "実績値(万kW)",
        "y_pred": "予測値（万kW）",
    }


def test_one_column_for_two_roles_is_refused() -> None:
    layout = Layout("csv", "utf-8-sig", ",", ("a", "b"), (), None)
    with pytest.raises(FileRefused) as refused:
        check_mapping({"y_true": "a", "y_pred": "a"}, layout, DETECTION)
    assert [fault.code for fault in refused.value.faults] == ["mapped_twice"]


def test_scores_without_predictions_need_a_threshold(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        checked(tmp_path, "y_true,y_score\n1,0.5\n")
    assert [fault.code for fault in refused.value.faults] == ["no_threshold"]
