"""Writes what the browser tests look at into the database of a running Kenshu.

A program of its own: the test process has other settings and another database. It
prints the ids of what it wrote as JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import django

django.setup()

# Models can be imported only once Django is set up.
from django.contrib.auth.hashers import (  # noqa: E402
    PBKDF2PasswordHasher,
    make_password,
)
from django.core.files.base import ContentFile  # noqa: E402

from costs.models import ExchangeRate  # noqa: E402
from costs.services.budgets import set_budget  # noqa: E402
from costs.services.use import record_use  # noqa: E402
from evaluation.ingest.mapping import recognise  # noqa: E402
from evaluation.services import receive_upload, submit_run  # noqa: E402
from projects.catalogue import Terms  # noqa: E402
from projects.models import (  # noqa: E402
    Engagement,
    Membership,
    Organisation,
    OrganisationKind,
    Side,
    User,
)
from projects.permissions import Role  # noqa: E402
from projects.services import agreement as agreements  # noqa: E402
from projects.services import engagement as engagements  # noqa: E402
from projects.services import feasibility  # noqa: E402
from projects.services.skills import cover_skills  # noqa: E402
from projects.skills import Skill  # noqa: E402
from tests.browser import agreed, asking, demo  # noqa: E402

if TYPE_CHECKING:
    from projects.services.agreement import CriterionDraft

PASSWORD = sys.argv[1]
# Hashing is slow on purpose, and some fifty times would be half of the time here.
PBKDF2PasswordHasher.iterations = 1
HASH = make_password(PASSWORD)


def person(name: str, side: Organisation, role: Role, language: str) -> User:
    user = User(email=f"{name}@example.test", name=name, language=language)
    user.password = HASH
    user.save()
    Membership.objects.create(user=user, organisation=side, role=role)
    return user


def take_on(manager: User, customer: Organisation, name: str, kind: str) -> Engagement:
    return engagements.create_engagement(
        by=manager,
        provider=manager.memberships.get().organisation,
        customer=customer,
        name=name,
        name_en=f"Check of {kind}",
        problem="公開された数字と一致するか",
        kind=kind,
        place="試験場",
        placement="on_prem",
        owner=manager,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


def screen(engagement: Engagement, manager: User) -> None:
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


def agree(
    engagement: Engagement,
    criterion: CriterionDraft,
    *signers: User,
    terms: Terms | None = None,
) -> None:
    """The manager signs a version first; the executive's signature puts it in force."""
    manager = signers[0]
    screen(engagement, manager)
    draft = agreements.draft_agreement(
        engagement=engagement,
        reason="初版",
        terms=terms or Terms(),
        criteria=[criterion],
        by=manager,
    )
    sides = (Side.PROVIDER, Side.CUSTOMER)
    for side, signer in zip(sides, signers, strict=False):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()


def spend(engagement: Engagement, manager: User) -> None:
    set_budget(engagement=engagement, budget_yen=Decimal(4_000_000), by=manager)
    record_use(
        engagement=engagement,
        started_at=datetime(2026, 10, 1, tzinfo=UTC),
        ended_at=datetime(2026, 10, 14, 8, tzinfo=UTC),
        gpu_type="p3.2xlarge",
        gpus_of_one=Decimal(1),
        price_per_hour=Decimal(459),
        option="spot",
        note="再学習",
        by=manager,
    )


def rate(provider: Organisation, manager: User) -> None:
    """What a dollar was worth when the bill of the browser test was written."""
    ExchangeRate.objects.create(
        organisation=provider,
        currency="USD",
        day=date(2024, 5, 1),
        yen=Decimal(150),
        source="試験",
        recorded_by=manager,
    )


def measure(engagement: Engagement, manager: User) -> None:
    content = agreed.alarms()
    upload = receive_upload(
        engagement=engagement,
        file=ContentFile(content, name="alarms.csv"),
        name="alarms.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        by=manager,
    )
    columns = recognise(upload.seen.columns, engagement.shape)
    submit_run(upload=upload, columns=columns, note="", by=manager)


def decline(engagement: Engagement, manager: User) -> None:
    """Screened, one answer stops it, and declined with a letter."""
    answers = {"P7": "no", "D8": "anomaly"}
    assessment = engagement.assessments.get()
    for item in assessment.checklist.items:
        if item.due.value == "screen":
            feasibility.give_answer(
                assessment=assessment,
                item_id=item.id,
                value=answers.get(item.id, item.answers[0]),
                number=None,
                note="会議で合意できなかった" if item.id == "P7" else "",
                by=manager,
            )
    feasibility.issue_assessment(assessment=assessment, by=manager)
    engagements.decline(
        engagement=engagement,
        because="目標に合意できませんでした。",
        because_en="The goal could not be agreed.",
        by=manager,
    )


