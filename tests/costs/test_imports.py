"""Bills: read through first, taken over wholly or not at all, twice as once."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Sum

from costs import batches, importing
from costs.imports.faults import FileRefused
from costs.imports.line import UNPRICED
from costs.models import (
    Charge,
    ChargeRevision,
    CostImport,
    GpuType,
    Price,
    SpendDay,
)
from costs.reckoning import held_against
from costs.services import imports
from projects.models import Event
from tests.conftest import person
from tests.costs.bills import bill, deliver, line, rate, sums_follow, taken

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def provider(engagement, manager):
    rate(engagement.provider, manager)
    return engagement.provider


@pytest.fixture
def published():
    folder = os.environ.get("KENSHU_REALDATA")
    if not folder:
        pytest.skip("KENSHU_REALDATA names no folder")
    return Path(folder) / "gpu_cost"


def test_a_bill_is_read_through_first_and_nothing_of_it_counts(provider, manager):
    delivered = deliver(provider, manager, bill(line(), line(hour=1, project="")))

    assert delivered.status == "checked"
    report = delivered.report
    assert (report["rows"], report["lines"], report["new"]) == (2, 2, 2)
    assert (report["gpu_lines"], report["gpu_hours"]) == (2, "2.000000000")
    assert report["unassigned"] == 2
    assert report["totals"] == [
        {
            "currency": "USD",
            "month": "2024-05-01",
            "lines": 2,
            "counted": "6.12",
            "billed": "6.12",
        }
    ]
    assert report["yen"] == "918.0000"
    assert not Charge.objects.exists()


def test_a_bill_that_was_taken_over_stands_in_lines_and_sums(provider, manager):
    delivered = taken(provider, manager, bill(line(), line(hour=1)))

    first = Charge.objects.order_by("started_at").first()
    assert (first.cost, first.currency, first.rate_yen) == (Decimal("3.06"), "USD", 150)
    assert first.cost_yen == Decimal(459)
    assert (first.gpu_type, first.gpu_hours) == ("p3.2xlarge", 1)
    assert (first.engagement, first.imported) == (None, delivered)
    assert SpendDay.objects.get().lines == 2
    told = Event.objects.get(verb="costs.imported")
    assert told.sentence("en") == (
        "manager took over bill.csv: 2 new lines, 0 corrected, ¥918 added"
    )
    sums_follow()


def test_the_same_lines_again_change_nothing(provider, manager):
    taken(provider, manager, bill(line(), line(hour=1)))
    again = taken(provider, manager, bill(line(hour=1), line(), line(hour=2)))

    assert (again.report["known"], again.report["new"]) == (2, 1)
    assert again.report["taken"] == {"new": 1, "corrected": 0, "yen": "459.0000"}
    assert Charge.objects.count() == 3
    assert not ChargeRevision.objects.exists()
    sums_follow()


def test_a_corrected_line_replaces_the_first_and_keeps_what_it_said(provider, manager):
    taken(provider, manager, bill(line(), line(hour=1)))
    later = taken(provider, manager, bill(line("2.50", project="inventory")))

    assert later.report["corrected"] == 1
    corrected = Charge.objects.order_by("started_at").first()
    assert (corrected.cost, corrected.cost_yen) == (Decimal("2.5"), 375)
    revision = ChargeRevision.objects.get()
    assert revision.charge == corrected
    assert revision.said["cost"].startswith("3.06")
    assert revision.said["tags"] == {"project": "demand"}
    assert "gpu_type" not in revision.said
    assert Charge.objects.count() == 2
    sums_follow()


def test_the_same_file_is_told_and_kept_once(provider, manager):
    taken(provider, manager, bill(line()))

    with pytest.raises(imports.DeliveredBefore, match="This very file was delivered"):
        deliver(provider, manager, bill(line()))

    assert CostImport.objects.count() == 1


PUBLISHED = {
    "focus_1_0_part1.csv": ("8.53176143000", 600, 600),
    "aws_cur_real_part1.csv": ("0.49732530180", 554, 554),
    "aws_cur_nise_gpu_2024-05.csv": ("2067.024", 768, 768),
    # One of its fifteen lines is delivered twice.
    "aws_cur_constructed_spot_sagemaker_batch.csv": ("481.0109501368", 15, 14),
}


@pytest.mark.realdata
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_published_bill_comes_to_its_expected_total(
    name, provider, manager, published
):
    total, rows, lines = PUBLISHED[name]
    for day in (date(2023, 11, 1), date(2024, 9, 1)):
        rate(provider, manager, day)
    expected = json.loads((published / "expected.json").read_text())[name]
    says = expected.get("unblended_total_if_fully_identical_rows_are_dropped")
    assert total == (says or expected["totals"]["BilledCost"])

    delivered = taken(provider, manager, published / name, invoice_total=Decimal(total))
    report = delivered.report
    assert (report["rows"], report["new"]) == (rows, lines)
    assert report["repeated"] == rows - lines
    assert held_against(report, delivered.invoice_total).above == 0
    stand = Charge.objects.aggregate(cost=Sum("cost"), lines=Count("pk"))
    assert stand == {"cost": Decimal(total), "lines": lines}
    in_days = SpendDay.objects.aggregate(cost=Sum("cost"), lines=Sum("lines"))
    assert in_days == stand
    by_type = dict(
        Charge.objects.gpu_use()
        .order_by()
        .values_list("gpu_type")
        .annotate(hours=Sum("hours"))
    )
    # The line that is delivered twice is of 11.5 hours.
    if rows > lines:
        by_type["p3.2xlarge"] += Decimal("11.5")
    for gpu_type, hours in gpu_hours_of(expected).items():
        assert by_type.pop(gpu_type) == hours
    assert not by_type

    # The same lines in another file change nothing.
    again = (published / name).read_bytes() + b"\n"
    second = taken(provider, manager, again)
    assert second.report["taken"] == {"new": 0, "corrected": 0, "yen": "0"}
    assert Charge.objects.aggregate(cost=Sum("cost"), lines=Count("pk")) == stand
    assert not ChargeRevision.objects.exists()


def gpu_hours_of(expected):
    """Hours by type, whatever the option, without SageMaker's prefix."""
    hours: dict[str, Decimal] = {}
    found = expected.get("gpu_instances") or expected.get("gpu_instance_rows", {})
    for name, said in found.items():
        gpu_type = name.removeprefix("ml.").removesuffix(" spot")
        hours[gpu_type] = hours.get(gpu_type, 0) + Decimal(said["hours"])
    return hours


