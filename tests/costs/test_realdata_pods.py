"""GPU hours of a published cluster trace: 8,152 pods of Alibaba, 897 never ran."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from costs.imports.lines import Tally, lines, recognise

DATA = Path(os.environ.get("KENSHU_REALDATA", "nowhere"), "gpu_cost")
PODS = DATA / "alibaba_gpu2023_pods.csv"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason="KENSHU_REALDATA names no data"),
]


@pytest.fixture(scope="module")
def said():
    return json.loads((DATA / "expected.json").read_text())[PODS.name]


@pytest.fixture(scope="module")
def pods():
    """The lines, what became none, and the rows of the file by their number."""
    tally = Tally()
    found = list(lines(PODS, recognise(PODS), tally=tally))
    with PODS.open() as file:
        rows = dict(enumerate(csv.DictReader(file), start=2))
    return found, tally, rows


def gpu_hours(found):
    return sum((line.hours * line.gpus for line in found), Decimal(0))


def test_pods_that_never_ran_are_counted_apart(pods, said):
    found, tally, rows = pods
    assert len(rows) == said["pods"]
    assert tally.never_ran == said["never_scheduled"]
    assert len(found) == said["pods"] - said["never_scheduled"]
    assert len({line.identity for line in found}) == len(found)
    backwards = [line for line in found if line.ended_at <= line.started_at]
    assert len(backwards) == said["zero_or_negative_durations"]


def test_gpu_hours_are_the_published_ones_to_the_last_digit(pods, said):
    found, _tally, _rows = pods
    assert float(gpu_hours(found)) == said["gpu_hours_total"]
    cost = gpu_hours(found) * Decimal("3.06")
    assert float(cost) == said["cost_usd_at_3_06_per_gpu_hour"]


@pytest.mark.parametrize(
    ("key", "column"),
    [("by_qos", "qos"), ("by_phase", "pod_phase"), ("by_num_gpu", "num_gpu")],
)
def test_gpu_hours_of_each_kind_of_pod_are_the_published_ones(pods, said, key, column):
    found, _tally, rows = pods
    kinds = defaultdict(list)
    for line in found:
        kinds[rows[line.row][column]].append(line)
    told = {
        name: {"pods": len(mine), "gpu_hours": round(float(gpu_hours(mine)), 6)}
        for name, mine in kinds.items()
    }
    assert told == said[key]


def test_no_more_gpus_were_asked_for_at_once_than_published(pods, said):
    changes = defaultdict(Decimal)
    for line in pods[0]:
        changes[line.started_at] += line.gpus
        changes[line.ended_at] -= line.gpus
    held = highest = Decimal(0)
    for at in sorted(changes):
        held += changes[at]
        highest = max(highest, held)
    assert float(highest) == pytest.approx(said["peak_gpus_requested_at_once"], 1e-12)


def test_how_a_pod_ended_is_told(pods, said):
    ended = defaultdict(int)
    for line in pods[0]:
        ended[line.outcome] += 1
    assert ended["failed"] == said["by_phase"]["Failed"]["pods"]
    assert ended["finished"] == said["by_phase"]["Succeeded"]["pods"]
    assert ended[""] == said["by_phase"]["Running"]["pods"]
