"""Folders of Parquet files are one table, whatever their names say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.command import main
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.folders import (
    digest_of,
    located,
    pieces,
    row_groups_of,
    where,
)
from evaluation.ingest.inspect import Caps, inspect
from evaluation.ingest.mapping import recognise
from evaluation.offline import answer
from evaluation.stripes import Source, measure
from projects.catalogue import Shape, Terms

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {"A": ([1, 0, 1, 0], [1, 1, 0, 0]), "B 棟": ([1, 1, 0, 0], [1, 1, 0, 0])}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "runs"
    for number, (name, (truth, judged)) in enumerate(ROWS.items()):
        inside = base / f"segment={name.replace(' ', '%20')}" / "day=1"
        inside.mkdir(parents=True)
        table = pa.table({"y_true": truth, "y_pred": judged, "extra": ["x"] * 4})
        pq.write_table(table, inside / f"{number}.parquet", row_group_size=2)
    (base / "_SUCCESS").write_text("")
    hidden = base / "_temporary"
    hidden.mkdir()
    (hidden / "half.parquet").write_bytes(b"PAR1")
    (base / "notes.txt").write_text("not a table")
    return base


def test_names_of_folders_are_columns(folder: Path) -> None:
    done = answer(folder, Shape.DETECTION, Terms())
    counts = {
        n: done.finished.measured(k).value for n, k in (("tp", "tp"), ("fp", "fp"))
    }
    assert counts == {"tp": 3.0, "fp": 1.0}
    assert done.finished.segments() == ["A", "B 棟"]
    assert done.finished.measured("fn", "A").value == 1
    assert done.sha256 == digest_of(folder)
    assert row_groups_of(folder) == [2, 2, 2, 2]


@pytest.mark.parametrize("stripes", [1, 2, 3, 4])
def test_any_stripes_of_a_folder_give_the_same(folder: Path, stripes: int) -> None:
    caps = Caps()
    layout = inspect(folder, folder.name, caps)
    assert layout.rows == 8
    assert layout.columns == ("y_true", "y_pred", "extra", "segment", "day")
    assert (layout.files, layout.from_path) == (2, ("segment", "day"))
    assert layout.preview[0] == ("1", "1", "x", "A", "1")
    mapping = recognise(layout.columns, Shape.DETECTION)
    source = Source(folder, layout, mapping, Shape.DETECTION, caps, Terms())
    whole = answer(folder, Shape.DETECTION, Terms()).finished
    assert measure(source, threads=stripes) == whole


def test_a_fault_in_a_folder_is_told_by_its_file_and_the_row_there(
    folder: Path,
) -> None:
    table = pa.table({"y_true": [1, 7], "y_pred": [1, 1], "extra": ["x", "y"]})
    pq.write_table(table, folder / "segment=B%20棟" / "day=1" / "9.parquet")
    with pytest.raises(FileRefused) as refused:
        answer(folder, Shape.DETECTION, Terms())
    (fault,) = refused.value.faults
    assert (fault.code, fault.row) == ("bad_label", 3)
    assert fault.file == "segment=B%20棟/day=1/9.parquet"
    assert fault.sentence("ja", "runs").startswith(
        "runsはsegment=B%20棟/day=1/9.parquetの3行目の列y_trueで受け付けられません"
    )
    assert fault.sentence("en", "runs").startswith(
        "runs was refused at segment=B%20棟/day=1/9.parquet, row 3, column y_true. "
    )


def test_an_address_is_read_as_a_folder_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"file://{folder}", "--kind", "detection", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 8
    assert told["sha256"] == digest_of(folder)


def test_folders_that_are_no_table_are_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / "empty"), "--kind", "detection"]) == 2
    assert "holds no Parquet file" in capsys.readouterr().err
    pq.write_table(pa.table({"y_true": [1]}), folder / "odd.parquet")
    with pytest.raises(FileRefused) as refused:
        inspect(folder, folder.name, Caps())
    codes = {(f.column, f.code) for f in refused.value.faults}
    assert codes == {
        *{("y_pred", "uneven_folder"), ("extra", "uneven_folder")},
        *{("segment", "uneven_path"), ("day", "uneven_path")},
    }
    for fault in refused.value.faults:
        assert "odd.parquet" in fault.sentence("ja", "runs")
    (folder / "odd.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(FileRefused) as refused:
        inspect(folder, folder.name, Caps())
    assert refused.value.faults[0].code == "unreadable_part"
    assert "odd.parquet" in refused.value.faults[0].sentence("en", "runs")
    (folder / "odd.parquet").unlink()
    with pytest.raises(FileRefused) as refused:
        inspect(folder, folder.name, Caps(rows=3))
    assert refused.value.faults[0].code == "too_many_rows"


def test_a_store_that_cannot_be_reached_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def away(*_given: object) -> None:
        raise OSError("no route to the store")

    monkeypatch.setattr("evaluation.ingest.folders.where", away)
    address = tmp_path.__class__("s3://bucket/runs")
    with pytest.raises(FileRefused) as refused:
        inspect(address, "runs", Caps())
    assert "no route" in refused.value.faults[0].sentence("en", "runs")


def test_a_store_that_breaks_off_is_said(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def away(*_given: object, **_named: object) -> None:
        raise OSError("no route to the store")

    monkeypatch.setattr("evaluation.ingest.folders.pq.ParquetFile", away)
    address = folder.__class__(f"file://{folder}")
    with pytest.raises(FileRefused) as refused:
        inspect(address, "runs", Caps())
    assert refused.value.faults[0].code == "unreachable"
    with pytest.raises(FileRefused) as refused:
        inspect(folder, "runs", Caps())
    assert refused.value.faults[0].code == "unreadable_part"


def test_a_row_of_another_file_is_told_as_it_is(folder: Path) -> None:
    beyond = FileRefused([Fault("bad_label", 10), Fault("bad_label", 9)])
    faults = located(beyond, folder).faults
    assert [(f.row, bool(f.file)) for f in faults] == [(10, False), (5, True)]


def test_addresses_keep_both_their_slashes(folder: Path) -> None:
    store, name = where(folder.__class__(f"file://{folder}"))
    assert (store.type_name, name) == ("local", str(folder))
    missing = folder / "segment=__HIVE_DEFAULT_PARTITION__"
    missing.mkdir()
    table = pa.table({"y_true": [1], "y_pred": [1], "extra": ["x"], "day": ["1"]})
    pq.write_table(table, missing / "a.parquet")
    assert pieces(folder)[-1].values == (("segment", ""),)


def test_a_file_that_cannot_be_read_is_damaged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "run.parquet"
    pq.write_table(pa.table({"y_true": [1]}), path)

    def broken(*_given: object, **_named: object) -> None:
        raise OSError("a bad sector")

    monkeypatch.setattr("evaluation.ingest.inspect.pq.ParquetFile", broken)
    with pytest.raises(FileRefused) as refused:
        inspect(path, path.name, Caps())
    assert refused.value.faults[0].code == "unreadable"
