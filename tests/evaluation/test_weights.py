"""A row with a weight stands for so many equal cases, and measures as they would."""

from __future__ import annotations

import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from evaluation import offline
from evaluation.command import main
from evaluation.ingest.check import check
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.inspect import Caps, inspect
from evaluation.ingest.mapping import check_mapping, recognise
from evaluation.ingest.read import ROWS_A_BATCH
from evaluation.ingest.roles import Part, roles_of
from evaluation.ingest.weights import repeated
from evaluation.metrics import finished_from_json
from evaluation.metrics.detected import FinishedDetection
from evaluation.pairing import NotPaired, paired
from evaluation.stripes import Source, measure, read
from projects.catalogue import Shape, Terms, metrics_of
from tests.evaluation.files import CAPS, DETECTION, checked, refusal

if TYPE_CHECKING:
    from pathlib import Path

SCORES = [0.0, 0.125, 0.25, 0.5, 0.875, 1.0]
ROW = st.tuples(
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from([*SCORES, None]),
    st.integers(0, 1),
    st.sampled_from("ABC"),
    st.sampled_from([0, 1, 1, 1]),
    st.sampled_from([0, 0, 1, 1, 2, 3, 37]),
)
NAMES = ("y_true", "y_pred", "y_score", "y_rule", "segment", "scored")
PRICED = Terms(threshold=0.5, yen_false_alarm=100.0, yen_miss=3_000.0)
ALL_TERMS = (
    PRICED,
    Terms(),
    replace(PRICED, without_score="left_out", beta=2.0),
)


def source(path: Path, terms: Terms = PRICED, caps: Caps = CAPS) -> Source:
    layout = inspect(path, path.name, caps)
    mapping = recognise(layout.columns, DETECTION)
    return Source(path, layout, mapping, DETECTION, caps, terms)


def text(rows: list[Any], names: tuple[str, ...]) -> str:
    lines = [",".join("" if c is None else str(c) for c in row) for row in rows]
    return "\n".join([",".join(names), *lines, ""])


def pair(folder: Path, rows: list[Any], names: tuple[str, ...] = NAMES) -> list[Path]:
    """The same cases with a weight each, and with a row each."""
    weighted, plain = folder / "weighted.csv", folder / "plain.csv"
    weighted.write_text(text(rows, (*names, "weight")), encoding="utf-8")
    every = [row[:-1] for row in rows for _ in range(row[-1])]
    plain.write_text(text(every, names), encoding="utf-8")
    return [weighted, plain]


def alike(one: Any, other: Any) -> bool:
    """Every figure and interval, to the last bit."""
    names = ["", *other.segments(), *other.class_segments()]
    keys = [metric.key for metric in metrics_of(DETECTION)]
    return replace(one, weighted_rows=None) == other and all(
        one.measured(key, name) == other.measured(key, name)
        for key in keys
        for name in names
        # Only whether there are events is told in other words.
        if other.measured(key, name).value is not None
    )


@settings(deadline=None, max_examples=60)
@given(
    st.lists(ROW, min_size=1, max_size=40).filter(lambda rows: any(r[-1] for r in rows))
)
def test_a_weighted_file_measures_as_the_file_with_each_row_repeated(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any]
) -> None:
    weighted, plain = pair(tmp_path_factory.mktemp("pair"), rows)
    for terms in ALL_TERMS:
        for sketch in (False, True):
            one = measure(source(weighted, terms), sketch=sketch)
            other = measure(source(plain, terms), sketch=sketch)
            assert isinstance(one, FinishedDetection)
            assert alike(one, other)
            assert other.weighted_rows is None
            stood = [row for row in rows if row[-1] and row[5]]
            if terms.without_score == "left_out":
                stood = [row for row in stood if row[2] is not None]
            assert one.weighted_rows == len(stood)
            kept = json.loads(json.dumps(one.to_json()))
            assert finished_from_json(kept) == one
            assert "weighted_rows" not in other.to_json()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(*[st.sampled_from(["良", "傷", "欠け"])] * 3, st.integers(0, 4)),
        min_size=1,
        max_size=30,
    ).filter(lambda rows: any(row[-1] for row in rows))
)
def test_of_several_classes_too(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any]
) -> None:
    names = ("y_true", "y_pred", "y_rule")
    files = pair(tmp_path_factory.mktemp("pair"), rows, names)
    terms = Terms(classes=("良", "傷", "欠け"))
    one, other = (measure(source(path, terms)) for path in files)
    assert alike(one, other)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 1), st.floats(0, 1, allow_nan=False), st.integers(1, 50)
        ),
        min_size=2,
        max_size=40,
    ).filter(lambda rows: len({row[0] for row in rows}) == 2)
)
def test_ranking_is_scikit_learns_with_sample_weights(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any]
) -> None:
    path, _plain = pair(tmp_path_factory.mktemp("pair"), rows, ("y_true", "y_score"))
    done = measure(source(path))
    truth, score, weight = (np.array(column) for column in zip(*rows, strict=True))
    said = score >= 0.5
    of_peer = {
        "roc_auc": peer.roc_auc_score(truth, score, sample_weight=weight),
        "average_precision": peer.average_precision_score(
            truth, score, sample_weight=weight
        ),
        "brier": peer.brier_score_loss(truth, score, sample_weight=weight),
        "accuracy": peer.accuracy_score(truth, said, sample_weight=weight),
    }
    for key, expected in of_peer.items():
        assert done.measured(key).value == pytest.approx(expected, abs=1e-12)
    assert done.rows == weight.sum()


