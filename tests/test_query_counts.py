"""How many queries each page makes, and that more rows do not make more of them.

After a change that is meant: UPDATE_QUERY_COUNTS=1 make test ARGS="-k query_counts".
"""

from __future__ import annotations

import fcntl
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from costs.glances import retell_spend
from costs.models import Charge, Spend
from evaluation import glances as measured_glances
from evaluation.figures import figures_of
from evaluation.metrics import detection
from evaluation.models import (
    CriterionVerdict,
    LatestVerdict,
    Result,
    Run,
    RunStatus,
    Upload,
)
from projects.models import (
    Agreement,
    AgreementSignature,
    AgreementStatus,
    Criterion,
    Engagement,
    Membership,
    Organisation,
    Side,
    User,
)
from projects.services import glances
from tests.costs.rows import worked_on
from tests.past import past_the_guard
from tests.test_access import (
    ADDRESSES,
    DATA,
    asked_for,
    booked_gpus,
    reader_of,
    reads,
    rows,  # noqa: F401 - a fixture
)

BASELINE = Path(__file__).with_name("query_counts.json")
# Where somebody reads a page; opening a notice leads on to another one.
LEADING_ON = {"evaluation:run_of_number"}
PAGES = sorted(
    name
    for name, row in ADDRESSES.items()
    if row[0] == "get" and row[2] and name not in LEADING_ON
)
REWRITE = (
    "If that is meant, rewrite the baseline: "
    'UPDATE_QUERY_COUNTS=1 make test ARGS="-k query_counts"'
)
# Every one of them shows as many rows as there are of what it hangs on.
ACROSS = (
    "dashboards:portfolio",
    "dashboards:portfolio_report",
    "projects:engagements",
    "projects:audit",
    "costs:gpus",
)
OF_ONE = (
    "dashboards:engagement",
    "dashboards:report",
    "projects:agreements",
    "projects:team",
    "dashboards:accuracy",
    "evaluation:runs",
    "costs:costs",
    "costs:budgets",
    "costs:labels",
    "costs:hours",
    "costs:deployments",
    "projects:feasibility",
    "projects:rounds_compare",
)
OF_A_PROVIDER = (
    "dashboards:portfolio",
    "projects:intakes",
    "projects:notices",
    "projects:organisation",
    "costs:types",
    "costs:prices",
    "costs:rates",
)
OF_ITS_OWN = OF_A_PROVIDER[3:]
OF_ROUNDS = ("projects:feasibility", "projects:rounds_compare", "projects:item")
WITH_CRITERIA = ("evaluation:run", "projects:agreement")
# They answer with a redirection once the version is signed.
OF_A_DRAFT = (
    "projects:agreement_edit",
    "projects:agreement_part",
    "projects:criterion_new",
    "projects:criterion_edit",
)
FEW, MORE = 1, 4


