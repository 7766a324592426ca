"""Decisions of every kind: who is asked, in which order, and in whose words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dashboards import deciding, decisions, signing
from dashboards.shapes import Decision, Waits, soonest_first
from evaluation.models import ErrorAcceptance, Review, Run, RunStatus
from projects.glancing import Need
from projects.models import Engagement, Glance, Membership, User
from projects.models.people import Organisation
from projects.services import chain
from tests.test_access import reader_of, rows  # noqa: F401 - a fixture
from tests.test_query_counts import another

NAMED = SimpleNamespace(name="予兆検知", name_en="Early warning")


def decision(kind: Waits, day: date | None = None, **more: object) -> Decision:
    filled = {"engagement": NAMED, "number": 3, "reason": "because", "url": "/there/"}
    return Decision(kind=kind, day=day, **(filled | more))


@pytest.mark.parametrize(
    ("one", "question", "hangs"),
    [
        (
            decision(Waits.SIGN),
            "Sign agreement v3 of “Early warning”?",
            "Without a signature nothing can be judged.",
        ),
        (
            decision(Waits.REVIEW, reason="Accuracy"),
            "Accept “Accuracy” of “Early warning”?",
            "Until both sides have signed, the next stage does not begin.",
        ),
        (
            decision(Waits.BUDGET),
            "Go on with “Early warning”?",
            "Go on, raise it or stop: you decide.",
        ),
        (
            decision(Waits.ACCEPT),
            "Go on bearing the errors of “Early warning”?",
            "Without it the next stage cannot be accepted.",
        ),
        (
            decision(Waits.RUNS_OUT, share=0.92),
            "Extend the error budget of “Early warning”?",
            "What comes after that, nobody has agreed to bear.",
        ),
        (
            decision(Waits.MEND),
            "Send run 3 of “Early warning” again?",
            "Until it is measured again, it has no verdict.",
        ),
        (
            decision(
                Waits.UNASSIGNED,
                engagement=None,
                organisation=Organisation(name="受託", name_en="Kaname"),
                yen=Decimal(40_000),
            ),
            "Whose costs are these, at Kaname?",
            "Until they are assigned, no engagement shows its whole cost.",
        ),
        (
            decision(
                Waits.INTAKE,
                engagement=None,
                intake=SimpleNamespace(
                    customer=None, customer_name="Bakery", asker_name="Ishida"
                ),
            ),
            "Take on the request of Bakery?",
            "Ishida waits to hear whether it is taken on.",
        ),
    ],
    ids=list(Waits),
)
def test_every_decision_is_a_question_with_what_hangs_on_it(one, question, hangs):
    with translation.override("en"):
        (card,) = deciding.cards([one])
        assert (card.question, card.hangs, card.url) == (question, hangs, "/there/")
        assert card.text
        assert card.when == ""
    with translation.override("ja"):
        (card,) = deciding.cards([one])
        assert card.question.endswith("か")
        assert card.hangs.endswith("。")


def test_every_day_says_what_it_is():
    today = timezone.localdate()
    days = [
        decision(Waits.SIGN, today),
        decision(Waits.RUNS_OUT, today - timedelta(days=1), share=1.1),
        decision(Waits.RUNS_OUT, today + timedelta(days=9), share=0.9),
    ]
    with translation.override("en"):
        said = [card.when.split()[0:2] for card in deciding.cards(days)]
    assert [words[0] for words in said] == ["since", "used", "runs"]


def test_a_budget_says_when_its_period_ends():
    due = timezone.localdate() + timedelta(days=400)
    one = decision(Waits.BUDGET, timezone.localdate(), due=due)

    with translation.override("en"):
        (card,) = deciding.cards([one])
    assert card.when.endswith(f", period ends {due.day} {due:%b %Y}")
    with translation.override("ja"):
        (card,) = deciding.cards([one])
    assert card.when.endswith(f"、期間は{due.year}/{due.month}/{due.day}まで")


def test_what_waits_longest_comes_first_whatever_it_is():
    day = date(2026, 11, 25)
    never = decision(Waits.SIGN)
    old = decision(Waits.INTAKE, day - timedelta(days=3))
    soon = decision(Waits.RUNS_OUT, day + timedelta(days=3))
    now = decision(Waits.MEND, day)

    assert soonest_first([never, soon, old, now]) == [old, now, soon, never]


# Who is asked -----------------------------------------------------------------------


def kinds(user: User) -> list[str]:
    return [one.kind for one in decisions.waiting_for(user, "en")[0]]


@pytest.fixture
def only(rows):  # noqa: F811
    """Nothing waits but what a test adds; the rows' own readers still see all."""
    Engagement.objects.get().agreements.filter(status="offered").update(
        status="superseded"
    )
    Review.objects.filter(status="open").update(
        status="rejected", reason="後で", ended_at=timezone.now()
    )
    Engagement.objects.get().budgets.all().delete()
    return rows