# As long as a name may be, and with no place to break it.
ENDLESS = "Instandhaltungsvorhersage" * 5


def endless(manager: User) -> Engagement:
    """Work whose every name is as long as it may be, with people of its own."""
    customer = Organisation.objects.create(
        name=ENDLESS[:120], kind=OrganisationKind.CUSTOMER
    )
    for language in ("ja", "en"):
        signer = person(f"endless-{language}", customer, Role.EXECUTIVE, language)
        signer.name = ENDLESS[:80]
        signer.save()
    made = take_on(manager, customer, ENDLESS[:120], "anomaly")
    made.name_en = ""
    made.save()
    agree(made, agreed.agreed()["anomaly"][1], manager)
    return made


def of_their_own(manager: User) -> dict[str, Engagement]:
    """Work of people who see nothing else, so that no other test adds decisions."""
    side, kind = Organisation.objects.create, OrganisationKind
    keys = side(name="鍵盤", kind=kind.CUSTOMER)
    person("keys-en", keys, Role.EXECUTIVE, "en")
    for language in ("ja", "en"):
        person(f"leaver-{language}", keys, Role.VIEWER, language)
    offered = take_on(manager, keys, "検証 offered", "anomaly")
    agree(offered, agreed.agreed()["anomaly"][1], manager)
    begun = take_on(manager, keys, "検証 begun", "inventory")
    payer, paid = (
        side(name="支払", kind=kind.CUSTOMER),
        side(name="請求", kind=kind.PROVIDER),
    )
    person("payer-en", payer, Role.EXECUTIVE, "en")
    biller = person("biller-en", paid, Role.PROJECT_MANAGER, "en")
    rate(paid, biller)
    billed = take_on(biller, payer, "検証 billed", "anomaly")
    return {"offered": offered, "begun": begun, "billed": billed}


def write() -> dict[str, Any]:
    # First, since it asks for the only engagement of each kind.
    places = demo.write(HASH)
    provider, customer = (
        Organisation.objects.create(name=name, kind=kind)
        for name, kind in (
            ("受託", OrganisationKind.PROVIDER),
            ("委託", OrganisationKind.CUSTOMER),
        )
    )
    managers = [
        person(f"manager-{language}", provider, Role.PROJECT_MANAGER, language)
        for language in ("ja", "en")
    ]
    for language in ("ja", "en"):
        person(f"engineer-{language}", provider, Role.ENGINEER, language)
    signers = (managers[0], person("executive", customer, Role.EXECUTIVE, "ja"))
    person("executive-en", customer, Role.EXECUTIVE, "en")
    made = {}
    for name, (kind, criterion, terms) in agreed.agreed().items():
        made[name] = take_on(signers[0], customer, f"検証 {name}", kind)
        agree(made[name], criterion, *signers, terms=terms)
    for name in ("offline", "declined"):
        made[name] = take_on(signers[0], customer, f"検証 {name}", "anomaly")
        feasibility.open_assessment(engagement=made[name], by=signers[0])
    decline(made["declined"], signers[0])
    made["accepted"] = take_on(signers[0], customer, "検証 accepted", "anomaly")
    screen(made["accepted"], signers[0])
    made |= of_their_own(signers[0])
    spend(made["measured"], signers[0])
    cover_skills(
        engagement=made["measured"],
        person=signers[0],
        hours={Skill.API: Decimal("7.5")},
        by=signers[0],
    )
    measure(made["measured"], signers[0])
    long = endless(signers[0])
    administrators = [
        person(f"administrator-{language}", provider, Role.ADMINISTRATOR, language)
        for language in ("ja", "en")
    ]
    asked = asking.ask(administrators[0], signers[1], (provider, customer))
    return {
        "engagements": {name: str(one.pk) for name, one in made.items()},
        "asked": asked,
        "places": places
        | asking.places(asked)
        | {
            "bills": [made["billed"].provider_id],
            "declined": [made["declined"].pk],
            "endless": [long.pk],
            "no such run": [made["declined"].pk],
        },
    }


# This is how the caller learns them.
print(json.dumps(write(), default=str))  # noqa: T201
