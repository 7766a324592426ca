"""From feasibility to verdict on real plant data, through the services and pages."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from evaluation import pipeline, services
from evaluation.ingest.faults import FileRefused
from evaluation.models import LEASE, LatestVerdict, Run, RunStatus
from projects.catalogue import Terms
from projects.checklist import load
from projects.models import (
    AgreementStatus,
    Assessment,
    Event,
    Membership,
    Organisation,
    OrganisationKind,
    Side,
    Stage,
    User,
)
from projects.permissions import Role
from projects.services import agreement as agreements
from projects.services import engagement as engagements
from projects.services import feasibility
from projects.services.agreement import CriterionDraft

PASSWORD = "a-long-password"


def person(email: str, organisation: Organisation, role: Role) -> User:
    user = User.objects.create_user(email, PASSWORD, name=email.split("@")[0])
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def provider(db):
    return Organisation.objects.create(name="受託", kind=OrganisationKind.PROVIDER)


@pytest.fixture
def customer(db):
    return Organisation.objects.create(name="委託", kind=OrganisationKind.CUSTOMER)


@pytest.fixture
def manager(provider):
    return person("manager@example.test", provider, Role.PROJECT_MANAGER)


@pytest.fixture
def executive(customer):
    return person("executive@example.test", customer, Role.EXECUTIVE)


def engagement_of(kind, manager, provider, customer):
    return engagements.create_engagement(
        by=manager,
        provider=provider,
        customer=customer,
        name="検証案件",
        name_en="Check",
        problem="予兆を知りたい",
        kind=kind,
        place="工場",
        placement="on_prem",
        owner=manager,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


def answer_yes(engagement, manager) -> Assessment:
    assessment = feasibility.open_assessment(engagement=engagement, by=manager)
    for item in load().items:
        if item.due.value != "screen":
            continue
        choice = "yes" if "yes" in item.answers else item.answers[0]
        feasibility.give_answer(
            assessment=assessment,
            item_id=item.id,
            value=choice,
            number=None,
            note="",
            by=manager,
        )
    return feasibility.issue_assessment(assessment=assessment, by=manager)


def agreed(engagement, manager, executive, *criteria):
    answer_yes(engagement, manager)
    draft = agreements.draft_agreement(
        engagement=engagement,
        reason="初版",
        terms=Terms(),
        criteria=criteria,
        by=manager,
    )
    offered = agreements.sign(
        agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager
    )
    return agreements.sign(
        agreement=offered, side=Side.CUSTOMER, password=PASSWORD, by=executive
    )


def line(metric, bound, limit, confidence=None):
    return CriterionDraft(metric, bound, Decimal(limit), confidence)


def uploaded(client, engagement, name: str, content: bytes):
    """Through the page, as the browser posts it."""
    return client.post(
        reverse("evaluation:upload_new", args=[engagement.pk]),
        {"file": SimpleUploadedFile(name, content)},
        headers={"Accept": "application/json"},
    )


def submitted(client, engagement, name, content) -> Run:
    received = uploaded(client, engagement, name, content)
    assert received.status_code == 200, received.content[:2000]
    upload = engagement.uploads.get(name=name)
    guessed = services_guess(upload)
    page = client.post(received.json()["next"], guessed)
    assert page.status_code == 302, page.content[:3000]
    return Run.objects.get(upload=upload)


def services_guess(upload):
    from evaluation.ingest.mapping import recognise

    return recognise(upload.seen.columns, upload.engagement.shape)


SMALL = b"y_true,y_pred\n" + b"1,1\n" * 40 + b"0,0\n" * 50 + b"0,1\n" * 5


@pytest.fixture
def engagement(manager, executive, provider, customer):
    made = engagement_of("anomaly", manager, provider, customer)
    agreed(made, manager, executive, line("f1", "at_least", "0.66"))
    made.refresh_from_db()
    return made


@pytest.fixture
def client_of_manager(client, manager):
    client.force_login(manager)
    return client


def test_both_signatures_put_the_agreement_in_force(engagement):
    agreement = engagement.agreements.get()

    assert agreement.status == AgreementStatus.IN_FORCE
    assert agreement.digest == agreements.digest_of(agreements.canonical_of(agreement))
    assert engagement.stage == Stage.INITIAL
    assert {s.digest for s in agreement.signatures.all()} == {agreement.digest}


def test_a_file_becomes_a_verdict(client_of_manager, engagement):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)
    assert run.status == RunStatus.QUEUED

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert (run.status, run.result.outcome) == (RunStatus.MEASURED, "pass")
    assert LatestVerdict.objects.get(engagement=engagement).run == run
    page = client_of_manager.get(run.get_absolute_url())
    assert page.status_code == 200
    assert Event.objects.filter(verb="run.measured").count() == 1


def test_an_older_run_that_ends_late_is_not_the_latest_verdict(
    client_of_manager, engagement
):
    older = submitted(client_of_manager, engagement, "older.csv", SMALL + b"0,0\n")
    newer = submitted(client_of_manager, engagement, "newer.csv", SMALL)

    pipeline.evaluate(newer.pk)
    pipeline.evaluate(older.pk)

    assert Run.objects.get(pk=older.pk).status == RunStatus.MEASURED
    assert LatestVerdict.objects.get(engagement=engagement).run == newer


def test_a_file_that_changed_on_the_disk_is_refused_with_its_row(
    client_of_manager, engagement
):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)
    Path(run.upload.file.path).write_bytes(SMALL.replace(b"0,1\n", b"0,maybe\n", 1))

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.REFUSED
    assert "maybe" in run.reason("en")
    assert Event.objects.filter(verb="run.refused").count() == 1


def test_a_run_over_the_time_limit_says_so(
    client_of_manager, engagement, monkeypatch, settings
):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)
    settings.CELERY_TASK_SOFT_TIME_LIMIT = 600

    def strike(_run):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(pipeline, "measure", strike)
    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "10-minute" in run.reason("en")
    assert "10分" in run.reason("ja")


def test_the_same_file_twice_is_one_run(client_of_manager, engagement, manager):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)

    again = services.submit_run(
        upload=run.upload, columns=run.columns, note="", by=manager
    )

    assert again == run


def test_a_killed_worker_loses_no_run(client_of_manager, engagement):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)
    late = Run.objects.claim(run.pk, now=timezone.now())
    after = timezone.now() + 2 * LEASE

    assert list(pipeline.sweep(now=after)) == [run.pk]
    pipeline.evaluate(run.pk)
    pipeline.record_end(late, RunStatus.FAILED, why=pipeline.OURS)

    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED


def test_a_run_lost_too_often_is_given_up_with_a_reason(client_of_manager, engagement):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)
    now = timezone.now()
    for _attempt in range(3):
        Run.objects.claim(run.pk, now=now)
        now += 2 * LEASE
        list(pipeline.sweep(now=now))

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert run.reason("en")
    assert run.reason("ja")


def test_a_cancelled_run_can_be_measured_again(client_of_manager, engagement, manager):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)

    client_of_manager.post(reverse("evaluation:run_cancel", args=[run.pk]))
    pipeline.evaluate(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED

    client_of_manager.post(reverse("evaluation:run_repeat", args=[run.pk]))
    pipeline.evaluate(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED


def test_a_bad_cell_is_named_and_nothing_is_queued(
    client_of_manager, engagement, manager
):
    content = b"y_true,y_pred\n1,1\n0,maybe\n"
    received = uploaded(client_of_manager, engagement, "bad.csv", content)
    upload = engagement.uploads.get()

    page = client_of_manager.post(received.json()["next"], services_guess(upload))

    assert page.status_code == 422
    assert b"maybe" in page.content
    assert not Run.objects.exists()
    with pytest.raises(FileRefused):
        services.submit_run(
            upload=upload, columns=services_guess(upload), note="", by=manager
        )


def test_a_renamed_program_is_refused_and_not_kept(client_of_manager, engagement):
    page = uploaded(client_of_manager, engagement, "x.csv", b"\x7fELF" + b"\0" * 4000)

    assert page.status_code == 422
    assert not engagement.uploads.exists()


def test_a_customer_may_read_but_not_upload(client, engagement, executive):
    client.force_login(executive)

    listed = client.get(reverse("evaluation:runs", args=[engagement.pk]))
    refused = client.get(reverse("evaluation:upload_new", args=[engagement.pk]))

    assert (listed.status_code, refused.status_code) == (200, 403)
    # Refused in words: who could do it, and who could change that.
    said = "受託側のプロジェクトマネージャー・管理者・エンジニアです。"
    assert f"できるのは、{said}" in refused.text
    assert "変更できるのは、この案件の管理者です。" in refused.text
    User.objects.filter(pk=executive.pk).update(language="en")
    english = client.get(reverse("evaluation:upload_new", args=[engagement.pk])).text
    assert "project manager or administrator or engineer of the provider." in english


def real(name: str) -> bytes:
    folder = os.environ.get("KENSHU_REALDATA")
    if not folder:
        pytest.skip("KENSHU_REALDATA names no folder")
    return (Path(folder) / name).read_bytes()


@pytest.mark.realdata
def test_skab_fails_its_published_f1(client_of_manager, engagement):
    content = real("anomaly/skab_t_squared.csv")
    run = submitted(client_of_manager, engagement, "skab_t_squared.csv", content)

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    verdict = run.result.verdicts.get()
    page = client_of_manager.get(run.get_absolute_url()).content.decode()
    assert run.result.outcome == "fail"
    assert verdict.value == pytest.approx(0.6598262904459745, abs=1e-12)
    for count in ("7,331", "2,119", "5,440", "8,911"):
        assert count in page
    for rate in ("19.21%", "42.60%", "0.6598", "0.6600"):
        assert rate in page


@pytest.mark.realdata
def test_tepco_passes_one_percent(
    client_of_manager, manager, executive, provider, customer
):
    power = engagement_of("demand_forecast", manager, provider, customer)
    agreed(power, manager, executive, line("mape", "at_most", "1.0"))
    content = real("forecast/tepco_official_fy2022.csv")
    run = submitted(client_of_manager, power, "tepco_official_fy2022.csv", content)

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    verdict = run.result.verdicts.get()
    assert run.result.outcome == "pass"
    assert verdict.value == pytest.approx(0.9384733778949207, abs=1e-12)


def test_the_suite_runs_on_the_database_it_says(settings):
    engine = settings.DATABASES["default"]["ENGINE"]
    wanted = "sqlite3" if os.environ.get("KENSHU_TEST_DB") == "sqlite" else "postgresql"
    assert engine.endswith(wanted)


def test_a_repeated_run_gets_all_its_attempts_again(
    client_of_manager, engagement, manager
):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.FAILED, attempt=3, finished_at=timezone.now()
    )

    services.repeat_run(run=run, by=manager)
    Run.objects.claim(run.pk, now=timezone.now())

    assert list(pipeline.sweep(now=timezone.now() + 2 * LEASE)) == [run.pk]


def test_an_error_while_judging_ends_the_run_with_a_reason(
    client_of_manager, engagement, monkeypatch
):
    run = submitted(client_of_manager, engagement, "small.csv", SMALL)
    monkeypatch.setattr(pipeline.judge, "judge_limit", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "kept" in run.reason("en")


def test_a_file_over_the_limit_is_refused_in_words(
    client_of_manager, engagement, settings
):
    settings.MAX_UPLOAD_BYTES = 100

    page = uploaded(client_of_manager, engagement, "large.csv", SMALL)

    assert page.status_code == 422
    assert "large.csv" in page.text
    assert not engagement.uploads.exists()


def test_issuing_twice_is_issuing_once(client_of_manager, engagement):
    address = reverse("projects:issue", args=[engagement.pk])

    client_of_manager.post(address)
    client_of_manager.post(address)

    assert engagement.assessments.count() == 1


def test_an_issued_answer_stands_until_a_new_round_is_started(
    client_of_manager, engagement
):
    address = reverse("projects:answer", args=[engagement.pk, "P1"])
    client_of_manager.post(address, {"value": "no"})
    assert engagement.assessments.get().answers.get(item_id="P1").value == "yes"

    client_of_manager.post(reverse("projects:round_new", args=[engagement.pk]))
    seen = engagement.assessments.first().answers.get(item_id="P1").revision
    client_of_manager.post(address, {"value": "no", "revision": seen})

    second, first = engagement.assessments.all()
    assert second.answers.get(item_id="P1").value == "no"
    assert first.answers.get(item_id="P1").value == "yes"