def made(client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        answer.getvalue()
    # A redirection would be counted instead of the page.
    assert answer.status_code == 200
    return len(queries)


def rewrite(name: str, counted: int) -> None:
    """Renew one page's number; the workers of one suite take turns."""
    with BASELINE.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = json.load(file) | {name: counted}
        kept = {page: known[page] for page in PAGES if page in known}
        file.seek(0)
        file.write(json.dumps(kept, indent=2) + "\n")
        file.truncate()


def told(name: str, counted: int, known: int | None) -> str:
    if known is None:
        return f"{name} has no baseline; it makes {counted} queries. {REWRITE}"
    return f"{name} makes {counted} queries, the baseline says {known}. {REWRITE}"


@pytest.mark.parametrize("name", PAGES)
def test_query_counts(name, client, rows):  # noqa: F811
    _verb, on, allowed = ADDRESSES[name]
    who = "customer" if name == "projects:agreement_sign" else reads(allowed)
    client.force_login(reader_of(rows, who))
    if name in OF_A_DRAFT:
        past_the_guard(Agreement).update(status=AgreementStatus.DRAFT, digest="")

    asked = urlencode(DATA.get(name, {}))
    counted = made(client, f"{reverse(name, args=rows[on])}?{asked}")

    if os.environ.get("UPDATE_QUERY_COUNTS"):
        rewrite(name, counted)
    else:
        known = json.loads(BASELINE.read_text(encoding="utf-8")).get(name)
        assert counted == known, told(name, counted, known)


@pytest.mark.skipif(
    bool(os.environ.get("UPDATE_QUERY_COUNTS")), reason="it is being rewritten"
)
def test_query_counts_know_no_page_that_is_gone():
    known = json.loads(BASELINE.read_text(encoding="utf-8"))

    assert sorted(known) == PAGES, REWRITE


# More rows, the same queries -------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "customer"])
@pytest.mark.parametrize("name", ACROSS)
def test_query_counts_do_not_grow_with_engagements(name, who, client, rows):  # noqa: F811
    client.force_login(reader_of(rows, who))
    known = Engagement.objects.get()
    address = reverse(name)
    fill(known, 0)
    made(client, address)

    few = made(client, address)
    for number in range(FEW, MORE):
        fill(another(known, number), number)

    assert made(client, address) == few


@pytest.mark.parametrize("who", ["manager", "customer"])
@pytest.mark.parametrize("name", OF_ONE)
def test_query_counts_do_not_grow_with_what_an_engagement_holds(
    name,
    who,
    client,
    rows,  # noqa: F811
):
    client.force_login(reader_of(rows, who))
    engagement = Engagement.objects.get()
    address = reverse(name, args=[engagement.pk])
    fill(engagement, 0)
    made(client, address)

    few = made(client, address)
    for number in range(FEW, MORE):
        fill(engagement, number)

    assert made(client, address) == few


@pytest.mark.parametrize("who", ["manager", "administrator"])
@pytest.mark.parametrize("name", OF_A_PROVIDER)
def test_query_counts_do_not_grow_with_what_is_asked_of_a_provider(
    name,
    who,
    client,
    rows,  # noqa: F811
):
    reader = reader_of(rows, who)
    client.force_login(reader)
    on = rows["organisation"] if name in OF_ITS_OWN else []
    address = reverse(name, args=on)
    asked_for(rows["provider"], reader, "0")
    made(client, address)

    few = made(client, address)
    for number in range(FEW, MORE):
        asked_for(rows["provider"], reader, str(number))

    assert made(client, address) == few


@pytest.mark.parametrize("who", ["manager", "engineer", "customer"])
@pytest.mark.parametrize("name", OF_ROUNDS)
def test_query_counts_do_not_grow_with_the_rounds_and_their_answers(
    name,
    who,
    client,
    rows,  # noqa: F811
):
    client.force_login(reader_of(rows, who))
    engagement = Engagement.objects.get()
    on = rows["item"] if name == "projects:item" else rows["engagement"]
    more_rounds(engagement, 1)
    made(client, reverse(name, args=on))

    few = made(client, reverse(name, args=on))
    more_rounds(engagement, 10)

    assert engagement.assessments.count() >= 10
    assert made(client, reverse(name, args=on)) == few


def more_rounds(engagement: Engagement, rounds: int) -> None:
    """So many issued rounds before an open one: answers, evidence, tasks, people."""
    for _round in range(rounds):
        last = engagement.assessments.first()
        by = someone(last.round, "answers")
        for item in last.checklist.items[:40]:
            last.answers.get_or_create(
                item_id=item.id, defaults={"value": "no", "answered_by": by}
            )
            engagement.evidence.create(
                item_id=item.id,
                form="document",
                name=f"{item.id} {last.round}",
                kept_at="棚",
                added_by=by,
            )
        engagement.tasks.create(
            item_id=f"D{last.round}",
            what="直す",
            owner=by,
            due_on=date(9999, 1, 1),
            opened_by=by,
        )
        engagement.assignments.create(
            item_id=f"D{last.round}", assignee=by, assigned_by=by
        )
        last.verdict = last.stands_as = "no_go"
        last.issued_by, last.issued_at = by, timezone.now()
        last.save()
        engagement.assessments.create(round=last.round + 1)


@pytest.mark.parametrize("name", WITH_CRITERIA)
def test_query_counts_do_not_grow_with_the_criteria(name, client, rows):  # noqa: F811
    client.force_login(reader_of(rows, "manager"))
    run = fill(Engagement.objects.get(), 0)
    shown = run if name == "evaluation:run" else run.agreement
    address = reverse(name, args=[shown.pk])
    made(client, address)

    few = made(client, address)
    for _number in range(FEW, MORE):
        judge(run)

    assert made(client, address) == few


def someone(number: int, side: str) -> User:
    email = f"{side}-{number}@example.test"
    return User.objects.get_or_create(email=email, defaults={"name": email})[0]


def another(known: Engagement, number: int) -> Engagement:
    """An engagement with an owner and a customer of its own, for the same readers."""
    customer = known.customer
    # The customer's reader sees only what is theirs; the other half is of others.
    if number % 2:
        customer = Organisation.objects.create(name=f"委託{number}", kind="customer")
        for reader in User.objects.filter(email="customer@example.test"):
            Membership.objects.create(
                user=reader, organisation=customer, role="executive"
            )
    made = Engagement.objects.create(
        name=f"案件 {number}",
        problem="課題",
        kind="anomaly",
        provider=known.provider,
        customer=customer,
        place="工場",
        placement="edge",
        owner=someone(number, "owner"),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    glances.note(made)
    return made


def fill(engagement: Engagement, number: int) -> Run:
    """One row of everything, each by a person of its own; gives the measured run."""
    by = someone(number, "provider")
    version = engagement.agreements.count() + 1
    settled, _offered = (
        Agreement.objects.create(
            engagement=engagement,
            version=version + later,
            status=status,
            digest="d" * 64,
            reason="版",
            drafted_by=by,
        )
        for later, status in enumerate(
            (AgreementStatus.SUPERSEDED, AgreementStatus.OFFERED)
        )
    )
    AgreementSignature.objects.create(
        agreement=settled,
        side=Side.PROVIDER,
        organisation=engagement.provider,
        signer=by,
        sentence="署名",
        digest=settled.digest,
    )
    measured = submit(settled, version, RunStatus.MEASURED, by)
    submit(settled, version + 1, RunStatus.FAILED, by)
    Result.objects.create(
        run=measured,
        outcome="fail",
        finished=FINISHED.to_json(),
        figures=figures_of(FINISHED, engagement.shape),
        rows=FINISHED.rows,
        evaluator_version="1",
        seconds=1,
    )
    worst = judge(measured)
    LatestVerdict.objects.update_or_create(
        engagement=engagement,
        defaults={"run": measured, "outcome": "fail", "worst": worst},
    )
    measured_glances.retell_verdicts(engagement)
    Spend.objects.get_or_create(engagement=engagement, defaults={"budget_yen": 100})
    retell_spend([engagement.pk])
    worked_on(engagement, by)
    Charge.objects.create(
        organisation=engagement.provider,
        engagement=engagement,
        assigned_by="line",
        started_at=datetime(2026, 10, 1, tzinfo=UTC),
        ended_at=datetime(2026, 10, 1, 1, tzinfo=UTC),
        day=date(2026, 10, 1),
        month=date(2026, 10, 1),
        gpu_type="p3",
        hours=1,
        gpu_hours=1,
        option="spot",
        purpose="training",
        cost=1,
        cost_yen=1,
        recorded_by=by,
    )
    day = date(2027, 1, number + 1)
    budgeted = engagement.budgets.create(
        amount_yen=100, starts_on=day, ends_on=day, set_by=by
    )
    budgeted.breaches.create(
        threshold="100",
        spent_yen=101,
        choice="go_on",
        reason="続ける",
        decided_by=by,
        decided_at=timezone.now(),
    )
    budgeted.breaches.create(threshold="stop", spent_yen=101)
    pool = engagement.provider.gpu_pools.first()
    booked_gpus(pool, engagement, by, f"学習 {number}")
    engagement.waivers.create(
        item_id=f"D{number + 1}",
        reason="調整中",
        until=date(9999, 12, 31),
        organisation=engagement.customer,
        given_by=by,
    )
    Membership.objects.create(
        user=someone(number, "member"),
        organisation=engagement.customer,
        engagement=engagement,
        role="viewer",
    )
    engagement.events.create(
        verb="engagement.created",
        params={"who": by.name, "name": engagement.name},
        actor=by,
    )
    return measured


def submit(agreement: Agreement, number: int, status: RunStatus, by: User) -> Run:
    upload = Upload.objects.create(
        engagement=agreement.engagement,
        file="none.csv",
        name=f"{number}.csv",
        size=1,
        sha256=f"{number:064}",
        layout={},
        uploaded_by=by,
    )
    return Run.objects.create(
        number=number,
        agreement=agreement,
        upload=upload,
        sha256=upload.sha256,
        columns={},
        submitted_by=by,
        status=status,
        finished_at=timezone.now(),
    )


def judge(run: Run) -> CriterionVerdict:
    line = Criterion(
        agreement=run.agreement, metric="miss_rate", bound="at_most", limit="0.05"
    )
    (criterion,) = past_the_guard(Criterion).bulk_create([line])
    return CriterionVerdict.objects.create(
        result=run.result,
        criterion=criterion,
        outcome="fail",
        reason="value",
        value=0.5,
        low=0.4,
        high=0.6,
        cases=4,
    )


FINISHED = detection.finish(
    detection.part(
        pa.record_batch(
            {
                "y_true": np.array([1, 1, 0, 0], np.int8),
                "y_pred": np.array([1, 0, 0, 1], np.int8),
            }
        )
    )
)
