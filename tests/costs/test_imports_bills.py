"""What lines of a bill say, format by format."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from costs.imports.lines import FORMATS, LINE_FORMATS, NAMES, lines, recognise
from tests.costs.files import CUR, CUR2, FOCUS, as_csv


@pytest.fixture
def read(tmp_path):
    """The lines of a file with these rows."""

    def found(row, *changes):
        path = tmp_path / "bill.csv"
        path.write_text(as_csv(row, *changes))
        return list(lines(path, recognise(path)))

    return found


@pytest.fixture
def one(read):
    def found(row, **changes):
        (line,) = read(row, {name.replace("__", "/"): v for name, v in changes.items()})
        return line

    return found


def test_every_format_has_a_name_in_both_languages():
    assert set(NAMES) == set(FORMATS)
    assert set(LINE_FORMATS) < set(FORMATS)


def test_a_focus_row_says_all_of_its_line(one):
    line = one(FOCUS)
    assert (line.billed, line.effective, line.listed) == (
        Decimal("1.5"),
        Decimal("1.25"),
        Decimal("3.06"),
    )
    assert line.started_at == datetime(2026, 11, 3, tzinfo=UTC)
    assert line.month == date(2026, 11, 1)
    assert (line.gpu_type, line.gpus, line.hours) == ("p3.2xlarge", 1, 1)
    assert (line.option, line.service, line.category) == (
        "on_demand",
        "compute",
        "usage",
    )
    assert line.tags == {"project": "a"}


def test_focus_1_3_names_the_provider_anew(one):
    row = {name: value for name, value in FOCUS.items() if name != "ProviderName"}
    line = one(row | {"ServiceProviderName": "Acme", "HostProviderName": "AWS"})
    assert line.provider == "Acme"


def test_columns_of_a_publisher_and_unknown_ones_are_passed_over(one):
    assert one(FOCUS | {"x_Discounts": "{", "Id": "9", "Whatever": "?"}) == one(FOCUS)


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ({"PricingCategory": "Dynamic"}, "spot"),
        ({"PricingCategory": "Standard"}, "on_demand"),
        (
            {"PricingCategory": "Committed", "CommitmentDiscountCategory": "Spend"},
            "savings_plan",
        ),
        (
            {"PricingCategory": "Committed", "CommitmentDiscountType": "Savings Plan"},
            "savings_plan",
        ),
        (
            {"PricingCategory": "Committed", "CommitmentDiscountCategory": "Usage"},
            "reserved",
        ),
        ({"ChargeDescription": "Storage"}, ""),
    ],
)
def test_focus_tells_how_it_was_bought(one, said, option):
    assert one(FOCUS | said).option == option


@pytest.mark.parametrize(
    "said",
    [
        {"ConsumedUnit": "GB"},
        {"ConsumedQuantity": "NULL"},
        {"ChargeCategory": "Credit", "BilledCost": "-5"},
        {"ChargeClass": "Correction", "ConsumedQuantity": "-1", "BilledCost": "-3.06"},
        {"ChargeDescription": "Linux m5.large"},
    ],
)
def test_what_is_not_hours_of_gpus_has_none(one, said):
    line = one(FOCUS | said)
    assert (line.gpu_type, line.gpus, line.hours) == ("", 0, 0)


def test_hours_are_what_was_priced_where_nothing_says_what_was_consumed(one):
    priced = {"PricingQuantity": "5400", "PricingUnit": "Seconds"}
    line = one(FOCUS | {"ConsumedQuantity": "NULL"} | priced)
    assert line.hours == Decimal("1.5")


def test_the_type_may_stand_in_the_meter_or_in_the_details_of_the_price(one):
    row = FOCUS | {"ChargeDescription": "NULL"}
    assert one(row | {"SkuMeter": "BoxUsage:g5.xlarge"}).gpu_type == "g5.xlarge"
    details = '{"InstanceType": "g6.xlarge"}'
    assert one(row | {"SkuPriceDetails": details}).gpu_type == "g6.xlarge"


def test_sagemaker_is_told_from_other_services_in_focus(one):
    assert one(FOCUS | {"ServiceName": "Amazon SageMaker"}).service == "sagemaker"
    assert one(FOCUS | {"ServiceName": "Amazon S3"}).service == "other"


def test_equal_focus_rows_are_numbered_and_a_correction_keeps_its_name(read):
    first, second, other = read(FOCUS, {}, {}, {"ResourceId": "i-2"})
    assert second.identity == f"{first.identity}/1"
    assert other.identity not in (first.identity, second.identity)
    (corrected,) = read(FOCUS, {"BilledCost": "9", "Tags": "NULL"})
    assert corrected.identity == first.identity
    assert (corrected.billed, corrected.tags) == (9, {})


def test_tags_of_any_kind_of_value_are_text(one):
    tags = '{"a": 1, "b": null, "c": {"d": true}, "e": "", "user:f": "g", "user:": "h"}'
    assert one(FOCUS | {"Tags": tags}).tags == {
        "a": "1",
        "c": '{"d": true}',
        "f": "g",
        "user:": "h",
    }


def test_a_legacy_report_says_all_of_its_line(one):
    line = one(CUR)
    assert (line.gpu_type, line.gpus, line.hours) == ("p3.8xlarge", 4, 24)
    assert (line.billed, line.effective, line.listed) == (
        Decimal("402.624"),
        Decimal("402.624"),
        None,
    )
    assert line.price_per_hour == Decimal("16.776")
    assert line.identity == "li-1/2026-11-03T00:00:00Z/2026-11-04T00:00:00Z"
    assert (line.option, line.service) == ("on_demand", "compute")
    assert (line.tags, line.provider) == ({"project": "a"}, "AWS")


def test_cur_2_has_its_tags_in_one_column(one):
    line = one(CUR2)
    assert line.tags == {"project": "a", "aws_batch_compute_environment": "gpu"}
    assert (line.option, line.service) == ("spot", "batch")
    assert (line.gpu_type, line.hours, line.price_per_hour) == ("p3.8xlarge", 24, None)


def test_a_currency_in_small_letters_is_the_same(one):
    assert one(CUR2 | {"line_item_currency_code": " usd "}).currency == "USD"


def test_athenas_report_has_a_column_for_each_tag(one):
    row = {name: value for name, value in CUR2.items() if name != "resource_tags"}
    line = one(row | {"resource_tags_user_project": "b", "resource_tags_user_x": ""})
    assert (line.tags, line.service) == ({"project": "b"}, "compute")


def test_without_an_interval_the_times_of_use_tell_a_line(one):
    row = {n: v for n, v in CUR.items() if n != "identity/TimeInterval"}
    assert one(row).identity == "li-1/2026-11-03T00:00:00Z/2026-11-04T00:00:00Z"


def test_an_identity_longer_than_a_row_keeps_is_its_sha_256(one):
    assert len(one(CUR | {"identity/LineItemId": "x" * 300}).identity) == 64


@pytest.mark.parametrize(
    ("kind", "said", "category", "effective"),
    [
        ("Usage", {}, "usage", "402.624"),
        (
            "SavingsPlanCoveredUsage",
            {"savingsPlan/SavingsPlanEffectiveCost": "250"},
            "usage",
            "250",
        ),
        ("SavingsPlanCoveredUsage", {}, "usage", None),
        ("DiscountedUsage", {"reservation/EffectiveCost": "200"}, "usage", "200"),
        ("SavingsPlanNegation", {}, "adjustment", "0"),
        ("SavingsPlanUpfrontFee", {}, "purchase", "0"),
        (
            "SavingsPlanRecurringFee",
            {
                "savingsPlan/TotalCommitmentToDate": "10",
                "savingsPlan/UsedCommitment": "7.5",
            },
            "purchase",
            "2.5",
        ),
        ("SavingsPlanRecurringFee", {}, "purchase", None),
        (
            "RIFee",
            {
                "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": "1",
                "reservation/UnusedRecurringFee": "2",
            },
            "purchase",
            "3",
        ),
        ("RIFee", {"reservation/UnusedRecurringFee": "2"}, "purchase", None),
        ("Fee", {"reservation/ReservationARN": "arn:x"}, "purchase", "0"),
        ("Fee", {}, "purchase", "402.624"),
        ("Tax", {}, "tax", "402.624"),
        ("Credit", {}, "credit", "402.624"),
        ("Refund", {}, "refund", "402.624"),
        ("EdpDiscount", {}, "adjustment", "402.624"),
    ],
)
def test_each_type_of_line_item_has_its_category_and_its_spread_cost(
    one, kind, said, category, effective
):
    line = one(CUR | {"lineItem/LineItemType": kind} | said)
    assert (line.category, line.line_type) == (category, kind)
    assert line.effective == (None if effective is None else Decimal(effective))
    assert bool(line.gpu_type) == (category == "usage")


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ({"lineItem/LineItemType": "SavingsPlanCoveredUsage"}, "savings_plan"),
        ({"lineItem/LineItemType": "SavingsPlanNegation"}, "savings_plan"),
        ({"lineItem/LineItemType": "DiscountedUsage"}, "reserved"),
        ({"lineItem/LineItemType": "RIFee"}, "reserved"),
        ({"lineItem/UsageType": "APN1-SpotUsage:p3.2xlarge"}, "spot"),
        ({"lineItem/UsageType": "APN1-EBS:VolumeUsage"}, ""),
        ({"lineItem/UsageType": "APN1-EBS", "pricing/term": "OnDemand"}, "on_demand"),
    ],
)
def test_a_report_tells_how_it_was_bought(one, said, option):
    assert one(CUR | said).option == option


@pytest.mark.parametrize(
    ("product", "usage_type", "gpu_type"),
    [
        ("AmazonEC2", "BoxUsage:p3.2xlarge", "p3.2xlarge"),
        ("AmazonEC2", "APN1-UnusedBox:p4d.24xlarge", "p4d.24xlarge"),
        ("AmazonEC2", "APN1-DedicatedUsage:g5.xlarge", "g5.xlarge"),
        ("AmazonEC2", "APN1-EBSOptimized:p3.2xlarge", ""),
        ("AmazonEC2", "APN1-BoxUsage:m5.large", ""),
        ("ElasticMapReduce", "APN1-BoxUsage:p3.2xlarge", ""),
        ("AmazonSageMaker", "APN1-Train:ml.p3.2xlarge", "p3.2xlarge"),
        ("AmazonSageMaker", "APN1-Train:ml.m5.large", ""),
    ],
)
def test_only_hours_of_machines_are_hours_of_gpus(one, product, usage_type, gpu_type):
    said = {"lineItem/ProductCode": product, "lineItem/UsageType": usage_type}
    assert one(CUR | said).gpu_type == gpu_type


def test_an_amount_that_is_no_time_is_no_hours(one):
    assert one(CUR | {"pricing/unit": "Quantity"}).gpu_type == ""
    assert one(CUR | {"pricing/unit": ""}).hours == 24


@pytest.mark.parametrize(
    ("usage_type", "purpose"),
    [
        ("APN1-Train:ml.p3.2xlarge", "training"),
        ("APN1-Notebk:ml.p3.2xlarge", "notebook"),
        ("APN1-Host:ml.g5.xlarge", "inference"),
        ("APN1-Other:ml.g5.xlarge", ""),
    ],
)
def test_sagemaker_tells_what_a_machine_was_for(one, usage_type, purpose):
    said = {"lineItem/ProductCode": "AmazonSageMaker", "lineItem/UsageType": usage_type}
    assert one(CUR | said).purpose == purpose


def test_who_a_line_is_of_is_told_by_a_tag(one):
    assert one(CUR | {"resourceTags/user:Owner": "佐藤"}).person == "佐藤"


def test_a_gzipped_report_reads_as_the_plain_one(tmp_path, one):
    path = tmp_path / "bill.csv.gz"
    path.write_bytes(gzip.compress(as_csv(CUR).encode("utf-8-sig")))
    assert list(lines(path, recognise(path))) == [one(CUR)]


def test_semicolons_and_tabs_part_cells_too(tmp_path, one):
    for separator in ";\t":
        path = tmp_path / "bill.csv"
        path.write_text(as_csv(FOCUS, separator=separator))
        assert list(lines(path, recognise(path))) == [one(FOCUS)]


def test_parquet_with_maps_times_and_decimals_reads_as_text_does(tmp_path, one):
    maps = pa.map_(pa.string(), pa.string())
    day = pa.timestamp("ms", tz="UTC")
    columns = {name: pa.array([value]) for name, value in CUR2.items()}
    columns["resource_tags"] = pa.array(
        [[("user_project", "a"), ("aws_batch_compute_environment", "gpu")]], maps
    )
    columns["line_item_unblended_cost"] = pa.array([120.5])
    columns["line_item_usage_amount"] = pa.array([Decimal("24.00")])
    columns["line_item_unblended_rate"] = pa.array([None], pa.string())
    columns["product_instance_type"] = columns[
        "product_instance_type"
    ].dictionary_encode()
    start = [datetime(2026, 11, 3, tzinfo=UTC)]
    columns["line_item_usage_start_date"] = pa.array(start, day)
    path = tmp_path / "bill.parquet"
    pq.write_table(pa.table(columns), path)
    (line,) = lines(path, recognise(path))
    assert line == one(CUR2)


def test_parquet_with_structs_and_nulls_in_words_is_read(tmp_path, one):
    columns = {name: pa.array([value]) for name, value in FOCUS.items()}
    columns["Tags"] = pa.array([{"project": "a", "none": None}])
    path = tmp_path / "bill.parquet"
    pq.write_table(pa.table(columns), path)
    assert list(lines(path, recognise(path))) == [one(FOCUS)]
    columns["Tags"] = pa.array([None], pa.map_(pa.string(), pa.string()))
    pq.write_table(pa.table(columns), path)
    (line,) = lines(path, recognise(path))
    assert line.tags == {}


def test_blank_lines_are_no_rows_and_are_counted(tmp_path):
    path = tmp_path / "bill.csv"
    head, row = as_csv(FOCUS).splitlines()
    path.write_text(f"{head}\r\n{row}\r\n{row}\r\n\r\n")
    assert [line.row for line in lines(path, "focus")] == [2, 3]


def test_newlines_and_quotes_in_a_cell_stay_in_it(one):
    said = 'two\n"lines", one cell'
    assert one(FOCUS | {"ChargeDescription": said}).description == said


def test_many_batches_keep_their_row_numbers(tmp_path):
    path = tmp_path / "bill.csv"
    row = as_csv(CUR).splitlines()[1]
    head = as_csv(CUR).splitlines()[0]
    path.write_text("\n".join([head, *[row] * 40_000]) + "\n")
    found = [line.row for line in lines(path, "cur")]
    assert found == list(range(2, 40_002))
    path.write_text(
        "\n".join([as_csv(FOCUS).strip()] + [as_csv(FOCUS).splitlines()[1]] * 40_000)
    )
    named = {line.identity for line in lines(path, "focus")}
    assert len(named) == 40_001
