"""Types, prices and rates of a provider: kept once, ended, never changed."""

from __future__ import annotations

import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from costs.lists.prices import Usual
from costs.lists.table import ListRefused
from costs.models import Charge, ExchangeRate, GpuType, Price
from costs.services import gpu_types, lookup, price_lists, prices, rates
from projects.models import Event
from tests.conftest import person
from tests.costs.test_on_prem import FOUR_CARDS

DATA = Path(os.environ.get("KENSHU_REALDATA", "nowhere"), "gpu_cost")
APRIL = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def provider(manager):
    return manager.memberships.get().organisation


@pytest.fixture
def p3(provider, manager):
    (made,) = gpu_types.add_known_types(
        organisation=provider, names=["p3.2xlarge"], by=manager
    )
    return made


def priced(gpu_type, by, **given):
    said = {
        "service": "compute",
        "option": "spot",
        "currency": "USD",
        "per_hour": Decimal("0.918"),
        "valid_from": APRIL,
        "source": "料金ページ",
    }
    return prices.add_price(gpu_type=gpu_type, by=by, **(said | given))


def told(refusal):
    return " ".join(refusal.value.messages)


# Types -------------------------------------------------------------------------------


def test_known_types_come_with_what_is_known_and_once(provider, manager):
    names = ["p3.8xlarge", "g5.xlarge", "p3.8xlarge"]
    added = gpu_types.add_known_types(organisation=provider, names=names, by=manager)
    again = gpu_types.add_known_types(organisation=provider, names=names, by=manager)

    assert (len(added), len(again)) == (2, 0)
    eight = provider.gpu_types.get(name="p3.8xlarge")
    assert (eight.model, eight.gpus, eight.memory_gib) == ("NVIDIA Tesla V100", 4, 16)
    assert Event.objects.filter(verb="gpu_type.added").count() == 2
    with pytest.raises(ValidationError, match=r"m5\.large is no known cloud type"):
        gpu_types.add_known_types(organisation=provider, names=["m5.large"], by=manager)


def test_a_type_is_mended_until_something_names_it(provider, manager, p3):
    own = gpu_types.add_type(
        organisation=provider,
        name="A100機",
        model="NVIDIA A100",
        gpus=Decimal(4),
        by=manager,
    )
    mended = gpu_types.edit_type(
        gpu_type=own, name="A100機", model="NVIDIA A100", gpus=Decimal(8), by=manager
    )
    assert mended.gpus == 8
    for name in ("p3.2xlarge", ""):
        with pytest.raises(ValidationError):
            gpu_types.edit_type(
                gpu_type=own, name=name, model="x", gpus=Decimal(1), by=manager
            )
    with pytest.raises(ValidationError, match="in the list already"):
        gpu_types.add_type(
            organisation=provider,
            name="A100機",
            model="x",
            gpus=Decimal(1),
            by=manager,
        )

    priced(own, manager)
    with pytest.raises(ValidationError, match="stays as it is"):
        gpu_types.edit_type(
            gpu_type=own, name="別名", model="x", gpus=Decimal(1), by=manager
        )


def test_a_line_of_cost_holds_its_type_too(provider, manager, p3, engagement):
    now = timezone.now()
    Charge.objects.create(
        organisation=provider,
        gpu_type="p3.2xlarge",
        started_at=now,
        ended_at=now,
        day=APRIL,
        month=APRIL,
        cost=1,
        cost_yen=1,
        recorded_by=manager,
    )

    assert gpu_types.is_used(p3)


def test_a_retired_type_is_offered_no_more_and_told_once(provider, manager, p3):
    gpu_types.retire_type(gpu_type=p3, by=manager)
    gpu_types.retire_type(gpu_type=p3, by=manager)

    assert not GpuType.objects.offered().exists()
    assert Event.objects.filter(verb="gpu_type.retired").count() == 1


