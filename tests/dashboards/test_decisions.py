"""Who is told that a signature waits: only who may give it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from dashboards import decisions, signing
from evaluation.models import Run, RunStatus, Upload
from projects.models import (
    Agreement,
    AgreementStatus,
    Engagement,
    Membership,
    Organisation,
    User,
)
from projects.services import glances


def test_an_executive_of_one_engagement_is_not_asked_to_sign_another(db):
    provider = Organisation.objects.create(name="受託", kind="provider")
    customer = Organisation.objects.create(name="委託", kind="customer")
    owner = User.objects.create_user("owner@example.test", name="Owner")
    signer = User.objects.create_user("signer@example.test", name="Signer")
    offered = []
    for name in ("一", "二"):
        engagement = Engagement.objects.create(
            name=name,
            problem="課題",
            kind="anomaly",
            provider=provider,
            customer=customer,
            place="工場",
            placement="cloud",
            owner=owner,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
        )
        glances.note(engagement)
        offered.append(
            Agreement.objects.create(
                engagement=engagement,
                status=AgreementStatus.OFFERED,
                digest="d" * 64,
                reason="初版",
                drafted_by=owner,
            )
        )
    mine, other = offered
    for agreement, role in ((mine, "executive"), (other, "viewer")):
        Membership.objects.create(
            user=signer,
            organisation=customer,
            engagement=agreement.engagement,
            role=role,
        )

    assert list(signing.to_sign(signer)) == [mine]


def test_a_run_that_broke_waits_for_who_may_mend_it(db, client):
    provider = Organisation.objects.create(name="受託", kind="provider")
    customer = Organisation.objects.create(name="委託", kind="customer")
    people = {}
    for name, side, role in (
        ("engineer", provider, "engineer"),
        ("viewer", provider, "viewer"),
        ("executive", customer, "executive"),
    ):
        user = User.objects.create_user(f"{name}@example.test", name=name)
        Membership.objects.create(user=user, organisation=side, role=role)
        people[name] = user
    engagement = Engagement.objects.create(
        name="案件",
        problem="課題",
        kind="anomaly",
        provider=provider,
        customer=customer,
        place="工場",
        placement="cloud",
        owner=people["engineer"],
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    glances.note(engagement)
    agreement = Agreement.objects.create(
        engagement=engagement,
        status=AgreementStatus.IN_FORCE,
        digest="d" * 64,
        reason="初版",
        drafted_by=people["engineer"],
    )
    upload = Upload.objects.create(
        engagement=engagement,
        file="none.csv",
        name="none.csv",
        size=1,
        sha256="e" * 64,
        layout={},
        uploaded_by=people["engineer"],
    )
    run = Run.objects.create(
        number=1,
        agreement=agreement,
        upload=upload,
        sha256=upload.sha256,
        columns={},
        status=RunStatus.FAILED,
        reason_ja="測定できませんでした。",
        finished_at=timezone.now(),
        submitted_by=people["engineer"],
    )

    waiting = {
        name: [one.url for one in decisions.waiting_for(user, "ja")[0]]
        for name, user in people.items()
    }

    assert waiting["engineer"] == [run.get_absolute_url()]
    assert waiting["viewer"] == waiting["executive"] == []
    client.force_login(people["engineer"])
    assert "測定できませんでした。" in client.get("/").text
