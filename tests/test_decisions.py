"""Who is told that a signature waits: only who may give it."""

from __future__ import annotations

from datetime import date

from dashboards import queries
from projects.models import (
    Agreement,
    AgreementStatus,
    Engagement,
    Membership,
    Organisation,
    User,
)


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

    assert list(queries.decisions(signer)) == [mine]
