"""Bills from the command line: told in words or JSON, dry or taken over."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from costs.imports.spot import SpotPrice
from costs.models import Charge, CostImport, GpuType, Price
from costs.services import spot
from projects.models import Event, Organisation
from tests.conftest import person
from tests.costs.bills import bill, line, rate

# Fixtures: boto3 asks moto, and nobody else.
from tests.costs.test_imports_aws import REGION, _post, away, moto, today  # noqa: F401

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def provider(engagement, manager):
    rate(engagement.provider, manager)
    return engagement.provider


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "bill.csv"
    path.write_bytes(bill(line(), line(hour=1)))
    return path


def said(*words):
    out = StringIO()
    call_command("import_costs", *map(str, words), stdout=out)
    return out.getvalue()


def refused(*words):
    with pytest.raises(CommandError) as told:
        said(*words)
    return told.value.returncode, str(told.value)


def kept():
    return sorted(Path(settings.MEDIA_ROOT).rglob("*.csv"))


def test_a_file_is_taken_over_and_told(provider, file):
    told = said(file, "--invoice-total", "6.12")

    assert "2 rows: 2 new, 0 known" in told
    assert "2024-05 USD 6.12" in told
    assert "agree to the last digit" in told
    assert Charge.objects.count() == 2
    assert "This very file was delivered" in said(file)


def test_dry_it_keeps_nothing(provider, file):
    before = kept()
    report = json.loads(said(file, "--dry-run", "--json"))

    assert (report["status"], report["new"], report["yen"]) == (
        *("checked", 2),
        "918.0000",
    )
    assert not CostImport.objects.exists()
    assert not Event.objects.filter(verb="costs.delivered").exists()
    assert kept() == before


def test_what_is_refused_ends_with_one_and_misuse_with_two(provider, file, tmp_path):
    page = tmp_path / "page.csv"
    page.write_text("<html></html>")
    assert refused(page)[0] == 1
    assert "web page" in refused(page)[1]
    bad = tmp_path / "bad.csv"
    bad.write_bytes(bill(line("many")))
    assert refused(bad)[0] == 1
    assert refused(tmp_path / "none.csv")[0] == 2
    assert refused()[0] == 2
    assert refused("--pull", "batch")[0] == 2
    assert "Name somebody" in refused(file, "--by", "nobody@example.test")[1]
    for words in (
        (file, "--invoice-total", "many"),
        ("--pull", "batch", "--since", "May"),
    ):
        with pytest.raises(CommandError):
            said(*words)
    Organisation.objects.create(name="他社", kind="provider")
    assert refused(file) == (2, "Name one provider with --organisation.")
    assert "2 new" in said(file, "--organisation", provider.name)


def test_without_a_rate_it_is_told_what_to_record(engagement, file):
    code, told = refused(file)
    assert (code, told) == (1, "Nothing was taken over.")
    assert not Charge.objects.exists()


def test_who_does_not_manage_is_refused(provider, file):
    person("engineer", provider, "engineer")
    assert refused(file, "--by", "engineer@example.test")[0] == 2


def test_measurements_are_told_too(provider, tmp_path):
    smi = tmp_path / "smi.csv"
    smi.write_text(
        "timestamp, index, name, utilization.gpu [%]\n"
        "2024/05/01 09:00:00.000, 0, Tesla V100, 80 %\n"
    )
    told = said(smi, "--time-zone", "Asia/Tokyo", "--machine", "i-1")
    assert "1 measurements, 1 GPU hours of 1 machines" in told


@pytest.mark.processes
def test_costs_are_pulled_as_if_they_were_a_file(provider, manager, away):  # noqa: F811
    money = {"Amount": "12.5", "Unit": "USD"}
    answer = {
        "ResultsByTime": [
            {
                "TimePeriod": {"Start": "2024-05-01", "End": "2024-05-02"},
                "Groups": [
                    {
                        "Keys": ["Amazon SageMaker", "project$demand"],
                        "Metrics": {"UnblendedCost": money, "AmortizedCost": money},
                    }
                ],
            }
        ]
    }
    _post(away, "static/ce/cost-and-usage-results", {"results": [answer] * 2})
    words = ("--pull", "explorer", "--since", "2024-05-01", "--until", "2024-05-02")
    told = said(*words)

    assert "Pulled from the cloud" in told
    charge = Charge.objects.get()
    assert (charge.cost, charge.source) == (Decimal("12.5"), "explorer")
    assert charge.tags == {"project": "demand"}
    assert "This very file" in said(*words)
    assert Charge.objects.count() == 1


@pytest.mark.processes
def test_spot_prices_are_pulled_for_the_types_that_are_known(
    provider,
    manager,
    away,  # noqa: F811
):
    words = ("--pull", "spot-prices", "--since", today() - timedelta(days=2))
    assert said(*words) == "0 new spot prices.\n"
    GpuType.objects.create(organisation=provider, name="p3.2xlarge", model="V", gpus=1)
    said(*words, "--region", REGION)


def test_a_days_spot_price_is_kept_once(provider, manager):
    gpu_type = GpuType.objects.create(
        organisation=provider, name="p3.2xlarge", model="V100", gpus=1
    )
    found = [
        SpotPrice("p3.2xlarge", date(2024, 5, 1), Decimal("1.2"), 2),
        SpotPrice("p3.2xlarge", date(2024, 5, 2), Decimal("1.3"), 2),
        SpotPrice("p4d.24xlarge", date(2024, 5, 2), Decimal(9), 2),
    ]
    asked = {"organisation": provider, "region": "ap-northeast-1", "by": manager}
    assert spot.asked_types(provider) == ["p3.2xlarge"]
    assert spot.record_spot_prices(prices=found[:1], **asked) == 1
    assert spot.record_spot_prices(prices=found, **asked) == 1

    prices = Price.objects.filter(gpu_type=gpu_type).order_by("valid_from")
    assert [price.per_hour for price in prices] == [Decimal("1.2"), Decimal("1.3")]
    assert isinstance(prices[0].recorded_at, datetime)
    assert Event.objects.filter(verb="prices.pulled").count() == 2
