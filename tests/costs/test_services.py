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
