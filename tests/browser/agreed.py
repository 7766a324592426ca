"""Writes an engagement whose agreement is in force: agreed.py KIND METRIC BOUND LIMIT.

Run as a program of its own, beside a Kenshu that is up; prints the engagement's id.
"""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal

import django

django.setup()

from dashboards.demo import PASSWORD  # noqa: E402 - settings come first
from projects.models import Organisation, Side, User  # noqa: E402
from projects.services import agreement as agreements  # noqa: E402
from projects.services import engagement as engagements  # noqa: E402
from projects.services import feasibility  # noqa: E402
from projects.services.agreement import CriterionDraft  # noqa: E402


def agree(kind: str, metric: str, bound: str, limit: str) -> str:
    manager = User.objects.get(email="kato@demo.kenshu.example")
    executive = User.objects.get(email="yamamoto@demo.kenshu.example")
    engagement = engagements.create_engagement(
        by=manager,
        provider=Organisation.objects.get(name="かなめ技研"),
        customer=Organisation.objects.get(name="三河精機"),
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
                evidence_url="",
                by=manager,
            )
    feasibility.issue_assessment(assessment=assessment, by=manager)
    draft = agreements.draft_agreement(
        engagement=engagement,
        reason="公開データ",
        threshold=None,
        criteria=[CriterionDraft(metric, bound, Decimal(limit), None)],
        by=manager,
    )
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return str(engagement.pk)


print(agree(*sys.argv[1:]))  # noqa: T201 - this is how the caller learns it
