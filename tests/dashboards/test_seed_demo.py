"""The demo: written once, whole, and measured by the real pipeline."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from costs.models import Charge, Outcome, Spend
from dashboards.demo import PEOPLE
from dashboards.demo_operation import STARTED
from dashboards.verifying import checked
from evaluation import pipeline
from evaluation.ingest.faults import FileRefused
from evaluation.models import ErrorAcceptance, LatestVerdict, Run
from evaluation.operation import operated
from evaluation.tasks import evaluate_run
from projects.models import AgreementStatus, Engagement, Notice, Stage, User

RUNS = 20


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True


@pytest.mark.usefixtures("demo")
def test_the_demo_has_every_kind_and_every_outcome(client):
    call_command("seed_demo")
    for run in Run.objects.all():
        pipeline.evaluate(run.pk)

    found = LatestVerdict.objects.values_list("engagement__kind", "outcome")
    assert dict(found) == {
        "anomaly": "undecided",
        "demand_forecast": "pass",
        "inventory": "fail",
    }
    borne = ErrorAcceptance.objects.standing().order_by("engagement__kind")
    assert [one.engagement.kind for one in borne] == ["anomaly", "demand_forecast"]
    running = Engagement.objects.get(stage=Stage.OPERATION)
    stood = operated(running, running.agreements.get(), timezone.localdate())
    assert (running.kind, stood.days, stood.budget_kept) == (
        "demand_forecast",
        STARTED,
        True,
    )
    is_told_over_months()
    unread = Notice.objects.unread()
    assert unread.earliest("at").at > timezone.now() - timedelta(days=16)
    assert unread.count() < Notice.objects.count() / 2
    assert [checked(one).broken for one in Engagement.objects.all()] == [None] * 5
    is_money_shown(Charge.objects.all())
    declined = Engagement.objects.get(stage=Stage.DECLINED)
    assert declined.kind == "layout"
    waiting = Engagement.objects.get(agreements__status=AgreementStatus.OFFERED)
    assert waiting.kind == "sales"
    client.force_login(User.objects.get(email="ishida@demo.kenshu.example"))
    assert waiting.name in client.get("/").text


def is_told_over_months():
    """Every kind has a history: acts of many days, in the order that they took."""
    now = timezone.now()
    for kind, runs, agreed in (("anomaly", 8, 2), ("inventory", 4, 1)):
        engagement = Engagement.objects.get(kind=kind)
        of_it = Run.objects.filter(agreement__engagement=engagement)
        ended = list(of_it.order_by("number").values_list("finished_at", flat=True))
        assert len({timezone.localdate(moment) for moment in ended}) == runs
        assert ended == sorted(ended)
        assert engagement.agreements.count() == agreed
        told = engagement.events
        assert told.earliest("pk").at == told.earliest("at").at
        assert now - engagement.created_at > timedelta(days=90)
        assert not told.filter(at__gt=now).exists()


def is_money_shown(lines):
    """Every way of buying, what was lost and left on, and sums that are the lines'."""
    assert set(lines.values_list("option", flat=True)) == {
        "on_demand",
        "spot",
        "reserved",
        "on_prem",
    }
    assert set(lines.values_list("outcome", flat=True)) == set(Outcome.values)
    assert lines.filter(purpose="notebook", hours=23, utilisation=5).exists()
    assert lines.filter(interruptions=2, lost_hours__gt=0).exists()
    assert len(set(lines.values_list("person", flat=True))) == 2
    for spend in Spend.objects.all():
        of_it = lines.filter(engagement=spend.engagement)
        assert spend.gpu_yen == sum(line.cost_yen for line in of_it) > 0


@pytest.mark.usefixtures("demo")
def test_the_demo_is_written_only_into_an_empty_place():
    call_command("seed_demo", "--if-empty")
    before = User.objects.count()

    call_command("seed_demo", "--if-empty")
    with pytest.raises(CommandError, match="Reset first"):
        call_command("seed_demo")

    assert User.objects.count() == before


def test_without_the_demo_nothing_is_written_and_nothing_shown(db, settings, client):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo")
    assert not User.objects.exists()
    assert "demo.kenshu.example" not in client.get(reverse("account_login")).text


@pytest.mark.usefixtures("demo")
def test_the_sign_ins_are_told_once_for_each_role(client):
    told = StringIO()
    call_command("seed_demo", "--list", stdout=told)

    page = client.get(reverse("account_login")).text

    assert "kato@demo.kenshu.example  kenshu-demo  Yumi Kato" in told.getvalue()
    assert page.count("data-fill=") == 6


@pytest.mark.usefixtures("demo")
def test_the_runs_of_the_demo_are_rung_for_and_end_as_promised(
    django_capture_on_commit_callbacks,
):
    app = evaluate_run.app
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True) as rung:
            call_command("seed_demo", "--if-empty")
    finally:
        app.conf.task_always_eager = False

    assert len(rung) == RUNS
    assert set(Run.objects.values_list("status", flat=True)) == {"measured"}
    ended = Run.objects.order_by("number").values_list(
        "agreement__engagement__kind", "result__outcome"
    )
    outcomes = defaultdict(list)
    for kind, outcome in ended:
        outcomes[kind].append(outcome)
    assert outcomes == {
        "anomaly": [*["fail"] * 4, *["undecided"] * 4],
        "demand_forecast": ["fail", "undecided", *["pass"] * 6],
        "inventory": ["fail"] * 4,
    }


@pytest.mark.usefixtures("demo")
def test_a_demo_that_breaks_off_is_written_whole_the_next_time(settings):
    settings.MAX_UPLOAD_BYTES = 10
    with pytest.raises(FileRefused):
        call_command("seed_demo", "--if-empty")
    assert not User.objects.exists()
    settings.MAX_UPLOAD_BYTES = 10_000_000

    call_command("seed_demo", "--if-empty")

    assert Run.objects.count() == RUNS


def test_the_sign_ins_are_listed_without_writing_anything(db, settings):
    settings.DEMO = False
    told = StringIO()

    call_command("seed_demo", "--list", stdout=told)

    assert len(told.getvalue().splitlines()) == len(PEOPLE)
    assert not User.objects.exists()
