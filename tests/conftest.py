"""Two sides with their people, and one engagement between them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import settings

from projects.catalogue import Terms
from projects.models import Membership, Organisation, User
from projects.services import agreement as agreements
from projects.services import engagement as engagements
from projects.services import feasibility
from projects.services.agreement import CriterionDraft

PASSWORD = "a-long-password"
# How long an example takes depends on what else the machine does.
settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")


def person(name: str, organisation: Organisation, role: str) -> User:
    user = User.objects.create_user(
        f"{name}@example.test", PASSWORD, name=name, language="en"
    )
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def manager(db):
    provider = Organisation.objects.create(name="受託", kind="provider")
    return person("manager", provider, "project_manager")


@pytest.fixture
def executive(db):
    customer = Organisation.objects.create(name="委託", kind="customer")
    return person("executive", customer, "executive")


@pytest.fixture
def engagement(manager, executive):
    return engagements.create_engagement(
        by=manager,
        provider=manager.memberships.get().organisation,
        customer=executive.memberships.get().organisation,
        name="予兆検知",
        name_en="Early warning",
        problem="予兆を知りたい",
        kind="anomaly",
        place="工場",
        placement="on_prem",
        owner=manager,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


@pytest.fixture
def screened(engagement, manager):
    """The engagement with every screening question answered in favour."""
    assessment = feasibility.open_assessment(engagement=engagement, by=manager)
    for item in assessment.checklist.items:
        if item.due.value == "screen":
            feasibility.give_answer(
                assessment=assessment,
                item_id=item.id,
                value="anomaly" if item.id == "D8" else "yes",
                number=None,
                note="",
                by=manager,
            )
    feasibility.issue_assessment(assessment=assessment, by=manager)
    return engagement


@pytest.fixture
def draft(screened, manager):
    return agreements.draft_agreement(
        engagement=screened,
        reason="初版",
        terms=Terms(),
        criteria=[
            CriterionDraft("miss_rate", "at_most", Decimal("0.05"), Decimal("0.95")),
            CriterionDraft("precision", "at_least", Decimal("0.9"), None),
        ],
        by=manager,
    )