def test_an_offered_agreement_waits_for_the_customer_alone(rows):  # noqa: F811
    Review.objects.filter(status="open").update(
        status="rejected", reason="後で", ended_at=timezone.now()
    )
    Engagement.objects.get().budgets.all().delete()

    assert kinds(reader_of(rows, "customer")) == [Waits.SIGN]
    assert Waits.SIGN not in kinds(reader_of(rows, "manager"))


def test_a_stage_waits_for_each_side_until_it_has_signed(only):
    review = Review.objects.get(stage="initial")
    Review.objects.filter(pk=review.pk).update(status="open", reason="", ended_at=None)
    manager, customer = reader_of(only, "manager"), reader_of(only, "customer")
    viewer = reader_of(only, "viewer")
    assert Waits.REVIEW in kinds(manager)
    assert kinds(customer) == [Waits.REVIEW]
    assert kinds(viewer) == []
    (one,) = decisions.waiting_for(customer, "en")[0]
    assert one.url == reverse("evaluation:review_sign", args=[review.pk])
    assert one.day == timezone.localdate(review.opened_at)

    review.signatures.create(
        side="customer",
        organisation=only["customer"],
        signer=customer,
        sentence="承認",
        link=chain.append(review.engagement, {"what": "stage"}),
    )

    assert kinds(customer) == []
    assert Waits.REVIEW in kinds(manager)
    assert not list(signing.to_sign(viewer))


def test_an_error_budget_that_runs_out_waits_for_who_may_extend_it(only):
    customer, manager = reader_of(only, "customer"), reader_of(only, "manager")
    today = timezone.localdate()
    known = Engagement.objects.get()
    later = another(known, 2)
    for one, days in ((known, 20), (later, 5)):
        Glance.objects.filter(engagement=one).update(
            burned=0.9, runs_out_on=today + timedelta(days=days)
        )

    waiting, runs_out = decisions.waiting_for(customer, "en")

    assert [one.kind for one in waiting] == [Waits.RUNS_OUT] * 2
    assert [one.engagement for one in waiting] == [later, known]
    assert runs_out == later
    # Everybody reads which it is; only who may decide is asked.
    waiting, runs_out = decisions.waiting_for(manager, "en")
    assert runs_out == later
    assert Waits.RUNS_OUT not in [one.kind for one in waiting]
    # What is over already is no forecast any more, yet waits.
    Glance.objects.update(runs_out_on=today - timedelta(days=1))
    waiting, runs_out = decisions.waiting_for(customer, "en")
    assert (len(waiting), runs_out) == (2, None)
    Glance.objects.filter(engagement=later).update(need=Need.ENDED)
    assert len(decisions.waiting_for(customer, "en")[0]) == 1


def test_errors_that_nobody_bears_wait_before_their_budget(only):
    customer = reader_of(only, "customer")
    engagement = Engagement.objects.get()
    run = Run.objects.earliest("number")
    ErrorAcceptance.objects.create(
        engagement=engagement,
        run=run,
        point=0.5,
        false_alarms_a_month=1,
        misses_a_month=1,
        yen_a_month=1,
        yen_low=1,
        yen_high=1,
        until=date(2026, 11, 1),
        sentence="許容",
        organisation=only["customer"],
        accepted_by=customer,
        link=chain.append(engagement, {"what": "errors"}),
        ended_at=datetime(2026, 11, 2, tzinfo=UTC),
        ended_because="expired",
    )
    Glance.objects.update(
        unaccepted=True, runs_out_on=timezone.localdate() + timedelta(days=4)
    )

    (one,) = decisions.waiting_for(customer, "en")[0]

    assert one.kind is Waits.ACCEPT
    assert (one.number, one.day) == (run.number, date(2026, 11, 2))
    assert one.url == f"{run.get_absolute_url()}#explorer"
    Membership.objects.filter(user=customer).update(role="engineer")
    customer.refresh_from_db()
    assert decisions.waiting_for(customer, "en")[0] == []


def test_a_broken_run_waits_until_a_later_one_makes_good_for_it(only):
    engineer = reader_of(only, "engineer")
    run = Run.objects.latest("number")
    Run.objects.update(status=RunStatus.FAILED, finished_at=timezone.now())
    # Of several that broke the newest alone.
    (one,) = decisions.waiting_for(engineer, "en")[0]
    assert (one.kind, one.number) == (Waits.MEND, run.number)

    Run.objects.create(
        number=run.number + 1,
        agreement=run.agreement,
        upload=run.upload,
        sha256=run.sha256,
        columns={"another": "time"},
        submitted_by=run.submitted_by,
    )

    assert kinds(engineer) == []
    Run.objects.filter(number__gt=run.number).delete()
    assert kinds(engineer) == [Waits.MEND]
    Engagement.objects.update(stage="closed")
    assert kinds(engineer) == []
