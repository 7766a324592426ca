"""How busy GPUs were, as nvidia-smi and Prometheus write it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from costs.imports.busy import hourly, samples
from costs.imports.faults import FileRefused
from costs.imports.lines import Tally, recognise
from costs.imports.stream import Caps

TOKYO = ZoneInfo("Asia/Tokyo")
CARD = "GPU-5f3a1c2e-0000-1111-2222-333344445555"
HEADER = (
    "timestamp, index, uuid, name, utilization.gpu [%], memory.used [MiB],"
    " power.draw [W]\n"
)
ROW = (
    f"2026/11/23 15:35:18.123, 0, {CARD}, Tesla V100-SXM2-16GB, 87 %, 1234 MiB, 250 W\n"
)
PLAIN = f"2026/11/23 15:35:18.123, 0, {CARD}, Tesla V100-SXM2-16GB, 87, 1234, 250\n"


@pytest.fixture
def read(tmp_path):
    def found(content, **said):
        path = tmp_path / "measured"
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
        return list(samples(path, recognise(path), **said))

    return found


@pytest.fixture
def fault(read):
    def found(content, **said):
        with pytest.raises(FileRefused) as refused:
            read(content, **said)
        return refused.value.faults[0]

    return found


@pytest.mark.parametrize(
    "content",
    [
        HEADER + ROW,
        HEADER.replace(" [%]", "").replace(" [MiB]", "") + PLAIN,
        ROW,
        PLAIN,
        (HEADER + ROW).encode("utf-16"),
        gzip.compress((HEADER + ROW).encode()),
    ],
    ids=["both", "no units", "no header", "neither", "PowerShell", "gzip"],
)
def test_nvidia_smi_is_read_with_and_without_units_and_header(read, content):
    (sample,) = read(content, zone=TOKYO, resource="gpu01")
    assert (sample.percent, sample.gpu, sample.resource) == (87, CARD, "gpu01")
    assert sample.model == "Tesla V100-SXM2-16GB"
    assert sample.at == datetime(2026, 11, 23, 6, 35, 18, 123000, tzinfo=UTC)


def test_what_the_card_cannot_say_and_a_second_header_are_passed_over(read):
    tally = Tally()
    found = read(
        HEADER + ROW + HEADER + ROW.replace("87 %", "[N/A]"), zone=TOKYO, tally=tally
    )
    assert (len(found), tally.not_measured) == (1, 1)


def test_without_a_uuid_the_machine_must_be_named(read, fault):
    content = "timestamp, index, utilization.gpu [%]\n2026/11/23 15:35:18, 1, 5 %\n"
    (sample,) = read(content, zone=TOKYO, resource="gpu01")
    assert (sample.gpu, sample.model) == ("1", "")
    assert fault(content, zone=TOKYO).code == "no_machine"
    neither = "timestamp, utilization.gpu [%]\n2026/11/23 15:35:18, 5 %\n"
    assert fault(neither, zone=TOKYO, resource="gpu01").code == "no_machine"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HEADER + ROW.replace("87 %", "187 %"), "share"),
        (HEADER + ROW.replace("87 %", "-1 %"), "share"),
        (HEADER + ROW.replace("87 %", "busy"), "not_a_number"),
        (HEADER + ROW.replace("2026/11/23", "11/23/2026"), "not_a_time"),
        (HEADER, "no_rows"),
        (f"2026/11/23 15:35:18, {CARD}, 87 %\n", "headless"),
        (f"2026/11/23 15:35:18, 0, V100, {CARD}, 87 %\n", "headless"),
        (HEADER.replace("timestamp", "when") + ROW, "missing_columns"),
    ],
)
def test_what_nvidia_smi_would_not_write_is_refused(fault, content, code):
    found = fault(content, zone=TOKYO)
    assert found.code == code
    assert found.sentence("ja")
    assert found.sentence("en")


def test_a_clock_without_a_zone_is_refused_unless_one_is_told(fault):
    found = fault(HEADER + ROW)
    assert (found.code, found.row, found.column) == ("no_zone", 2, "timestamp")


def answer(*series, **said):
    result = [{"metric": metric, "values": values} for metric, values in series]
    data = {"resultType": "matrix", "result": result}
    return json.dumps({"status": "success", "data": data} | said)


def metric(name, **said):
    labels = {"__name__": name, "gpu": "0", "UUID": "GPU-1", "Hostname": "gpu01"}
    return labels | {"modelName": "NVIDIA A100"} | said


ENGINE, UTIL = "DCGM_FI_PROF_GR_ENGINE_ACTIVE", "DCGM_FI_DEV_GPU_UTIL"


def test_prometheus_is_read_in_either_measure(read):
    first, second = read(
        answer(
            (metric(ENGINE), [[1795000000, "0.875"]]),
            (metric(UTIL, UUID="", gpu="1"), [[1795000000.5, "55"]]),
        )
    )
    assert (first.percent, first.gpu, first.resource) == (
        Decimal("87.5"),
        "GPU-1",
        "gpu01",
    )
    assert (second.percent, second.gpu) == (55, "1")
    assert second.at == datetime.fromtimestamp(1795000000.5, UTC)


def test_a_card_that_is_measured_twice_counts_once_by_the_better_measure(read):
    found = read(
        answer(
            (metric(UTIL), [[1795000000, "99"]]),
            (metric(ENGINE), [[1795000000, "0.5"]]),
            (metric("DCGM_FI_DEV_FB_USED"), [[1795000000, "1024"]]),
        )
    )
    assert [sample.percent for sample in found] == [50]


def test_a_part_of_a_card_is_told_from_the_others_and_ports_are_no_machine(read):
    labels = metric(ENGINE, GPU_I_ID="3", Hostname="", instance="gpu02:9400")
    (sample,) = read(answer((labels, [[1795000000, "1"]])))
    assert (sample.gpu, sample.resource) == ("GPU-1/3", "gpu02")


def test_what_prometheus_does_not_know_is_counted_apart(read):
    tally = Tally()
    assert read(answer((metric(UTIL), [[0, "NaN"], [1, "3"]])), tally=tally)
    assert tally.not_measured == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (answer(), "no_measure"),
        (answer((metric("up"), [[0, "1"]])), "no_measure"),
        (answer((metric(ENGINE), [[0, "87"]])), "share"),
        (answer((metric(UTIL), [[0, "many"]])), "not_a_number"),
        (answer((metric(UTIL), [["then", "1"]])), "not_a_time"),
        (answer((metric(UTIL), [[1e300, "1"]])), "not_a_time"),
        (answer((metric(UTIL), [[0, "1", "2"]])), "prometheus"),
        (answer((metric(UTIL), "none")), "prometheus"),
        (answer(("no labels", [])), "prometheus"),
        ('{"status": "success", "data": {"result": 5}}', "prometheus"),
        ('{"status": "success", "data": {"result": [5]}}', "prometheus"),
        ('{"status": "error", "data": {}}', "prometheus"),
        ('{"status": "success", "data": ' + "[" * 100_000, "prometheus"),
        (gzip.compress(answer().encode() + b" " * 999_999)[:-9], "broken"),
    ],
    # What is packed holds the time, so its bytes name no test.
    ids=lambda value: value[:20] if isinstance(value, str) else "bytes",
)
def test_what_is_no_measurement_of_gpus_is_refused(fault, content, code):
    found = fault(content)
    assert found.code == code
    assert found.sentence("ja")
    assert found.sentence("en")


def test_json_that_is_read_at_once_may_not_be_large(fault):
    content = answer((metric(UTIL), [[0, "1"]] * 100))
    assert fault(content, caps=Caps(json=100)).code == "much_json"


def test_an_hour_is_the_mean_and_the_highest_of_its_samples(read):
    rows = [
        ROW.replace("15:35:18.123", at).replace("87 %", f"{busy} %")
        for at, busy in (("15:00:00", 10), ("15:59:59", 21), ("16:00:00", 100))
    ]
    nameless = ROW.replace("Tesla V100-SXM2-16GB", "").replace("15:35:18.123", "15:30")
    found = list(
        hourly(read(HEADER + nameless + "".join(rows), zone=TOKYO, resource="r" * 300))
    )
    first, second = found
    assert (first.samples, first.mean, first.highest) == (3, Decimal("39.33"), 87)
    assert first.hour == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert first.model == "Tesla V100-SXM2-16GB"
    assert first.resource == "r" * 250
    assert (second.samples, second.mean, second.hour.hour) == (1, 100, 7)