def test_engineers_and_executives_read_prices_and_change_nothing(provider, p3, manager):
    kept = priced(p3, manager)
    engineer = person("engineer", provider, "engineer")
    rate = {"currency": "USD", "day": APRIL, "yen": Decimal(150), "source": "銀行"}
    acts = [
        lambda: gpu_types.retire_type(gpu_type=p3, by=engineer),
        lambda: priced(p3, engineer, option="reserved"),
        lambda: prices.end_price(price=kept, last_day=APRIL, by=engineer),
        lambda: rates.add_rate(organisation=provider, by=engineer, **rate),
        lambda: gpu_types.add_known_types(
            organisation=provider, names=["g5.xlarge"], by=engineer
        ),
    ]

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    assert list(Price.objects.visible_to(engineer)) == [kept]


# Prices ------------------------------------------------------------------------------


def test_a_new_price_ends_the_open_one_the_day_before(p3, manager):
    old = priced(p3, manager)
    new = priced(p3, manager, per_hour=Decimal("1.1"), valid_from=date(2026, 7, 1))

    old.refresh_from_db()
    assert (old.valid_until, new.valid_until) == (date(2026, 6, 30), None)
    assert Event.objects.get(verb="price.ended").sentence("en") == (
        "The price of p3.2xlarge, 0.918 USD, ends after 30 June 2026"
    )
    assert Event.objects.filter(verb="price.added").first().sentence("en") == (
        "manager set the price of p3.2xlarge to 1.1 USD an hour from 1 July 2026"
    )


def test_an_overlap_is_refused_and_names_the_price(p3, manager):
    priced(p3, manager, valid_until=date(2026, 6, 30))

    with pytest.raises(ValidationError) as refusal:
        priced(p3, manager, valid_from=date(2026, 6, 30))
    assert told(refusal) == (
        "It overlaps the price from 1 April 2026 to 30 June 2026 (p3.2xlarge 0.918 "
        "USD). Choose other days."
    )
    priced(p3, manager, valid_from=date(2026, 7, 1))
    with pytest.raises(ValidationError) as refusal:
        priced(p3, manager, valid_from=date(2026, 7, 1))
    assert "the price that holds from 1 July 2026" in told(refusal)
    assert Price.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "ABC"},
        {"per_hour": Decimal(-1)},
        {"valid_until": date(2026, 3, 31)},
        {"option": "rented"},
        {"per_hour": Decimal("1e13")},
        {"source": ""},
    ],
)
def test_a_wrong_price_leaves_nothing(wrong, p3, manager):
    old = priced(p3, manager, valid_from=date(2026, 1, 1))
    with pytest.raises(ValidationError):
        priced(p3, manager, **wrong)

    old.refresh_from_db()
    assert (old.valid_until, Price.objects.count()) == (None, 1)


def test_a_price_ends_when_somebody_says_so(p3, manager):
    kept = priced(p3, manager)
    with pytest.raises(ValidationError, match="had not begun"):
        prices.end_price(price=kept, last_day=date(2026, 3, 31), by=manager)

    prices.end_price(price=kept, last_day=date(2026, 5, 31), by=manager)
    kept.refresh_from_db()
    assert kept.valid_until == date(2026, 5, 31)
    with pytest.raises(ValidationError, match="already"):
        prices.end_price(price=kept, last_day=date(2026, 6, 30), by=manager)


def test_an_own_machine_s_hour_is_kept_with_its_working(provider, manager):
    box = gpu_types.add_type(
        organisation=provider, name="箱", model="A100", gpus=Decimal(4), by=manager
    )
    kept = prices.add_on_prem_price(
        gpu_type=box, machine=FOUR_CARDS, valid_from=APRIL, source="見積", by=manager
    )

    assert (kept.option, kept.service, kept.currency) == ("on_prem", "on_prem", "JPY")
    # Four GPUs at 121.3397.
    assert kept.per_hour == Decimal("485.3588")
    assert kept.worked_out["machine"]["pue"] == "1.5"
    assert kept.worked_out["steps"][-1]["yen"] == "121.3397"


