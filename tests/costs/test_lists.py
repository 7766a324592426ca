"""Lists of prices and rates as files: read whole, or refused with row and column."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from costs.lists import table
from costs.lists.prices import Usual, read_prices
from costs.lists.rates import read_rates
from costs.lists.table import ListRefused

USUAL = Usual("compute", date(2026, 4, 1), "価格表")
DATA = Path(os.environ.get("KENSHU_REALDATA", "nowhere"), "gpu_cost")
PLAIN = "type,option,currency,per_hour\n"


def refused(read, *given):
    with pytest.raises(ListRefused) as refusal:
        read(*given)
    return [
        (one.row, one.column, one.found, one.says.en) for one in refusal.value.faults
    ]


def prices(text):
    return read_prices(text.encode(), USUAL)


def test_a_plain_list_says_what_it_says_and_the_form_the_rest():
    (first, second) = prices(
        "type,service,option,region,currency,per_hour,valid_from,valid_until,source\n"
        "p3.2xlarge,,spot,,usd,0.918,,,\n"
        "g5.xlarge,SageMaker,on_demand,ap-northeast-1,JPY,.5,2026/5/1,2026-05-31,見積\n"
    )

    assert (first.service, first.currency, first.per_hour) == (
        "compute",
        "USD",
        Decimal("0.918"),
    )
    assert (first.valid_from, first.source) == (date(2026, 4, 1), "価格表")
    assert (second.row, second.service, second.region) == (
        3,
        "sagemaker",
        "ap-northeast-1",
    )
    assert (second.valid_from, second.valid_until) == (
        date(2026, 5, 1),
        date(2026, 5, 31),
    )


def test_a_column_for_each_option_gives_a_price_for_each():
    lines = prices(
        "instance_type;region;usd_per_hour_linux_ondemand;usd_per_hour_spot;"
        "usd_per_hour_savings_1y;abc_per_hour_x\n"
        "p3.2xlarge;tokyo;4.194;;2.5;9\n"
    )

    assert [(one.option, one.per_hour, one.column) for one in lines] == [
        ("on_demand", Decimal("4.194"), "usd_per_hour_linux_ondemand"),
        ("savings_plan", Decimal("2.5"), "usd_per_hour_savings_1y"),
    ]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a,b\n1,2\n", [(1, "", "", "needs the columns")]),
        ("type,option\np3,spot\n", [(1, "", "", "needs the columns")]),
        (
            "type,usd_per_hour_x\np3,1\n",
            [(1, "usd_per_hour_x", "", "does not say the purchase option")],
        ),
        (
            "type,usd_per_hour_spot_a,usd_per_hour_spot_b\np3,1,2\n",
            [(1, "usd_per_hour_spot_b", "", "same purchase option")],
        ),
        (f"{PLAIN},spot,USD,1\n", [(2, "type", "", "no value")]),
        (f"{PLAIN}p3,rent,USD,1\n", [(2, "option", "rent", "one of on_demand")]),
        (f"{PLAIN}p3,,USD,1\n", [(2, "option", "", "no value")]),
        (f"{PLAIN}p3,spot,ABC,1\n", [(2, "currency", "ABC", "No currency")]),
        (f"{PLAIN}p3,spot,,1\n", [(2, "currency", "", "no value")]),
        (f"{PLAIN}p3,spot,USD,\n", [(2, "per_hour", "", "no value")]),
        (f"{PLAIN}p3,spot,USD,-1\n", [(2, "per_hour", "-1", "0 or more")]),
        (f"{PLAIN}p3,spot,USD,NaN\n", [(2, "per_hour", "NaN", "0 or more")]),
        (f'{PLAIN}p3,spot,USD,"1,2"\n', [(2, "per_hour", "1,2", "0 or more")]),
        (
            f"{PLAIN}p3,spot,USD,1.1234567890123\n",
            [(2, "per_hour", "1.1234567890123", "12 digits")],
        ),
        (f"{PLAIN}{'p' * 61},spot,USD,1\n", [(2, "type", "p" * 60, "60 characters")]),
        (
            f"service,{PLAIN}phone,p3,spot,USD,1\n",
            [(2, "service", "phone", "one of compute")],
        ),
        (
            f"valid_from,{PLAIN}2026-02-30,p3,spot,USD,1\n",
            [(2, "valid_from", "2026-02-30", "like 2026-10-01")],
        ),
        (
            f"valid_from,{PLAIN}soon,p3,spot,USD,1\n",
            [(2, "valid_from", "soon", "like 2026-10-01")],
        ),
        (
            f"valid_until,{PLAIN}2026-03-31,p3,spot,USD,1\n",
            [(2, "valid_until", "2026-03-31", "before it begins")],
        ),
    ],
)
def test_a_fault_of_a_price_list_names_row_and_column(text, faults):
    found = refused(prices, text)

    assert [fault[:3] for fault in found] == [fault[:3] for fault in faults]
    for (*_place, says), (*_same, told) in zip(found, faults, strict=True):
        assert told in says


def test_every_fault_of_a_file_is_told_at_once():
    found = refused(prices, f"{PLAIN}p3,spot,USD,-1\n\n,spot,US,1\n")

    # Empty lines count, as a spreadsheet counts them.
    assert [(row, column) for row, column, *_rest in found] == [
        (2, "per_hour"),
        (4, "currency"),
        (4, "type"),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no row below"),
        (b"type,option\n", "no row below"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"  <html>\n<body></body>", "web page"),
        (b"PK\x03\x04\x00\x00", "cannot be read as CSV"),
        (b"\x81\x20,\x82\n1,2\n", "cannot be read as CSV"),
        (b'type,"option\n1,2\n', "cannot be read as CSV"),
        (b"type,type\n1,2\n", "there twice"),
        (b"type,option\n1,2,3\n", "more cells than the header"),
        (b"x" * (table.MOST_BYTES + 1), "larger than 2 MB"),
        (b"type\n" + b"1\n" * (table.MOST_ROWS + 1), "more than 20,000 rows"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content, told):
    (fault,) = refused(read_prices, content, USUAL)

    assert told in fault[3]


def test_only_the_first_hundred_faults_are_listed():
    with pytest.raises(ListRefused) as refusal:
        prices(PLAIN + "p3,spot,USD,-1\n" * 130)

    assert (len(refusal.value.faults), refusal.value.total) == (100, 130)


def test_a_list_of_shift_jis_is_read():
    text = "種類,購入方法,通貨,時間単価,出典\np3.2xlarge,spot,JPY,459,見積書\n"

    (line,) = read_prices(text.encode("cp932"), USUAL)

    assert (line.per_hour, line.source) == (459, "見積書")


def test_rates_are_read_once_each():
    rates = read_rates(
        "\ufeff日付\t通貨\t円\n2026-10-01\tusd\t151.37\n2026/10/1\tUSD\t151.370\n"
        "2026-10-02\tEUR\t170\n".encode()
    )

    assert [(one.day, one.currency, one.yen) for one in rates] == [
        (date(2026, 10, 1), "USD", Decimal("151.37")),
        (date(2026, 10, 2), "EUR", Decimal(170)),
    ]


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("day,currency\n1,2\n", (1, ""), "day, currency and yen"),
        ("day,currency,yen\n,USD,1\n", (2, "day"), "no value"),
        ("day,currency,yen\n10/1,USD,1\n", (2, "day"), "like 2026-10-01"),
        ("day,currency,yen\n2026-10-01,USZ,1\n", (2, "currency"), "No currency"),
        ("day,currency,yen\n2026-10-01,JPY,1\n", (2, "currency"), "needs no rate"),
        ("day,currency,yen\n2026-10-01,USD,0\n", (2, "yen"), "above 0"),
        ("day,currency,yen\n2026-10-01,USD,x\n", (2, "yen"), "0 or more"),
        ("day,currency,yen\n2026-10-01,USD,1.123456789\n", (2, "yen"), "8 digits"),
        ("day,currency,yen\n2026-10-01,USD,10000000000\n", (2, "yen"), "8 digits"),
        (
            "day,currency,yen\n2026-10-01,USD,1\n2026-10-01,USD,2\n",
            (3, "yen"),
            "row above",
        ),
    ],
)
def test_a_fault_of_a_list_of_rates_names_row_and_column(text, place, told):
    (fault,) = refused(read_rates, text.encode())

    assert fault[:2] == place
    assert told in fault[3]


@pytest.mark.realdata
@pytest.mark.skipif(not DATA.is_dir(), reason="KENSHU_REALDATA names no data")
def test_the_published_list_of_november_2017_is_read_whole():
    content = (DATA / "ec2_gpu_prices_2017-11.csv").read_bytes()
    lines = read_prices(content, USUAL)
    rows = content.decode().splitlines()[1:]

    assert len(lines) == sum(bool(cell) for r in rows for cell in r.split(",")[5:])
    (tokyo,) = [
        one
        for one in lines
        if (one.gpu_type, one.region, one.option)
        == ("p3.2xlarge", "ap-northeast-1", "on_demand")
    ]
    assert (tokyo.per_hour, tokyo.currency) == (Decimal("5.243"), "USD")
