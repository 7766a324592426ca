"""Writes what the browser tests look at into the database of a running Kenshu.

A program of its own: the test process has other settings and another database. It
prints the ids of what it wrote as JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import django

django.setup()

# Models can be imported only once Django is set up.
from django.core.files.base import ContentFile  # noqa: E402
from django.utils import timezone  # noqa: E402

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
from projects.services import intake as intakes  # noqa: E402
from projects.services import organisation as organisations  # noqa: E402
from projects.services.agreement import CriterionDraft  # noqa: E402
from projects.services.skills import cover_skills  # noqa: E402
from projects.skills import Skill  # noqa: E402

PASSWORD = sys.argv[1]


def person(name: str, side: Organisation, role: Role, language: str) -> User:
    # Hashing is slow on purpose: all share the hash of the first.
    first = User.objects.first()
    user = User(email=f"{name}@example.test", name=name, language=language)
    if first:
        user.password = first.password
    else:
        user.set_password(PASSWORD)
    user.save()
    Membership.objects.create(user=user, organisation=side, role=role)
    return user


def take_on(manager: User, customer: Organisation, name: str, kind: str) -> Engagement:
    return engagements.create_engagement(
        by=manager,
        provider=Organisation.objects.get(kind=OrganisationKind.PROVIDER),
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
    """Put a version in force: the manager signs first, then the executive."""
    manager, executive = signers
    screen(engagement, manager)
    draft = agreements.draft_agreement(
        engagement=engagement,
        reason="初版",
        terms=terms or Terms(),
        criteria=[criterion],
        by=manager,
    )
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
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


def alarms() -> bytes:
    """Scores and segments too, so that the run's page shows all it can show."""
    lines = ["y_true,y_pred,y_score,segment"]
    for row in range(600):
        happened = row % 10 == 0
        alarm = happened != (row % 7 == 0)
        score = (0.5 if alarm else 0.0) + (row * 37 % 50) / 100
        lines.append(f"{happened:d},{alarm:d},{score:.2f},{row % 3 + 1}号機")
    return "\n".join(lines).encode()


def measure(engagement: Engagement, manager: User) -> None:
    content = alarms()
    upload = receive_upload(
        engagement=engagement,
        file=ContentFile(content, name="alarms.csv"),
        name="alarms.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        by=manager,
    )
    columns = recognise(upload.seen.columns, engagement.shape)
    submit_run(upload=upload, columns=columns, note="", by=manager)


def agreed() -> dict[str, tuple[str, CriterionDraft, Terms]]:
    """Engagements by name: their kind, a criterion, and how files are measured."""
    usual, sure = Terms(), Decimal("0.95")
    classes = (
        "anomaly",
        CriterionDraft("macro_f1", "at_least", Decimal("0.5"), None),
        Terms(classes=("良品", "傷", "打痕", "汚れ")),
    )
    return {
        "anomaly": (
            "anomaly",
            CriterionDraft("f1", "at_least", Decimal("0.66"), None),
            usual,
        ),
        "demand_forecast": (
            "demand_forecast",
            CriterionDraft("mape", "at_most", Decimal(3), None),
            usual,
        ),
        "measured": (
            "anomaly",
            CriterionDraft("miss_rate", "at_most", Decimal("0.05"), sure),
            usual,
        ),
        "priced": (
            "anomaly",
            CriterionDraft("event_recall", "at_least", Decimal("0.5"), sure),
            Terms(yen_false_alarm=4_000, yen_miss=90_000, alarm_gap_seconds=3_600),
        ),
        "classes": classes,
        # Another version comes into force here: no run may be measured by it.
        "drafted": classes,
        "ahead": (
            "demand_forecast",
            CriterionDraft("coverage", "at_least", Decimal("0.9"), sure),
            Terms(season=24, interval=0.9, yen_over=30, yen_under=90),
        ),
        "inventory": (
            "inventory",
            CriterionDraft("fill_rate", "at_least", Decimal("0.95"), sure),
            Terms(holding_rate=0.02, unit_cost=900, yen_shortage=5_000, yen_order=400),
        ),
        "segments": (
            "anomaly",
            CriterionDraft("miss_rate", "at_most", Decimal("0.2"), sure, "each"),
            usual,
        ),
        "layout": (
            "layout",
            CriterionDraft("improvement_percent", "at_least", Decimal(10), sure),
            usual,
        ),
    }


def ask(
    administrator: User, executive: User, sides: tuple[Organisation, Organisation]
) -> dict[str, str]:
    """One intake of a customer, one of a visitor with a question, one own question."""
    provider, customer = sides
    organisations.allow_visitors(organisation=provider, allowed=True, by=administrator)
    words = {
        "problem": "公開された数字と一致するか",
        "kind": "anomaly",
        "place_kind": "plant",
        "place": "試験場",
        "believed_data": "公開されたデータ",
        "decider": "所長",
        "asker_name": "依頼 花子",
        "asker_email": "asker@example.test",
    }
    filed = intakes.file_intake(
        by=executive, provider=provider, customer=customer, **words
    )
    invitation, token = organisations.invite(
        organisation=provider,
        note="展示会",
        customer=None,
        expires_at=timezone.now() + timedelta(days=1),
        by=administrator,
    )
    visited = intakes.file_by_visitor(
        invitation=invitation, customer_name="訪問者の会社", language="ja", **words
    )
    intakes.ask(intake=visited, question="いつからですか", by=administrator)
    question = organisations.add_own_item(
        organisation=provider,
        fields={
            "group": "problem",
            "ja": "第三者が確認したか",
            "en": "Was it checked by a third party?",
            "short": {"ja": "第三者確認", "en": "third-party check"},
            "type": "choice",
            "block": "conditional",
            "due": "production",
            "sources": ["own"],
            "choices": [
                {"id": "c1", "ja": "済み", "en": "Done", "counts": "yes"},
                {"id": "c2", "ja": "未", "en": "Not yet", "counts": "no"},
            ],
        },
        by=administrator,
    )
    return {
        "intake": str(filed.pk),
        "visit": token,
        "visited": visited.token,
        "provider": str(provider.pk),
        "question": str(question.pk),
    }


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


def write() -> dict[str, dict[str, str]]:
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
    for name, (kind, criterion, terms) in agreed().items():
        made[name] = take_on(signers[0], customer, f"検証 {name}", kind)
        agree(made[name], criterion, *signers, terms=terms)
    for name in ("offline", "declined"):
        made[name] = take_on(signers[0], customer, f"検証 {name}", "anomaly")
        feasibility.open_assessment(engagement=made[name], by=signers[0])
    decline(made["declined"], signers[0])
    made["accepted"] = take_on(signers[0], customer, "検証 accepted", "anomaly")
    screen(made["accepted"], signers[0])
    spend(made["measured"], signers[0])
    rate(provider, signers[0])
    cover_skills(
        engagement=made["measured"],
        person=signers[0],
        hours={Skill.API: Decimal("7.5")},
        by=signers[0],
    )
    measure(made["measured"], signers[0])
    administrators = [
        person(f"administrator-{language}", provider, Role.ADMINISTRATOR, language)
        for language in ("ja", "en")
    ]
    return {
        "engagements": {name: str(one.pk) for name, one in made.items()},
        "asked": ask(administrators[0], signers[1], (provider, customer)),
    }


print(json.dumps(write()))  # noqa: T201 - this is how the caller learns them
