"""GPU use at a looked-up price, at a typed one, and mended afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import translation

from costs.models import Charge, Spend, SpendDay
from costs.services import gpu_types, lookup, prices, rates, use
from projects.models import Event, Organisation
from tests.conftest import person

BEGUN = datetime(2026, 10, 1, 1, tzinfo=UTC)
DAY = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def provider(manager):
    return manager.memberships.get().organisation


@pytest.fixture
def eight(provider, manager):
    """p3.16xlarge with a price of October in dollars, and their rate."""
    (made,) = gpu_types.add_known_types(
        organisation=provider, names=["p3.16xlarge"], by=manager
    )
    prices.add_price(
        gpu_type=made,
        service="compute",
        option="spot",
        currency="USD",
        per_hour=Decimal("7.344"),
        valid_from=DAY,
        source="料金ページ",
        by=manager,
    )
    rates.add_rate(
        organisation=provider,
        currency="USD",
        day=DAY,
        yen=Decimal(150),
        source="TTM",
        by=manager,
    )
    return made


def used(engagement, by, gpu_type, **given):
    line = {
        "started_at": BEGUN,
        "ended_at": BEGUN + timedelta(hours=2),
        "option": "spot",
        "count": Decimal(".5"),
    }
    return use.record_priced_use(
        engagement=engagement, gpu_type=gpu_type, by=by, **(line | given)
    )


def told(verb):
    return [event.sentence("en") for event in Event.objects.filter(verb=verb)]


def test_a_line_takes_the_price_of_the_day_and_keeps_it(engagement, manager, eight):
    line = used(engagement, manager, eight)
    prices.add_price(
        gpu_type=eight,
        service="compute",
        option="spot",
        currency="USD",
        per_hour=Decimal(99),
        valid_from=date(2026, 10, 2),
        source="料金ページ",
        by=manager,
    )

    line.refresh_from_db()
    # Half an instance of eight GPUs for two hours at 7.344 dollars.
    assert (line.gpus, line.gpu_hours) == (4, 8)
    assert (line.cost, line.cost_yen) == (Decimal("7.344"), Decimal("1101.6"))
    assert (line.price_per_hour, line.rate_yen) == (Decimal("7.344"), 150)


def test_without_a_price_nothing_is_recorded(engagement, manager, eight):
    with pytest.raises(ValidationError) as missing:
        used(engagement, manager, eight, option="on_demand")

    assert missing.value.code == lookup.PRICE_MISSING
    assert not Charge.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"started_at": BEGUN.replace(tzinfo=None)}, "needs its time zone"),
        ({"ended_at": (BEGUN + timedelta(hours=1)).replace(tzinfo=None)}, "zone"),
        ({"utilisation": Decimal(101)}, "from 0 to 100"),
        ({"lost_hours": Decimal(-1)}, "No more hours can be lost"),
    ],
)
def test_what_cannot_be_is_refused(wrong, says, engagement, manager, eight):
    with pytest.raises(ValidationError, match=says):
        used(engagement, manager, eight, **wrong)
    assert not Charge.objects.exists()


def test_the_type_and_the_person_belong_to_the_work(engagement, manager, eight):
    other = Organisation.objects.create(name="他社", kind="provider")
    stranger = person("stranger", other, "project_manager")
    with pytest.raises(ValidationError, match="takes no part"):
        used(engagement, manager, eight, used_by=stranger)
    (theirs,) = gpu_types.add_known_types(
        organisation=other, names=["p3.16xlarge"], by=stranger
    )
    with pytest.raises(ValidationError, match="of another provider"):
        used(engagement, manager, theirs)
    with pytest.raises(PermissionDenied):
        used(engagement, stranger, eight)
    with pytest.raises(ValidationError, match="No currency"):
        by_hand(engagement, manager, currency="ABC")


def by_hand(engagement, by, **given):
    line = {
        "started_at": BEGUN,
        "ended_at": BEGUN + timedelta(hours=2),
        "gpu_type": "借りたA100",
        "gpus_of_one": Decimal(1),
        "price_per_hour": Decimal(300),
        "price_reason": "貸主の請求書",
    }
    return use.record_use(engagement=engagement, by=by, **(line | given))


def test_a_price_of_one_s_own_is_told_with_its_reason(engagement, manager):
    line = by_hand(engagement, manager)

    assert (line.cost_yen, line.description) == (600, "貸主の請求書")
    assert told("gpu_usage.priced_by_hand") == [
        "manager recorded GPU use at a price of their own: 借りたA100, 2 hours, ¥600: "
        "貸主の請求書"
    ]


def test_a_correction_takes_the_old_line_back_and_tells_both(engagement, manager):
    line = by_hand(engagement, manager, source="api", identity="job-1")
    again = use.correct_use(
        charge=line,
        by=manager,
        started_at=BEGUN,
        ended_at=BEGUN + timedelta(hours=5),
        gpu_type="借りたA100",
        gpus_of_one=Decimal(1),
        price_per_hour=Decimal(300),
    )

    assert list(Charge.objects.all()) == [again]
    # What a program sent is known by its name when it is sent again.
    assert (again.source, again.identity) == ("api", "job-1")
    assert Spend.objects.get(engagement=engagement).spent_yen == 1500
    assert SpendDay.objects.get().lines == 1
    assert len(told("gpu_usage.removed")) == len(told("gpu_usage.recorded")) == 1


def test_a_correction_that_is_refused_leaves_the_old_line(engagement, manager):
    line = by_hand(engagement, manager)
    wrong = {
        "started_at": BEGUN,
        "ended_at": BEGUN,
        "gpu_type": "x",
        "gpus_of_one": Decimal(1),
        "price_per_hour": Decimal(1),
    }
    with pytest.raises(ValidationError):
        use.correct_use(charge=line, by=manager, **wrong)

    assert list(Charge.objects.all()) == [line]
    assert Spend.objects.get(engagement=engagement).spent_yen == 600
    Charge.objects.filter(pk=line.pk).update(engagement=None, assigned_by="")
    line.refresh_from_db()
    with pytest.raises(ValidationError, match="corrected bill"):
        use.correct_use(charge=line, by=manager, **wrong)


# The page ----------------------------------------------------------------------------


def typed(manager, **given):
    line = {
        "used_by": manager.pk,
        "purpose": "training",
        "gpu_type": "p3.16xlarge",
        "count": "1",
        "started_at": "2026-10-01T10:00",
        "ended_at": "2026-10-01T12:00",
        "option": "spot",
        "service": "compute",
        "outcome": "finished",
        "pricing": "looked_up",
    }
    return line | given


@pytest.fixture
def page(client, engagement, manager):
    client.force_login(manager)
    return reverse("costs:use_new", args=[engagement.pk])


def test_the_page_records_at_the_price_of_the_day(client, page, manager, eight):
    kept = client.post(page, typed(manager), follow=True)

    assert "p3.16xlarge, 16.00 GPU hours: recorded for ¥2,203." in kept.text
    line = Charge.objects.get()
    assert (line.used_by, line.cost_yen) == (manager, Decimal("2203.2"))
    # Ten o'clock in Japan.
    assert line.started_at == BEGUN


def test_the_price_is_shown_before_anything_is_recorded(client, page, manager, eight):
    whole = client.post(page, typed(manager, look="yes")).text
    part = client.post(page, typed(manager), headers={"hx-request": "true"}).text

    for text in (whole, part):
        assert "1,101.60 yen an hour" in text
        assert "¥2,203" in text
    assert "<html" not in part
    early = client.post(page, {"look": "yes", "pricing": "looked_up"})
    assert "It appears here once" in early.text
    backwards = typed(manager, look="yes", ended_at="2026-10-01T09:00", count="")
    assert "This use costs" not in client.post(page, backwards).text
    backwards = typed(manager, look="yes", ended_at="2026-10-01T09:00")
    assert "This use costs" not in client.post(page, backwards).text
    assert not Charge.objects.exists()


def test_a_missing_price_leads_to_where_it_is_added(client, page, manager, eight):
    refused = client.post(page, typed(manager, option="on_demand"))
    assert "There is no price of p3.16xlarge (On demand" in refused.text
    assert "Add this price" in refused.text
    link = refused.context["quote"].mend
    form = client.get(link).context["form"]
    assert form.initial["gpu_type"] == str(eight.pk)
    assert form.initial["valid_from"] == "2026-10-01"

    late = typed(manager, started_at="2026-12-01T10:00", ended_at="2026-12-01T12:00")
    refused = client.post(page, late)
    assert "There is no exchange rate of USD for 1 December 2026" in refused.text
    assert refused.context["quote"].mend.endswith("?day=2026-12-01&currency=USD")
    assert not Charge.objects.exists()


def test_an_engineer_is_told_who_adds_a_price(client, page, engagement, eight):
    engineer = person("engineer", engagement.provider, "engineer")
    client.force_login(engineer)

    refused = client.post(page, typed(engineer, option="on_demand"))

    assert "A project manager or an administrator" in refused.text
    assert "Add this price" not in refused.text


def test_a_typed_price_needs_its_reason(client, page, manager, eight):
    refused = client.post(page, typed(manager, pricing="by_hand", currency="EUR"))
    assert set(refused.context["form"].errors) == {"price_per_hour", "price_reason"}

    said = {"pricing": "by_hand", "price_per_hour": "9", "price_reason": "請求書"}
    refused = client.post(page, typed(manager, currency="EUR", **said))
    assert "There is no exchange rate of EUR" in refused.text
    client.post(page, typed(manager, currency="USD", **said))

    line = Charge.objects.get()
    assert (line.cost_yen, line.gpus, line.description) == (2700, 8, "請求書")


def test_without_types_the_name_is_typed(client, page, manager):
    said = {"pricing": "by_hand", "price_per_hour": "300", "price_reason": "請求書"}
    kept = typed(
        manager, gpu_type="借りたA100", gpus_of_one="2", currency="JPY", **said
    )
    client.post(page, kept)

    line = Charge.objects.get()
    assert (line.gpu_type, line.gpus, line.cost_yen) == ("借りたA100", 2, 600)


def test_a_line_is_corrected_at_the_price_it_was_recorded_at(
    client, engagement, manager, eight
):
    client.force_login(manager)
    line = used(engagement, manager, eight, count=Decimal(1))
    gpu_types.retire_type(gpu_type=eight, by=manager)
    address = reverse("costs:use_edit", args=[engagement.pk, line.pk])

    shown = client.get(address)
    assert "¥2,203" in shown.text
    assert shown.context["form"].initial["gpu_type"] == "p3.16xlarge"
    longer = typed(manager, pricing="kept", ended_at="2026-10-01T13:00")
    refused = client.post(address, longer | {"option": "on_demand"})
    assert "Another type or way of buying" in refused.text
    client.post(address, longer)

    kept = Charge.objects.get()
    assert (kept.gpu_hours, kept.cost_yen) == (24, Decimal("3304.8"))


def test_a_line_of_a_type_that_was_typed_stays_typed(
    client, engagement, manager, eight
):
    client.force_login(manager)
    line = by_hand(engagement, manager)
    address = reverse("costs:use_edit", args=[engagement.pk, line.pk])
    again = typed(
        manager,
        gpu_type="借りたA100",
        gpus_of_one="1",
        option="on_demand",
        pricing="kept",
        note="夜間",
    )

    client.post(address, again)

    kept = Charge.objects.get()
    assert (kept.note, kept.cost_yen, kept.description) == (
        "夜間",
        600,
        "貸主の請求書",
    )


def test_a_correction_without_a_price_says_so(client, engagement, manager, eight):
    client.force_login(manager)
    line = used(engagement, manager, eight)
    address = reverse("costs:use_edit", args=[engagement.pk, line.pk])

    refused = client.post(address, typed(manager, option="reserved"))

    assert "There is no price" in refused.text
    assert list(Charge.objects.all()) == [line]
