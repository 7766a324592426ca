"""What a report says in words: repetitions, several currencies, what is missing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from costs import importing
from costs.charging import kept
from costs.models import Charge, CostImport, TagRule
from costs.services import imports, rules
from tests.costs.bills import bill, deliver, line, rate, taken
from tests.costs.test_imports import JOBS, one

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def provider(engagement, manager):
    rate(engagement.provider, manager)
    return engagement.provider


def shown(client, delivered, by):
    client.force_login(by)
    return client.get(delivered.get_absolute_url()).text


def pulled(provider, manager, lines):
    delivered = imports.deliver_lines(
        organisation=provider, lines=lines, name="pull", by=manager, rings=False
    )
    importing.work_on(delivered.pk)
    delivered.refresh_from_db()
    return delivered


def test_repetitions_are_said(client, provider, manager):
    page = shown(client, pulled(provider, manager, [one("a"), one("a")]), manager)
    assert "1 line is in the file twice and counts once." in page
    assert "With every repetition the file says 2 JPY." in page


def test_several_currencies_are_not_one_total(client, provider, manager):
    delivered = deliver(
        provider, manager, bill(line(), line(hour=1, currency="EUR")), invoice_total=1
    )
    page = shown(client, delivered, manager)
    assert "several currencies" in page
    assert "There is no exchange rate of EUR" in page


def test_more_than_the_invoice_and_no_invoice_are_said(client, provider, manager):
    more = deliver(provider, manager, bill(line()), invoice_total=Decimal(1))
    assert "2.06 USD more than the 1 USD" in shown(client, more, manager)
    none = deliver(provider, manager, bill(line(hour=1)))
    assert "No total of the invoice was given" in shown(client, none, manager)


def test_types_without_a_price_are_said_and_a_price_of_an_hour_serves(
    client, provider, manager
):
    page = shown(client, deliver(provider, manager, JOBS, name="j.csv"), manager)
    assert "No price is known for A100 (1 lines)" in page
    taken(provider, manager, JOBS + b"\n", name="j2.csv", gpu_price=Decimal(100))
    assert Charge.objects.get().cost_yen == 2000


def test_an_engagement_that_rules_name_is_shown(client, provider, engagement, manager):
    for field, value in (("account", "1111"), ("resource", "i-1")):
        rule = TagRule(
            organisation=provider, engagement=engagement, field=field, value=value
        )
        rules.add_rule(rule=rule, by=manager)
    delivered = taken(provider, manager, bill(line()))
    assert "Early warning" in shown(client, delivered, manager)
    # Another rule says the same: the line is known by it, and does not move.
    rules.retire_rule(rule=TagRule.objects.first(), by=manager)
    assert rules.run_rules(organisation=provider, by=manager).lines == 0
    assert Charge.objects.get().rule == rule


def test_a_pull_of_nothing_is_nothing(provider, manager):
    assert pulled(provider, manager, []).report["lines"] == 0


def test_no_more_digits_are_kept_than_there_is_room_for():
    assert kept(Decimal("0.1234567890123456")) == Decimal("0.12345678901235")
    assert kept(Decimal("0.5")) == Decimal("0.5")


def test_what_was_taken_up_while_the_sweep_ran_is_not_rung_for(provider, manager):
    for hour in range(2):
        pulled(provider, manager, [one(f"line {hour}")])
    long_ago = timezone.now() - timedelta(hours=1)
    CostImport.objects.update(
        status="queued", lease_until=long_ago, attempt=3, give_up_at=3
    )
    swept = importing.sweep(now=timezone.now())
    next(swept)
    CostImport.objects.filter(lease_until=long_ago).update(status="taking")
    assert not list(swept)


def test_a_file_over_the_limit_is_refused_in_words(client, provider, manager, settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.MAX_UPLOAD_BYTES = 10
    client.force_login(manager)
    page = client.post(
        reverse("costs:imports", args=[provider.pk]),
        {"file": SimpleUploadedFile("bill.csv", bill(line())), "basis": "billed"},
    )
    assert "bill.csv is too large" in page.text
