"""What was paid for and not used: counted where it was measured, never assumed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from costs import wasting
from costs.models import Charge, ExchangeRate, GpuType, Pool, Price
from costs.services import use
from costs.waste import (
    Left,
    Offer,
    Spot,
    Used,
    after_hours,
    alternatives,
    left_on,
)
from tests.conftest import person

TOKYO = ZoneInfo("Asia/Tokyo")
LIMIT = Decimal(30)
OCTOBER = date(2026, 10, 1)
LATER = datetime(2026, 10, 8, tzinfo=UTC)


def at(day, hour, minute=0):
    """A moment of October 2026 in Japan; the 1st is a Thursday."""
    return datetime(2026, 10, day, hour, minute, tzinfo=TOKYO)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


# Rules ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(1, 9), at(1, 18), "0"),
        (at(1, 7), at(1, 9), "1"),
        (at(1, 21, 30), at(2, 8, 30), "10"),
        (at(2, 22), at(5, 8), "58"),
        (at(3, 10), at(3, 12), "2"),
        (at(1, 0), at(8, 0), "98"),
        (
            datetime(2026, 10, 1, 13, tzinfo=UTC),
            datetime(2026, 10, 1, 14, tzinfo=UTC),
            "1",
        ),
    ],
)
def test_hours_outside_of_the_working_day_in_japan(start, end, hours):
    assert after_hours(start, end) == Decimal(hours)


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_hours_add_up_wherever_they_are_cut(start, first, second):
    begin = at(1, 0) + timedelta(seconds=start)
    middle = begin + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    whole = after_hours(begin, end)

    assert abs(whole - after_hours(begin, middle) - after_hours(middle, end)) < 1
    assert 0 <= whole <= Decimal((end - begin).total_seconds()) / 3600 + Decimal("1e-6")


def test_a_notebook_that_ran_overnight_is_counted_by_its_share():
    night = Left(at(1, 20), at(2, 8), Decimal(12), Decimal(48), Decimal(1200))
    empty = Left(at(1, 20), at(1, 20), Decimal(0), Decimal(0), Decimal(5))

    seen = left_on([night, empty])
    assert (round(seen.gpu_hours, 6), round(seen.yen, 6)) == (40, 1000)


@pytest.mark.parametrize(
    ("listed", "paid", "lost", "net"),
    [(1000, 300, 0, 700), (1000, 300, 30, 600), (1000, 900, 450, -400), (0, 0, 0, 0)],
)
def test_spot_saves_only_what_interruptions_leave(listed, paid, lost, net):
    assert Spot(Decimal(listed), Decimal(paid), Decimal(lost)).net == net


DAY, NEXT = date(2026, 10, 1), date(2026, 10, 2)
P3 = Used(
    "p3.8xlarge", "on_demand", "V100", Decimal(4),
    {DAY: Decimal(10), NEXT: Decimal(5)}, Decimal(30_000),
)  # fmt: skip


def offer(name, option, model, gpus, first, second=None):
    prices = {DAY: Decimal(first)}
    if second is not None:
        prices[NEXT] = Decimal(second)
    return Offer(name, option, model, Decimal(gpus), prices)


def test_the_same_use_elsewhere_at_the_prices_of_each_day():
    offers = [
        offer("p3.8xlarge", "on_demand", "V100", 4, 2000, 2000),
        offer("p3.8xlarge", "spot", "V100", 4, 600, 800),
        offer("p3.2xlarge", "spot", "V100", 1, 200, 200),
        offer("g5.xlarge", "on_demand", "A10G", 1, 150, 150),
        offer("own", "on_prem", "V100", 8, 900),
    ]

    found = alternatives([P3], offers, {})
    # The type itself, other models without a speed, and days without a price drop out.
    assert [(one.offer.gpu_type, one.yen) for one in found] == [
        ("p3.8xlarge", 10_000),
        ("p3.2xlarge", 12_000),
    ]
    assert found[0].saved == 20_000
    (g5,) = [
        one
        for one in alternatives([P3], offers, {"g5.xlarge": Decimal("1.5")})
        if one.speed
    ]
    assert (g5.yen, g5.speed) == (6000, Decimal("1.5"))


# Sums -------------------------------------------------------------------------------


def used(engagement, by, **given):
    line = {
        "started_at": at(1, 10),
        "ended_at": at(1, 20),
        "gpu_type": "p3.8xlarge",
        "gpus_of_one": Decimal(4),
        "price_per_hour": Decimal(100),
    }
    return use.record_use(engagement=engagement, by=by, **(line | given))


def seen(engagement):
    return wasting.waste_of(wasting.within(Charge.objects.all(), OCTOBER), LIMIT)


def test_only_what_was_measured_is_called_idle(engagement, manager):
    used(engagement, manager, utilisation=Decimal(10))
    used(engagement, manager, utilisation=Decimal(30))
    used(engagement, manager)
    used(engagement, manager, started_at=at(1, 0) - timedelta(hours=5))

    waste = seen(engagement)
    assert (waste.idle.gpu_hours, waste.idle.yen) == (36, 900)
    assert (waste.measured, waste.unmeasured) == (80, 40)


def test_lost_hours_and_those_nobody_stated(engagement, manager):
    used(
        engagement,
        manager,
        outcome="interrupted",
        interruptions=2,
        lost_hours=Decimal(4),
    )
    used(engagement, manager, outcome="failed")

    waste = seen(engagement)
    assert (waste.lost.gpu_hours, waste.lost.yen) == (16, 400)
    assert (waste.interruptions, waste.failed) == (2, 40)


def test_spot_with_and_without_a_list_price(engagement, manager):
    line = used(engagement, manager, option="spot", lost_hours=Decimal(1))
    Charge.objects.filter(pk=line.pk).update(listed=Decimal(30), rate_yen=Decimal(100))
    used(engagement, manager, option="spot")

    waste = seen(engagement)
    assert waste.spot == Spot(Decimal(3000), Decimal(1000), Decimal(100))
    assert (waste.spot.net, waste.unlisted) == (1700, 40)


def test_notebooks_left_on_that_nobody_saw_working(engagement, manager):
    night = {"started_at": at(1, 20), "ended_at": at(2, 6), "purpose": "notebook"}
    used(engagement, manager, **night)
    used(engagement, manager, **night, utilisation=Decimal(5))
    used(engagement, manager, **night, utilisation=Decimal(90))
    used(engagement, manager, **night | {"purpose": "training"})

    waste = seen(engagement)
    assert waste.notebook_lines == 2
    assert (round(waste.notebooks.gpu_hours), round(waste.notebooks.yen)) == (64, 1600)


def test_the_month_that_was_asked_for_or_the_newest(engagement, manager):
    charges = Charge.objects.all()
    assert wasting.month_of(charges, "") is None
    used(engagement, manager)
    assert wasting.month_of(charges, "no month") == OCTOBER
    assert wasting.month_of(charges, "2026-02") == date(2026, 2, 1)


@pytest.fixture
def known(engagement, manager):
    """Types of the provider: p3 with V100, g5 with A10G."""
    provider = engagement.provider
    return {
        name: GpuType.objects.create(
            organisation=provider, name=name, model=model, gpus=gpus
        )
        for name, model, gpus in (("p3.8xlarge", "V100", 4), ("g5.xlarge", "A10G", 1))
    }


def priced(kind, by, option, per_hour, **given):
    wanted = {"valid_from": OCTOBER, "source": "list", "service": "compute"} | given
    return Price.objects.create(
        organisation=kind.organisation,
        gpu_type=kind,
        option=option,
        per_hour=Decimal(per_hour),
        recorded_by=by,
        **wanted,
    )


def test_reserved_hours_that_nobody_used(engagement, manager, known):
    charges = wasting.within(Charge.objects.all(), OCTOBER)
    assert wasting.reserved_unused(engagement, charges, OCTOBER, now=LATER) == 0
    pool = Pool.objects.create(
        organisation=engagement.provider,
        name="棚",
        kind="cards",
        gpu_type=known["p3.8xlarge"],
        gpus=8,
    )
    for day in (3, 9):
        pool.reservations.create(
            engagement=engagement,
            title="学習",
            gpus=4,
            wanted_from=at(day, 9),
            hours=20,
            booked_by=manager,
        )
    used(engagement, manager)

    assert wasting.reserved_unused(engagement, charges, OCTOBER, now=LATER) == 40


def test_prices_of_each_day_in_yen_the_cheapest_of_several(engagement, manager, known):
    p3 = known["p3.8xlarge"]
    priced(p3, manager, "spot", 3, currency="USD", valid_until=date(2026, 10, 2))
    priced(p3, manager, "on_demand", 900)
    priced(p3, manager, "on_demand", 800, service="batch")
    priced(p3, manager, "reserved", 5, currency="EUR")
    for day, yen in ((date(2026, 9, 30), 150), (date(2026, 10, 2), 160)):
        ExchangeRate.objects.create(
            organisation=engagement.provider,
            currency="USD",
            day=day,
            yen=yen,
            source="bank",
            recorded_by=manager,
        )

    found = {one.option: one for one in wasting.offers(manager, [p3], OCTOBER)}
    assert set(found) == {"spot", "on_demand"}
    assert found["spot"].yen_an_hour == {DAY: 450, NEXT: 480}
    assert found["on_demand"].yen_an_hour[date(2026, 10, 31)] == 800


# Pages ------------------------------------------------------------------------------


def test_the_page_says_savings_in_words_and_prices_only_to_the_provider(
    client, engagement, manager, executive, known
):
    used(engagement, manager, utilisation=Decimal(10))
    priced(known["p3.8xlarge"], manager, "spot", 30)
    priced(known["g5.xlarge"], manager, "on_demand", 300)
    address = reverse("costs:waste", args=[engagement.pk])

    client.force_login(manager)
    text = client.get(address).text
    assert "¥900" in text
    assert "¥700 less" in text
    faster = client.get(address, {"to": "g5.xlarge", "speed": "2"}).text
    assert "¥5,000 more" in faster
    assert "1 GPU of g5.xlarge does the work of 2" in faster
    wrong = client.get(address, {"to": "g5.xlarge", "speed": "0", "limit": "900"})
    assert len(wrong.context["form"].errors) == 2
    client.force_login(executive)
    assert "What the same use would have cost" not in client.get(address).text


def test_spot_without_a_list_price_is_held_against_the_provider_s_own(
    client, engagement, manager, known
):
    p3 = known["p3.8xlarge"]
    priced(p3, manager, "on_demand", 400, valid_until=DAY)
    used(engagement, manager, option="spot", lost_hours=Decimal(1))
    used(engagement, manager, option="spot", started_at=at(2, 10), ended_at=at(2, 11))
    used(engagement, manager, option="spot", gpu_type="own")
    charges = wasting.within(Charge.objects.all(), OCTOBER)
    offers = wasting.offers(manager, [p3], OCTOBER)

    spot, unknown = wasting.spot_at_prices(charges, offers)
    assert spot == Spot(Decimal(4000), Decimal(1000), Decimal(100))
    assert unknown == 44
    client.force_login(manager)
    text = client.get(reverse("costs:waste", args=[engagement.pk])).text
    assert "¥2,600 less" in text


def test_a_page_without_use_says_so(client, engagement, manager):
    client.force_login(manager)

    assert "No GPU use" in client.get(reverse("costs:waste", args=[engagement.pk])).text
    address = reverse("costs:money_waste", args=[engagement.provider_id])
    assert "No GPU use" in client.get(address).text


def test_a_provider_sees_its_engagements_side_by_side(client, engagement, manager):
    used(engagement, manager, utilisation=Decimal(10))
    used(engagement, manager, lost_hours=Decimal(5))
    client.force_login(manager)

    text = client.get(reverse("costs:money_waste", args=[engagement.provider_id])).text
    assert "Early warning" in text
    assert "¥900" in text
    assert "¥500" in text


def test_more_lines_are_no_more_queries(client, engagement, manager, known):
    client.force_login(manager)
    address = reverse("costs:waste", args=[engagement.pk])
    used(engagement, manager)
    client.get(address)

    def made():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    few = made()
    for day in range(1, 9):
        used(engagement, manager, started_at=at(day, 1), ended_at=at(day, 2))
    assert made() == few


def test_a_viewer_of_the_provider_sees_no_money_of_all(client, engagement, manager):
    viewer = person("viewer", engagement.provider, "viewer")
    client.force_login(viewer)

    address = reverse("costs:money_waste", args=[engagement.provider_id])
    assert client.get(address).status_code == 403


def test_what_the_page_shows_is_a_file_too(client, engagement, manager, known):
    client.force_login(manager)
    address = reverse("costs:waste_csv", args=[engagement.pk])
    empty = client.get(address).getvalue().decode("utf-8-sig").splitlines()
    assert empty == ["What,GPU hours,Cost (yen),Instead,Instead (yen)"]

    used(engagement, manager)
    taken = client.get(address).getvalue().decode("utf-8-sig").splitlines()
    page = client.get(reverse("costs:waste", args=[engagement.pk]))

    assert [line.split(",")[0] for line in taken[1:4]] == [
        "Idle",
        "Notebooks left on after hours",
        "Work that was lost",
    ]
    assert len(taken) == 4 + bool(page.context["reserved"]) + len(page.context["rows"])