def large(rows: int = 5_000) -> list[Any]:
    generator = np.random.default_rng(20_260_731)
    truth = (generator.random(rows) < 0.1).astype(int)
    score = np.clip(generator.normal(0.3 + 0.4 * truth, 0.2), 0, 1)
    weight = generator.integers(0, 150, rows)
    weight[7] = 300_000
    segment = generator.choice(list("ABCDE"), rows)
    columns = (truth, score.round(6), segment, weight)
    return [
        tuple(v.item() for v in row)
        for row in zip(*map(np.array, columns), strict=True)
    ]


def test_batches_are_cut_where_the_long_file_would_cut_them(tmp_path: Path) -> None:
    rows = large()
    files = pair(tmp_path, rows, ("y_true", "y_score", "segment"))
    held = [list(read(source(path), None)) for path in files]
    sizes = [[batch.num_rows for batch in side] for side in held]
    assert sizes[0] == sizes[1]
    assert len(sizes[0]) > 2
    assert set(sizes[0][:-1]) == {ROWS_A_BATCH}
    begun = sum(pa.compute.sum(batch.column("begins_row")).as_py() for batch in held[0])
    assert begun == sum(row[-1] > 0 for row in rows)
    one, other = (measure(source(path)) for path in files)
    assert alike(one, other)


def test_stripes_of_parquet_give_the_same(tmp_path: Path) -> None:
    truth, score, segment, weight = zip(*large(), strict=True)
    path = tmp_path / "weighted.parquet"
    table = pa.table(
        {"y_true": truth, "y_score": score, "segment": segment, "weight": weight}
    )
    # Scores whose sums are exact, so that even the last bit must agree.
    coarse = pa.array(np.round(np.array(score) * 64) / 64)
    table = table.set_column(1, "y_score", coarse)
    pq.write_table(table, path, row_group_size=700)
    held = source(path)
    alone = measure(held, sketch=True)
    assert isinstance(alone, FinishedDetection)
    assert alone.rows == sum(weight)
    for count in (2, 3, 8):
        cut = measure(held, sketch=True, threads=count)
        with ThreadPoolExecutor(2) as pool:
            assert measure(held, sketch=True, threads=count, executor=pool) == cut
        assert isinstance(cut, FinishedDetection)
        assert (cut.whole, cut.by_segment) == (alone.whole, alone.by_segment)
        assert cut.weighted_rows == alone.weighted_rows
        for key in ("roc_auc", "average_precision", "brier"):
            assert cut.measured(key) == alone.measured(key)


# Which column it is ------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["weight", "Sample Weight", "件数", "件数(件)", "件数（件）", "重み"]
)
def test_a_column_of_weights_is_known_by_its_whole_name(name: str) -> None:
    assert recognise(["y_true", "y_pred", name], DETECTION)["weight"] == name


@pytest.mark.parametrize(
    "name", ["weight(kg)", "weight [g]", "重量", "重さ", "count", "異常件数", "weights"]
)
def test_a_mass_or_any_other_count_is_no_weight(name: str) -> None:
    assert "weight" not in recognise(["y_true", "y_pred", name], DETECTION)


def test_only_a_whole_detection_file_has_weights(tmp_path: Path) -> None:
    for shape in Shape:
        known = {role.key for role in roles_of(shape)}
        assert ("weight" in known) == (shape == DETECTION)
    path = tmp_path / "run.csv"
    path.write_text("id,y_true,y_pred,weight\na,1,1,3\n")
    layout = inspect(path, path.name, Caps())
    for part in (Part.TRUTH, Part.PREDICTIONS):
        mapping = recognise(layout.columns, DETECTION, part)
        assert "weight" not in mapping
        with pytest.raises(FileRefused) as refused:
            check_mapping(mapping | {"weight": "weight"}, layout, DETECTION, part)
        (fault,) = refused.value.faults
        assert (fault.code, fault.column) == ("weight_apart", "weight")
        assert "each id is one case" in fault.sentence("en", "run.csv")


