"""Money: a price stays on its row, the spend follows, nothing half-written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection
from django.urls import reverse

from costs import services
from costs.models import GpuUsage, Spend
from projects.models import Event, Organisation
from tests.conftest import person


def used(engagement, by, **given):
    line = {
        "used_on": date(2026, 10, 1),
        "gpu_type": "p3.2xlarge",
        "hours": Decimal("2.5"),
        "option": "spot",
        "price_yen": Decimal("459.00"),
        "purpose": "学習",
    }
    return services.record_gpu_usage(engagement=engagement, by=by, **(line | given))


@pytest.mark.parametrize(
    ("hours", "price", "yen"),
    [("2.5", "459", "1148"), ("1", "0.5", "1"), ("1", "0.49", "0"), ("10", "0", "0")],
)
def test_a_cost_is_whole_yen_with_halves_rounded_up(hours, price, yen):
    assert services.cost_of(Decimal(hours), Decimal(price)) == Decimal(yen)


def test_each_line_keeps_its_price_and_the_spend_follows(engagement, manager):
    first = used(engagement, manager)
    used(engagement, manager, price_yen=Decimal(600), hours=Decimal(1))

    first.refresh_from_db()
    spend = Spend.objects.get(engagement=engagement)
    assert (first.price_yen, first.cost_yen) == (Decimal("459.00"), Decimal(1148))
    assert (spend.gpu_yen, spend.gpu_hours) == (Decimal(1748), Decimal("3.5"))
    assert isinstance(spend.gpu_yen, Decimal)
    told = Event.objects.filter(verb="gpu_usage.recorded").order_by("pk")
    assert [event.params["cost_yen"] for event in told] == ["1148", "600"]


@pytest.mark.parametrize("wrong", [{"hours": Decimal(0)}, {"price_yen": Decimal(-1)}])
def test_a_wrong_line_leaves_nothing(wrong, engagement, manager):
    with pytest.raises(ValidationError):
        used(engagement, manager, **wrong)

    assert not GpuUsage.objects.exists()
    assert not Event.objects.filter(verb="gpu_usage.recorded").exists()


def test_who_may_not_spend_records_nothing(engagement, executive):
    viewer = person("viewer", engagement.provider, "viewer")
    for reader in (viewer, executive):
        with pytest.raises(PermissionDenied):
            used(engagement, reader)
        with pytest.raises(PermissionDenied):
            services.set_budget(engagement=engagement, budget_yen=Decimal(1), by=reader)
    assert not GpuUsage.objects.exists()


def test_a_budget_is_set_and_set_again(engagement, manager):
    services.set_budget(engagement=engagement, budget_yen=Decimal(100), by=manager)
    services.set_budget(engagement=engagement, budget_yen=Decimal(200), by=manager)
    with pytest.raises(ValidationError):
        services.set_budget(engagement=engagement, budget_yen=Decimal(0), by=manager)

    assert Spend.objects.get(engagement=engagement).budget_yen == Decimal(200)
    assert Event.objects.filter(verb="budget.set").count() == 2


def test_the_page_records_a_line_and_shows_it(client, engagement, manager):
    client.force_login(manager)
    address = reverse("costs:costs", args=[engagement.pk])
    line = {
        "used_on": "2026-10-01",
        "gpu_type": "p3.2xlarge",
        "hours": "2.5",
        "option": "spot",
        "price_yen": "459",
        "purpose": "学習",
    }

    kept = client.post(address, line, follow=True)
    assert "p3.2xlarge" in kept.text
    refused = client.post(address, line | {"hours": "-1"})
    assert refused.status_code == 200
    assert refused.context["form"].errors
    client.post(reverse("costs:budget", args=[engagement.pk]), {"budget_yen": "many"})

    assert GpuUsage.objects.count() == 1
    assert Spend.objects.get(engagement=engagement).budget_yen is None


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("0", "A budget is above 0 yen."),
        ("many", "A budget is a whole number of yen."),
    ],
)
def test_a_budget_that_is_none_is_refused_in_the_browser(
    typed, told, client, engagement, manager
):
    client.force_login(manager)

    page = client.post(
        reverse("costs:budget", args=[engagement.pk]),
        {"budget_yen": typed},
        follow=True,
    )

    assert told in page.text
    assert not Spend.objects.exists()


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
            services.set_budget(
                engagement=engagement, budget_yen=Decimal(100), by=manager
            )

    assert not GpuUsage.objects.exists()
    assert not Spend.objects.exists()


def test_a_new_price_leaves_the_lines_that_were_paid_at_the_old_one(
    engagement, manager
):
    before = used(engagement, manager, price_yen=Decimal("100.50"), hours=Decimal(3))
    used(engagement, manager, price_yen=Decimal(900), hours=Decimal(3))

    before.refresh_from_db()
    assert (before.price_yen, before.cost_yen) == (Decimal("100.50"), Decimal(302))
    assert isinstance(before.price_yen, Decimal)
    assert isinstance(before.cost_yen, Decimal)


def test_lines_are_seen_by_those_who_see_the_engagement(engagement, manager, executive):
    line = used(engagement, manager)
    other = Organisation.objects.create(name="他社", kind="provider")
    stranger = person("stranger", other, "project_manager")

    for reader in (manager, executive):
        assert list(GpuUsage.objects.visible_to(reader)) == [line]
    assert not GpuUsage.objects.visible_to(stranger).exists()


def test_a_line_is_taken_back_and_the_spend_follows(engagement, manager):
    kept = used(engagement, manager, hours=Decimal(1), price_yen=Decimal(600))
    mistaken = used(engagement, manager)

    services.remove_gpu_usage(usage=mistaken, by=manager)

    spend = Spend.objects.get(engagement=engagement)
    assert list(GpuUsage.objects.all()) == [kept]
    assert (spend.gpu_yen, spend.gpu_hours) == (Decimal(600), Decimal(1))
    told = Event.objects.get(verb="gpu_usage.removed")
    assert told.sentence("en") == (
        "manager removed a record of GPU use: p3.2xlarge, 2.5 hours, ¥1,148"
    )


def test_a_line_is_taken_back_once(engagement, manager):
    mistaken = used(engagement, manager)
    seen_before = GpuUsage.objects.get(pk=mistaken.pk)
    services.remove_gpu_usage(usage=mistaken, by=manager)

    with pytest.raises(ValidationError):
        services.remove_gpu_usage(usage=seen_before, by=manager)

    assert Spend.objects.get(engagement=engagement).gpu_yen == 0
    assert Event.objects.filter(verb="gpu_usage.removed").count() == 1


def test_who_may_not_record_takes_nothing_back(engagement, manager, executive):
    line = used(engagement, manager)
    viewer = person("viewer", engagement.provider, "viewer")

    for reader in (viewer, executive):
        with pytest.raises(PermissionDenied):
            services.remove_gpu_usage(usage=line, by=reader)

    assert GpuUsage.objects.count() == 1
    assert not Event.objects.filter(verb="gpu_usage.removed").exists()


def test_the_page_asks_before_a_line_goes(client, engagement, manager):
    line = used(engagement, manager)
    client.force_login(manager)
    address = reverse("costs:usage_remove", args=[engagement.pk, line.pk])

    asked = client.get(address)
    assert "Remove this line of GPU use?" in asked.text
    assert GpuUsage.objects.count() == 1

    gone = client.post(address, follow=True)
    assert "The line was removed and the spend lowered." in gone.text
    assert not GpuUsage.objects.exists()
    # A second press, and a line of another engagement, find nothing.
    assert client.post(address).status_code == 404


def test_a_press_that_comes_late_is_answered_in_words(
    client, engagement, manager, monkeypatch
):
    line = used(engagement, manager)
    client.force_login(manager)
    remove = services.remove_gpu_usage

    def somebody_was_faster(*, usage, by):
        remove(usage=GpuUsage.objects.get(pk=usage.pk), by=by)
        remove(usage=usage, by=by)

    monkeypatch.setattr(services, "remove_gpu_usage", somebody_was_faster)
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
    assert GpuUsage.objects.count() == 1


def test_more_lines_than_a_page_holds_are_paged(client, engagement, manager):
    for number in range(51):
        used(engagement, manager, purpose=f"目的 {number}")
    client.force_login(manager)
    address = reverse("costs:costs", args=[engagement.pk])

    first, second = client.get(address), client.get(f"{address}?page=2")

    assert "Page 1 of 2" in first.text
    assert (len(first.context["page"]), len(second.context["page"])) == (50, 1)
    assert "目的 0<" in second.text


def test_what_is_left_and_what_is_above_the_budget(engagement, manager, client):
    services.set_budget(engagement=engagement, budget_yen=Decimal(1000), by=manager)
    spend = Spend.objects.get(engagement=engagement)
    assert (spend.left_yen, spend.over_yen, spend.share) == (1000, 0, 0)

    used(engagement, manager)
    spend.refresh_from_db()
    assert (spend.left_yen, spend.over_yen) == (Decimal(-148), Decimal(148))
    client.force_login(manager)
    page = client.get(reverse("costs:costs", args=[engagement.pk]))
    assert "Above the budget" in page.text

    spend.budget_yen = None
    assert (spend.left_yen, spend.over_yen, spend.share) == (None, 0, None)
