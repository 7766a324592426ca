"""Every kind of bad file is refused in words that name the row and the column."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.ingest.check import check
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.inspect import Caps, Layout, inspect
from evaluation.ingest.mapping import best_table, recognise
from evaluation.ingest.read import batches
from evaluation.ingest.wording import WORDINGS
from projects.catalogue import Shape
from tests.evaluation.files import CAPS, DETECTION, FORECAST, checked, refusal

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "y_true,y_pred\n"
SERIES = "series_id,timestamp,y_true,y_pred\n"


def zipped(inner: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(inner, "<workbook/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "shape", "code", "row", "column", "found"),
    [
        pytest.param("", DETECTION, "empty_file", None, "", "", id="empty file"),
        pytest.param(
            "\ufeff\n", DETECTION, "empty_file", None, "", "", id="only a BOM"
        ),
        pytest.param(HEAD, DETECTION, "header_only", None, "", "", id="header only"),
        pytest.param(
            "y_true\n1\n",
            DETECTION,
            "missing_column",
            None,
            "",
            "",
            id="no predictions",
        ),
        pytest.param(
            "a,b\n1,0\n", FORECAST, "missing_column", None, "", "", id="missing column"
        ),
        pytest.param(
            "y_true,y_pred,y_pred\n1,0,0\n",
            DETECTION,
            "duplicate_column",
            1,
            "y_pred",
            "",
            id="duplicate column",
        ),
        pytest.param(
            "y_true,y_pred,y_score\n1,0,0.5\n0,1,N/A\n",
            DETECTION,
            "not_a_number",
            3,
            "y_score",
            "N/A",
            id="text among numbers",
        ),
        pytest.param(
            HEAD + "1.5,2\n3,NaN\n",
            FORECAST,
            "not_finite",
            3,
            "y_pred",
            "NaN",
            id="not a number",
        ),
        pytest.param(
            HEAD + "1.5,2\ninf,2\n",
            FORECAST,
            "not_finite",
            3,
            "y_true",
            "inf",
            id="inf",
        ),
        pytest.param(
            HEAD + "1,0\n2,0\n", DETECTION, "bad_label", 3, "y_true", "2", id="label 2"
        ),
        pytest.param(
            HEAD + "cat,0\n", DETECTION, "bad_label", 2, "y_true", "cat", id="class"
        ),
        pytest.param(
            HEAD + "1.5,\n", FORECAST, "empty_cell", 2, "y_pred", "", id="empty cell"
        ),
        pytest.param(
            HEAD + "1,0\n\n1,0\n",
            DETECTION,
            "empty_cell",
            3,
            "y_true",
            "",
            id="blank row within",
        ),
        pytest.param(
            "a|b\n1|0\n", DETECTION, "wrong_separator", 1, "", "", id="separator"
        ),
        pytest.param(
            HEAD + "1,0\n1\n1,0,0\n", DETECTION, "ragged_row", 3, "", "", id="ragged"
        ),
        pytest.param(
            "id," + HEAD + "a,1,0\nb,1,0\na,0,0\n",
            DETECTION,
            "duplicate_id",
            4,
            "id",
            "a",
            id="duplicate id",
        ),
        pytest.param(
            SERIES + "A,2026-01-02,1,1\nB,2026-01-01,1,1\nA,2026-01-01,1,1\n",
            FORECAST,
            "time_backwards",
            4,
            "timestamp",
            "2026-01-01 00:00:00",
            id="time backwards",
        ),
        pytest.param(
            SERIES + "A,someday,1,1\n",
            FORECAST,
            "not_a_time",
            2,
            "timestamp",
            "someday",
            id="no time",
        ),
        pytest.param(
            SERIES + "A,12,1,1\n", FORECAST, "not_a_time", 2, "timestamp", "12", id="12"
        ),
        pytest.param(
            b"\x7fELF\x02\x01\x01\0\0", DETECTION, "executable", None, "", "", id="ELF"
        ),
        pytest.param(b"MZ\x90\0\x03", DETECTION, "executable", None, "", "", id="MZ"),
        pytest.param(zipped("a.csv"), DETECTION, "archive", None, "", "", id="zip"),
        pytest.param(
            zipped("xl/workbook.xml"), DETECTION, "spreadsheet", None, "", "", id="xlsx"
        ),
        pytest.param(
            b"a,b\n\0\0\0", DETECTION, "not_a_table", None, "", "", id="binary"
        ),
        pytest.param(
            b"PAR1" + b"\0" * 60,
            DETECTION,
            "unreadable",
            None,
            "",
            "",
            id="bad parquet",
        ),
        pytest.param(
            "区分,y_true,y_pred\n".encode() + "異常,1,0\n".encode("cp932"),
            DETECTION,
            "mixed_encodings",
            2,
            "",
            "",
            id="mixed encodings",
        ),
        pytest.param(
            b"y_true,y_pred\n1,\x81\xff\n",
            DETECTION,
            "unknown_encoding",
            2,
            "",
            "",
            id="no encoding",
        ),
        pytest.param(
            "y_true,y_pred\n1,0\n".encode("utf-16"),
            DETECTION,
            "unknown_encoding",
            1,
            "",
            "",
            id="UTF-16",
        ),
        pytest.param(
            "segment," + HEAD + "9" * 20_000 + ",1,0\n",
            DETECTION,
            "cell_too_long",
            2,
            "segment",
            "9" * 200,
            id="long cell",
        ),
    ],
)
def test_a_bad_file_is_refused_where_it_is_bad(
    tmp_path: Path,
    content: bytes | str,
    shape: Shape,
    code: str,
    row: int | None,
    column: str,
    found: str,
) -> None:
    faults = refusal(tmp_path, content, shape).faults
    assert {fault.code for fault in faults} == {code}
    fault = faults[0]
    assert (fault.row, fault.column, fault.found) == (row, column, found)


@pytest.mark.parametrize("start", [b"", b"y_true,y_pred\n"], ids=["first", "second"])
def test_one_line_of_a_hundred_megabytes_is_refused(
    tmp_path: Path, start: bytes
) -> None:
    refused = refusal(tmp_path, start + b"1" * 100_000_000)
    assert [fault.code for fault in refused.faults] == ["line_too_long"]
    assert refused.faults[0].row == 1 + start.count(b"\n")


def test_a_quote_never_closed_is_told_with_the_faults_before_it(tmp_path: Path) -> None:
    content = HEAD + "1,0\n" * 4 + "x,0\n" * 2 + '"1,0\n' + "1,0\n" * 3_000_000
    refused = refusal(tmp_path, content)
    assert refused.total == 3
    assert [fault.code for fault in refused.faults][:2] == ["bad_label"] * 2


def test_a_parquet_file_with_too_many_rows_is_refused_by_its_claim(
    tmp_path: Path,
) -> None:
    group = pa.table({"y_true": np.zeros(5_000_000, np.int8)})
    path = tmp_path / "bomb.parquet"
    with pq.ParquetWriter(path, group.schema, compression="zstd") as writer:
        for _ in range(20):
            writer.write_table(group)
    assert path.stat().st_size < 400_000
    refused = refusal(tmp_path, path.read_bytes(), name="run.parquet")
    assert [fault.code for fault in refused.faults] == ["too_many_rows"]


@pytest.mark.parametrize(
    ("caps", "code"),
    [
        (Caps(rows=2), "too_many_rows"),
        (Caps(bytes=10), "too_many_bytes"),
        (Caps(columns=1), "too_many_columns"),
    ],
    ids=["rows", "bytes", "columns"],
)
def test_a_file_over_a_limit_is_refused(tmp_path: Path, caps: Caps, code: str) -> None:
    refused = refusal(tmp_path, HEAD + "1,0\n" * 3, caps=caps)
    assert [fault.code for fault in refused.faults] == [code]


def test_all_faults_are_counted_and_a_hundred_are_kept(tmp_path: Path) -> None:
    refused = refusal(tmp_path, HEAD + "1,0\n" * 70_000 + "x,0\n" * 250)
    assert refused.total == 250
    assert len(refused.faults) == 100
    assert refused.faults[0].row == 70_002


def test_a_file_of_uneven_rows_is_given_up_early(tmp_path: Path) -> None:
    refused = refusal(tmp_path, HEAD + "1,0,0\n" * 200_000)
    assert (refused.total, len(refused.faults)) == (10_000, 100)


def test_a_thousand_repeated_ids_are_counted(tmp_path: Path) -> None:
    refused = refusal(
        tmp_path, "id," + HEAD + "".join(f"{i % 100_000},1,0\n" for i in range(101_000))
    )
    assert (refused.total, len(refused.faults)) == (1_000, 100)
    assert refused.faults[0].row == 100_002


def test_rows_keep_their_numbers_after_an_uneven_one(tmp_path: Path) -> None:
    refused = refusal(tmp_path, HEAD + '1,0\n1\n"1",0\nx,0\n1,0\n')
    assert [(fault.code, fault.row) for fault in refused.faults] == [
        ("ragged_row", 3),
        ("bad_label", 5),
    ]


def test_a_refusal_is_said_in_both_languages(tmp_path: Path) -> None:
    content = "y_true,y_pred,y_score\n" + "1,0,0.5\n" * 1202 + "0,1,N/A\n"
    (fault,) = refusal(tmp_path, content).faults
    assert fault.sentence("en", "june.csv") == (
        "june.csv was refused at row 1,204, column y_score. "
        "The cell holds “N/A”. A number is needed."
    )
    assert fault.sentence("ja", "june.csv") == (
        "june.csvは1,204行目の列y_scoreで受け付けられませんでした。"
        "「N/A」が入っています。数が必要です。"
    )


def test_a_fault_comes_back_from_json(tmp_path: Path) -> None:
    for fault in refusal(tmp_path, "a,b\n1,0\n", FORECAST).faults:
        assert Fault.from_json(fault.to_json()) == fault


@pytest.mark.parametrize("code", WORDINGS)
def test_every_wording_is_whole_sentences_in_both_languages(code: str) -> None:
    wording = WORDINGS[code]
    for text in (wording.says, wording.cure):
        assert text.ja.endswith("。")
        assert text.en.rstrip().endswith(".")
        assert "!" not in text.ja + text.en


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from([b"", b"PAR1", b"y_true,y_pred\n", b"PK\x03\x04", b"\xef\xbb\xbf"]),
    st.binary(max_size=300),
)
def test_no_bytes_whatever_end_in_anything_but_an_answer(
    tmp_path: Path, start: bytes, rest: bytes
) -> None:
    # Anything but a refusal that can be said would end the test.
    with contextlib.suppress(FileRefused):
        checked(tmp_path, start + rest, DETECTION, CAPS)


INVENTORY = Shape.INVENTORY
ENDS = "y_true,y_pred,y_lower,y_upper\n"
LEVELS = "y_true,y_pred,q05,q50,q95\n"
JANUARY = "A,2026-01,5,5,1\n"
STOCK = "sku,period,demand,demand_met_from_stock,on_hand_end\n"


@pytest.mark.parametrize(
    ("content", "shape", "code", "row"),
    [
        (ENDS + "1,1,0,2\n1,1,3,2\n", FORECAST, "interval_reversed", 3),
        (LEVELS + "1,1,0,1,2\n1,1,0,3,2\n", FORECAST, "quantiles_cross", 3),
        ("y_true,y_pred,y_lower\n1,1,0\n", FORECAST, "one_end_only", None),
        (STOCK + JANUARY + "A,2026-02,5,6,1\n", INVENTORY, "more_than_asked", 3),
        (STOCK + "A,2026-01,5,5,-1\n", INVENTORY, "negative", 2),
        (STOCK + JANUARY + JANUARY, INVENTORY, "duplicate_period", 3),
        ("trial,before,after\nT1,5,4\nT1,6,5\n", Shape.TRIAL, "duplicate_id", 3),
        ("trial,before,after\nT1,5,inf\n", Shape.TRIAL, "not_finite", 2),
    ],
)
def test_cells_that_do_not_fit_together_are_named(
    tmp_path: Path, content: str, shape: Shape, code: str, row: int | None
) -> None:
    found = refusal(tmp_path, content, shape).faults[0]
    assert (found.code, found.row) == (code, row)


def test_an_item_may_have_every_period_once(tmp_path: Path) -> None:
    rows = "".join(f"{sku},2026-{m:02d},5,5,1\n" for m in range(1, 13) for sku in "AB")
    assert checked(tmp_path, STOCK + rows, Shape.INVENTORY).rows == 24


def test_more_segments_than_allowed_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"0,0,S{i}\n" for i in range(30))
    caps = Caps(segments=20)
    found = refusal(tmp_path, "y_true,y_pred,segment\n" + rows, DETECTION, caps)
    assert [fault.code for fault in found.faults] == ["too_many_segments"]


def test_a_gzipped_table_is_read_and_a_bomb_is_not(tmp_path: Path) -> None:
    content = "y_true,y_pred\n" + "1,0\n" * 50_000
    packed = gzip.compress(content.encode())
    assert checked(tmp_path, packed, name="run.csv.gz").rows == 50_000
    small = Caps(unpacked=100_000)
    for held, caps, code in (
        (packed, small, "too_many_bytes"),
        (gzip.compress(packed), CAPS, "archive"),
        (packed[:-200], CAPS, "unreadable"),
        (gzip.compress(b"PAR1" + b"\0" * 90), CAPS, "packed_parquet"),
        (gzip.compress(b""), CAPS, "empty_file"),
    ):
        found = refusal(tmp_path, held, DETECTION, caps, "run.csv.gz")
        assert [fault.code for fault in found.faults] == [code]


TABLES = (
    "2022/6/30 23:55 UPDATE\nピーク時供給力,時間帯\n5920,13:00\n\n"
    "DATE,TIME,当日実績(万kW),予測値(万kW)\n2022/6/30,0:00,3117,3124\n"
    "2022/6/30,1:00,{cell},2900\n\n最大使用率(%),時間帯\n97,9:00\n"
)


def test_the_table_that_fits_is_found_among_several(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    path.write_bytes(TABLES.format(cell=2893).encode("cp932"))
    layout = inspect(path, path.name, CAPS)
    assert [table.first_line for table in layout.tables] == [1, 4, 8]
    chosen = layout.with_table(best_table(layout, FORECAST))
    assert Layout.from_json(json.loads(json.dumps(chosen.to_json()))) == chosen
    mapping = recognise(chosen.columns, FORECAST)
    assert mapping["timestamp"] == "DATE"
    assert mapping["time_of_day"] == "TIME"
    (batch,) = batches(path, chosen, mapping, FORECAST, CAPS)
    assert batch.column("y_true").to_pylist() == [3117, 2893]
    assert [str(t) for t in batch.column("timestamp").to_pylist()] == [
        "2022-06-30 00:00:00",
        "2022-06-30 01:00:00",
    ]


def test_a_fault_in_a_later_table_has_the_row_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    path.write_text(TABLES.format(cell="多い"))
    layout = inspect(path, path.name, CAPS)
    chosen = layout.with_table(best_table(layout, FORECAST))
    with pytest.raises(FileRefused) as refused:
        check(path, chosen, recognise(chosen.columns, FORECAST), FORECAST, CAPS)
    assert [fault.row for fault in refused.value.faults] == [7]


def test_shift_jis_that_grows_past_its_block_is_told_like_any_other(
    tmp_path: Path,
) -> None:
    content = b"y_true,y_pred\n2,0" + b"\xff" * 52
    found = refusal(tmp_path, content, Shape.DETECTION)
    assert {fault.code for fault in found.faults} == {"bad_label"}