# What is refused ---------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "0.5",
        "-1",
        "",
        " ",
        "many",
        "inf",
        "nan",
        "1_0",
        '"1,000"',
        "0x10",
        "-0.1",
        "2^3",
    ],
)
def test_what_is_no_whole_number_is_refused_by_row_and_column(
    tmp_path: Path, cell: str
) -> None:
    refused = refusal(tmp_path, f"y_true,y_pred,件数\n1,1,2\n0,1,{cell}\n0,0,1\n")
    (fault,) = refused.faults
    assert (fault.code, fault.row, fault.column) == ("bad_weight", 3, "件数")
    said = fault.sentence("en", "run.csv")
    assert "row 3, column 件数" in said
    assert "Weights are whole numbers of 0 or more: how many equal cases" in said
    assert "3行目の列件数" in fault.sentence("ja", "run.csv")


@pytest.mark.parametrize(
    ("column", "faults"),
    [
        (pa.array([1.0, 2.5, None]), [3, 4]),
        (pa.array([True, False, True]), [2, 3, 4]),
        (pa.array(["2", "x", "3"]), [3]),
        (pa.array([1, -(2**63), 3]), [3]),
        (pa.array([0, 1, 2], pa.timestamp("us")), [2, 3, 4]),
        (pa.array(["4", "4", "-4"]).dictionary_encode(), [4]),
    ],
)
def test_in_parquet_as_well(
    tmp_path: Path, column: pa.Array, faults: list[int]
) -> None:
    path = tmp_path / "run.parquet"
    pq.write_table(
        pa.table({"y_true": [1, 0, 1], "y_pred": [1, 0, 0], "weight": column}), path
    )
    with pytest.raises(FileRefused) as refused:
        offline.answer(path, DETECTION, Terms())
    found = [(fault.code, fault.row) for fault in refused.value.faults]
    assert found == [("bad_weight", row) for row in faults]


@pytest.mark.parametrize(
    ("column", "cases"),
    [
        (pa.array([2, 0, 3], pa.uint64()), 5),
        (pa.array([2.0, 0.0, 3.0], pa.float32()), 5),
        (pa.array(["2", " 1e1", "３"]), 15),
        (pa.array([2, 1, 3]).cast(pa.decimal128(21, 2)), 6),
        (pa.array(["2", "7", "2"]).dictionary_encode(), 11),
    ],
)
def test_whole_numbers_of_any_type_are_taken(
    tmp_path: Path, column: pa.Array, cases: int
) -> None:
    path = tmp_path / "run.parquet"
    pq.write_table(
        pa.table({"y_true": [1, 0, 1], "y_pred": [1, 0, 0], "weight": column}), path
    )
    assert offline.answer(path, DETECTION, Terms()).finished.rows == cases


@pytest.mark.parametrize("cell", ["1000000000", "99999999999999999999", "1e300", "7"])
def test_a_weight_past_the_cap_is_refused_before_it_takes_memory(
    tmp_path: Path, cell: str
) -> None:
    caps = Caps(rows=10)
    content = f"y_true,y_pred,weight\n1,1,4\n0,0,{cell}\n1,0,1e308\n"
    tracemalloc.start()
    (fault,) = refusal(tmp_path, content, caps=caps).faults
    with pytest.raises(FileRefused) as refused:
        list(read(source(tmp_path / "run.csv", caps=caps), None))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50 << 20
    assert refused.value.faults[0].code == fault.code == "too_many_cases"
    assert (fault.row, fault.column) == (3, "weight")
    assert "more than the limit of 10 cases" in fault.sentence("en", "run.csv")
    assert "上限の10件" in fault.sentence("ja", "run.csv")


def test_faults_before_the_cap_are_told_with_it(tmp_path: Path) -> None:
    content = "y_true,y_pred,weight\n1,1,-4\n0,2,1\n1,0,11\n"
    refused = refusal(tmp_path, content, caps=Caps(rows=10))
    found = [(fault.row, fault.code) for fault in refused.faults]
    assert found == [(2, "bad_weight"), (3, "bad_label"), (4, "too_many_cases")]
    assert refused.total == 3


def test_the_cap_itself_is_allowed_and_no_case_at_all_is_not(tmp_path: Path) -> None:
    caps = Caps(rows=10)
    found = checked(tmp_path, "y_true,y_pred,weight\n1,1,9\n0,0,1\n", caps=caps)
    assert (found.rows, found.cases) == (2, 10)
    assert checked(tmp_path, "y_true,y_pred\n1,1\n0,0\n").cases == 2
    (fault,) = refusal(tmp_path, "y_true,y_pred,weight\n1,1,0\n0,0,0\n").faults
    assert (fault.code, fault.column) == ("no_cases", "weight")
    (empty,) = refusal(tmp_path, "y_true,y_pred,weight\n").faults
    assert empty.code == "header_only"


