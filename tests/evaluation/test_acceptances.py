"""Accepting errors: who, until when, in the chain; and what ends it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from dashboards import decisions
from evaluation import acceptances, ended, operation, pipeline, services, tasks
from evaluation.borne import Allowed, Borne, Seen, allowed, is_worse, passed_on
from evaluation.budget import Day
from evaluation.ingest.mapping import recognise
from evaluation.metrics import finished_from_json
from evaluation.models import ErrorAcceptance, Run
from projects.linking import Chained, first_broken
from projects.models import Agreement, Engagement, ErrorBudget, Link, Notice, Side
from projects.services import agreement as agreements
from projects.services import glances
from tests.conftest import PASSWORD, person
from tests.evaluation.test_stages import planned
from tests.past import past_the_guard

TODAY = date(2026, 11, 25)
BORNE = Borne(Decimal(4), Decimal("0.2"), Decimal(1000), Decimal(900), Decimal(1200))


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


# The rule ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_month", "expected"),
    [
        ("13.2", Allowed(14, "month")),
        ("1", Allowed(1, "month")),
        ("0.5", Allowed(2, "quarter")),
        ("0.17", Allowed(3, "year")),
        ("0", Allowed(0, "year")),
    ],
)
def test_rare_errors_are_allowed_in_a_longer_period(a_month, expected):
    assert allowed(Decimal(a_month)) == expected


@given(st.decimals(0, 10_000, places=2))
def test_what_is_expected_is_never_a_breach(a_month):
    line = allowed(a_month)
    months = {"month": 1, "quarter": 3, "year": 12}[line.per]

    assert line.most - 1 < a_month * months <= line.most


def test_less_than_no_error_is_none():
    with pytest.raises(ValueError, match="fewer"):
        allowed(Decimal(-1))


def seen(false_alarms, misses=0.0, rows=1000, *, are_cases=True):
    return Seen(false_alarms, misses, rows, Decimal(1), are_cases)


def test_a_run_is_worse_only_beyond_chance():
    assert not is_worse(BORNE, seen(4))
    # Seven where four were expected may be luck; twelve may not.
    assert not is_worse(BORNE, seen(7))
    assert is_worse(BORNE, seen(12))
    assert is_worse(BORNE, seen(0, 5))


def test_units_are_worse_by_value():
    assert not is_worse(BORNE, seen(4.0, 0.2, are_cases=False))
    assert is_worse(BORNE, seen(4.1, 0.0, are_cases=False))


def days(*errors):
    return [
        Day(TODAY - timedelta(days=len(errors) - n), alarms, misses, Decimal(yen))
        for n, (alarms, misses, yen) in enumerate(errors)
    ]


def test_days_pass_what_was_accepted_on_the_first_day_over_it():
    assert passed_on(BORNE, days((2, 0, 0), (2, 0, 0)), TODAY) is None
    over = passed_on(BORNE, days((2, 0, 0), (3, 0, 0), (1, 0, 0)), TODAY)
    assert over == TODAY - timedelta(days=2)
    assert passed_on(BORNE, days((0, 0, 1200)), TODAY) is None
    assert passed_on(BORNE, days((0, 0, 1201)), TODAY) == TODAY - timedelta(days=1)
    # A fifth of a miss a month is three a year, not none.
    assert passed_on(BORNE, days((0, 3, 0)), TODAY) is None
    assert passed_on(BORNE, days((0, 4, 0)), TODAY) == TODAY - timedelta(days=1)


# The act ----------------------------------------------------------------------------


def scored(bad=3, rows=400, weak=0) -> bytes:
    """So many normal rows scored high, and so many real ones scored low."""
    lines = ["y_true,y_score"]
    for row in range(rows):
        real = row % 10 == 0
        wrong = (row // 10 < weak) if real else (row % 10 == 1 and row // 10 < bad)
        high = real != wrong
        lines.append(f"{real:d},{0.8 if high else 0.2}")
    return "\n".join(lines).encode()


def sent(engagement, by, content, note="") -> Run:
    upload = services.receive_upload(
        engagement=engagement,
        file=ContentFile(content, name="a.csv"),
        name="a.csv",
        sha256=f"{hash(content):064x}"[-64:],
        by=by,
    )
    run = services.submit_run(
        upload=upload,
        columns=recognise(upload.seen.columns, engagement.shape),
        note=note,
        by=by,
        own_truth=True,
    )
    pipeline.evaluate(run.pk)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def signed(draft, manager, executive):
    Agreement.objects.filter(pk=draft.pk).update(
        terms={"threshold": 0.5, "yen_false_alarm": 1000.0, "yen_miss": 50000.0},
        rows_a_month=400,
    )
    draft.refresh_from_db()
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return Engagement.objects.get(pk=draft.engagement_id)


@pytest.fixture
def run(signed, manager):
    return sent(signed, manager, scored())


UNTIL = timedelta(days=90)


def accept(run, by, **changes):
    typed = {
        "at": 0.8,
        "until": timezone.localdate() + UNTIL,
        "password": PASSWORD,
    }
    return acceptances.accept_errors(run=run, by=by, **(typed | changes))


def test_the_executive_accepts_counts_and_yen_in_the_chain(run, signed, executive):
    accepted = accept(run, executive)

    assert accepted.false_alarms_a_month == 3
    assert accepted.misses_a_month == 0
    assert accepted.yen_a_month == 3000
    assert "up to 3 a month as false alarms" in accepted.sentence
    assert "¥3,000 a month" in accepted.sentence
    body = json.loads(accepted.link.body)
    assert body["point"] == "0.8"
    assert body["sentence"]["en"] == accepted.sentence
    assert "3,000円" in body["sentence"]["ja"]
    links = [
        Chained(one.number, one.body, one.previous, one.digest)
        for one in Link.objects.filter(engagement=signed)
    ]
    assert first_broken(links) is None
    assert signed.events.filter(verb="errors.accepted").count() == 1
    assert set(Notice.objects.values_list("reader__name", "verb")) >= {
        ("manager", "errors.accepted")
    }
    assert not Notice.objects.filter(reader=executive, verb="errors.accepted").exists()


def test_accepting_again_replaces_what_stood(run, executive):
    first = accept(run, executive)
    second = accept(run, executive, at=0.2)

    first.refresh_from_db()
    assert first.ended_because == "replaced"
    assert list(ErrorAcceptance.objects.standing()) == [second]
    assert not ErrorAcceptance.objects.lapsed().exists()


@pytest.mark.parametrize("who", ["manager", "customer_engineer", "own_executive"])
def test_nobody_but_the_customers_executive_accepts(run, signed, manager, who):
    people = {
        "manager": lambda: manager,
        "customer_engineer": lambda: person("e", signed.customer, "engineer"),
        "own_executive": lambda: person("x", signed.provider, "executive"),
    }

    with pytest.raises(PermissionDenied):
        accept(run, people[who]())
    assert not ErrorAcceptance.objects.exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"password": "wrong"}, "password is not right"),
        ({"at": 0.55}, "no stored point"),
        ({"until": timezone.localdate()}, "after today"),
        ({"until": timezone.localdate() + timedelta(days=400)}, "a year ahead"),
    ],
)
def test_what_does_not_do_is_refused_with_a_sentence(run, executive, changes, why):
    with pytest.raises(ValidationError, match=why):
        accept(run, executive, **changes)
    assert not ErrorAcceptance.objects.exists()
    assert not Link.objects.filter(body__contains='"what":"errors"').exists()


def changed(run, **fields):
    past_the_guard(Agreement).filter(pk=run.agreement_id).update(**fields)
    return Run.objects.get(pk=run.pk)


def test_without_a_volume_or_a_price_nothing_can_be_accepted(run, executive):
    with pytest.raises(ValidationError, match="rows the site judges"):
        accept(changed(run, rows_a_month=None), executive)
    run.result.finished["terms"] = {"threshold": 0.5}
    run.result.save()
    with pytest.raises(ValidationError, match="What an error costs"):
        accept(run, executive)


def test_an_old_version_or_an_ended_engagement_accepts_nothing(run, executive):
    with pytest.raises(ValidationError, match="version in force"):
        accept(changed(run, status="superseded"), executive)
    Engagement.objects.update(stage="closed")
    with pytest.raises(ValidationError, match="has ended"):
        accept(Run.objects.get(pk=run.pk), executive)


def test_a_run_that_has_no_curve_has_no_errors_to_accept(signed, manager, executive):
    changed_terms = {"yen_false_alarm": 1000.0, "yen_miss": 50000.0}
    ours = past_the_guard(Agreement).filter(engagement=signed)
    ours.update(terms=changed_terms)
    plain = sent(signed, manager, b"y_true,y_pred\n" + b"1,1\n0,0\n" * 30)
    with pytest.raises(ValidationError, match="no curve"):
        accept(plain, executive)
    signed.latest.delete()
    plain.result.verdicts.all().delete()
    plain.result.delete()
    with pytest.raises(ValidationError, match="not measured"):
        accept(plain, executive)


def test_the_budget_bounds_the_point_and_the_day(run, executive):
    today = timezone.localdate()
    budget = ErrorBudget(
        agreement=run.agreement,
        false_alarms=2,
        false_alarms_per="month",
        until=today + timedelta(days=30),
    )
    past_the_guard(ErrorBudget).bulk_create([budget])
    assert acceptances.usual_end(run.agreement, today) == budget.until
    with pytest.raises(ValidationError, match="budget of the agreement ends"):
        accept(run, executive)
    with pytest.raises(ValidationError, match="more errors than the agreement"):
        accept(run, executive, until=budget.until)
    past_the_guard(ErrorBudget).update(false_alarms=3)
    assert accept(run, executive, until=budget.until).point == 0.8


def test_units_of_a_forecast_are_said_as_units():
    said = acceptances.sentence_of(BORNE, TODAY, "en", are_cases=False)

    assert "too many" in said
    assert "3 units a year too few" in said
    quarter = acceptances.sentence_of(
        Borne(Decimal("0.5"), *[Decimal(0)] * 4), TODAY, "ja", are_cases=True
    )
    assert "四半期" in quarter


# How it ends ------------------------------------------------------------------------


def test_a_later_run_that_is_worse_ends_it_and_asks_for_a_new_one(
    run, signed, manager, executive
):
    accepted = accept(run, executive)

    later = sent(signed, manager, scored(bad=20))

    accepted.refresh_from_db()
    assert accepted.ended_because == "breached"
    event = signed.events.get(verb="errors.breached_by_run")
    assert event.params["number"] == later.number
    asked = Notice.objects.filter(verb="errors.breached_by_run")
    assert {notice.reader for notice in asked} == {manager, executive}


def test_a_later_run_as_good_leaves_it_standing(run, signed, manager, executive):
    accept(run, executive)

    sent(signed, manager, scored(bad=2, rows=500))
    sent(signed, manager, scored(bad=4))

    assert ErrorAcceptance.objects.standing().count() == 1


def test_an_earlier_run_says_nothing_of_it(run, signed, manager, executive):
    later = sent(signed, manager, scored(bad=20))
    accept(later, executive)

    ended.end_by_run(run, finished_from_json(run.result.finished))
    # Nor does one without a volume.
    third = changed(sent(signed, manager, scored(bad=30)), rows_a_month=None)
    ErrorAcceptance.objects.update(ended_at=None, ended_because="")
    ended.end_by_run(third, finished_from_json(third.result.finished))

    assert ErrorAcceptance.objects.standing().count() == 1


def test_a_day_over_what_was_accepted_ends_it(run, signed, manager, executive):
    accept(run, executive)
    Engagement.objects.update(stage="operation")
    signed.refresh_from_db()
    planned(signed, manager, executive)
    typed = {"cases": 100, "known": 100, "misses": 0, "note": "", "by": manager}
    today = timezone.localdate()

    operation.record_day(engagement=signed, day=today, false_alarms=3, **typed)
    assert ErrorAcceptance.objects.standing().exists()
    operation.record_day(engagement=signed, day=today, false_alarms=4, **typed)

    assert ErrorAcceptance.objects.get().ended_because == "breached"
    event = signed.events.get(verb="errors.breached_on")
    assert event.params["day"] == today.isoformat()
    operation.record_day(engagement=signed, day=today, false_alarms=9, **typed)


def test_its_last_day_ends_it_once(run, signed, executive):
    accepted = accept(run, executive)
    assert ended.end_expired(today=accepted.until) == 0
    stale = ErrorAcceptance.objects.get(pk=accepted.pk)

    assert ended.end_expired(today=accepted.until + timedelta(days=1)) == 1
    assert ended.end_expired(today=accepted.until + timedelta(days=1)) == 0
    assert not ended._end(stale, "expired", "errors.expired", day="2027-01-01")

    accepted.refresh_from_db()
    assert accepted.ended_because == "expired"
    assert signed.events.filter(verb="errors.expired").count() == 1


def test_the_beat_ends_what_ran_out(run, executive):
    accepted = accept(run, executive)
    yesterday = timezone.localdate() - timedelta(days=1)
    ErrorAcceptance.objects.update(until=yesterday)

    tasks.end_acceptances()

    accepted.refresh_from_db()
    assert accepted.ended_because == "expired"


# Pages ------------------------------------------------------------------------------


def lapse(run, executive):
    accepted = accept(run, executive)
    ended.end_expired(today=accepted.until + timedelta(days=1))


def test_an_ended_acceptance_turns_the_engagement_amber(run, signed, executive, client):
    client.force_login(executive)
    head = reverse("evaluation:runs", args=[signed.pk])
    assert "Errors not accepted" not in client.get(head).text

    lapse(run, executive)

    assert "Errors not accepted:" in client.get(head).text
    portfolio = client.get(reverse("dashboards:portfolio")).text
    assert "Errors not accepted" in portfolio
    assert "Errors to accept" in portfolio
    assert [one.kind for one in decisions.waiting_for(executive, "en")[0]] == ["accept"]
    accept(run, executive)
    assert "Errors not accepted" not in client.get(head).text
    assert decisions.waiting_for(executive, "en")[0] == []


def test_a_breach_is_said_as_one_and_an_end_needs_no_new_one(
    run, signed, executive, manager, client
):
    accept(run, executive)
    sent(signed, manager, scored(bad=20))
    client.force_login(manager)
    head = reverse("evaluation:runs", args=[signed.pk])

    assert "more errors than were accepted." in client.get(head).text
    Engagement.objects.update(stage="closed")
    glances.retell(signed)
    assert "Errors not accepted" not in client.get(head).text
    assert decisions.waiting_for(executive, "en")[0] == []


def test_the_page_shows_the_sentence_and_takes_the_signature(run, executive, client):
    client.force_login(executive)
    address = reverse("evaluation:errors_accept", args=[run.pk])
    until = (timezone.localdate() + UNTIL).isoformat()

    page = client.get(address, {"at": "0.8", "until": until})
    assert "up to 3 a month as false alarms" in page.text
    assert "誤検知" in page.text
    typed = {"at": "0.8", "until": until, "agreed": "on"}
    wrong = client.post(address, typed | {"password": "no"})
    assert "password is not right" in wrong.text
    done = client.post(address, typed | {"password": PASSWORD})

    assert done.status_code == 302
    assert ErrorAcceptance.objects.get().until.isoformat() == until
    shown = client.get(reverse("evaluation:run", args=[run.pk])).text
    assert "0.8000" in shown
    assert "accepted by" in shown.lower()


def test_the_page_opened_without_a_point_asks_for_one_and_blames_nobody(
    run, executive, client
):
    client.force_login(executive)

    page = client.get(reverse("evaluation:errors_accept", args=[run.pk]))

    usual = acceptances.usual_end(run.agreement, timezone.localdate())
    assert page.context["point"].errors == {}
    assert f'value="{usual.isoformat()}"' in page.text

    empty = client.get(reverse("evaluation:errors_accept", args=[run.pk]), {"at": ""})
    assert empty.context["point"].errors.keys() == {"at"}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"at": "0.55"}, "no stored point"),
        ({"at": "0.8", "until": "2020-01-01"}, "after today"),
        ({"at": "much"}, "Enter a number"),
    ],
)
def test_the_page_says_why_not(run, executive, client, typed, why):
    client.force_login(executive)

    page = client.get(reverse("evaluation:errors_accept", args=[run.pk]), typed)

    assert why in page.text
    assert 'name="password"' not in page.text
