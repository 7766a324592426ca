"""The pages of a provider's types, prices and rates."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from costs.models import ExchangeRate, GpuType, Price
from costs.services import gpu_types, prices
from tests.conftest import person


@pytest.fixture
def provider(manager, client):
    client.force_login(manager)
    return manager.memberships.get().organisation


@pytest.fixture
def p3(provider, manager):
    (made,) = gpu_types.add_known_types(
        organisation=provider, names=["p3.2xlarge"], by=manager
    )
    return made


def at(name, provider, *more):
    return reverse(f"costs:{name}", args=[provider.pk, *more])


def test_types_are_chosen_among_the_known_ones(client, provider):
    empty = client.get(at("types", provider))
    assert "No GPU type is in the list" in empty.text
    choice = client.get(at("types_known", provider))
    assert "NVIDIA Tesla V100" in choice.text

    refused = client.post(at("types_known", provider), {"names": ["m5.large"]})
    assert "m5.large is no known cloud type" in refused.text
    added = client.post(
        at("types_known", provider),
        {"names": ["p3.2xlarge", "g5.xlarge"]},
        follow=True,
    )
    assert "2 types were added." in added.text
    assert added.context["offered"][0].name == "g5.xlarge"


def test_a_type_is_added_mended_and_retired(client, provider):
    said = {"name": "A100機", "model": "NVIDIA A100", "gpus": "4", "memory_gib": "80"}
    client.post(at("type_new", provider), said)
    made = GpuType.objects.get()
    again = client.post(at("type_new", provider), said)
    assert "This type is in the list already." in again.text

    client.post(at("type_edit", provider, made.pk), said | {"gpus": "8"})
    made.refresh_from_db()
    assert made.gpus == 8
    gone = client.post(at("type_retire", provider, made.pk), follow=True)
    assert "Retired types" in gone.text


def test_a_price_is_added_shown_and_ended(client, provider, p3, manager):
    said = {
        "gpu_type": p3.pk,
        "service": "compute",
        "option": "spot",
        "currency": "usd",
        "per_hour": "0.918",
        "valid_from": "2026-04-01",
        "source": "料金ページ",
    }
    wrong = client.post(at("price_new", provider), said | {"currency": "abc"})
    assert "No currency has this code" in wrong.text
    shown = client.post(at("price_new", provider), said, follow=True)
    assert "0.918 USD" in shown.text
    overlap = client.post(at("price_new", provider), said)
    assert "It overlaps the price that holds from 1 April 2026" in overlap.text

    price = Price.objects.get()
    early = client.post(at("price", provider, price.pk), {"last_day": "2026-03-01"})
    assert "It had not begun by then." in early.text
    ended = client.post(
        at("price", provider, price.pk), {"last_day": "2026-04-30"}, follow=True
    )
    assert "1 April 2026 to 30 April 2026" in ended.text
    assert "End this price" not in ended.text
    engineer = person("engineer", provider, "engineer")
    client.force_login(engineer)
    refused = client.post(at("price", provider, price.pk), {"last_day": "2026-04-02"})
    assert refused.status_code == 403


def test_prices_are_narrowed(client, provider, p3, manager):
    today = timezone.localdate()
    for option, begins, ends in (
        ("spot", today - timedelta(days=9), None),
        ("on_demand", today - timedelta(days=9), today - timedelta(days=1)),
    ):
        prices.add_price(
            gpu_type=p3,
            service="compute",
            option=option,
            currency="JPY",
            per_hour=Decimal(1),
            valid_from=begins,
            valid_until=ends,
            source="見積",
            by=manager,
        )

    def shown(query=""):
        page = client.get(at("prices", provider) + query).context["page"]
        return [one.option for one in page]

    assert shown() == ["spot"]
    assert shown("?on=ever") == ["on_demand", "spot"]
    assert shown("?on=ever&option=on_demand") == ["on_demand"]
    assert shown(f"?gpu_type={p3.pk}&option=reserved") == []
    assert shown("?option=nonsense") == ["spot"]
    nothing = client.get(at("prices", provider) + "?option=reserved").text
    assert "No price fits the search." in nothing


def test_a_price_list_is_taken_or_refused_with_its_places(client, provider):
    def send(text):
        file = SimpleUploadedFile("list.csv", text.encode())
        said = {
            "file": file,
            "service": "compute",
            "valid_from": "2026-04-01",
            "source": "料金ページ",
            "adds_types": "on",
        }
        return client.post(at("price_list", provider), said, follow=True)

    refused = send("type,option,currency,per_hour\np3.2xlarge,spot,USD,abc\n")
    assert "Nothing was taken in: mend this place." in refused.text
    assert "<code>per_hour</code>" in refused.text
    assert not Price.objects.exists()

    text = (
        "type,option,currency,per_hour,valid_from\np3.2xlarge,spot,USD,1,2026-03-01\n"
    )
    taken = send(text)
    assert "1 price was added. 1 GPU type was added." in taken.text
    again = send(text + "p3.2xlarge,spot,USD,2,2026-05-01\n")
    assert (
        "1 price was added. 1 was there already. 1 earlier price ended." in again.text
    )


MACHINE = {
    "price_yen": "6000000",
    "salvage_yen": "0",
    "life_years": "5",
    "gpus": "4",
    "power_w": "2000",
    "load": "80",
    "pue": "1.5",
    "yen_a_kwh": "31",
    "space_yen_a_year": "120000",
    "people_yen_a_year": "480000",
    "share": "50",
    "valid_from": "2026-04-01",
    "source": "固定資産台帳",
}


def test_an_own_machine_is_worked_out_and_kept(client, provider, manager):
    box = gpu_types.add_type(
        organisation=provider,
        name="A100機",
        model="NVIDIA A100",
        gpus=Decimal(4),
        by=manager,
    )
    said = MACHINE | {"gpu_type": box.pk}
    worked = client.post(at("on_prem", provider), said)
    part = client.post(at("on_prem", provider), MACHINE, headers={"hx-request": "true"})
    for answer in (worked, part):
        assert "121.34 yen" in answer.text
        assert "¥190 at 30%" in answer.text
    assert "<html" not in part.text
    assert not Price.objects.exists()

    kept = client.post(at("on_prem", provider), said | {"keep": "yes"}, follow=True)
    assert "485.3588 JPY" in kept.text
    assert "Worth lost in a year" in kept.text
    assert "¥190 at 30%" in kept.text
    again = client.post(at("on_prem", provider), said | {"keep": "yes"})
    assert "It overlaps the price" in again.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hours_a_year": "100"}, "hours_a_year"),
        ({"share": ""}, "hours_a_year"),
        ({"salvage_yen": "6000001"}, "salvage_yen"),
        ({"pue": "0.5"}, "pue"),
        ({"share": "0"}, "hours_a_year"),
        ({"load": "101"}, "load"),
    ],
)
def test_a_machine_that_cannot_be_is_refused_at_its_field(
    wrong, field, client, provider
):
    answer = client.post(at("on_prem", provider), MACHINE | wrong)

    assert field in answer.context["form"].errors
    assert answer.context["hour"] is None


def test_rates_are_added_one_by_one_or_pasted(client, provider):
    empty = client.get(at("rates", provider))
    assert "No rate is recorded" in empty.text
    one = {"currency": "USD", "day": "2026-10-01", "yen": "151.37", "source": "TTM"}
    added = client.post(at("rate_new", provider), one, follow=True)
    assert "151.37" in added.text
    refused = client.post(at("rate_new", provider), one | {"yen": "9"})
    assert "has the rate 151.37 already" in refused.text
    client.post(at("rate_new", provider), one | {"yen": "9", "replaces": "on"})
    assert ExchangeRate.objects.get().yen == 9

    many = {"source": "TTM", "pasted": "day,currency,yen\n2026-10-02,USD,152\n"}
    taken = client.post(at("rate_list", provider), many, follow=True)
    assert "1 rate was added; 0 were there already." in taken.text
    neither = client.post(at("rate_list", provider), many | {"pasted": ""})
    assert "one of the two" in neither.text
    wrong = many | {"pasted": "day,currency,yen\n2026-10-02,USZ,152\n"}
    assert (
        "No currency has this code"
        in client.post(at("rate_list", provider), wrong).text
    )
    file = SimpleUploadedFile("r.csv", b"day,currency,yen\n2026-10-03,USD,153\n")
    client.post(at("rate_list", provider), {"source": "TTM", "file": file})
    assert ExchangeRate.objects.count() == 3


def test_the_menu_leads_to_the_money_those_who_may_read_it(client, provider, executive):
    address = at("money", provider)
    assert address in client.get("/").text
    client.force_login(executive)
    assert address not in client.get("/").text