def test_a_large_weight_is_repeated_in_batches_of_the_usual_size() -> None:
    batch = pa.record_batch({"y_true": [1, 0], "weight": [3.0 * ROWS_A_BATCH, 1.0]})
    found = repeated(iter([batch]), {"weight": "weight"}, Caps())
    sizes = [held.num_rows for held in found]
    assert sizes == [*[ROWS_A_BATCH] * 3, 1]
    # And nothing is left over where they end together.
    found = repeated(iter([batch.slice(0, 1)]), {"weight": "weight"}, Caps())
    assert [held.num_rows for held in found] == [ROWS_A_BATCH] * 3


# Where rows have an order or an id ---------------------------------------------

TIMED = "id,timestamp,y_true,y_pred,weight\n" + "".join(
    f"{n},2026-07-{n:02d},{int(n in (4, 5))},{int(n in (5, 9))},{n % 3}\n"
    for n in range(1, 13)
)


def test_rows_with_weights_have_no_events_but_every_count(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text(TIMED)
    done = measure(source(path, Terms()))
    assert isinstance(done, FinishedDetection)
    assert (done.rows, done.weighted_rows) == (12, 8)
    assert done.measured("recall").value == 2 / 3
    withheld = done.measured("event_recall")
    assert withheld.value is None
    assert "stands for several cases" in withheld.withheld.en
    assert "時間の流れ" in withheld.withheld.ja
    path.write_text(TIMED.replace("weight", "mass"))
    assert measure(source(path, Terms())).measured("event_recall").value == 1.0


def test_times_and_ids_beside_weights_are_still_checked(tmp_path: Path) -> None:
    spoilt = TIMED.replace("2026-07-03", "soon").replace("\n7,", "\n6,")
    found = [(f.row, f.code) for f in refusal(tmp_path, spoilt).faults]
    assert found == [(4, "not_a_time"), (8, "duplicate_id")]


def test_rows_with_weights_are_not_tested_as_pairs(tmp_path: Path) -> None:
    files = pair(tmp_path, large(50), ("y_true", "y_score", "segment"))
    for first, second in (files, files[::-1], [files[0]] * 2):
        with pytest.raises(NotPaired, match="which case of one file"):
            paired(source(first), source(second), 50)


# On the command line -----------------------------------------------------------


def test_the_command_tells_rows_and_cases(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "run.csv"
    path.write_text("y_true,y_pred,weight\n1,1,30\n1,0,2\n0,0,60\n0,1,0\n")
    words = [str(path), "--kind", "detection"]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["cases"]) == (3, 92)
    assert told["metrics"]["recall"]["value"] == 30 / 32
    assert main(words) == 0
    assert "run.csv  3 rows standing for 92 cases  sha256" in capsys.readouterr().out
    assert main([*words, "--column", "weight=", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["cases"]) == (4, 4)


def test_the_command_ranks_by_bin_where_the_cases_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "EXACT_ROWS", 90)
    path = tmp_path / "run.csv"
    for last, sketched in ((61, True), (60, False)):
        path.write_text(f"y_true,y_score,weight\n1,0.9,30\n0,0.2,{last}\n")
        done = offline.answer(path, DETECTION, PRICED).finished
        assert isinstance(done, FinishedDetection)
        assert done.ranking is not None
        assert done.ranking.sketched is sketched


def test_a_folder_may_name_the_weight(tmp_path: Path) -> None:
    for weight, flagged in ((3, 1), (0, 0), (5, 0)):
        inside = tmp_path / "rows" / f"weight={weight}"
        inside.mkdir(parents=True)
        table = pa.table({"y_true": [1], "y_pred": [flagged]})
        pq.write_table(table, inside / "part.parquet")
    done = offline.answer(tmp_path / "rows", DETECTION, Terms()).finished
    assert (done.rows, done.measured("recall").value) == (8, 3 / 8)


def test_the_check_reads_weights_of_any_batch(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    rows = ROWS_A_BATCH + 3
    path.write_text("y_true,y_pred,weight\n" + "1,1,2\n" * rows)
    held = source(path, caps=Caps(rows=2 * rows))
    found = check(path, held.layout, held.mapping, DETECTION, held.caps)
    assert (found.rows, found.cases) == (rows, 2 * rows)
    short = replace(held.caps, rows=2 * rows - 1)
    with pytest.raises(FileRefused) as refused:
        check(path, held.layout, held.mapping, DETECTION, short)
    assert refused.value.faults[0].row == rows + 1
