"""The far corners of the engine: one class, no demand, too many of a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq
import pytest

from evaluation.ingest.check import check
from evaluation.ingest.faults import Fault, FileRefused
from evaluation.ingest.inspect import Caps, Layout, inspect
from evaluation.ingest.lines import MOST_RAGGED, Uneven
from evaluation.ingest.mapping import recognise
from evaluation.ingest.read import ROWS_A_BATCH, batches
from evaluation.metrics import detection, forecast, inventory, runs, sketch, trial
from evaluation.metrics.history import history_of
from evaluation.metrics.tally import Tally
from projects.catalogue import Shape, Terms
from tests.evaluation.files import CAPS, checked, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from evaluation.metrics.detected import FinishedDetection

HALF = Terms(threshold=0.5)
PRICED = Terms(threshold=0.5, yen_false_alarm=9.0, yen_miss=1.0)
SCORED = ("roc_auc", "average_precision", "brier", "log_loss", "cheapest_cost")


def detected(
    terms: Terms = HALF, *, sketched: bool = False, **columns: Any
) -> FinishedDetection:
    batch = pa.record_batch(columns)
    return detection.finish(detection.part(batch, 0, terms, sketch=sketched), terms)


@pytest.mark.parametrize("sketched", [False, True])
def test_one_class_leaves_nothing_to_rank(sketched: bool) -> None:
    score = np.linspace(0, 1, 9)
    for label in (0, 1):
        truth = np.full(9, label, np.int8)
        done = detected(
            sketched=sketched, y_true=truth, y_score=score, segment=["A"] * 9
        )
        assert done.measured("roc_auc").withheld is not None
        assert done.measured("roc_auc", "A").withheld is not None
        if not label:
            assert done.measured("average_precision").withheld is not None
            assert done.measured("average_precision", "A").withheld is not None
        assert done.measured("brier").value is not None
        assert done.measured("brier", "A").withheld is not None


@pytest.mark.parametrize("sketched", [False, True])
def test_no_scored_row_at_all_leaves_nothing(sketched: bool) -> None:
    done = detected(
        sketched=sketched,
        y_true=np.array([1, 0], np.int8),
        y_pred=np.array([1, 0], np.int8),
        y_score=np.array([np.nan, np.nan]),
    )
    for key in SCORED:
        assert done.measured(key).withheld is not None
    assert done.rows_without_score == 2


@pytest.mark.parametrize("sketched", [False, True])
def test_two_rows_have_a_value_and_no_spread(sketched: bool) -> None:
    done = detected(
        PRICED,
        sketched=sketched,
        y_true=np.array([1, 0], np.int8),
        y_score=np.array([0.2, 0.9]),
        segment=["A", "A"],
    )
    for segment in ("", "A"):
        auc = done.measured("roc_auc", segment)
        assert (auc.value, auc.low) == (0, None)
    assert done.ranking is not None
    # A false alarm costs more than the miss it would avoid: flag nothing.
    assert done.ranking.cheapest == (None, 1.0)
    assert done.measured("cheapest_cost").value == 1


@pytest.mark.parametrize("sketched", [False, True])
def test_classes_wholly_apart_have_no_spread(sketched: bool) -> None:
    truth = np.array([1, 1, 0, 0], np.int8)
    score = np.array([0.9, 0.8, 0.2, 0.1])
    done = detected(sketched=sketched, y_true=truth, y_score=score)
    auc = done.measured("roc_auc")
    assert auc.value == 1
    assert auc.low is None


def test_scores_beyond_probabilities_are_ranked_but_not_scored() -> None:
    done = detected(
        sketched=True,
        y_true=np.array([1, 0, 0], np.int8),
        y_score=np.array([7.0, -3.0, 0.5]),
    )
    assert done.measured("roc_auc").value == 1
    assert done.measured("log_loss").withheld is not None


def test_a_file_without_scores_has_no_ranking_of_segments() -> None:
    done = detected(
        Terms(),
        y_true=np.array([1, 0], np.int8),
        y_pred=np.array([1, 0], np.int8),
        segment=["A", "A"],
    )
    assert done.measured("roc_auc", "A").withheld is not None
    with pytest.raises(KeyError):
        done.measured("event_recall", "Z")


def test_many_segments_are_counted_but_not_ranked() -> None:
    rows = detection.MOST_RANKED + 5
    done = detected(
        y_true=np.arange(rows).astype(np.int8) % 2,
        y_score=np.linspace(0, 1, rows),
        segment=[f"S{i}" for i in range(rows)],
    )
    withheld = done.measured("roc_auc", "S3").withheld
    assert withheld is not None
    assert "many" in withheld.en


def test_segments_that_come_batch_by_batch_are_counted_as_at_once() -> None:
    few = pa.array(["A", "B", "A", "B"]).dictionary_encode()
    many = pa.array([f"S{i}" for i in range(detection.MOST_RANKED + 5)])
    tally = Tally(Terms())
    whole = []
    for row, segment in enumerate((few, few, many)):
        half = np.arange(len(segment)) % 2
        columns = {
            "y_true": pa.array(half.astype(np.int8)),
            "y_pred": pa.array(half.astype(np.int8)),
            "y_score": pa.array(half / 2),
        }
        tally.add(pa.record_batch(columns | {"segment": segment}), 4 * row)
        whole.append(pa.record_batch(columns | {"segment": segment.cast(pa.string())}))
    once = pa.Table.from_batches(whole).combine_chunks().to_batches()[0]

    batchwise = detection.finish(tally.part(), Terms())

    assert batchwise == detection.finish(detection.part(once, 0, Terms()), Terms())
    assert batchwise.confusion("A").happened == 0
    assert batchwise.confusion("B").happened == 4


def test_too_many_stretches_are_no_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_STRETCHES", 1)
    done = detected(
        Terms(),
        y_true=np.array([1, 0, 1], np.int8),
        y_pred=np.array([1, 0, 0], np.int8),
        timestamp=pa.array([1, 1, 1], pa.timestamp("us")),
    )
    assert done.events is None
    assert done.measured("event_recall").withheld is not None


def test_no_time_passed_and_no_change_found() -> None:
    columns = {
        "y_true": np.array([1, 1], np.int8),
        "y_pred": np.array([0, 0], np.int8),
        "changepoint": np.array([1, 0], np.int8),
        "timestamp": pa.array([5, 5], pa.timestamp("us")),
    }
    done = detected(Terms(), **columns)
    assert done.measured("alarms_per_day").withheld is not None
    assert done.measured("changepoint_delay").withheld is not None
    assert done.measured("changepoints_missed").value == 1


def test_several_classes_of_one_class_are_whole_only() -> None:
    terms = Terms(classes=("ok", "a", "b"))
    done = detected(
        terms,
        y_true=["ok", "a"],
        y_pred=["ok", "a"],
        timestamp=pa.array([1, 2], pa.timestamp("us")),
    )
    assert done.measured("macro_f1", "class:a").withheld is not None
    assert done.measured("event_recall", "class:a").withheld is not None
    empty = pa.record_batch({"y_true": ["ok"], "y_pred": ["ok"], "scored": [0]})
    none = detection.finish(detection.part(empty, 0, terms), terms)
    assert none.measured("macro_f1").withheld is not None
    assert none.measured("mcc").withheld is not None


def test_long_products_are_summed_in_long_integers() -> None:
    many = np.array([2**40, 2**40], np.int64)
    held = sketch.Sketch(np.array([1, 2]), many, many)
    value, off = held.auc()
    assert value == pytest.approx(0.5)
    assert off == pytest.approx(0.25)


def test_stock_nobody_asked_for_and_one_item() -> None:
    def stock(demand: float, held: float, **more: Any) -> Any:
        columns = {
            "sku": ["A", "A"],
            "period": pa.array([1, 2], pa.timestamp("us")),
            "demand": [demand, demand],
            "demand_met_from_stock": [0.0, 0.0],
            "on_hand_end": [held, held],
        }
        terms = Terms(holding_rate=0.1, yen_shortage=2.0, yen_order=3.0)
        part = inventory.part(pa.record_batch(columns | more), 0, terms)
        return inventory.finish(part, terms)

    idle = stock(0.0, 5.0)
    for key in ("fill_rate_mean_of_skus", "skus_below_90", "fill_rate", "order_cost"):
        assert idle.measured(key).withheld is not None
    assert idle.measured("excess_stock").value == 5
    alone = stock(4.0, 0.0, backorder_end=[4.0, 8.0], order_qty=[4.0, 0.0])
    assert alone.measured("fill_rate_mean_of_skus").low is None
    assert alone.measured("skus_below_90").value == 1
    assert alone.measured("turns").withheld is not None
    assert alone.measured("backorder_cost").value == 24
    assert alone.measured("total_cost").value == 27


def test_trials_without_a_change_or_a_before() -> None:
    same = pa.record_batch({"before": [1.0, 2.0], "after": [1.0, 2.0]})
    done = trial.finish(trial.part(same))
    for key in ("p_wilcoxon", "p_sign"):
        assert done.measured(key).withheld is not None
    nothing = pa.record_batch({"before": [0.0, 0.0], "after": [1.0, 2.0]})
    done = trial.finish(trial.part(nothing))
    for key in ("change_percent", "improvement_percent"):
        assert done.measured(key).withheld is not None
    coded = pa.array(["A", "B"]).dictionary_encode()
    batch = pa.record_batch(
        {"before": [2.0, 2.0], "after": [1.0, 2.0], "segment": coded}
    )
    done = trial.finish(trial.part(batch))
    assert done.measured("change", "A").value == -1
    for wrong in ("f1",):
        with pytest.raises(KeyError):
            done.measured(wrong)
    with pytest.raises(KeyError):
        done.measured("change", "Z")


def test_a_series_without_a_past_voids_what_compares_with_it() -> None:
    history = history_of(
        [pa.record_batch({"series_id": ["A"] * 5, "y_true": [1.0] * 5})], 1
    )
    columns = {
        "y_true": [1.0, 2.0],
        "y_pred": [1.0, 2.0],
        "series_id": ["A", "B"],
        "horizon": [1.0, 1.0],
    }
    part = forecast.part(pa.record_batch(columns), 0, history=history)
    done = forecast.finish(part, Terms(), history)
    withheld = done.measured("skill_naive").withheld
    assert withheld is not None
    assert "1 series" in withheld.en
    assert done.measured("skill_naive", "A").withheld is not None


def test_a_perfect_naive2_leaves_no_ratio() -> None:
    history = history_of([pa.record_batch({"y_true": [1.0, 2.0, 3.0]})], 1)
    columns = {"y_true": [3.0], "y_pred": [4.0], "horizon": [1.0]}
    part = forecast.part(pa.record_batch(columns), 0, history=history)
    done = forecast.finish(part, Terms(), history)
    assert done.measured("owa").withheld is not None


def test_too_large_a_number_in_many_series_has_no_spread() -> None:
    huge = [1e308] * 6
    columns = {
        "y_true": huge,
        "y_pred": [-v for v in huge],
        "series_id": list("ABCDEF"),
    }
    done = forecast.finish(forecast.part(pa.record_batch(columns)))
    assert done.measured("smape_mean_of_series").low is None


def test_ids_are_compared_over_all_batches(tmp_path: Path) -> None:
    rows = "".join(f"{i},1,1\n" for i in range(ROWS_A_BATCH + 70_000))
    head = "id,y_true,y_pred\n"
    assert checked(tmp_path, head + rows).rows == ROWS_A_BATCH + 70_000
    found = refusal(tmp_path, head + rows + "3,1,1\n").faults[0]
    assert (found.code, found.row) == ("duplicate_id", ROWS_A_BATCH + 70_002)


def test_classes_agreed_are_the_only_ones(tmp_path: Path) -> None:
    path = tmp_path / "kinds.csv"
    path.write_text("y_true,y_pred\nok,a\nok,b\n,a\n")
    layout = inspect(path, path.name, CAPS)
    mapping = recognise(layout.columns, Shape.DETECTION)
    with pytest.raises(FileRefused) as refused:
        check(path, layout, mapping, Shape.DETECTION, CAPS, Terms(classes=("ok", "a")))
    assert {(f.code, f.row) for f in refused.value.faults} == {
        ("bad_class", 3),
        ("empty_cell", 4),
    }
    assert "ok, a" in refused.value.faults[0].sentence("en", path.name)


def test_parquet_of_every_type_is_read(tmp_path: Path) -> None:
    numbers = [pa.int8(), pa.uint16(), pa.int64(), pa.float32(), pa.decimal128(25, 2)]
    for kind in (*numbers, pa.dictionary(pa.int8(), pa.int64()), pa.float16()):
        path = tmp_path / "typed.parquet"
        if pa.types.is_dictionary(kind):
            values = pa.array([1, 2]).dictionary_encode()
        elif pa.types.is_float16(kind):
            values = pa.array(np.array([1, 2], np.float16))
        else:
            values = pa.array([1, 2]).cast(kind)
        times = pa.array([0, 1], pa.timestamp("ms", "Asia/Tokyo"))
        names = pa.array(["A ", None]).dictionary_encode()
        table = pa.table(
            {"y_true": values, "y_pred": values, "timestamp": times, "segment": names}
        )
        pq.write_table(table, path)
        layout = inspect(path, path.name, CAPS)
        mapping = recognise(layout.columns, Shape.FORECAST)
        (batch,) = batches(path, layout, mapping, Shape.FORECAST, CAPS)
        assert batch.column("y_true").to_pylist() == [1, 2]
        assert batch.column("segment").to_pylist() == ["A", "–"]


def test_a_label_may_be_a_truth_value_or_a_coded_one(tmp_path: Path) -> None:
    for values in (
        pa.array([True, False]),
        pa.array([1, 0], pa.int64()).dictionary_encode(),
        pa.array([], pa.int8()),
    ):
        path = tmp_path / "labels.parquet"
        pq.write_table(pa.table({"y_true": values, "y_pred": values}), path)
        layout = inspect(path, path.name, CAPS)
        mapping = recognise(layout.columns, Shape.DETECTION)
        found = list(batches(path, layout, mapping, Shape.DETECTION, CAPS))
        labels = [v for batch in found for v in batch.column("y_true").to_pylist()]
        assert labels == ([1, 0] if len(values) else [])


def test_a_file_of_one_table_has_no_second() -> None:
    layout = Layout("csv", "utf-8-sig", ",", ("a", "b"), (), None)
    assert layout.with_table(0) is layout
    with pytest.raises(IndexError):
        layout.with_table(1)


def test_a_gzip_damaged_behind_its_head_is_unreadable(tmp_path: Path) -> None:
    import gzip

    noise = np.random.default_rng(1).integers(0, 9, 2_000_000)
    content = "y_true,y_pred\n" + "".join(f"1,{n % 2}\n" for n in noise)
    packed = bytearray(gzip.compress(content.encode()))
    packed[-20_000:-19_000] = b"\0" * 1_000
    found = refusal(tmp_path, bytes(packed), caps=Caps(), name="run.csv.gz")
    assert [fault.code for fault in found.faults] == ["unreadable"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": float("nan")},
        {"yen_miss": -1.0},
        {"without_score": "maybe"},
        {"interval": 1.0},
        {"season": 0},
        {"classes": ("one",)},
        {"classes": ("one", "one")},
        {"classes": ("one", "")},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Terms(**wrong)


def test_numbers_kept_as_coded_text_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "coded.parquet"
    values = pa.array(["1.5", "2"]).dictionary_encode()
    pq.write_table(pa.table({"y_true": values, "y_pred": values}), path)
    layout = inspect(path, path.name, CAPS)
    mapping = recognise(layout.columns, Shape.FORECAST)
    (batch,) = batches(path, layout, mapping, Shape.FORECAST, CAPS)
    assert batch.column("y_true").to_pylist() == [1.5, 2]


@pytest.mark.parametrize(
    ("shape", "values", "code"),
    [
        (Shape.FORECAST, pa.array([1.0, np.inf]), "not_finite"),
        (Shape.DETECTION, pa.array([1, None], pa.int8()), "empty_cell"),
        (Shape.DETECTION, pa.array([1, 7], pa.int8()), "bad_label"),
    ],
)
def test_a_bad_cell_of_a_typed_column_is_named(
    tmp_path: Path, shape: Shape, values: pa.Array, code: str
) -> None:
    path = tmp_path / "typed.parquet"
    pq.write_table(pa.table({"y_true": values, "y_pred": pa.array([1, 0])}), path)
    layout = inspect(path, path.name, CAPS)
    mapping = recognise(layout.columns, shape)
    with pytest.raises(FileRefused) as refused:
        check(path, layout, mapping, shape, CAPS)
    assert [(f.code, f.row) for f in refused.value.faults] == [(code, 3)]


def test_stock_by_segment_and_without_backorders() -> None:
    columns = {
        "sku": ["A", "B"],
        "period": pa.array([1, 1], pa.timestamp("us")),
        "demand": [4.0, 2.0],
        "demand_met_from_stock": [2.0, 2.0],
        "on_hand_end": [1.0, 1.0],
        "segment": ["north", "south"],
    }
    terms = Terms(yen_shortage=1.0)
    done = inventory.finish(inventory.part(pa.record_batch(columns), 0, terms), terms)
    assert done.measured("fill_rate", "north").value == 0.5
    assert done.measured("backorder_cost").withheld is not None
    assert [item.segment for item in done.worst] == ["north", "south"]


def test_peaks_of_many_series_and_baselines_of_nothing() -> None:
    rows = 1_100
    times = np.tile(np.arange(3) * 3_600_000_000, rows)
    columns = {
        "y_true": np.zeros(3 * rows),
        "y_pred": np.ones(3 * rows),
        "y_rule": np.ones(3 * rows),
        "series_id": [f"S{i // 3}" for i in range(3 * rows)],
        "timestamp": pa.array(times, pa.timestamp("us")),
    }
    done = forecast.finish(forecast.part(pa.record_batch(columns)))
    assert done.measured("peak_time_error", "S1").value == 0
    assert done.measured("peak_time_error", "S1").low is None
    assert done.whole.baselines == {"rule": {"mae": 1.0}}


def test_rows_none_of_which_count_make_no_event() -> None:
    columns = {
        "y_true": np.array([1, 0], np.int8),
        "y_pred": np.array([1, 0], np.int8),
        "scored": np.array([0, 0], np.int8),
        "timestamp": pa.array([1, 2], pa.timestamp("us")),
    }
    done = detected(Terms(), **columns)
    assert done.measured("event_recall").withheld is not None
    assert done.rows_left_out == 2


def unused(*names: str) -> pa.Array:
    """A column that knows a name which no row has, as categories often do."""
    codes = pa.array(range(len(names)), pa.int8())
    return pa.DictionaryArray.from_arrays(codes, pa.array([*names, "nowhere"]))


def test_a_name_that_no_row_has_is_no_segment() -> None:
    times = pa.array([1, 2], pa.timestamp("us"))
    done = detected(
        Terms(),
        y_true=np.array([1, 0], np.int8),
        y_pred=np.array([1, 0], np.int8),
        timestamp=times,
        segment=unused("A", "B"),
    )
    assert done.segments() == ["A", "B"]
    assert done.events is not None
    assert list(done.events.by_segment) == ["A", "B"]
    trials = {"before": [1.0, 2.0], "after": [2.0, 2.0], "segment": unused("A", "B")}
    assert trial.finish(trial.part(pa.record_batch(trials))).segments() == ["A", "B"]
    past = {"series_id": unused("A", "B"), "y_true": [1.0, 2.0]}
    assert history_of([pa.record_batch(past)], 1).names == ("A", "B")
    ahead = {"y_true": [1.0, 2.0], "y_pred": [1.0, 2.0], "series_id": unused("A", "B")}
    done_forecast = forecast.finish(forecast.part(pa.record_batch(ahead)))
    assert done_forecast.segments() == ["A", "B"]


def test_uneven_rows_are_named_until_there_are_too_many() -> None:
    ragged = [Fault("ragged_row", row=1)] * (MOST_RAGGED - 2)
    uneven = Uneven(3, ragged)
    row = pc_csv.InvalidRow(expected_columns=2, actual_columns=1, number=5, text="1")

    assert [uneven(row), uneven(row)] == ["skip", "error"]
    assert uneven.skipped == [8, 8]
    assert ragged[-1].params == {"found_cells": 1, "needed_cells": 2}