@pytest.mark.realdata
def test_a_published_list_of_pods_is_priced_and_counted(provider, manager, published):
    name = "alibaba_gpu2023_pods.csv"
    expected = json.loads((published / "expected.json").read_text())[name]
    # The trace begins with the year 1970.
    for month in range(1, 13):
        rate(provider, manager, date(1970, month, 1), "360")

    delivered = taken(
        provider,
        manager,
        published / name,
        gpu_price=Decimal("3.06"),
        gpu_currency="USD",
    )

    report = delivered.report
    assert (report["rows"], report["no_lines"]) == (8152, 897)
    stand = Charge.objects.aggregate(hours=Sum("gpu_hours"), cost=Sum("cost"))
    assert float(stand["hours"]) == pytest.approx(expected["gpu_hours_total"], rel=1e-9)
    assert float(stand["cost"]) == pytest.approx(
        expected["cost_usd_at_3_06_per_gpu_hour"], rel=1e-9
    )


# What keeps a file from being taken over -------------------------------------------


def test_without_a_rate_of_the_day_it_is_not_taken_over(engagement, manager):
    provider = engagement.provider
    delivered = deliver(provider, manager, bill(line(), line(day=2)))
    assert delivered.report["without_rate"] == [
        {"currency": "USD", "days": ["2024-05-01", "2024-05-02"], "count": 2}
    ]
    with pytest.raises(ValidationError, match="price or a rate"):
        imports.take_over(delivered=delivered, by=manager)

    rate(provider, manager)
    imports.read_again(delivered=delivered, by=manager)
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()
    imports.take_over(delivered=delivered, by=manager)
    importing.work_on(delivered.pk)

    assert Charge.objects.count() == 2


def test_a_rate_that_goes_meanwhile_leaves_nothing_half_taken(provider, manager):
    delivered = deliver(provider, manager, bill(line(), line(day=2)))
    imports.take_over(delivered=delivered, by=manager)
    provider.exchange_rates.all().delete()

    importing.work_on(delivered.pk)

    delivered.refresh_from_db()
    assert (delivered.status, delivered.taken_by) == ("checked", None)
    assert "no exchange rate of USD for 2024-05-01" in delivered.faults[0]["en"]
    assert not Charge.objects.exists()
    assert not SpendDay.objects.exists()


JOBS = "start,end,gpus,type,user\n{begun},{ended},2,A100,sato\n".format(
    begun="2024-05-01T09:00:00+09:00", ended="2024-05-01T19:00:00+09:00"
).encode()


def test_a_list_of_jobs_takes_the_price_of_its_type(provider, manager):
    gpu_type = GpuType.objects.create(
        organisation=provider, name="dgx", model="A100", gpus=8
    )
    Price.objects.create(
        organisation=provider,
        gpu_type=gpu_type,
        service="on_prem",
        option="on_prem",
        per_hour=Decimal(1600),
        valid_from=date(2024, 1, 1),
        source="計算",
        recorded_by=manager,
    )

    taken(provider, manager, JOBS, name="jobs.csv")

    charge = Charge.objects.get()
    # Two of the eight cards of a machine of 1,600 yen an hour, for ten hours.
    assert (charge.count, charge.gpu_hours) == (Decimal(".25"), 20)
    assert (charge.cost_yen, charge.currency) == (4000, "JPY")
    assert charge.person == "sato"