# Lists -------------------------------------------------------------------------------

USUAL = Usual("compute", APRIL, "表")
PLAIN = "type,option,currency,per_hour,valid_from\n"


def take(provider, by, text, **given):
    return price_lists.take_price_list(
        organisation=provider,
        content=text.encode(),
        name="prices.csv",
        usual=USUAL,
        by=by,
        **given,
    )


def test_a_list_is_taken_once_and_ends_what_was_open(provider, manager, p3):
    old = priced(p3, manager, valid_from=date(2026, 1, 1))
    text = (
        f"{PLAIN}p3.2xlarge,spot,USD,0.95,2026-07-01\n"
        "p3.2xlarge,spot,USD,0.93,2026-04-01\ng5.xlarge,on_demand,USD,1.459,\n"
    )

    first, second = take(provider, manager, text), take(provider, manager, text)

    assert (first.added, first.ended, first.types) == (3, 1, ["g5.xlarge"])
    assert (second.added, second.unchanged, second.types) == (0, 3, [])
    old.refresh_from_db()
    assert old.valid_until == date(2026, 3, 31)
    spans = Price.objects.filter(gpu_type=p3).order_by("valid_from")
    assert list(spans.values_list("per_hour", "valid_until")) == [
        (Decimal("0.918"), date(2026, 3, 31)),
        (Decimal("0.93"), date(2026, 6, 30)),
        (Decimal("0.95"), None),
    ]
    assert Event.objects.filter(verb="price_list.taken").count() == 1


def test_a_list_with_one_fault_changes_nothing(provider, manager, p3):
    old = priced(p3, manager, valid_until=date(2026, 6, 30))
    text = (
        f"{PLAIN}g5.xlarge,spot,USD,1,2026-04-01\n"
        "p3.2xlarge,spot,USD,2,2026-05-01\nunheard,spot,USD,1,2026-04-01\n"
    )
    with pytest.raises(ListRefused) as refusal:
        take(provider, manager, text)

    said = [(one.row, one.column, one.says.en) for one in refusal.value.faults]
    assert [(row, column) for row, column, _says in said] == [(3, "per_hour"), (4, "")]
    assert "from 1 April 2026 to 30 June 2026" in said[0][2]
    assert "not in the list" in said[1][2]
    assert list(Price.objects.all()) == [old]
    assert not GpuType.objects.filter(name="g5.xlarge").exists()


def test_types_are_added_only_where_that_was_asked_for(provider, manager, p3):
    with pytest.raises(ListRefused):
        take(provider, manager, f"{PLAIN}g5.xlarge,spot,USD,1,\n", adds_types=False)


@pytest.mark.realdata
@pytest.mark.skipif(not DATA.is_dir(), reason="KENSHU_REALDATA names no data")
def test_the_published_list_of_november_2017_is_taken(provider, manager):
    taken = price_lists.take_price_list(
        organisation=provider,
        content=(DATA / "ec2_gpu_prices_2017-11.csv").read_bytes(),
        name="ec2.csv",
        usual=Usual("compute", date(2017, 11, 1), "ec2instances.info"),
        by=manager,
    )

    assert taken.added == Price.objects.count() > 140
    rates.add_rate(
        organisation=provider,
        currency="USD",
        day=date(2017, 11, 1),
        yen=Decimal("114.1"),
        source="TTM",
        by=manager,
    )
    tokyo = lookup.price_of_day(
        gpu_type=provider.gpu_types.get(name="p3.2xlarge"),
        service="compute",
        option="on_demand",
        region="ap-northeast-1",
        day=date(2017, 11, 2),
    )
    assert (tokyo.price.per_hour, tokyo.per_hour_yen) == (
        Decimal("5.243"),
        Decimal("598.2263"),
    )


# Rates -------------------------------------------------------------------------------


def rated(provider, by, yen="151.37", **given):
    said = {"currency": "USD", "day": APRIL, "source": "TTM"}
    return rates.add_rate(
        organisation=provider, yen=Decimal(yen), by=by, **(said | given)
    )


