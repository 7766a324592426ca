"""The demo's rows with readers of their own, and what the demo does not have.

Imported by tests/browser/rows.py, a program of its own; what it writes stands beside
the rows of the other tests, of other organisations.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.utils import timezone

from costs.services import budgets
from costs.services.use import record_use
from dashboards.demo import PASSWORD, PROVIDER
from dashboards.demo_feasibility import issue_plainly
from dashboards.management.commands.seed_demo import Command
from evaluation import reviews
from evaluation.ingest.mapping import recognise
from evaluation.models import Run, Upload
from evaluation.pipeline import evaluate
from evaluation.services import receive_upload, submit_run
from evaluation.truths import receive_truth
from projects.catalogue import Terms
from projects.models import (
    Engagement,
    Membership,
    Organisation,
    Side,
    Stage,
    User,
)
from projects.permissions import Role
from projects.services import agreement as agreements
from projects.services import drafting, report_links, saved_views
from projects.services import engagement as engagements
from projects.services.agreement import CriterionDraft
from projects.services.feasibility import give_answer
from tests.browser import demo_money
from tests.browser.agreed import alarms

LANGUAGES = ("ja", "en")
# Who reads the demo's pages, for each language one.
READERS = {
    "lead": (PROVIDER, Role.PROJECT_MANAGER),
    "chief": (PROVIDER, Role.ADMINISTRATOR),
    "owner": ("三河精機", Role.EXECUTIVE),
    "newcomer": ("青葉フーズ", Role.VIEWER),
}
Places = dict[str, list[Any]]


def reader(name: str, language: str, password: str) -> User:
    """Somebody who is shown what the demo shows; the hash is everybody's."""
    return User.objects.create(
        email=f"{name}-{language}@example.test",
        name=f"{name}-{language}",
        language=language,
        password=password,
    )


def write(password: str) -> Places:
    """The demo and its readers; the places that addresses hang on, by name."""
    Command().write()
    places: Places = {}
    for name, (side, role) in READERS.items():
        for language in LANGUAGES:
            user = reader(name, language, password)
            organisation = Organisation.objects.get(name=side)
            Membership.objects.create(user=user, organisation=organisation, role=role)
            if name == "owner":
                for other in ("北越電力", "若葉ベーカリー"):
                    organisation = Organisation.objects.get(name=other)
                    user.memberships.create(organisation=organisation, role=role)
            if name == "lead":
                places[f"view-{language}"] = [view_of(user)]
    for language in LANGUAGES:
        invited = reader("invited", language, "!")
        places[f"session-{language}"] = [session_of(invited)]
        # Signing in would end it.
        key = default_token_generator.make_token(invited)
        places[f"key-{language}"] = [user_pk_to_url_str(invited), key]
    provider = Organisation.objects.get(name=PROVIDER)
    people = {
        key: User.objects.get(email=f"{key}@demo.kenshu.example")
        for key in ("kato", "tanaka", "yamamoto", "kitagawa")
    }
    press, power, stock = (
        Engagement.objects.get(kind=kind)
        for kind in ("anomaly", "demand_forecast", "inventory")
    )
    places |= {
        "provider": [provider.pk],
        "press": [press.pk],
        "power": [power.pk],
        "stock": [stock.pk],
        "person": [press.pk, people["tanaka"].pk],
        **of_feasibility(press, people["kato"]),
        **of_agreements(power, people["kato"]),
        **of_runs(press, people["kato"]),
        **of_stages(provider, power, people),
        **demo_money.of_work(provider, press),
        **demo_money.of_bills(provider, press, people["kato"]),
        **of_links(provider, press, people["kato"]),
    }
    return places


def view_of(user: User) -> int:
    view = saved_views.save_view(
        name="三河精機の案件", query="kind=anomaly", is_default=False, by=user
    )
    return view.pk


