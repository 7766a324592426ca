"""Deployments: side by side, corrected, ended, and booked to the spend by month."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from costs import deployment_pages as pages
from costs.models import (
    Deployment,
    DeploymentMonth,
    ExchangeRate,
    Spend,
    SpendDay,
    Target,
)
from costs.services import deployments
from costs.services.deployments import Described
from projects.models import Event


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


BY_CALL = {
    "milliseconds": Decimal(120),
    "megabytes": Decimal(1024),
    "per_gb_second": Decimal("0.0000166667"),
    "per_million": Decimal("0.2"),
    "gateway_per_million": Decimal(1),
}
STANDING = {
    "instances": Decimal(1),
    "per_hour": Decimal(20),
    "percent": Decimal(50),
    "hours": Decimal(730),
}


def described(**said) -> Described:
    usual = {
        "name": "自社サーバー",
        "target": Target.ON_PREM,
        "prices": STANDING,
        "currency": "JPY",
        "predictions_a_month": 1_000_000,
        "source": "見積書",
        "starts_on": date(2026, 8, 17),
    }
    return Described(**(usual | said))


def by_call(**said) -> Described:
    usual = {
        "name": "Lambda",
        "target": Target.LAMBDA,
        "prices": BY_CALL,
        "currency": "USD",
        "rate_yen": Decimal(150),
    }
    return described(**(usual | said))


def added(engagement, by, said=None) -> Deployment:
    return deployments.add(engagement=engagement, said=said or described(), by=by)


def booked(row, by, month=date(2026, 9, 1), predictions=900_000):
    return deployments.book(deployment=row, month=month, predictions=predictions, by=by)


def test_a_deployment_keeps_its_prices_and_its_rate(engagement, manager):
    row = added(engagement, manager, by_call())

    assert row.prices["per_gb_second"] == "0.0000166667"
    assert deployments.line_in_yen(row).at(Decimal(1_000_000)) == Decimal("480.0006")
    with pytest.raises(ValidationError, match="no exchange rate"):
        added(engagement, manager, by_call(rate_yen=None))
    told = Event.objects.get(verb="deployment.added").sentence("en")
    assert told == "manager added the deployment Lambda"


def test_a_month_is_booked_once_and_taken_back(engagement, manager):
    row = added(engagement, manager)
    month = booked(row, manager)

    assert (month.cost_yen, month.day) == (7_300, date(2026, 9, 30))
    assert Spend.objects.get(engagement=engagement).spent_yen == 7_300
    day = SpendDay.objects.get(kind="inference")
    assert (day.month, day.purpose) == (date(2026, 9, 1), "inference")
    with pytest.raises(ValidationError, match="booked already"):
        booked(row, manager, date(2026, 9, 15))
    seen_before = DeploymentMonth.objects.get(pk=month.pk)
    deployments.take_back(booked=month, by=manager)

    assert Spend.objects.get(engagement=engagement).spent_yen == 0
    with pytest.raises(ValidationError, match="taken back already"):
        deployments.take_back(booked=seen_before, by=manager)
    verbs = ["inference.booked", "inference.unbooked"]
    told = [Event.objects.get(verb=verb).sentence("en") for verb in verbs]
    assert told == [
        "manager booked 2026-09 of 自社サーバー: 900,000 predictions, ¥7,300",
        "manager took back 2026-09 of 自社サーバー: ¥7,300",
    ]


def test_of_a_month_the_days_in_operation_are_paid(engagement, manager):
    row = added(engagement, manager)
    august = booked(row, manager, date(2026, 8, 1))
    assert august.cost_yen == pytest.approx(
        Decimal(7300) * 15 / 31, abs=Decimal("0.01")
    )
    deployments.end(deployment=row, on=date(2026, 9, 15), by=manager)
    september = booked(row, manager)

    assert (september.cost_yen, september.day) == (3_650, date(2026, 9, 15))
    for month in (date(2026, 7, 1), date(2026, 10, 1)):
        with pytest.raises(ValidationError, match="did not answer"):
            booked(row, manager, month)
    with pytest.raises(ValidationError, match="when it is over"):
        booked(row, manager, timezone.localdate())


def test_a_month_is_booked_at_the_rate_of_its_last_day(engagement, manager):
    row = added(engagement, manager, by_call())
    assert booked(row, manager, date(2026, 8, 1), 1_000_000).rate_yen == 150
    ExchangeRate.objects.create(
        organisation=engagement.provider,
        currency="USD",
        day=date(2026, 9, 1),
        yen=160,
        source="中値",
        recorded_by=manager,
    )
    assert booked(row, manager, predictions=1_000_000).rate_yen == 160


def test_what_is_booked_keeps_its_cost_when_prices_are_corrected(engagement, manager):
    row = added(engagement, manager)
    month = booked(row, manager)
    dearer = STANDING | {"per_hour": Decimal(40)}
    deployments.correct(deployment=row, said=described(prices=dearer), by=manager)

    month.refresh_from_db()
    assert month.cost_yen == 7_300
    assert booked(row, manager, date(2026, 10, 1)).cost_yen == 14_600


def test_an_end_lies_after_the_beginning_and_what_is_booked(engagement, manager):
    row = added(engagement, manager)
    booked(row, manager)
    with pytest.raises(ValidationError, match="before it began"):
        deployments.end(deployment=row, on=date(2026, 8, 1), by=manager)
    with pytest.raises(ValidationError, match="take it back first"):
        deployments.end(deployment=row, on=date(2026, 9, 1), by=manager)
    deployments.end(deployment=row, on=date(2026, 10, 5), by=manager)
    late = described(starts_on=date(2026, 11, 1))
    with pytest.raises(ValidationError, match="begin after its end"):
        deployments.correct(deployment=row, said=late, by=manager)


def test_who_may_not_record_costs_does_nothing(engagement, manager, executive):
    row = added(engagement, manager)
    month = booked(row, manager)
    for act in (
        lambda: added(engagement, executive),
        lambda: deployments.correct(deployment=row, said=described(), by=executive),
        lambda: deployments.end(deployment=row, on=date(2026, 12, 1), by=executive),
        lambda: booked(row, executive),
        lambda: deployments.take_back(booked=month, by=executive),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert list(Deployment.objects.visible_to(executive)) == [row]
    assert list(DeploymentMonth.objects.visible_to(executive)) == [month]


# Side by side ----------------------------------------------------------------------


def test_side_by_side_the_cheapest_is_named_and_crossings_told(engagement, manager):
    added(engagement, manager, by_call())
    added(engagement, manager)
    ended = added(engagement, manager, described(name="旧", starts_on=date(2026, 1, 1)))
    deployments.end(deployment=ended, on=date(2026, 3, 1), by=manager)
    rows = pages.compared(list(engagement.deployments.all()), timezone.localdate())

    assert [one.ended for one in rows] == [False, False, True]
    assert pages.cheapest(rows).row.name == "Lambda"
    (crossing,) = pages.crossings(rows)
    assert (crossing.first.name, crossing.other.name) == ("Lambda", "自社サーバー")
    # 7,300 yen a month against 480.0006 for a million.
    assert crossing.volume == pytest.approx(Decimal("15208314"), abs=1)
    chart = pages.chart(rows)
    assert len(chart.figure["light"]["data"]) == 2
    assert "costs least" in chart.title
    assert pages.chart(rows[:1]).title.startswith("“Lambda” costs")
    assert chart.table.head == ("Predictions a month", "Lambda", "自社サーバー")


def test_two_that_never_cost_the_same(engagement, manager):
    dear = STANDING | {"per_hour": Decimal(99)}
    added(engagement, manager, described(name="a dear one", prices=dear))
    added(engagement, manager)
    rows = pages.compared(list(engagement.deployments.all()), timezone.localdate())
    (crossing,) = pages.crossings(rows)
    assert (crossing.first.name, crossing.volume) == ("自社サーバー", None)


def test_without_a_volume_nothing_is_drawn_or_named(engagement, manager):
    added(engagement, manager, described(predictions_a_month=0))
    rows = pages.compared(list(engagement.deployments.all()), timezone.localdate())
    assert pages.cheapest(rows) is None
    assert pages.chart(rows) is None
    assert pages.chart([]) is None


def test_a_name_is_no_markup_in_the_chart(engagement, manager):
    added(engagement, manager, described(name="<a href='x'>x</a>"))
    rows = pages.compared(list(engagement.deployments.all()), timezone.localdate())
    drawn = pages.chart(rows).figure["light"]["data"][0]
    assert drawn["name"] == "&lt;a href=&#x27;x&#x27;&gt;x&lt;/a&gt;"


# Pages -----------------------------------------------------------------------------


def address(engagement, name, *on):
    return reverse(f"costs:{name}", args=[engagement.pk, *on])


TYPED = {
    "name": "Lambda",
    "starts_on": "2026-08-01",
    "predictions_a_month": "1000000",
    "currency": "USD",
    "rate_yen": "150",
    "p50_ms": "40",
    "p95_ms": "120",
    "source": "price page, 2026-11-25",
    "milliseconds": "119.2",
    "megabytes": "1024",
    "per_gb_second": "0.0000166667",
    "per_million": "0.20",
    "gateway_per_million": "1.00",
}


def test_a_deployment_is_added_corrected_ended_and_booked_in_the_browser(
    client, engagement, manager
):
    client.force_login(manager)
    new = address(engagement, "deployment_new")
    assert (
        "No deployment is recorded"
        in client.get(address(engagement, "deployments")).text
    )
    assert "Where the model answers" in client.get(new).text
    assert "is not one of the available" in client.get(f"{new}?target=moon").text
    assert "price of a GB-second" in client.get(f"{new}?target=lambda").text
    kept = client.post(f"{new}?target=lambda", TYPED, follow=True)
    assert "1,000,000 predictions a month cost ¥480." in kept.text
    assert "0.0000166667" in kept.text
    row = Deployment.objects.get()
    edit = address(engagement, "deployment_edit", row.pk)
    assert 'value="0.0000166667"' in client.get(edit).text
    client.post(edit, TYPED | {"predictions_a_month": "2000000"})
    assert Deployment.objects.get().predictions_a_month == 2_000_000
    book = address(engagement, "month_book", row.pk)
    said = {"month": "2026-09", "predictions": "1000000"}
    assert "The month was booked" in client.post(book, said, follow=True).text
    again = client.post(book, said, follow=True).text
    assert "This month is booked already." in again
    wrong = client.post(book, said | {"month": "September"}, follow=True).text
    assert "Write the month as 2026-10" in wrong
    month = DeploymentMonth.objects.get()
    back = address(engagement, "month_take_back", row.pk, month.pk)
    assert "Take this month back?" in client.get(back).text
    assert "was taken back" in client.post(back, follow=True).text
    ended = address(engagement, "deployment_end", row.pk)
    assert "Write the last day" in client.post(ended, {"on": "x"}, follow=True).text
    early = client.post(ended, {"on": "2026-01-01"}, follow=True).text
    assert "It cannot end before it began." in early
    done = client.post(ended, {"on": "2026-10-31"}, follow=True).text
    assert "It answered until 31 October 2026." in done
    listed = client.get(address(engagement, "deployments")).text
    assert "ended 31 October 2026" in listed


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"p50_ms": "200"}, "This is never less than the time of half."),
        ({"milliseconds": "0"}, "greater than or equal to"),
        ({"rate_yen": ""}, "There is no exchange rate of USD"),
    ],
)
def test_what_is_typed_wrong_is_told(said, told, client, engagement, manager):
    client.force_login(manager)
    new = address(engagement, "deployment_new")
    assert told in client.post(f"{new}?target=lambda", TYPED | said).text
    row = added(engagement, manager, by_call())
    edit = address(engagement, "deployment_edit", row.pk)
    assert told in client.post(edit, TYPED | said).text


def test_the_customer_reads_costs_and_no_prices(client, engagement, manager, executive):
    row = added(engagement, manager)
    client.force_login(executive)
    page = client.get(address(engagement, "deployment", row.pk)).text
    assert "cost ¥7,300" in page
    assert "見積書" not in page
    assert "shown to the provider" in page
    listed = client.get(address(engagement, "deployments")).text
    assert "自社サーバー answers most cheaply: 7.30 yen for 1,000" in listed


def test_the_chart_is_a_file_and_an_empty_one_without_deployments(
    client, engagement, manager
):
    client.force_login(manager)
    file = address(engagement, "volumes_csv")
    assert client.get(file).getvalue().decode("utf-8-sig").strip() == ""

    added(engagement, manager)
    found = client.get(file).getvalue().decode("utf-8-sig").splitlines()

    assert found[0] == ",Predictions a month,Yen a month"
    assert len(found) > 20
    page = client.get(address(engagement, "deployments"))
    assert file in page.text


def test_side_by_side_as_files(client, engagement, manager):
    added(engagement, manager)
    client.force_login(manager)
    content = client.get(address(engagement, "deployments_csv")).getvalue().decode()
    assert "自社サーバー,On premises,2026-08-17,,1000000" in content
    found = client.get(address(engagement, "deployments_xlsx"))
    assert found.content.startswith(b"PK")


def test_a_press_that_comes_late_is_answered_in_words(
    client, engagement, manager, monkeypatch
):
    row = added(engagement, manager)
    month = booked(row, manager)
    client.force_login(manager)
    take_back = deployments.take_back

    def somebody_was_faster(*, booked, by):
        take_back(booked=DeploymentMonth.objects.get(pk=booked.pk), by=by)
        take_back(booked=booked, by=by)

    monkeypatch.setattr(deployments, "take_back", somebody_was_faster)
    back = address(engagement, "month_take_back", row.pk, month.pk)
    assert "taken back already" in client.post(back, follow=True).text
    assert row.starts_on < timezone.localdate() - timedelta(days=1)
