"""The pages of spend and their files: what stands there is what was written."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from costs.burnup import Ahead, Words, burn_up
from costs.exports import guarded
from costs.models import Charge, SpendDay
from costs.services import budgets, use
from projects.models import Organisation
from tests.conftest import person

SEPTEMBER = datetime(2026, 9, 10, 1, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 5, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 31, 16, tzinfo=UTC)


def used(engagement, by, begun=OCTOBER, hours=10, **given):
    line = {
        "gpu_type": "p3.2xlarge",
        "gpus_of_one": Decimal(1),
        "price_per_hour": Decimal(1000),
    }
    return use.record_use(
        engagement=engagement,
        started_at=begun,
        ended_at=begun + timedelta(hours=hours),
        by=by,
        **(line | given),
    )


@pytest.fixture
def spent(engagement, manager):
    """Two months of use: 4,000 yen in September, 13,000 in October."""
    used(engagement, manager, SEPTEMBER, 4)
    used(engagement, manager, OCTOBER, 10, option="spot", purpose="notebook")
    used(engagement, manager, OCTOBER + timedelta(days=1), 3, gpu_type="g5.xlarge")
    return engagement


def read(answer) -> list[dict[str, str]]:
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize(
    ("by", "first", "yen"),
    [
        ("type", "p3.2xlarge", "10000.0000"),
        ("kind", "GPUs", "17000.0000"),
        ("purpose", "Notebook", "10000.0000"),
        ("person", "manager", "17000.0000"),
        ("month", "2026-10-01", "13000.0000"),
        ("day", "2026-09-10", "4000.0000"),
    ],
)
def test_each_way_to_take_the_spend_apart_is_a_file(
    by, first, yen, client, spent, manager
):
    client.force_login(manager)

    rows = read(client.get(reverse("costs:sheet_csv", args=[spent.pk, by])))

    assert next(iter(rows[0].values())) == first
    assert rows[0]["Cost (yen)"] == yen
    assert sum(Decimal(row["Cost (yen)"]) for row in rows) == 17000


def test_a_table_that_there_is_not_is_not_found(client, spent, manager):
    client.force_login(manager)

    page = client.get(reverse("costs:sheet_csv", args=[spent.pk, "moon"]))

    assert page.status_code == 404


def test_the_page_says_what_was_spent_and_compares_two_months(client, spent, manager):
    budgets.set_budget(
        engagement=spent,
        budget_yen=Decimal(20_000),
        stop_yen=Decimal(18_000),
        by=manager,
    )
    client.force_login(manager)
    address = reverse("costs:costs", args=[spent.pk])

    page = client.get(address)
    assert "¥0.017\u00a0M was spent by 6 October 2026." in page.text
    chart = page.context["chart"]
    # Each day to the yen.
    assert {row[2] for row in chart.table.rows} >= {"¥17,000"}
    assert "red dashes" in chart.how
    of_all = client.get(reverse("costs:money", args=[spent.provider_id]))
    # Nothing is told of lines that are not drawn.
    how = of_all.context["chart"].how
    assert how == "The filled area is what was spent so far."
    assert "more than September 2026" in page.text
    assert page.context["sheet"].key == "type"
    chosen = {"by": "purpose", "before": "2026-10-01", "after": "2026-09-01"}
    other = client.get(address, chosen)
    assert other.context["sheet"].key == "purpose"
    assert "less than October 2026" in other.text
    wrong = client.get(address, {"by": "moon", "before": "x", "after": "2026-09-01"})
    assert wrong.context["sheet"].key == "type"
    assert wrong.context["pair"] == (date(2026, 9, 1), date(2026, 10, 1))


def test_a_month_after_one_without_cost_is_told_without_a_part(client, spent, manager):
    line = used(spent, manager, DECEMBER, 1, price_per_hour=Decimal(0))
    assert line.month == date(2027, 1, 1)
    client.force_login(manager)

    page = client.get(
        reverse("costs:costs", args=[spent.pk]),
        {"before": "2027-01-01", "after": "2026-10-01"},
    )

    assert "January 2027 cost nothing." in page.text


def test_a_page_without_any_line_says_so(client, engagement, manager):
    client.force_login(manager)

    page = client.get(reverse("costs:costs", args=[engagement.pk]))

    assert "Nothing is recorded yet" in page.text
    assert page.context["chart"] is None


def test_one_line_alone_is_drawn_from_nothing(client, engagement, manager):
    used(engagement, manager)
    client.force_login(manager)

    chart = client.get(reverse("costs:costs", args=[engagement.pk])).context["chart"]

    assert chart.figure["light"]["data"][0]["y"] == [0.0, 0.01]


def test_a_workbook_holds_every_table_and_runs_nothing(client, spent, manager):
    used(spent, manager, note="=1+1", gpu_type="=HYPERLINK(1)")
    client.force_login(manager)

    answer = client.get(reverse("costs:sheets_xlsx", args=[spent.pk]))
    book = load_workbook(BytesIO(answer.content))

    assert len(book.sheetnames) == 6
    cells = [cell for row in book[book.sheetnames[0]].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s", "n"}
    assert any(cell.value == "=HYPERLINK(1)" and cell.quotePrefix for cell in cells)
    assert book[book.sheetnames[0]]["A1"].value == "Type"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_that_looks_like_a_formula_is_shown_as_text(text):
    assert guarded(text) == f"'{text}"
    assert guarded(f"a{text}") == f"a{text}"


def test_every_line_is_a_row_of_focus(client, spent, manager):
    used(spent, manager, DECEMBER, 1)
    Charge.objects.filter(gpu_type="g5.xlarge").update(
        billed=Decimal("0.12345678901"),
        effective=Decimal("0.1"),
        currency="USD",
        category="refund",
        provider="AWS",
        tags={"project": "押出"},
    )
    client.force_login(manager)

    rows = read(client.get(reverse("costs:sheet_csv", args=[spent.pk, "lines"])))

    newest = rows[0]
    assert newest["BillingPeriodStart"] == "2027-01-01T00:00:00Z"
    assert newest["BillingPeriodEnd"] == "2027-02-01T00:00:00Z"
    assert newest["ChargePeriodStart"] == "2026-12-31T16:00:00Z"
    assert newest["ChargeCategory"] == "Usage"
    assert Decimal(newest["BilledCost"]) == 1000
    of_bill = next(row for row in rows if row["x_GpuType"] == "g5.xlarge")
    assert Decimal(of_bill["BilledCost"]) == Decimal("0.12345678901")
    assert Decimal(of_bill["EffectiveCost"]) == Decimal("0.1")
    assert of_bill["ChargeCategory"] == "Adjustment"
    assert json.loads(of_bill["Tags"]) == {"project": "押出"}


def test_lines_are_listed_and_those_of_a_bill_stay(client, spent, manager):
    client.force_login(manager)

    page = client.get(reverse("costs:lines", args=[spent.pk]))

    assert page.text.count("p3.2xlarge") >= 2
    assert "¥1,000" in page.text
    Charge.objects.update(currency="USD", price_per_hour=Decimal("3.06"))
    assert "USD 3.06" in client.get(reverse("costs:lines", args=[spent.pk])).text
    Charge.objects.update(price_per_hour=None, gpu_type="", product="AmazonS3")
    assert "AmazonS3" in client.get(reverse("costs:lines", args=[spent.pk])).text


def test_a_provider_sees_all_of_its_engagements_and_what_is_nobodys(
    client, spent, manager
):
    executive = person("boss", spent.provider, "executive")
    lost = used(spent, manager, hours=1)
    use.remove_use(charge=lost, by=manager)
    SpendDay.objects.create(
        organisation=spent.provider,
        day=date(2026, 10, 7),
        month=date(2026, 10, 1),
        kind="cloud",
        currency="JPY",
        key="k",
        lines=3,
        cost_yen=Decimal(3000),
    )
    other = Organisation.objects.create(name="他社", kind="provider")
    SpendDay.objects.create(
        organisation=other,
        day=date(2026, 10, 7),
        month=date(2026, 10, 1),
        kind="cloud",
        currency="JPY",
        key="other",
        lines=1,
        cost_yen=Decimal(999_999),
    )
    client.force_login(executive)
    address = reverse("costs:money", args=[spent.provider.pk])

    page = client.get(address)
    assert "Belongs to nobody yet" in page.text
    assert page.context["sheet"].total[3] == Decimal(20_000)
    taken = reverse("costs:money_csv", args=[spent.provider.pk, "engagement"])
    rows = read(client.get(taken))
    assert [row["Cost (yen)"] for row in rows] == ["17000.0000", "3000.0000"]
    client.post(reverse("projects:language"), {"language": "ja", "next": "/"})
    assert "まだどこにも属さない" in client.get(address).text


def test_a_long_sheet_says_how_many_rows_the_file_has_more(client, engagement, manager):
    for number in range(52):
        used(engagement, manager, gpu_type=f"type-{number}", hours=1)
    client.force_login(manager)

    page = client.get(reverse("costs:costs", args=[engagement.pk]))

    assert "2 more rows are in the file." in page.text


def test_many_days_are_thinned_and_the_chart_says_so(client, engagement, manager):
    SpendDay.objects.bulk_create(
        SpendDay(
            organisation=engagement.provider,
            engagement=engagement,
            day=date(2024, 1, 1) + timedelta(days=n),
            month=date(2024, 1, 1),
            kind="gpu",
            currency="JPY",
            key=str(n),
            lines=1,
            cost_yen=Decimal(100),
        )
        for n in range(500)
    )
    client.force_login(manager)

    chart = client.get(reverse("costs:costs", args=[engagement.pk])).context["chart"]

    assert len(chart.figure["light"]["data"][0]["x"]) == 400
    assert "400" in chart.note


def test_what_lies_ahead_is_a_wedge_with_dashes():
    words = Words("¥ M", "Spent", "Budget", "Stop", "Forecast", 1_000_000)
    ahead = [
        Ahead(date(2026, 10, 6), *(Decimal(17_000_000),) * 3),
        Ahead(date(2026, 12, 1), *map(Decimal, (18_000_000, 20_000_000, 23_000_000))),
    ]
    drawn = burn_up(
        [(date(2026, 10, 6), Decimal(17_000_000))],
        budget=Decimal(20_000_000),
        stop=None,
        ahead=ahead,
        words=words,
    )["dark"]

    low, high, middle = drawn["data"][-3:]
    assert (low["y"], high["y"], middle["y"]) == ([17, 18], [17, 23], [17, 20])
    assert middle["line"]["dash"] == "dash"
    assert [mark["y0"] for mark in drawn["layout"]["shapes"]] == [20]


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        (date(2026, 11, 24), date(2026, 11, 25), ("%-d %b", 86_400_000)),
        (date(2026, 11, 3), date(2026, 12, 28), ("%-d %b", None)),
        (date(2026, 7, 9), date(2026, 11, 25), ("%b %Y", "M1")),
        (date(2026, 1, 9), date(2027, 5, 25), ("%b %Y", "M3")),
    ],
    ids=["each day", "days", "each month", "every third month"],
)
def test_no_month_stands_twice_under_the_axis(first, last, ticks):
    words = Words("¥ M", "Spent", "Budget", "Stop", "Forecast", 1_000_000)
    spent = [(first, Decimal(0)), (last, Decimal(9_000_000))]

    drawn = burn_up(spent, budget=None, stop=None, ahead=(), words=words)

    axis = drawn["light"]["layout"]["xaxis"]
    assert (axis["tickformat"], axis.get("dtick")) == ticks
    assert axis.get("tick0", first.replace(day=1)) == first.replace(day=1)


def test_nothing_spent_draws_only_the_lines():
    words = Words("¥ M", "Spent", "Budget", "Stop", "Forecast", 1_000_000)

    drawn = burn_up([], budget=None, stop=Decimal(5), ahead=(), words=words)

    assert len(drawn["light"]["data"]) == 1
    assert drawn["light"]["layout"]["annotations"][0]["text"] == "Stop"


def test_a_customer_learns_nothing_of_what_a_persons_hour_costs(
    client, spent, executive
):
    client.force_login(executive)

    page = client.get(reverse("costs:costs", args=[spent.pk]), {"by": "person"})

    assert page.context["by"] == "type"
    assert "person" not in dict(page.context["cuts"])
    taken = client.get(reverse("costs:sheet_csv", args=[spent.pk, "person"]))
    assert taken.status_code == 404
    book = client.get(reverse("costs:sheets_xlsx", args=[spent.pk]))
    assert len(load_workbook(BytesIO(book.content)).sheetnames) == 5
