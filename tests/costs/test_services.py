"""Money: a price stays on its row, the spend follows, nothing half-written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection
from django.urls import reverse

from costs import pricing
from costs.models import Charge, Spend, SpendDay
from costs.services import budgets, use
from projects.models import Event, Organisation
from tests.conftest import person

BEGUN = datetime(2026, 10, 1, 1, tzinfo=UTC)


def used(engagement, by, **given):
    line = {
        "started_at": BEGUN,
        "ended_at": BEGUN + timedelta(hours=2.5),
        "gpu_type": "p3.2xlarge",
        "gpus_of_one": Decimal(1),
        "option": "spot",
        "price_per_hour": Decimal("459.00"),
    }
    return use.record_use(engagement=engagement, by=by, **(line | given))


@pytest.mark.parametrize(
    ("hours", "count", "price", "rate", "yen"),
    [
        ("2.5", "1", "459", "1", "1147.5"),
        ("24", "2", "3.06", "151.37", "22233.2256"),
        ("1", ".5", "0.0001", "1", "0.0000"),
        ("3", ".5", "0.0001", "1", "0.0002"),
        ("10", "8", "0", "1", "0"),
    ],
)
def test_a_cost_in_yen_is_exact_to_a_hundredth_of_a_sen(hours, count, price, rate, yen):
    cost = pricing.cost_of(Decimal(hours), Decimal(count), Decimal(price))
    assert pricing.in_yen(cost, Decimal(rate)) == Decimal(yen)


def test_each_line_keeps_its_price_and_the_spend_follows(engagement, manager):
    first = used(engagement, manager)
    used(
        engagement,
        manager,
        price_per_hour=Decimal(600),
        ended_at=BEGUN + timedelta(hours=1),
    )

    first.refresh_from_db()
    spend = Spend.objects.get(engagement=engagement)
    assert (first.price_per_hour, first.cost_yen) == (459, Decimal("1147.5"))
    assert (spend.gpu_yen, spend.gpu_hours) == (Decimal("1747.5"), Decimal("3.5"))
    assert isinstance(spend.gpu_yen, Decimal)
    told = Event.objects.filter(verb="gpu_usage.recorded").order_by("pk")
    assert [event.params["cost_yen"] for event in told] == ["1148", "600"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ended_at": BEGUN},
        {"price_per_hour": Decimal(-1)},
        {"count": Decimal(0)},
        {"lost_hours": Decimal(3)},
    ],
)
def test_a_wrong_line_leaves_nothing(wrong, engagement, manager):
    with pytest.raises(ValidationError):
        used(engagement, manager, **wrong)

    assert not Charge.objects.exists()
    assert not Event.objects.filter(verb="gpu_usage.recorded").exists()


def test_who_may_not_spend_records_nothing(engagement, executive):
    viewer = person("viewer", engagement.provider, "viewer")
    for reader in (viewer, executive):
        with pytest.raises(PermissionDenied):
            used(engagement, reader)
        with pytest.raises(PermissionDenied):
            budgets.set_budget(engagement=engagement, budget_yen=Decimal(1), by=reader)
    assert not Charge.objects.exists()


def test_a_budget_is_set_and_set_again(engagement, manager):
    budgets.set_budget(engagement=engagement, budget_yen=Decimal(100), by=manager)
    budgets.set_budget(engagement=engagement, budget_yen=Decimal(200), by=manager)
    with pytest.raises(ValidationError):
        budgets.set_budget(engagement=engagement, budget_yen=Decimal(0), by=manager)

    assert Spend.objects.get(engagement=engagement).budget_yen == Decimal(200)
    assert Event.objects.filter(verb="budget.set").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_line_that_cannot_be_told_is_not_written(engagement, manager):
    """The event belongs to the act: without it there is neither line nor spend."""

    def full(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "projects_event"'):
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full):
        with pytest.raises(DatabaseError):
            used(engagement, manager)
        with pytest.raises(DatabaseError):
            budgets.set_budget(
                engagement=engagement, budget_yen=Decimal(100), by=manager
            )

    assert not Charge.objects.exists()
    assert not Spend.objects.exists()


def test_a_new_price_leaves_the_lines_that_were_paid_at_the_old_one(
    engagement, manager
):
    before = used(
        engagement,
        manager,
        price_per_hour=Decimal("100.50"),
        ended_at=BEGUN + timedelta(hours=3),
    )
    used(
        engagement,
        manager,
        price_per_hour=Decimal(900),
        ended_at=BEGUN + timedelta(hours=3),
    )

    before.refresh_from_db()
    assert (before.price_per_hour, before.cost_yen) == (
        Decimal("100.50"),
        Decimal("301.5"),
    )
    assert isinstance(before.price_per_hour, Decimal)
    assert isinstance(before.cost_yen, Decimal)


def test_lines_are_seen_by_those_who_see_the_engagement(engagement, manager, executive):
    line = used(engagement, manager)
    other = Organisation.objects.create(name="他社", kind="provider")
    stranger = person("stranger", other, "project_manager")

    for reader in (manager, executive):
        assert list(Charge.objects.visible_to(reader)) == [line]
    assert not Charge.objects.visible_to(stranger).exists()


def test_a_line_is_taken_back_and_the_spend_follows(engagement, manager):
    kept = used(
        engagement,
        manager,
        price_per_hour=Decimal(600),
        ended_at=BEGUN + timedelta(hours=1),
    )
    mistaken = used(engagement, manager)

    use.remove_use(charge=mistaken, by=manager)

    spend = Spend.objects.get(engagement=engagement)
    assert list(Charge.objects.all()) == [kept]
    assert (spend.gpu_yen, spend.gpu_hours) == (Decimal(600), Decimal(1))
    told = Event.objects.get(verb="gpu_usage.removed")
    assert told.sentence("en") == (
        "manager removed a record of GPU use: p3.2xlarge, 2.5 hours, ¥1,148"
    )


def test_a_line_is_taken_back_once(engagement, manager):
    mistaken = used(engagement, manager)
    seen_before = Charge.objects.get(pk=mistaken.pk)
    use.remove_use(charge=mistaken, by=manager)

    with pytest.raises(ValidationError):
        use.remove_use(charge=seen_before, by=manager)

    assert Spend.objects.get(engagement=engagement).gpu_yen == 0
    assert Event.objects.filter(verb="gpu_usage.removed").count() == 1


def test_who_may_not_record_takes_nothing_back(engagement, manager, executive):
    line = used(engagement, manager)
    viewer = person("viewer", engagement.provider, "viewer")

    for reader in (viewer, executive):
        with pytest.raises(PermissionDenied):
            use.remove_use(charge=line, by=reader)

    assert Charge.objects.count() == 1
    assert not Event.objects.filter(verb="gpu_usage.removed").exists()


def test_the_page_asks_before_a_line_goes(client, engagement, manager):
    line = used(engagement, manager)
    client.force_login(manager)
    address = reverse("costs:usage_remove", args=[engagement.pk, line.pk])

    asked = client.get(address)
    assert "Remove this line of GPU use?" in asked.text
    assert Charge.objects.count() == 1

    gone = client.post(address, follow=True)
    assert "The line was removed and the spend lowered." in gone.text
    assert not Charge.objects.exists()
    # A second press, and a line of another engagement, find nothing.
    assert client.post(address).status_code == 404


def test_a_press_that_comes_late_is_answered_in_words(
    client, engagement, manager, monkeypatch
):
    line = used(engagement, manager)
    client.force_login(manager)
    remove = use.remove_use

    def somebody_was_faster(*, charge, by):
        remove(charge=Charge.objects.get(pk=charge.pk), by=by)
        remove(charge=charge, by=by)

    monkeypatch.setattr(use, "remove_use", somebody_was_faster)
    page = client.post(
        reverse("costs:usage_remove", args=[engagement.pk, line.pk]), follow=True
    )

    assert "This line has been removed already." in page.text


def test_a_line_of_another_engagement_is_not_found(client, engagement, manager):
    line = used(engagement, manager)
    other = engagement.__class__.objects.create(
        name="別",
        problem="課題",
        kind="anomaly",
        provider=engagement.provider,
        customer=engagement.customer,
        place="工場",
        placement="edge",
        owner=manager,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    client.force_login(manager)

    page = client.post(reverse("costs:usage_remove", args=[other.pk, line.pk]))

    assert page.status_code == 404
    assert Charge.objects.count() == 1


def test_more_lines_than_a_page_holds_are_paged(client, engagement, manager):
    for number in range(51):
        used(engagement, manager, note=f"目的 {number}")
    client.force_login(manager)
    address = reverse("costs:lines", args=[engagement.pk])

    first, second = client.get(address), client.get(f"{address}?page=2")

    assert "Page 1 of 2" in first.text
    assert (len(first.context["page"]), len(second.context["page"])) == (50, 1)
    assert "目的 0<" in second.text


def test_what_is_left_and_what_is_above_the_budget(engagement, manager, client):
    budgets.set_budget(engagement=engagement, budget_yen=Decimal(1000), by=manager)
    spend = Spend.objects.get(engagement=engagement)
    assert (spend.left_yen, spend.share) == (1000, 0)

    used(engagement, manager)
    spend.refresh_from_db()
    assert spend.left_yen == Decimal("-147.5")
    client.force_login(manager)
    page = client.get(reverse("costs:costs", args=[engagement.pk]))
    assert "Above the budget" in page.text

    spend.budget_yen = None
    assert (spend.left_yen, spend.share) == (None, None)


def test_a_day_s_like_lines_are_one_row_and_go_with_them(engagement, manager):
    lines = [used(engagement, manager) for _each in range(3)]
    used(engagement, manager, option="on_demand")

    alike = SpendDay.objects.get(option="spot")
    assert (alike.lines, alike.gpu_hours, alike.cost_yen) == (
        3,
        Decimal("7.5"),
        Decimal("3442.5"),
    )
    for line in lines:
        use.remove_use(charge=line, by=manager)

    assert [day.option for day in SpendDay.objects.all()] == ["on_demand"]
    assert Spend.objects.get(engagement=engagement).spent_yen == Decimal("1147.5")


def test_a_line_of_a_bill_is_not_taken_back_by_hand(engagement, manager):
    line = used(engagement, manager)
    Charge.objects.filter(pk=line.pk).update(engagement=None, assigned_by="")
    line.refresh_from_db()

    with pytest.raises(ValidationError):
        use.remove_use(charge=line, by=manager)
