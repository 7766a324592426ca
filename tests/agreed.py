"""Writes an engagement whose agreement is in force, and submits files under it.

    python -m tests.agreed KIND METRIC BOUND LIMIT [FILE ...]

Run as a program of its own, beside a Kenshu that is up; prints the engagement's id.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import django

django.setup()

from django.core.files import File  # noqa: E402 - settings come first

from dashboards.demo import PASSWORD  # noqa: E402
from evaluation.ingest.mapping import recognise  # noqa: E402
from evaluation.services import receive_upload, submit_run  # noqa: E402
from projects.catalogue import Terms  # noqa: E402
from projects.models import Engagement, Membership, Organisation, Side, User  # noqa: E402  # noqa: E402
from projects.services import agreement as agreements  # noqa: E402
from projects.services import engagement as engagements  # noqa: E402
from projects.services import feasibility  # noqa: E402
from projects.services.agreement import CriterionDraft  # noqa: E402


def side(name: str, kind: str, email: str, role: str) -> tuple[Organisation, User]:
    """The demo's organisation and person where there is a demo, else new ones."""
    organisation, _ = Organisation.objects.get_or_create(
        name=name, defaults={"kind": kind}
    )
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=email)
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return organisation, user


def agree(kind: str, metric: str, bound: str, limit: str) -> Engagement:
    provider, manager = side(
        "かなめ技研", "provider", "kato@demo.kenshu.example", "project_manager"
    )
    customer, executive = side(
        "三河精機", "customer", "yamamoto@demo.kenshu.example", "executive"
    )
    engagement = engagements.create_engagement(
        by=manager,
        provider=provider,
        customer=customer,
        name=f"公開データ {metric}",
        name_en=f"Published data {metric}",
        problem="公開された数字と一致するか",
        kind=kind,
        place="試験場",
        placement="on_prem",
        owner=manager,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    assessment = feasibility.open_assessment(engagement=engagement, by=manager)
    for item in assessment.checklist.items:
        if item.due.value == "screen":
            feasibility.give_answer(
                assessment=assessment,
                item_id=item.id,
                value="yes" if "yes" in item.answers else item.answers[0],
                number=None,
                note="",
                by=manager,
            )
    feasibility.issue_assessment(assessment=assessment, by=manager)
    draft = agreements.draft_agreement(
        engagement=engagement,
        reason="公開データ",
        terms=Terms(),
        criteria=[CriterionDraft(metric, bound, Decimal(limit), None)],
        by=manager,
    )
    for signing, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=signing, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return engagement


def submit(engagement: Engagement, path: Path) -> None:
    by = engagement.owner
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        upload = receive_upload(
            engagement=engagement,
            file=File(content, name=path.name),
            name=path.name,
            sha256=digest,
            by=by,
        )
    columns = recognise(upload.seen.columns, engagement.shape)
    submit_run(upload=upload, columns=columns, note="", by=by)


agreed = agree(*sys.argv[1:5])
for file in sys.argv[5:]:
    submit(agreed, Path(file))
print(agreed.pk)  # noqa: T201 - this is how the caller learns it
