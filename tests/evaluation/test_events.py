"""Events, alarms and the scores of public benchmarks against slow, plain versions."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.metrics import finished_from_json
from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.detection import finish, merge, part
from evaluation.offline import answer
from projects.catalogue import Shape, Terms

ROW = st.tuples(st.booleans(), st.booleans(), st.sampled_from("AB"), st.integers(1, 90))
ROWS = st.lists(ROW, min_size=1, max_size=50)
START = datetime(2026, 1, 1)  # noqa: DTZ001 - files carry local times


def table(rows: list[tuple[bool, bool, str, int]]) -> pa.RecordBatch:
    clock = {"A": START, "B": START}
    times = []
    for _truth, _flag, segment, seconds in rows:
        clock[segment] += timedelta(seconds=seconds)
        times.append(clock[segment])
    truth, flag, segment, _seconds = zip(*rows, strict=True)
    columns = {
        "y_true": np.array(truth, np.int8),
        "y_pred": np.array(flag, np.int8),
        "segment": list(segment),
        "timestamp": pa.array(times, pa.timestamp("us")),
    }
    return pa.record_batch(columns)


def measured(batch: pa.RecordBatch, terms: Terms) -> FinishedDetection:
    return finish(part(batch, 0, terms), terms)


def spans(flags: list[bool]) -> list[tuple[int, int]]:
    found, at = [], 0
    for on, same in groupby(flags):
        rows = len(list(same))
        if on:
            found.append((at, at + rows - 1))
        at += rows
    return found


@settings(deadline=None)
@given(ROWS, st.sampled_from([0.0, 60.0]))
def test_events_are_what_a_plain_count_says(
    rows: list[tuple[bool, bool, str, int]], gap: float
) -> None:
    terms = Terms(alarm_gap_seconds=gap, event_window_seconds=45.0)
    batch = table(rows)
    done = measured(batch, terms)
    times = batch.column("timestamp").to_pylist()
    events = found = early = alarms = true = 0
    days, delays = 0.0, []
    for name in sorted({row[2] for row in rows}):
        own = [i for i, row in enumerate(rows) if row[2] == name]
        at = [times[i] for i in own]
        real = spans([rows[i][0] for i in own])
        flagged = spans([rows[i][1] for i in own])
        days += (at[-1] - at[0]).total_seconds() / 86_400
        for a, b in real:
            events += 1
            hits = [i for i in range(a, b + 1) if rows[own[i]][1]]
            if hits:
                found += 1
                delay = (at[hits[0]] - at[a]).total_seconds()
                delays.append(delay)
                early += delay <= 45
        joined: list[tuple[int, int]] = []
        for a, b in flagged:
            if joined and gap and (at[a] - at[joined[-1][1]]).total_seconds() <= gap:
                joined[-1] = joined[-1][0], b
            else:
                joined.append((a, b))
        alarms += len(joined)
        true += sum(any(a <= d and c <= b for c, d in real) for a, b in joined)
    whole = done.events
    assert whole is not None
    held = whole.whole
    assert (held.events, held.found, held.early) == (events, found, early)
    assert (held.alarms, held.true_alarms) == (alarms, true)
    if events:
        assert done.measured("event_recall").value == found / events
    if delays:
        assert done.measured("delay_mean").value == pytest.approx(np.mean(delays))
        assert done.measured("delay_median").value == np.median(delays)
    if days:
        per_day = done.measured("false_alarms_per_day")
        assert per_day.value == pytest.approx((alarms - true) / days)
        assert per_day.low is not None
        assert per_day.high is not None
        assert per_day.low <= per_day.value <= per_day.high


@settings(deadline=None)
@given(ROWS)
def test_ranges_are_covered_as_tatbul_says(
    rows: list[tuple[bool, bool, str, int]],
) -> None:
    own = [row for row in rows if row[2] == "A"] or [(True, True, "A", 1)]
    own = [(truth, flag, "A", seconds) for truth, flag, _a, seconds in own]
    done = measured(table(own), Terms())
    real, flagged = spans([r[0] for r in own]), spans([r[1] for r in own])
    for key, these, others in (
        ("range_recall", real, flagged),
        ("range_precision", flagged, real),
    ):
        total = 0.0
        for a, b in these:
            met = [(max(a, c), min(b, d)) for c, d in others if a <= d and c <= b]
            if met:
                total += sum(d - c + 1 for c, d in met) / (b - a + 1) / len(met)
        value = done.measured(key).value
        if real and these:
            assert value == pytest.approx(total / len(these))


@settings(deadline=None)
@given(ROWS, st.lists(st.integers(1, 49), max_size=3))
def test_any_split_and_order_gives_the_same_events(
    rows: list[tuple[bool, bool, str, int]], cuts: list[int]
) -> None:
    batch = table(rows)
    ends = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    parts = [part(batch.slice(a, b - a), a) for a, b in pairwise(ends)]
    backward = parts[-1]
    for one in parts[-2::-1]:
        backward = merge(backward, one)
    whole = finish(part(batch))
    assert finish(backward) == whole
    assert finished_from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_without_times_there_are_no_events() -> None:
    batch = table([(True, True, "A", 1)]).drop_columns(["timestamp"])
    got = measured(batch, Terms()).measured("event_recall")
    assert got.value is None
    assert got.withheld is not None


def test_a_quiet_file_says_what_it_lacks() -> None:
    done = measured(table([(False, False, "A", 1), (True, False, "A", 1)]), Terms())
    assert done.measured("event_recall").value == 0
    assert done.measured("nab_standard").value == 0
    for key in ("event_precision", "delay_mean", "range_precision"):
        assert done.measured(key).withheld is not None
    assert done.measured("changepoints_missed").withheld is not None
    assert done.measured("event_recall", "A").value == 0


FOLDER = os.environ.get("KENSHU_REALDATA", "")


@pytest.mark.realdata
@pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder")
@pytest.mark.parametrize(
    ("name", "held"), [("skab_t_squared", 0), ("skab_isolation_forest", 30)]
)
def test_change_points_are_scored_as_published(name: str, held: int) -> None:
    expected = json.loads(Path(FOLDER, "anomaly/expected.json").read_text())[name]
    path = Path(FOLDER, f"anomaly/{name}.csv")
    done = answer(path, Shape.DETECTION, Terms(hold_rows=held)).finished
    theirs = expected["changepoints"]
    assert done.measured("changepoints_missed").value == theirs["missed_cps"]
    assert done.measured("changepoints_missed").cases == theirs["true_cps"]
    assert done.measured("changepoints_false").value == theirs["false_cps"]
    delay = done.measured("changepoint_delay").value
    assert delay == pytest.approx(theirs["mean_delay_s"], rel=1e-12)


@pytest.mark.realdata
@pytest.mark.skipif(not FOLDER, reason="KENSHU_REALDATA names no folder")
def test_every_segment_has_the_nab_score_published() -> None:
    name = "nab_numenta_realKnownCause"
    path = Path(FOLDER, f"anomaly/{name}.parquet")
    done = answer(path, Shape.DETECTION, Terms()).finished
    assert isinstance(done, FinishedDetection)
    assert done.events is not None
    held = done.events.whole
    assert (held.events, held.found) == (19, 14)
    published = pc.read_csv(Path(FOLDER, f"anomaly/{name}.published.csv")).to_pylist()
    assert len(published) == 7
    for line in published:
        raw = done.events.by_segment[line["segment"]].nab[0]
        assert raw == pytest.approx(line["nab_score"], abs=1e-11)


def test_alarms_joined_by_the_agreed_gap_are_one_range() -> None:
    flags = [n in (3, 5, 7, 20) for n in range(30)]
    rows = [(3 <= n <= 7, flag, "A", 1) for n, flag in enumerate(flags)]
    apart, joined = (
        measured(table(rows), Terms(alarm_gap_seconds=gap)) for gap in (0.0, 5.0)
    )
    # Three of four ranges lie within the event; joined, one of two does.
    assert apart.measured("range_precision").value == pytest.approx(3 / 4)
    assert joined.measured("range_precision").value == pytest.approx(1 / 2)