def session_of(user: User) -> str:
    """Signed in by an invitation; there is no password yet."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def of_feasibility(press: Engagement, manager: User) -> Places:
    """One more answer that stops the open round, and nobody has waived it."""
    give_answer(
        assessment=press.assessments.filter(issued_at=None).get(),
        item_id="P1",
        value="no",
        number=None,
        note="",
        by=manager,
    )
    intake = press.provider.intakes.exclude(asked_by=None).earliest("pk")
    return {
        "round": [press.pk, 1],
        "item": [press.pk, "T3"],
        "stopping": [press.pk, "P1"],
        "waiver": [press.waivers.latest("pk").pk],
        "intake": [intake.pk],
    }


def of_agreements(power: Engagement, manager: User) -> Places:
    """The version in force, a draft of the next one, and one that is offered."""
    draft = drafting.begin_draft(
        engagement=power, reason="冬に備えて", preset="copy", by=manager
    )
    offered = Engagement.objects.get(kind="sales").agreements.get()
    return {
        "signed": [power.agreements.in_force().get().pk],
        "draft": [draft.pk],
        "part": [draft.pk, "budget"],
        "line": [draft.pk, draft.criteria.earliest("pk").pk],
        "offered": [offered.pk],
    }


def sent(engagement: Engagement, name: str, content: bytes, by: User) -> Upload:
    return receive_upload(
        engagement=engagement,
        file=ContentFile(content, name=name),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
    )


def measured(engagement: Engagement, name: str, content: bytes, by: User) -> Run:
    upload = sent(engagement, name, content, by)
    columns = recognise(upload.seen.columns, engagement.shape)
    run = submit_run(upload=upload, columns=columns, note="", by=by)
    evaluate(run.pk)
    run.refresh_from_db()
    return run


def of_runs(press: Engagement, manager: User) -> Places:
    """Two measured ones, and files whose columns nobody has named."""
    older, newest = Run.objects.filter(agreement__engagement=press)[:2][::-1]
    content = b"id,happened\na,1\nb,0\n"
    truth = receive_truth(
        engagement=press,
        file=ContentFile(content, name="truth.csv"),
        name="truth.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        by=manager,
    )
    return {
        "older": [older.pk],
        "run": [newest.pk],
        "upload": [sent(press, "next.csv", alarms(), manager).pk],
        "truth": [truth.pk],
    }


def hours(count: int) -> bytes:
    """Demand by the hour, and a forecast that misses it by one or two per cent."""
    first = datetime(2026, 4, 1)  # noqa: DTZ001 - files have no zone
    lines = ["timestamp,y_true,y_pred"]
    for hour in range(count):
        demand = 3000 + 100 * (hour % 24)
        guess = demand * (1 + (hour * 7 % 5 - 2) / 100)
        lines.append(f"{first + timedelta(hours=hour)},{demand},{guess:.1f}")
    return "\n".join(lines).encode()


def of_stages(
    provider: Organisation, power: Engagement, people: dict[str, User]
) -> Places:
    """A stage that was accepted, one that waits for both, and a budget used up."""
    manager, executive = people["kato"], people["kitagawa"]
    second = engagements.create_engagement(
        by=manager,
        provider=provider,
        customer=power.customer,
        name="翌週の電力需要予測",
        name_en="Week-ahead demand",
        problem="翌週の需要を合意した精度で一年予測する。",
        kind="demand_forecast",
        place="北越エリア",
        placement="cloud",
        owner=manager,
        starts_on=date(2026, 3, 2),
        ends_on=date(2027, 3, 31),
    )
    issue_plainly(second, people)
    draft = agreements.draft_agreement(
        engagement=second,
        reason="初版",
        terms=Terms(season=24),
        criteria=[
            CriterionDraft(
                "wape",
                "at_most",
                Decimal("3.5"),
                Decimal("0.95"),
                stage=Stage.INITIAL,
            )
        ],
        by=manager,
    )
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    run = measured(second, "week.csv", hours(720), manager)
    second.refresh_from_db()
    review = reviews.open_review(
        engagement=second, stage=Stage.INITIAL, run=run, by=manager
    )
    budgets.set_budget(engagement=second, budget_yen=Decimal(10_000), by=manager)
    record_use(
        engagement=second,
        started_at=timezone.now() - timedelta(hours=30),
        ended_at=timezone.now() - timedelta(hours=6),
        gpu_type="p3.2xlarge",
        gpus_of_one=Decimal(1),
        price_per_hour=Decimal(459),
        option="spot",
        note="再学習",
        by=manager,
    )
    return {
        "accepted": [power.reviews.filter(status="accepted").latest("opened_at").pk],
        "review": [review.pk],
        "spent": [second.pk],
        "used up": [second.pk, second.budgets.get().pk],
    }


def of_links(provider: Organisation, press: Engagement, manager: User) -> Places:
    """Links to one report and to all of them, in either language."""
    places: Places = {}
    for language in LANGUAGES:
        for name, of in (("link", press), ("link of all", provider)):
            _link, token = report_links.make_link(
                of=of,
                label="取締役会",
                language=language,
                until=timezone.localdate() + timedelta(days=30),
                by=manager,
            )
            places[f"{name}-{language}"] = [token]
    return places
