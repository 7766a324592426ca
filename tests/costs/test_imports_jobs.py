"""Lists of jobs: names in two languages, times with a zone, what never ran."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from costs.imports.faults import FileRefused
from costs.imports.lines import Tally, lines, recognise
from tests.costs.files import JOBS, as_csv

TOKYO = ZoneInfo("Asia/Tokyo")
PODS = {
    "name": "pod-1",
    "num_gpu": "2",
    "gpu_milli": "500",
    "gpu_spec": "V100M32",
    "qos": "LS",
    "pod_phase": "Succeeded",
    "creation_time": "0",
    "deletion_time": "7200",
    "scheduled_time": "3600.0",
}


@pytest.fixture
def read(tmp_path):
    def found(content, encoding="utf-8", **said):
        path = tmp_path / "jobs.csv"
        path.write_text(content, encoding=encoding)
        return list(lines(path, recognise(path), **said))

    return found


def test_a_job_is_a_line_without_money(read):
    (line,) = read(as_csv(JOBS))
    assert (line.hours, line.gpus, line.gpu_type) == (Decimal("2.5"), 4, "NVIDIA A100")
    assert (line.currency, line.billed, line.effective) == ("", 0, None)
    assert (line.option, line.service, line.source) == (
        "on_prem",
        "on_prem",
        "scheduler",
    )
    assert line.started_at == datetime(2026, 11, 3, tzinfo=UTC)
    assert (line.person, line.tags) == ("佐藤", {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_list_with_japanese_names_reads_in_every_encoding_of_japan(read, encoding):
    content = (
        "開始日時,終了日時,GPU数,利用者,種類,プロジェクト,案件,状態,用途,サーバー\n"
        "2026年11月3日 9時5分,2026/11/3 11:35:30,0.5,鈴木,V100,予兆,ENG-1,"
        "中断,学習,gpu01\n"
    )
    (line,) = read(content, encoding, zone=TOKYO)
    assert line.hours == Decimal(2) + Decimal(1830) / 3600
    assert (line.gpus, line.gpu_type, line.person) == (Decimal("0.5"), "V100", "鈴木")
    assert line.tags == {"project": "予兆", "engagement": "ENG-1"}
    assert (line.outcome, line.purpose) == ("interrupted", "training")
    assert (line.resource, line.line_type) == ("gpu01", "中断")


def test_a_job_belongs_to_the_month_on_the_clock_of_those_who_ran_it(read):
    early = {"start": "2026-11-01 03:00", "end": "2026-11-01 04:00"}
    (line,) = read(as_csv(JOBS, early), zone=TOKYO)
    assert line.started_at == datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert line.month == date(2026, 11, 1)


def test_jobs_that_never_ran_or_still_run_are_counted_apart(read):
    tally = Tally()
    found = read(
        as_csv(JOBS, {}, {"start": ""}, {"start": "Unknown"}, {"end": "実行中"}),
        tally=tally,
    )
    assert len(found) == 1
    assert (tally.never_ran, tally.still_running) == (2, 1)


def test_a_jobs_number_and_start_name_it_through_corrections(read):
    job = {"job_id": "77"}
    (first,) = read(as_csv(JOBS, job))
    (longer,) = read(as_csv(JOBS, job | {"end": "2026-11-03T18:00:00+09:00"}))
    (again,) = read(as_csv(JOBS, job | {"start": "2026-11-03T10:00:00+09:00"}))
    assert first.identity == longer.identity != again.identity
    assert first.description == "77"


def test_equal_jobs_without_a_number_are_two(read):
    first, second = read(as_csv(JOBS, {}, {}))
    assert first.identity != second.identity


def test_a_job_on_a_machine_of_aws_is_not_on_premises(read):
    (line,) = read(as_csv(JOBS, {"type": "ml.p3.2xlarge"}))
    assert (line.option, line.service) == ("on_demand", "compute")


def test_gpus_of_a_type_nobody_named_are_gpus(read):
    unnamed = {name: value for name, value in JOBS.items() if name != "type"}
    first, second = read(as_csv(unnamed, {}, {"gpus": "0"}))
    assert (first.gpu_type, second.gpu_type, second.gpus) == ("GPU", "", 0)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("COMPLETED", "finished"),
        ("CANCELLED by 1001", "interrupted"),
        ("CANCELLED+", "interrupted"),
        ("OUT_OF_MEMORY", "failed"),
        ("REQUEUED", ""),
        ("", ""),
    ],
)
def test_how_a_job_ended_is_told_in_slurms_words(read, state, outcome):
    (line,) = read(as_csv(JOBS, {"state": state}))
    assert line.outcome == outcome


def test_interruptions_and_a_purpose_of_another_kind_are_kept(read):
    (line,) = read(as_csv(JOBS, {"restarts": "2", "purpose": "demo"}))
    assert (line.interruptions, line.purpose) == (2, "other")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-11-03T09:00:00.5Z", "2026-11-03T09:00:00.500000+00:00"),
        ("2026/11/03 09:00 +0900", "2026-11-03T00:00:00+00:00"),
        ("2026年1月2日", "2026-01-01T15:00:00+00:00"),
        ("2026年1月2日 9時", "2026-01-02T00:00:00+00:00"),
        ("2026年1月2日 9時5分7秒", "2026-01-02T00:05:07+00:00"),
        ("20261103T090000Z", "2026-11-03T09:00:00+00:00"),
    ],
)
def test_times_are_read_as_people_write_them(read, written, read_as):
    times = {"start": written, "end": "2027-01-01T00:00:00Z"}
    (line,) = read(as_csv(JOBS, times), zone=TOKYO)
    assert line.started_at.isoformat() == read_as


def test_a_pod_holds_a_part_of_a_card(read):
    (line,) = read(as_csv(PODS))
    assert (line.gpus, line.hours, line.gpu_type) == (1, 1, "V100M32")
    assert (line.outcome, line.tags, line.line_type) == (
        "finished",
        {"qos": "LS"},
        "Succeeded",
    )


def test_pods_that_never_ran_or_still_run_are_counted_apart(read):
    tally = Tally()
    changes = ({"scheduled_time": ""}, {"deletion_time": ""}, {"gpu_milli": ""})
    (line,) = read(as_csv(PODS | {"qos": ""}, *changes), tally=tally)
    assert (tally.never_ran, tally.still_running) == (1, 1)
    assert (line.gpus, line.gpu_type, line.tags) == (0, "", {})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"deletion_time": "1"}, "backwards"),
        ({"scheduled_time": "-1"}, "not_a_time"),
        ({"deletion_time": "9" * 12}, "not_a_time"),
        ({"num_gpu": "-1"}, "negative"),
    ],
)
def test_a_pod_that_cannot_be_is_refused(read, said, code):
    with pytest.raises(FileRefused) as refused:
        read(as_csv(PODS, said))
    assert [fault.code for fault in refused.value.faults] == [code]