def test_a_list_of_jobs_without_any_price_is_not_free(provider, manager):
    delivered = deliver(provider, manager, JOBS, name="jobs.csv")
    assert delivered.report["unpriced"] == {"A100": 1}
    with pytest.raises(ValidationError, match="price or a rate"):
        imports.take_over(delivered=delivered, by=manager)

    delivered.report = {}
    CostImport.objects.filter(pk=delivered.pk).update(report={})
    imports.take_over(delivered=delivered, by=manager)
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()
    assert "No price of “A100”" in delivered.faults[0]["en"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html><body>Sign in</body></html>", "a web page"),
        (b"", "empty"),
        (b"a,b\n1,2\n", "no known format"),
    ],
)
def test_what_is_no_bill_is_refused_at_once_and_not_kept(
    content, told, provider, manager
):
    with pytest.raises(FileRefused) as refused:
        deliver(provider, manager, content)

    assert told in refused.value.faults[0].sentence("en")
    assert not CostImport.objects.exists()
    assert not Event.objects.filter(verb="costs.delivered").exists()


def test_a_fault_is_told_with_row_and_column(provider, manager):
    delivered = deliver(provider, manager, bill(line(), line("many", hour=1)))

    assert delivered.status == "refused"
    assert (delivered.faults[0]["row"], delivered.faults[0]["column"]) == (
        3,
        "BilledCost",
    )
    imports.drop(delivered=delivered, by=manager)
    delivered.refresh_from_db()
    assert delivered.status == "dropped"
    with pytest.raises(ValidationError, match="can be dropped"):
        imports.drop(delivered=delivered, by=manager)
    with pytest.raises(ValidationError, match="dropped or taken over already"):
        imports.read_again(delivered=delivered, by=manager)
    with pytest.raises(ValidationError, match="dropped or taken over already"):
        imports.take_over(delivered=delivered, by=manager)


def test_names_that_look_like_formulas_are_words(provider, manager):
    wicked = '=HYPERLINK("http://x")'.replace('"', "'")
    taken(provider, manager, bill(line(resource=wicked, project="=1+1")))

    charge = Charge.objects.get()
    assert charge.resource == wicked
    assert charge.tags == {"project": "=1+1"}


def test_who_does_not_manage_neither_delivers_nor_takes(provider, manager, executive):
    engineer = person("engineer", provider, "engineer")
    delivered = deliver(provider, manager, bill(line()))
    for reader in (engineer, executive):
        with pytest.raises(PermissionDenied):
            deliver(provider, reader, bill(line(hour=3)))
        for act in (imports.take_over, imports.read_again, imports.drop):
            with pytest.raises(PermissionDenied):
                act(delivered=delivered, by=reader)
        with pytest.raises(PermissionDenied):
            imports.deliver_lines(
                organisation=provider, lines=[], name="pull", by=reader
            )
    assert not CostImport.objects.visible_to(executive).exists()
    assert CostImport.objects.visible_to(engineer).get() == delivered


def test_what_is_spread_counts_where_that_was_asked(provider, manager):
    taken(provider, manager, bill(line("3.06", effective="2.00")), basis="effective")

    charge = Charge.objects.get()
    assert (charge.cost, charge.billed) == (2, Decimal("3.06"))
    assert charge.cost_yen == 300


def test_lines_within_a_file_are_told_apart_from_repeated_and_corrected_ones(
    provider, manager, monkeypatch
):
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    lines = [one("a"), one("b"), one("a"), one("a", "5"), one("c"), one("c")]
    delivered = imports.deliver_lines(
        organisation=provider, lines=lines, name="pull", by=manager
    )
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()

    report = delivered.report
    assert (report["new"], report["repeated"], report["corrected"]) == (3, 2, 1)
    assert report["totals"][0] | {"month": ""} == {
        "currency": "JPY",
        "month": "",
        "lines": 3,
        "counted": "7",
        "billed": "7",
    }
    assert report["delivered"] == {"JPY": "10"}

    imports.take_over(delivered=delivered, by=manager)
    importing.work_on(delivered.pk)
    assert Charge.objects.aggregate(cost=Sum("cost"))["cost"] == 7
    assert ChargeRevision.objects.get().said["cost"].startswith("1.0")
    sums_follow()


def one(identity, billed="1"):
    """A line that was pulled, of a yen."""
    begun = datetime(2024, 5, 1, tzinfo=UTC)
    return replace(
        UNPRICED,
        source="explorer",
        identity=identity,
        currency="JPY",
        billed=Decimal(billed),
        started_at=begun,
        ended_at=begun + timedelta(hours=1),
        month=date(2024, 5, 1),
    )
