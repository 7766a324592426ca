"""The demo: written once, whole, and measured by the real pipeline."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from evaluation import pipeline
from evaluation.models import LatestVerdict, Run
from projects.models import AgreementStatus, Engagement, Stage, User


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
    declined = Engagement.objects.get(stage=Stage.DECLINED)
    assert declined.kind == "layout"
    waiting = Engagement.objects.get(agreements__status=AgreementStatus.OFFERED)
    assert waiting.kind == "sales"
    client.force_login(User.objects.get(email="ishida@demo.kenshu.example"))
    assert waiting.name in client.get("/").text


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
