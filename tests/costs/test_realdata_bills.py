"""Every published number about the lines of real bills, to the last digit."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from costs.imports.lines import lines, recognise
from costs.instances import instance

DATA = Path(os.environ.get("KENSHU_REALDATA", "nowhere"), "gpu_cost")
FOCUS = "focus_1_0_part1.csv"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason="KENSHU_REALDATA names no data"),
]


@cache
def read(name):
    path = DATA / name
    return tuple(lines(path, recognise(path)))


def expected(name):
    return json.loads((DATA / "expected.json").read_text())[name]


def summed(items):
    """Sums by key, as text with all their digits."""
    sums = defaultdict(Decimal)
    for key, value in items:
        sums[key] += value
    return {key: str(value) for key, value in sums.items()}


def test_focus_adds_up_to_the_published_totals():
    said = expected(FOCUS)
    found = read(FOCUS)
    assert len(found) == said["rows"]
    assert len({line.identity for line in found}) == said["rows"]
    totals = said["totals"]
    assert str(sum(line.billed for line in found)) == totals["BilledCost"]
    assert str(sum(line.effective for line in found)) == totals["EffectiveCost"]
    assert str(sum(line.listed for line in found)) == totals["ListCost"]


def test_focus_adds_up_by_category_provider_and_service():
    said, found = expected(FOCUS), read(FOCUS)
    billed = summed((line.line_type, line.billed) for line in found)
    assert billed == said["billed_by_charge_category"]
    effective = summed((line.provider, line.effective) for line in found)
    assert effective == said["effective_by_provider"]
    by_service = summed((line.product, line.billed) for line in found)
    for service, total in said["billed_by_service_top"].items():
        assert by_service[service] == total
    by_service = summed((line.product, line.effective) for line in found)
    for service, total in said["effective_by_service_top"].items():
        assert by_service[service] == total


def test_focus_gpus_are_found_in_the_words_of_a_charge():
    said = expected(FOCUS)["gpu_instance_rows"]
    gpus = [line for line in read(FOCUS) if line.gpu_type]
    for name, numbers in said.items():
        mine = [line for line in gpus if line.gpu_type == name]
        assert len(mine) == numbers["rows"]
        assert str(sum(line.hours for line in mine)) == numbers["hours"]
        assert str(sum(line.billed for line in mine)) == numbers["billed_cost"]
        assert str(sum(line.effective for line in mine)) == numbers["effective_cost"]
    assert {line.gpu_type for line in gpus} == set(said)


def test_every_published_gpu_instance_is_known_with_its_gpus_and_memory():
    with (DATA / "ec2_gpu_models.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 80
    for row in rows:
        found = instance(row["instance_type"])
        assert found is not None, row
        assert found.gpus == Decimal(row["gpu_count"]), row
        memory = found.memory_gib * max(found.gpus, Decimal(1))
        assert memory == Decimal(row["gpu_memory_gib_total"]), row