def test_a_rate_is_kept_once_and_replaced_only_on_demand(provider, manager):
    first = rated(provider, manager)
    assert rated(provider, manager) == first
    with pytest.raises(ValidationError, match=r"has the rate 151\.37 already"):
        rated(provider, manager, "152")

    rated(provider, manager, "152", replaces=True)

    assert ExchangeRate.objects.get().yen == 152
    assert Event.objects.get(verb="exchange_rate.replaced").sentence("en") == (
        "manager changed USD of 1 April 2026 from ¥151.37 to ¥152"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "ABC"},
        {"currency": "JPY"},
        {"yen": "0"},
        {"yen": "1.123456789"},
    ],
)
def test_what_is_no_rate_is_refused(wrong, provider, manager):
    with pytest.raises(ValidationError):
        rated(provider, manager, **wrong)
    assert not ExchangeRate.objects.exists()


def test_many_rates_are_taken_whole_or_not_at_all(provider, manager):
    rated(provider, manager)
    text = "day,currency,yen\n2026-04-01,USD,151.37\n2026-04-02,USD,151.5\n"
    held = {"organisation": provider, "source": "TTM", "by": manager}

    taken = rates.take_rates(content=text.encode(), **held)
    again = rates.take_rates(content=text.encode(), **held)
    assert (taken.added, taken.unchanged) == (1, 1)
    assert (again.added, again.unchanged) == (0, 2)

    with pytest.raises(ListRefused) as refusal:
        rates.take_rates(
            content=b"day,currency,yen\n2026-04-03,USD,1\n2026-04-01,USD,9\n", **held
        )
    (fault,) = refusal.value.faults
    assert (fault.row, fault.column, fault.found) == (3, "yen", "9")
    assert "another rate (¥151.37)" in fault.says.en
    assert ExchangeRate.objects.count() == 2


# Looking up --------------------------------------------------------------------------


def looked_up(gpu_type, **given):
    said = {"service": "compute", "option": "spot", "day": APRIL}
    return lookup.price_of_day(gpu_type=gpu_type, **(said | given))


def test_the_price_and_the_rate_of_a_day_are_found(provider, manager, p3):
    priced(p3, manager)
    rated(provider, manager)

    found = looked_up(p3, day=APRIL + timedelta(days=31))

    assert found.per_hour_yen == Decimal("0.918") * Decimal("151.37")
    assert found.rate.day == APRIL


def test_a_price_in_yen_needs_no_rate(manager, p3):
    priced(p3, manager, currency="JPY", per_hour=Decimal(459))

    found = looked_up(p3)
    assert (found.per_hour_yen, found.rate.day) == (459, None)


def test_what_is_missing_is_said_with_its_code(provider, manager, p3):
    with pytest.raises(ValidationError) as missing:
        looked_up(p3)
    assert missing.value.code == lookup.PRICE_MISSING
    assert told(missing) == (
        "There is no price of p3.2xlarge (Spot, Virtual machine) on 1 April 2026."
    )
    priced(p3, manager, region="ap-northeast-1")
    with pytest.raises(ValidationError) as missing:
        looked_up(p3)
    assert "choose one of ap-northeast-1" in told(missing)
    with pytest.raises(ValidationError) as missing:
        looked_up(p3, region="us-east-1")
    assert "in us-east-1 on 1 April 2026" in told(missing)
    with pytest.raises(ValidationError) as missing:
        looked_up(p3, region="ap-northeast-1")
    assert missing.value.code == lookup.RATE_MISSING
    assert "no exchange rate of USD for 1 April 2026" in told(missing)


def test_a_rate_of_another_season_is_none(provider, manager, p3):
    priced(p3, manager)
    rated(provider, manager)

    with pytest.raises(ValidationError) as missing:
        looked_up(p3, day=APRIL + timedelta(days=32))
    assert missing.value.code == lookup.RATE_MISSING
