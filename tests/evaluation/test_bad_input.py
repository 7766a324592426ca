"""The list of bad input, for every kind of file, by the command a reader would use."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluation.command import main
from evaluation.ingest.faults import FileRefused
from evaluation.metrics.errors import ZERO
from evaluation.offline import answer
from projects.catalogue import Shape, Terms
from tests.evaluation.files import checked, refusal

if TYPE_CHECKING:
    from pathlib import Path

# Of each kind a file that is in order: header and rows, all cells of which are used.
GOOD = {
    "detection": "id,timestamp,y_true,y_pred,y_score,segment\n"
    "a,2026-07-01 00:00,1,1,0.9,A\nb,2026-07-01 01:00,0,0,0.1,B\n",
    "forecast": "series_id,timestamp,y_true,y_pred,y_lower,y_upper\n"
    "A,2026-07-01,5,6,4,8\nA,2026-07-02,6,6,4,8\n",
    "inventory": "sku,period,demand,demand_met_from_stock,on_hand_end,order_qty\n"
    "A,2026-07,5,4,2,3\nB,2026-07,5,5,2,3\n",
    "layout": "trial,before,after\nT1,12,10\nT2,11,10\n",
}
# A number of each kind that the tests spoil, and where it stands in the first row.
SPOILT = {
    "detection": ("0.9", "y_score"),
    "forecast": ("6", "y_pred"),
    "inventory": ("4", "demand_met_from_stock"),
    "layout": ("12", "before"),
}


# Any: what json gives.
def told(
    capsys: pytest.CaptureFixture[str], path: Path, kind: str, *words: object
) -> tuple[int, Any]:
    code = main([str(path), "--kind", kind, "--json", *map(str, words)])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_file_of_every_kind_is_measured(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "run.csv"
    text = GOOD[kind]
    for content in (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.replace("\n", "\r\n").encode(),
        text.replace(",", ";").encode(),
        text.replace(",", "\t").encode(),
        text.replace("A", "東").encode("cp932"),
        gzip.compress(text.encode()),
    ):
        path.write_bytes(content)
        code, found = told(capsys, path, kind)
        assert code == 0
        assert found["rows"] == 2
        assert found["verdict"] is None


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("cell", ["high", "inf", "-inf", "NaN", "1,000", "0x10", "1_0"])
def test_a_spoilt_number_is_named_in_every_kind(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str, cell: str
) -> None:
    number, column = SPOILT[kind]
    path = tmp_path / "run.csv"
    quoted = f'"{cell}"' if "," in cell else cell
    path.write_text(GOOD[kind].replace(f",{number},", f",{quoted},", 1))
    code, found = told(capsys, path, kind)
    assert code == 2
    said = found["refused"][0]
    assert said.startswith(f"run.csv was refused at row 2, column {column}. ")
    assert "NaN" in said or cell in said


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda text: b"", "The file is empty"),
        (lambda text: text.split("\n")[0].encode() + b"\n", "but no rows"),
        (lambda text: text.split(",", 1)[1].encode(), "needed"),
        (lambda text: text.replace("\n", ",x\n", 1).encode(), "needed: "),
        (lambda text: text.replace(",", "|").encode(), "split by"),
        (lambda text: b"\x7fELF\x00" + text.encode(), "is a program"),
        (lambda text: b"PK\x03\x04" + text.encode(), "damaged or was cut off"),
        (lambda text: text.encode() + "傷".encode() + b"\x83\x83\n", "encoding"),
        (lambda text: text.encode("utf-16"), "encoding"),
        (lambda text: gzip.compress(text.encode())[:-9], "damaged"),
        (lambda text: b"PAR1" + text.encode(), "damaged"),
    ],
    ids=[
        *("empty", "header only", "shifted", "ragged", "separator", "program", "zip"),
        *("mixed encodings", "utf-16", "cut gzip", "no parquet"),
    ],
)
def test_every_kind_of_bad_file_is_refused_in_every_kind(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str, spoil: Any, says: str
) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(spoil(GOOD[kind]))
    code, found = told(capsys, path, kind)
    assert code == 2
    assert says in " ".join(found["refused"])
    assert all(line.startswith("run.csv was refused") for line in found["refused"])


@pytest.mark.parametrize("kind", ["detection", "inventory", "layout"])
def test_rows_that_come_twice_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "run.csv"
    path.write_text(GOOD[kind] + GOOD[kind].split("\n")[1] + "\n")
    code, found = told(capsys, path, kind)
    assert code == 2
    assert "row 4" in found["refused"][0]


def test_a_past_without_rows_or_order_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, past = tmp_path / "run.csv", tmp_path / "past.csv"
    path.write_text(GOOD["forecast"])
    for rows, says in (
        ("", "past.csv was refused. It holds a header, but no rows."),
        ("A,2026-06-02,1\nA,2026-06-01,2\n", "past.csv was refused at row 3"),
        ("A,2026-06-02,1\nA,2026-06-03\n", "past.csv was refused at row 3"),
    ):
        past.write_text("series_id,timestamp,y\n" + rows)
        code, found = told(capsys, path, "forecast", "--history", past)
        assert code == 2
        assert found["refused"][0].startswith(says)
    past.write_text("series_id,y\nB,1\nB,2\nB,4\n")
    code, found = told(capsys, path, "forecast", "--history", past)
    assert code == 0
    assert "no past values" in found["metrics"]["mase"]["withheld"]


def test_what_is_not_there_is_said_in_both_languages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = tmp_path / "missing.csv"
    code, found = told(capsys, missing, "forecast")
    assert code == 2
    assert found["refused"] == [f"{missing} cannot be read: No such file or directory."]
    code, found = told(capsys, missing, "forecast", "--language", "ja")
    assert found["refused"][0].startswith(f"{missing}を読めません")
    path = tmp_path / "run.csv"
    path.write_text(GOOD["forecast"])
    code, found = told(capsys, path, "forecast", "--criteria", tmp_path)
    assert code == 2
    assert "cannot be read" in found["refused"][0]


def test_criteria_of_another_kind_or_encoding_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, criteria = tmp_path / "run.csv", tmp_path / "criteria.json"
    path.write_text(GOOD["detection"])
    criteria.write_text('[{"metric": "mae", "bound": "<=", "limit": 1}]')
    code, found = told(capsys, path, "detection", "--criteria", criteria)
    assert code == 2
    assert found["refused"] == [
        "criteria.json, criterion 1: mae is no metric of this kind of file"
    ]
    criteria.write_bytes(b"\xff\xfe")
    code, found = told(capsys, path, "detection", "--criteria", criteria)
    assert code == 2
    assert "criteria.json is no JSON" in found["refused"][0]


def test_parquet_without_rows_or_threshold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    table = pa.table({"y_true": [1, 0], "y_score": [0.5, 0.1]})
    pq.write_table(table, path)
    with pytest.raises(FileRefused) as refused:
        answer(path, Shape.DETECTION, Terms())
    assert [f.code for f in refused.value.faults] == ["no_threshold"]
    pq.write_table(table.slice(0, 0), path)
    with pytest.raises(FileRefused) as refused:
        answer(path, Shape.DETECTION, Terms(threshold=0.5))
    assert [f.code for f in refused.value.faults] == ["header_only"]


@pytest.mark.parametrize("rows", [1, 40])
def test_parquet_texts_that_are_not_utf8_are_refused(tmp_path: Path, rows: int) -> None:
    texts = pa.array([b"1"] * (rows - 1) + [b"\x88\xd9"]).cast(pa.binary())
    wrong = pa.StringArray.from_buffers(rows, texts.buffers()[1], texts.buffers()[2])
    pq.write_table(
        pa.table({"y_true": wrong, "y_pred": wrong}), tmp_path / "run.parquet"
    )
    refused = refusal(tmp_path, (tmp_path / "run.parquet").read_bytes())
    assert refused.faults[0].code in ("unknown_encoding", "unreadable")


TYPES = [
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64(), pa.bool_()),
    *(pa.decimal32(5, 2), pa.decimal64(9, 2), pa.decimal128(12, 2)),
    *(pa.decimal256(40, 2), pa.string(), pa.large_string(), pa.string_view()),
    *(pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.int32(), pa.int64())),
]


# Any: pyarrow's types are not typed.
@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_a_label_may_be_of_every_type_of_parquet(tmp_path: Path, kind: Any) -> None:
    values = pa.array([1, 0, 1, 0])
    if pa.types.is_dictionary(kind):
        column = values.cast(kind.value_type).dictionary_encode().cast(kind)
    elif pa.types.is_decimal(kind):
        column = values.cast(pa.decimal128(21, 2)).cast(kind)
    elif pa.types.is_float16(kind):
        column = pa.array(np.array([1, 0, 1, 0], np.float16))
    else:
        column = values.cast(kind)
    path = tmp_path / "run.parquet"
    pq.write_table(
        pa.table({"y_true": column, "y_pred": column, "segment": column}), path
    )
    done = answer(path, Shape.DETECTION, Terms()).finished
    assert [done.measured(k).value for k in ("tp", "tn", "fp", "fn")] == [2, 2, 0, 0]
    assert len(done.segments()) == 2
    if not pa.types.is_boolean(kind):
        assert answer(path, Shape.FORECAST, Terms()).finished.measured("mae").value == 0


@pytest.mark.parametrize("actual", ["0", "0.0", "-0", str(ZERO / 10)])
def test_actuals_that_are_all_zero_have_no_percentage(
    tmp_path: Path, actual: str
) -> None:
    path = tmp_path / "run.csv"
    path.write_text("y_true,y_pred\n" + f"{actual},1\n" * 3)
    done = answer(path, Shape.FORECAST, Terms()).finished
    assert done.measured("mape").value is None
    assert done.measured("mape").withheld is not None


def test_truth_that_never_changes_has_counts_and_no_ranking(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "run.csv"
    for truth in "01":
        path.write_text("y_true,y_pred,y_score\n" + f"{truth},1,0.5\n" * 3)
        code, found = told(capsys, path, "detection")
        assert code == 0
        assert found["metrics"]["tp" if truth == "1" else "fp"]["value"] == 3
        assert found["metrics"]["roc_auc"]["withheld"]
    path.write_text("y_true,y_pred\n" + "7,7\n" * 3)
    code, found = told(capsys, path, "forecast")
    assert (code, found["metrics"]["mae"]["value"]) == (0, 0)


@pytest.mark.parametrize("kind", ["detection", "forecast", "inventory", "layout"])
def test_a_segment_of_one_case_is_measured(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "run.csv"
    head, first, second, _end = GOOD[kind].split("\n")
    if "segment" not in head:
        head, first, second = f"{head},segment", f"{first},A", f"{second},B"
    path.write_text("\n".join([head, first, second, ""]))
    code, found = told(capsys, path, kind)
    assert code == 0
    assert set(found["segments"]) == {"A", "B"}
    key = "accuracy" if kind == "detection" else next(iter(found["metrics"]))
    assert found["segments"]["B"][key]["cases"] == 1


def test_classes_in_a_refusal_are_short_enough_to_read(tmp_path: Path) -> None:
    rows = "".join(f"{c * 5_000},1\n" for c in "abcdefghijkl")
    (fault, *_others) = refusal(tmp_path, "y_true,y_pred\n" + rows).faults
    assert len(fault.sentence("en", "run.csv")) < 1_000


@pytest.mark.parametrize("measure", ["steps", "seconds", "sales"])
def test_a_trial_may_name_its_measure(tmp_path: Path, measure: str) -> None:
    for head in (
        f"{measure}_before,{measure}_after",
        f"before_{measure},after_{measure}",
    ):
        content = f"trial_id,{head}\nT1,12,10\n"
        assert checked(tmp_path, content, Shape.TRIAL).rows == 1
