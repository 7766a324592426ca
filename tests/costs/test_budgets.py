"""Budgets: a line is told once, management decides, a forecast warns in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from costs import reminders
from costs.budgeting import silent_since, standings
from costs.models import Breach, Budget, Spend
from costs.services import budgets, use
from costs.tasks import announce_forecasts
from dashboards import decisions
from projects.models import Event, Notice, Stage
from tests.conftest import PASSWORD, person

BEGUN = datetime(2026, 10, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def spend(engagement, by, yen, *, at=BEGUN, hours=1):
    """So many yen in one line."""
    return use.record_use(
        engagement=engagement,
        started_at=at,
        ended_at=at + timedelta(hours=hours),
        gpu_type="p3.2xlarge",
        gpus_of_one=Decimal(1),
        price_per_hour=Decimal(yen) / hours,
        by=by,
    )


def budgeted(engagement, by, yen=1000, **given):
    return budgets.set_budget(
        engagement=engagement, budget_yen=Decimal(yen), by=by, **given
    )


def told(verb):
    return sorted(
        Notice.objects.filter(verb=verb).values_list("reader__name", flat=True)
    )


def lines():
    return sorted(Breach.objects.values_list("threshold", flat=True))


@pytest.fixture
def people(engagement):
    """An executive, an administrator and an engineer of the provider."""
    roles = {
        "chief": "executive",
        "administrator": "administrator",
        "engineer": "engineer",
    }
    return {
        role: person(name, engagement.provider, role) for name, role in roles.items()
    }


def decide(budget, by, choice="go_on", **given):
    wanted = {"reason": "納期を守るため", "password": PASSWORD} | given
    budgets.decide(budget=budget, choice=choice, by=by, **wanted)


def used_up(engagement, manager, **given):
    budget = budgeted(engagement, manager, **given)
    spend(engagement, manager, 1000)
    return budget


# Lines ------------------------------------------------------------------------------


def test_each_line_is_written_once_and_told_to_whom_it_concerns(
    engagement, manager, people
):
    budgeted(engagement, manager, stop_yen=Decimal(950))
    for yen in (400, 150, 50, 250, 120, 1, 60, 500):
        spend(engagement, manager, yen)

    assert lines() == ["100", "50", "80", "stop"]
    events = Event.objects.filter(verb="budget.passed").order_by("pk")
    assert [one.params["line"] for one in events] == ["50", "80", "stop", "100"]
    assert [one.params["spent_yen"] for one in events] == ["550", "850", "970", "1031"]
    everybody = {"manager", "administrator", "chief", "executive"}
    assert set(told("budget.passed")) == everybody
    # A decision is asked of management, and only told to the others.
    assert told("budget.decision_due") == ["chief", "chief", "executive", "executive"]
    assert told("budget.passed").count("chief") == 2
    assert told("budget.passed").count("manager") == 4


def test_of_lines_passed_at_once_the_highest_is_told(engagement, manager):
    budgeted(engagement, manager)
    spend(engagement, manager, 5000)

    assert lines() == ["100", "50", "80"]
    event = Event.objects.get(verb="budget.passed")
    assert event.sentence("en") == (
        "The spend for the whole engagement reached 100%: ¥5,000 against a budget of "
        "¥1,000"
    )
    assert "案件全体" in event.sentence("ja")
    assert told("budget.decision_due") == ["executive"]


def test_a_month_counts_only_its_own_days(engagement, manager):
    month = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31)}
    budget = budgeted(engagement, manager, **month)
    budgeted(engagement, manager, yen=100_000)
    spend(engagement, manager, 900, at=datetime(2026, 9, 30, 3, tzinfo=UTC))
    # The first of November in Japan, still October in London.
    spend(engagement, manager, 900, at=datetime(2026, 10, 31, 15, tzinfo=UTC))
    assert not Breach.objects.exists()

    spend(engagement, manager, 600)

    assert list(Breach.objects.values_list("budget", "threshold")) == [
        (budget.pk, "50")
    ]
    event = Event.objects.get(verb="budget.passed")
    assert "October 2026 reached 50%" in event.sentence("en")
    assert "2026年10月" in event.sentence("ja")


def test_a_line_that_was_passed_before_is_found_when_the_budget_is_set(
    engagement, manager
):
    spend(engagement, manager, 900)
    budgeted(engagement, manager)

    assert lines() == ["50", "80"]


def test_a_line_that_is_taken_back_leaves_what_was_passed(engagement, manager):
    budgeted(engagement, manager)
    line = spend(engagement, manager, 600)
    use.remove_use(charge=line, by=manager)
    spend(engagement, manager, 600)

    assert lines() == ["50"]
    assert Event.objects.filter(verb="budget.passed").count() == 1


def test_lines_without_budgets_cost_one_query(engagement, manager):
    spend(engagement, manager, 1)
    with CaptureQueriesContext(connection) as seen:
        spend(engagement, manager, 1)
    assert sum("costs_budget" in one["sql"] for one in seen) == 1
    assert not any("costs_breach" in one["sql"] for one in seen)


def test_many_budgets_are_read_as_few(engagement, manager):
    def read():
        with CaptureQueriesContext(connection) as seen:
            spend(engagement, manager, 1)
        return len(seen)

    days = [date(2026, month, 1) for month in range(1, 13)]
    budgeted(engagement, manager, yen=10**6)
    for day in days[:1]:
        budgeted(engagement, manager, yen=10**6, starts_on=day, ends_on=day)
    few = read()
    for day in days[1:]:
        budgeted(engagement, manager, yen=10**6, starts_on=day, ends_on=day)

    assert read() == few
    with CaptureQueriesContext(connection) as seen:
        standings(engagement, date(2026, 11, 1))
    assert len(seen) <= 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer at a time"
)
@pytest.mark.parametrize("period", [False, True])
def test_two_who_pass_a_line_at_once_write_it_once(engagement, manager, period):
    days = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31)}
    budgeted(engagement, manager, **(days if period else {}))
    gate = Barrier(2)

    def write(hour):
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            spend(engagement, manager, 300, at=BEGUN + timedelta(hours=hour))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, (0, 1)))
    close_old_connections()

    # Neither alone reaches half of it: the second to come sees what the first wrote.
    assert Spend.objects.get().spent_yen == 600
    assert lines() == ["50"]
    assert Event.objects.filter(verb="budget.passed").count() == 1
    assert told("budget.passed") == ["executive", "manager"]


# Setting ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"yen": 0},
        {"stop_yen": Decimal(0)},
        {"starts_on": date(2026, 1, 1)},
        {"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 1)},
    ],
)
def test_a_budget_that_is_none_is_refused(wrong, engagement, manager):
    with pytest.raises(ValidationError):
        budgeted(engagement, manager, **wrong)
    assert not Budget.objects.exists()


def test_a_budget_replaces_the_one_of_the_same_days(engagement, manager):
    month = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31)}
    first = budgeted(engagement, manager)
    second = budgeted(engagement, manager, **month)
    third = budgeted(engagement, manager, yen=2000, **month)

    assert set(Budget.objects.in_force()) == {first, third}
    second.refresh_from_db()
    assert second.replaced_at is not None
    assert Spend.objects.get().budget_yen == 1000
    said = [
        event.sentence("en") for event in Event.objects.filter(verb__contains="set_for")
    ]
    assert "manager set the budget for October 2026 to ¥2,000" in said


def test_a_budget_is_withdrawn_and_stays_in_the_history(engagement, manager):
    budget = budgeted(engagement, manager, stop_yen=Decimal(10))
    budgets.withdraw_budget(budget=budget, by=manager)
    with pytest.raises(ValidationError):
        budgets.withdraw_budget(budget=budget, by=manager)
    month = budgeted(
        engagement, manager, starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31)
    )
    budgets.withdraw_budget(budget=month, by=manager)

    assert not Budget.objects.in_force().exists()
    spent = Spend.objects.get()
    assert (spent.budget_yen, spent.stop_yen) == (None, None)
    told_of = Event.objects.filter(verb="budget.withdrawn").order_by("pk")
    assert told_of[1].sentence("en") == (
        "manager withdrew the budget for 1 January 2026 to 31 March 2026"
    )


def test_where_management_decides_nobody_else_changes_the_budget(engagement, manager):
    budget = used_up(engagement, manager)
    with pytest.raises(ValidationError, match="management"):
        budgeted(engagement, manager, yen=9000)
    with pytest.raises(ValidationError, match="management"):
        budgets.withdraw_budget(budget=budget, by=manager)

    assert Budget.objects.get() == budget


# Deciding ---------------------------------------------------------------------------


def test_management_of_either_side_decides_and_nobody_else(
    engagement, manager, executive, people
):
    budget = used_up(engagement, manager)
    for by in (manager, people["administrator"], people["engineer"]):
        with pytest.raises(PermissionDenied):
            decide(budget, by)

    decide(budget, people["executive"])

    breach = Breach.objects.get(threshold="100")
    assert (breach.choice, breach.decided_by) == ("go_on", people["executive"])
    assert Breach.objects.filter(choice="").count() == 2
    event = Event.objects.get(verb="budget.decided")
    assert event.sentence("en") == (
        "chief decided on the budget for the whole engagement: go on within the "
        "budget. Reason: 納期を守るため"
    )
    assert told("budget.decided") == ["administrator", "executive", "manager"]
    with pytest.raises(ValidationError, match="decided already"):
        decide(budget, executive)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "wrong"}, "password"),
        ({"reason": " "}, "reason"),
        ({"choice": "raise"}, "raised budget is above"),
        ({"choice": "raise", "amount_yen": Decimal(1000)}, "raised budget is above"),
        (
            {
                "choice": "raise",
                "amount_yen": Decimal(2000),
                "stop_yen": Decimal(1000),
            },
            "stop line has to lie above",
        ),
    ],
)
def test_a_decision_that_is_none_leaves_nothing(
    given, said, engagement, manager, executive
):
    budget = used_up(engagement, manager)
    with pytest.raises(ValidationError, match=said):
        decide(budget, executive, **given)

    assert Budget.objects.get() == budget
    assert not Breach.objects.exclude(choice="").exists()
    assert not Event.objects.filter(verb="budget.decided").exists()


def test_nothing_is_decided_of_a_budget_that_is_not_used_up(
    engagement, manager, executive
):
    budget = budgeted(engagement, manager)
    with pytest.raises(ValidationError, match="Nothing about this budget"):
        decide(budget, executive)
    budgeted(engagement, manager, yen=7)
    with pytest.raises(ValidationError, match="replaced"):
        decide(budget, executive)


def test_a_raise_is_the_new_budget_and_its_lines_are_told_anew(
    engagement, manager, executive
):
    budget = used_up(engagement, manager, stop_yen=Decimal(1000))
    decide(
        budget,
        executive,
        "raise",
        amount_yen=Decimal(4000),
        stop_yen=Decimal(3000),
    )

    raised = Budget.objects.in_force().get()
    assert (raised.amount_yen, raised.stop_yen, raised.set_by) == (
        4000,
        3000,
        executive,
    )
    assert Spend.objects.get().budget_yen == 4000
    assert {one.choice for one in budget.breaches.asking()} == {"raise"}
    assert not raised.breaches.exists()
    spend(engagement, manager, 1000)
    assert [one.threshold for one in raised.breaches.all()] == ["50"]


def test_what_is_spent_after_a_stop_is_recorded_and_told_once_a_day(
    engagement, manager, executive
):
    now = timezone.now()
    budget = used_up(engagement, manager)
    decide(budget, executive, "stop")
    spend(engagement, manager, 5, at=BEGUN)
    assert not Event.objects.filter(verb="budget.spent_after_stop").exists()

    for _time in range(2):
        spend(engagement, manager, 5, at=now + timedelta(days=2))

    event = Event.objects.get(verb="budget.spent_after_stop")
    day = timezone.localdate(now + timedelta(days=2))
    assert event.params["day"] == day.isoformat()
    assert told("budget.spent_after_stop") == ["executive", "manager"]
    # Only a raise lets it go on; the stop stays in the history.
    with pytest.raises(ValidationError, match="only be raised"):
        decide(budget, executive)
    decide(budget, executive, "raise", amount_yen=Decimal(9000))
    spend(engagement, manager, 5, at=now + timedelta(days=3))
    assert Event.objects.filter(verb="budget.spent_after_stop").count() == 1
    assert budget.breaches.get(threshold="100").choice == "stop"


def test_a_stopped_month_says_nothing_of_other_months(engagement, manager, executive):
    month = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31)}
    budget = used_up(engagement, manager, **month)
    decide(budget, executive, "stop")
    spend(engagement, manager, 5, at=timezone.now() + timedelta(days=60))

    assert not Event.objects.filter(verb="budget.spent_after_stop").exists()


# Forecasts --------------------------------------------------------------------------


def steady(engagement, manager, yen, days=10):
    today = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    for ago in range(1, days + 1):
        spend(engagement, manager, yen, at=today - timedelta(days=ago))


def ends_in(engagement, days):
    engagement.ends_on = timezone.localdate() + timedelta(days=days)
    engagement.save()


def test_a_budget_that_will_be_used_up_is_announced_once(engagement, manager):
    ends_in(engagement, 20)
    steady(engagement, manager, 100)
    budgeted(engagement, manager, yen=2500, stop_yen=Decimal(2200))
    now = timezone.now()

    assert [reminders.announce_forecasts(now=now) for _time in range(2)] == [1, 0]
    announce_forecasts()

    event = Event.objects.get(verb="budget.will_pass")
    due = timezone.localdate() + timedelta(days=12)
    assert event.params == {
        "period": "whole",
        "line": "stop",
        "day": due.isoformat(),
        "at_end_yen": "3000",
        "amount_yen": "2500",
    }
    assert told("budget.will_pass") == ["executive", "manager"]


@pytest.mark.parametrize(
    "case", ["enough", "used up", "too few days", "closed", "nothing spent"]
)
def test_nothing_is_announced_where_nothing_is_to_be_feared(case, engagement, manager):
    ends_in(engagement, 20)
    days = {"too few days": 5, "nothing spent": 0}.get(case, 10)
    steady(engagement, manager, 100, days)
    budgeted(engagement, manager, yen={"enough": 9999, "used up": 1000}.get(case, 2500))
    if case == "closed":
        engagement.stage = Stage.CLOSED
        engagement.save()

    assert reminders.announce_forecasts(now=timezone.now()) == 0


def test_the_forecast_counts_from_the_first_day_of_spend(engagement, manager):
    ends_in(engagement, 20)
    steady(engagement, manager, 100, 8)
    budgeted(engagement, manager, yen=10_000)

    (seen,) = standings(engagement, timezone.localdate())
    assert (seen.outlook.days, seen.outlook.a_day, seen.spent) == (8, 100, 800)
    assert (seen.left, seen.over, seen.share) == (9200, 0, Decimal("0.08"))


def test_a_bill_that_is_late_is_said(engagement, manager):
    today = date(2026, 10, 20)
    assert silent_since(engagement, today) is None
    spend(engagement, manager, 1)
    assert silent_since(engagement, date(2026, 10, 5)) is None
    assert silent_since(engagement, today) == date(2026, 10, 1)


# Pages ------------------------------------------------------------------------------


def page(client, name, *args):
    return client.get(reverse(f"costs:{name}", args=args)).text


def test_the_page_says_where_each_budget_stands(client, engagement, manager):
    today = timezone.localdate()
    ends_in(engagement, 20)
    steady(engagement, manager, 100)
    budgeted(engagement, manager, yen=2500)
    budgeted(
        engagement,
        manager,
        yen=500,
        starts_on=date(2020, 1, 1),
        ends_on=today - timedelta(days=60),
    )
    budgeted(
        engagement, manager, yen=900, starts_on=today, ends_on=today + timedelta(days=9)
    )
    client.force_login(manager)

    text = page(client, "budgets", engagement.pk)
    assert "¥3,000" in text
    assert "about " in text
    assert "It ended on" in text
    assert "reached" in text
    short = page(client, "costs", engagement.pk)
    assert short.count('class="figs"') == 2
    assert "It ended on" not in short


def test_the_page_of_an_engagement_without_budget_asks_for_one(
    client, engagement, manager, executive
):
    for reader, is_asked in ((manager, True), (executive, False)):
        client.force_login(reader)
        text = page(client, "costs", engagement.pk)
        assert "No budget is set" in text
        assert ("Set a budget" in text) is is_asked
        assert "people are told at 50%" in page(client, "budgets", engagement.pk)


def test_a_budget_is_set_in_the_browser(client, engagement, manager):
    client.force_login(manager)
    address = reverse("costs:budget_new", args=[engagement.pk])
    typed = {"budget_yen": "3000", "starts_on": "2026-10-01", "ends_on": "2026-12-31"}

    refused = client.post(address, typed | {"ends_on": ""})
    assert "A period needs its first day and its last day." in refused.text
    many = client.post(address, {"budget_yen": "many"})
    assert list(many.context["form"].errors) == ["budget_yen"]
    kept = client.post(address, typed, follow=True)

    assert "The budget is set." in kept.text
    assert "1 October 2026 to 31 December 2026" in kept.text


def test_a_budget_is_withdrawn_in_the_browser(client, engagement, manager):
    budget = budgeted(engagement, manager)
    client.force_login(manager)
    address = reverse("costs:budget_withdraw", args=[engagement.pk, budget.pk])

    assert "Withdraw this budget?" in client.get(address).text
    assert "The budget is withdrawn." in client.post(address, follow=True).text
    assert client.post(address).status_code == 404

    late = used_up(engagement, manager)
    address = reverse("costs:budget_withdraw", args=[engagement.pk, late.pk])
    assert "management" in client.post(address, follow=True).text
    assert Budget.objects.in_force().get() == late


def test_a_decision_waits_on_every_page_until_it_is_made(
    client, engagement, manager, executive
):
    budget = used_up(engagement, manager)
    sentence = "reached 100%"
    decision = reverse("costs:budget_decide", args=[engagement.pk, budget.pk])
    for reader, may in ((manager, False), (executive, True)):
        client.force_login(reader)
        assert len(decisions.waiting_for(reader, "en")[0]) == int(may)
        portfolio = client.get(reverse("dashboards:portfolio")).text
        assert (sentence in portfolio) is may
        for address in (
            engagement.get_absolute_url(),
            reverse("costs:costs", args=[engagement.pk]),
        ):
            text = client.get(address).text
            assert sentence in text
            assert (decision in text) is may

    asked = client.get(decision).text
    assert "Stop spending" in asked
    typed = {"choice": "stop", "reason": "効果が見えない", "password": "wrong"}
    assert "password is not right" in client.post(decision, typed).text
    client.post(decision, typed | {"password": PASSWORD})

    assert decisions.waiting_for(executive, "en")[0] == []
    text = client.get(reverse("costs:costs", args=[engagement.pk])).text
    assert sentence not in text
    assert "Spending was stopped" in text
    assert "効果が見えない" in text
    history = page(client, "budgets", engagement.pk)
    assert "Decided: Stop spending." in history
    again = client.get(decision).text
    assert 'value="raise"' in again
    assert 'value="go_on"' not in again


def test_a_raise_in_the_browser_shows_the_old_budget_in_the_history(
    client, engagement, manager, executive
):
    budget = used_up(engagement, manager)
    client.force_login(executive)
    decision = reverse("costs:budget_decide", args=[engagement.pk, budget.pk])
    typed = {"choice": "raise", "reason": "追加の学習", "password": PASSWORD}

    refused = client.post(decision, typed | {"amount_yen": "10"})
    assert "A raised budget is above" in refused.text
    done = client.post(decision, typed | {"amount_yen": "5000"}, follow=True)

    assert "The decision is recorded." in done.text
    assert "replaced or withdrawn" in done.text
    assert "追加の学習" in done.text
    late = client.get(decision, follow=True)
    assert "Nothing about this budget waits" in late.text


def test_a_decision_on_a_closed_engagement_waits_for_nobody(
    engagement, manager, executive
):
    used_up(engagement, manager)
    engagement.stage = Stage.CLOSED
    engagement.save()

    assert decisions.waiting_for(executive, "en")[0] == []


def test_an_executive_of_another_engagement_is_not_asked(engagement, manager):
    used_up(engagement, manager)
    viewer = person("viewer", engagement.customer, "viewer")
    stranger = person("stranger", engagement.provider, "viewer")
    stranger.memberships.update(engagement=engagement)

    assert decisions.undecided_budgets(viewer) == []
    assert decisions.undecided_budgets(stranger) == []
