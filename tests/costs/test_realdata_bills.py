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


CURS = (
    "aws_cur_constructed_spot_sagemaker_batch.csv",
    "aws_cur_nise_gpu_2024-05.csv",
    "aws_cur_real_part1.csv",
)
USED = ("Usage", "SavingsPlanCoveredUsage")


@pytest.mark.parametrize("name", CURS)
def test_a_cost_and_usage_report_adds_up_to_the_published_totals(name):
    said, found = expected(name), read(name)
    assert len(found) == said["rows"]
    assert str(sum(line.billed for line in found)) == said["unblended_total"]
    by_type = summed((line.line_type, line.billed) for line in found)
    assert by_type == said["unblended_by_line_item_type"]
    by_product = summed((line.product, line.billed) for line in found)
    assert by_product == said["unblended_by_product"]
    days = sorted({line.started_at.date().isoformat() for line in found})
    assert (len(days), days[0], days[-1]) == (
        said["days"],
        said["first_day"],
        said["last_day"],
    )


@pytest.mark.parametrize("name", CURS)
def test_a_cost_and_usage_report_adds_up_by_the_tag_of_the_project(name):
    said, found = expected(name), read(name)
    tagged = summed(
        (line.tags.get("project", "(untagged)"), line.billed)
        for line in found
        if line.line_type in USED
    )
    if not said["usage_by_project_tag"]:
        assert set(tagged) == {"(untagged)"}
    else:
        assert tagged == said["usage_by_project_tag"]


@pytest.mark.parametrize("name", CURS)
def test_gpu_instances_of_a_report_have_the_published_hours_and_costs(name):
    found = [line for line in read(name) if line.gpu_type]

    def key(line):
        managed = "ml." if line.service == "sagemaker" else ""
        spot = " spot" if line.option == "spot" else ""
        return f"{managed}{line.gpu_type}{spot}"

    columns = {
        "hours": summed((key(line), line.hours) for line in found),
        "unblended": summed((key(line), line.billed) for line in found),
        "effective": summed((key(line), line.effective) for line in found),
    }
    told = {
        name: {column: sums[name] for column, sums in columns.items()}
        for name in columns["hours"]
    }
    assert told == expected(name)["gpu_instances"]


@pytest.mark.parametrize("name", CURS)
def test_a_line_delivered_twice_is_known_by_its_identity(name):
    said, found = expected(name), read(name)
    once = {line.identity: line for line in found}
    again = said["rows_repeated_on_LineItemId_plus_TimeInterval"]
    assert len(found) - len(once) == again
    total = str(sum(line.billed for line in once.values()))
    assert total == said["unblended_total_if_fully_identical_rows_are_dropped"]
