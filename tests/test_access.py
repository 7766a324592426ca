"""Every address × every kind of reader: who sees, who is refused, who finds nothing."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from costs.models import (
    Charge,
    CostImport,
    ExchangeRate,
    GpuType,
    Pool,
    Price,
    TagRule,
)
from costs.reckoning import Tally
from evaluation.metrics import detection
from evaluation.models import Repair, Result, Review, Run, Upload
from projects.models import (
    Agreement,
    AgreementStatus,
    ApiToken,
    Assessment,
    Criterion,
    Engagement,
    Intake,
    Invitation,
    Membership,
    Notice,
    Organisation,
    OwnItem,
    ReportLink,
    SavedView,
    TruthSet,
    User,
)
from projects.models.intake import digest_of
from projects.services import glances
from tests.costs.rows import worked_on
from tests.past import past_the_guard

# Each test takes back what it does; without the mark, no database is made for them.
pytestmark = pytest.mark.django_db
READERS = {
    "manager": ("provider", "project_manager"),
    "engineer": ("provider", "engineer"),
    "viewer": ("provider", "viewer"),
    "administrator": ("provider", "administrator"),
    "executive": ("provider", "executive"),
    "customer": ("customer", "executive"),
    "customer_engineer": ("customer", "engineer"),
    "other_manager": ("other", "project_manager"),
    "stranger": None,
}
EVERYBODY = set(READERS)
MEMBERS = EVERYBODY - {"other_manager", "stranger"}
MANAGING = {"manager", "administrator"}
PROVIDING = MANAGING | {"engineer", "viewer", "executive"}
MANAGEMENT = {"executive", "customer"}
UPLOADING = MANAGING | {"engineer"}
# Who gives a report to somebody without an account.
SHARING = MANAGING | MANAGEMENT
# Who reads a provider's prices, bills and unassigned lines.
MONEY = PROVIDING - {"viewer"}
# Name → (verb, what it hangs on, who may). Members who may not are refused with 403,
# those who are no members find nothing (404).
ADDRESSES = {
    "dashboards:portfolio": ("get", "", EVERYBODY),
    "dashboards:wall": ("get", "", EVERYBODY),
    "dashboards:prices": ("get", "", EVERYBODY),
    "dashboards:prices_csv": ("get", "", EVERYBODY),
    "dashboards:views": ("get", "", EVERYBODY),
    "dashboards:view_save": ("get", "", EVERYBODY),
    "dashboards:view_edit": ("get", "view", set()),
    "dashboards:view_delete": ("post", "view", set()),
    "dashboards:engagement": ("get", "engagement", MEMBERS),
    **{
        f"dashboards:overview_{part}": ("get", "engagement", MEMBERS)
        for part in (
            *("accuracy", "accuracy_csv", "errors", "errors_csv"),
            *("burn_up", "price"),
        )
    },
    "dashboards:accuracy_price": ("get", "engagement", MEMBERS),
    "dashboards:accuracy_price_csv": ("get", "engagement", MEMBERS),
    "dashboards:accuracy": ("get", "engagement", MEMBERS),
    "dashboards:accuracy_csv": ("get", "engagement", MEMBERS),
    "dashboards:segments": ("get", "judged", MEMBERS),
    "dashboards:segments_csv": ("get", "judged", MEMBERS),
    "dashboards:segment_csv": ("get", "judged", MEMBERS),
    "dashboards:run_chart_csv": ("get", "charted", MEMBERS),
    "dashboards:chain": ("get", "engagement", MEMBERS),
    "dashboards:portfolio_report": ("get", "", EVERYBODY),
    "dashboards:portfolio_file": ("get", "file_of_all", EVERYBODY),
    "dashboards:report": ("get", "engagement", MEMBERS),
    "dashboards:report_pdf": ("get", "engagement", MEMBERS),
    "dashboards:report_xlsx": ("get", "engagement", MEMBERS),
    "dashboards:report_links": ("get", "engagement", SHARING),
    "dashboards:report_link_revoke": ("post", "report_link", SHARING),
    "dashboards:portfolio_links": ("get", "organisation", SHARING - {"customer"}),
    "dashboards:portfolio_link_revoke": (
        "post",
        "portfolio_link",
        SHARING - {"customer"},
    ),
    "dashboards:link": ("get", "link", EVERYBODY),
    "dashboards:link_pdf": ("get", "link", EVERYBODY),
    "dashboards:status": ("get", "", {"administrator"}),
    "dashboards:value": ("get", "engagement", MEMBERS),
    "dashboards:value_csv": ("get", "engagement", MEMBERS),
    "dashboards:value_remove": ("post", "value_month", MANAGING | {"customer"}),
    "projects:engagements": ("get", "", EVERYBODY),
    "projects:engagement_new": ("get", "", MANAGING | {"other_manager"}),
    "projects:engagement_edit": ("get", "engagement", MANAGING),
    "projects:engagement_decline": ("get", "engagement", MANAGING),
    "projects:feasibility": ("get", "engagement", MEMBERS),
    "projects:round_paper": ("get", "sheet", MEMBERS),
    "projects:round_pdf": ("get", "sheet", MEMBERS),
    "projects:round_xlsx": ("get", "sheet", MEMBERS),
    "projects:open_xlsx": ("get", "engagement", MANAGING),
    "projects:fill_in": ("get", "engagement", MANAGING),
    "projects:fill_take": ("post", "engagement", MANAGING),
    "projects:letter": ("get", "engagement", MANAGING),
    "projects:letter_pdf": ("get", "engagement", MANAGING),
    "projects:round_new": ("post", "engagement", MANAGING),
    "projects:issue": ("post", "engagement", MANAGING),
    "projects:answer": ("post", "item", MANAGING),
    "projects:round_past": ("get", "round", MEMBERS),
    "projects:rounds_compare": ("get", "engagement", MEMBERS),
    "projects:upgrade": ("get", "engagement", MANAGING),
    "projects:item": ("get", "item", MEMBERS),
    "projects:evidence_add": ("post", "item", MANAGING),
    "projects:evidence_file": ("get", "evidence", MEMBERS),
    "projects:assign": ("post", "item", MANAGING),
    "projects:task_plan": ("post", "item", MANAGING),
    "projects:task_done": ("post", "task", MANAGING),
    "projects:task_drop": ("post", "task", MANAGING),
    "projects:waive": ("get", "item", MANAGEMENT),
    "projects:waiver_withdraw": ("get", "waiver", MANAGEMENT),
    "projects:agreements": ("get", "engagement", MEMBERS),
    "projects:agreement_new": ("get", "engagement", MANAGING),
    "projects:agreement": ("get", "agreement", MEMBERS),
    "projects:agreement_edit": ("get", "agreement", MANAGING),
    "projects:agreement_part": ("get", "part", MANAGING),
    "projects:agreement_changes": ("get", "agreement", MEMBERS),
    "projects:criterion_new": ("get", "agreement", MANAGING),
    "projects:criterion_edit": ("get", "line", MANAGING),
    "projects:criterion_remove": ("post", "line", MANAGING),
    "projects:agreement_sign": ("get", "agreement", MEMBERS),
    "projects:agreement_refuse": ("get", "agreement", {"customer"}),
    "projects:team": ("get", "engagement", MEMBERS),
    "projects:team_remove": ("post", "member", MANAGING),
    "projects:skills": ("get", "person", MANAGING),
    "projects:hint": ("get", "sampled", MEMBERS),
    "projects:hint_take": ("post", "staffed", MANAGING),
    "projects:sampling": ("get", "", EVERYBODY),
    "projects:intakes": ("get", "", EVERYBODY),
    "projects:intake_new": ("get", "", EVERYBODY - {"stranger"}),
    "projects:intake": ("get", "intake", MANAGING),
    "projects:intake_accept": ("get", "intake", MANAGING),
    "projects:intake_ask": ("get", "intake", MANAGING),
    "projects:intake_decline": ("get", "intake", MANAGING),
    "projects:intake_answer": ("post", "intake", set()),
    "projects:visit": ("get", "visit", EVERYBODY),
    "projects:visit_intake": ("get", "visit_intake", EVERYBODY),
    "projects:visit_answer": ("post", "visit_intake", EVERYBODY),
    "projects:organisation": ("get", "organisation", MANAGING),
    "projects:visitors": ("post", "organisation", {"administrator"}),
    "projects:invitation_new": ("get", "organisation", MANAGING),
    "projects:invitation_withdraw": ("post", "invitation", MANAGING),
    "projects:own_item_new": ("get", "organisation", {"administrator"}),
    "projects:own_item_edit": ("get", "own_item", {"administrator"}),
    "projects:own_item_retire": ("post", "own_item", {"administrator"}),
    "projects:notices": ("get", "", EVERYBODY),
    "projects:notices_read": ("post", "", EVERYBODY),
    "projects:session": ("get", "", EVERYBODY),
    "projects:session_renew": ("post", "", EVERYBODY),
    "projects:notice_settings": ("get", "", EVERYBODY),
    "projects:notice": ("get", "notice", set()),
    "projects:tokens": ("get", "", EVERYBODY),
    "projects:token_revoke": ("post", "token", set()),
    "projects:audit": ("get", "", EVERYBODY),
    "projects:glossary": ("get", "", EVERYBODY),
    "projects:language": ("post", "", EVERYBODY),
    "projects:theme": ("post", "", EVERYBODY),
    "evaluation:runs": ("get", "engagement", MEMBERS),
    "evaluation:run_of_number": ("get", "numbered", MEMBERS),
    "evaluation:compare": ("get", "engagement", MEMBERS),
    "evaluation:compare_test": ("post", "engagement", MEMBERS),
    "evaluation:upload_new": ("get", "engagement", UPLOADING),
    "evaluation:stages": ("get", "engagement", MEMBERS),
    "evaluation:review": ("get", "review", MEMBERS),
    "evaluation:certificate": ("get", "accepted", MEMBERS),
    "evaluation:certificate_pdf": ("get", "accepted", MEMBERS),
    "evaluation:verify": ("get", "accepted", MEMBERS),
    "evaluation:review_sign": ("get", "review", MEMBERS),
    "evaluation:review_reject": ("get", "review", {"manager", "customer"}),
    "evaluation:repair_done": ("post", "repair", MANAGING),
    "evaluation:operation": ("get", "engagement", MEMBERS),
    "evaluation:truth_sets": ("get", "engagement", MEMBERS),
    "evaluation:truth_new": ("get", "engagement", MANAGING),
    "evaluation:truth": ("get", "truth", MANAGING),
    "evaluation:upload": ("get", "upload", UPLOADING),
    "evaluation:run": ("get", "run", MEMBERS),
    "evaluation:errors_accept": ("get", "run", {"customer"}),
    "evaluation:run_cancel": ("post", "run", UPLOADING),
    "evaluation:run_repeat": ("post", "run", UPLOADING),
    "costs:costs": ("get", "engagement", MEMBERS),
    "costs:lines": ("get", "engagement", MEMBERS),
    "costs:sheet_csv": ("get", "sheet_of_costs", MEMBERS),
    "costs:sheets_xlsx": ("get", "engagement", MEMBERS),
    "costs:money": ("get", "organisation", MONEY),
    "costs:money_csv": ("get", "sheet_of_money", MONEY),
    "costs:money_xlsx": ("get", "organisation", MONEY),
    "costs:usage_remove": ("get", "usage", UPLOADING),
    "costs:imports": ("get", "organisation", MONEY),
    "costs:import": ("get", "import", MONEY),
    "costs:import_take": ("post", "import", MANAGING),
    "costs:import_again": ("post", "import", MANAGING),
    "costs:import_drop": ("post", "import", MANAGING),
    "costs:rules": ("get", "organisation", MONEY),
    "costs:rules_run": ("post", "organisation", MANAGING),
    "costs:rule_move": ("post", "rule", MANAGING),
    "costs:rule_retire": ("post", "rule", MANAGING),
    "costs:unassigned": ("get", "organisation", MONEY),
    "costs:unassigned_assign": ("post", "organisation", MANAGING),
    "costs:charge": ("get", "charge", MONEY),
    "costs:waste_csv": ("get", "engagement", MEMBERS),
    "costs:gpus_csv": ("get", "", EVERYBODY),
    "costs:waste": ("get", "engagement", MEMBERS),
    "costs:money_waste": ("get", "organisation", MONEY),
    "costs:budgets": ("get", "engagement", MEMBERS),
    "costs:budget_new": ("get", "engagement", MANAGING),
    "costs:budget_withdraw": ("get", "budget", MANAGING),
    "costs:budget_decide": ("get", "used_up", MANAGEMENT),
    "costs:labels": ("get", "engagement", MEMBERS),
    "costs:labels_new": ("get", "engagement", UPLOADING),
    "costs:labels_plan": ("get", "engagement", MEMBERS),
    "costs:label_batch": ("get", "label_batch", MEMBERS),
    "costs:label_batch_answer": ("post", "label_batch", UPLOADING),
    "costs:label_batch_remove": ("get", "label_batch", UPLOADING),
    "costs:label_batch_csv": ("get", "label_items", MEMBERS),
    "costs:label_batch_xlsx": ("get", "label_batch", MEMBERS),
    "costs:hours": ("get", "engagement", MEMBERS),
    "costs:hours_new": ("get", "engagement", UPLOADING),
    "costs:hours_timesheet": ("get", "engagement", UPLOADING),
    "costs:hours_edit": ("get", "work_log", MANAGING),
    "costs:hours_remove": ("get", "work_log", MANAGING),
    "costs:hours_csv": ("get", "engagement", PROVIDING),
    "costs:hours_xlsx": ("get", "engagement", PROVIDING),
    "costs:deployments": ("get", "engagement", MEMBERS),
    "costs:deployment_new": ("get", "engagement", UPLOADING),
    "costs:deployment": ("get", "deployment", MEMBERS),
    "costs:deployment_edit": ("get", "deployment", UPLOADING),
    "costs:deployment_end": ("post", "deployment", UPLOADING),
    "costs:month_book": ("post", "deployment", UPLOADING),
    "costs:month_take_back": ("get", "deployment_month", UPLOADING),
    "costs:deployments_csv": ("get", "engagement", MEMBERS),
    "costs:volumes_csv": ("get", "engagement", MEMBERS),
    "costs:deployments_xlsx": ("get", "engagement", MEMBERS),
    "costs:gpus": ("get", "", EVERYBODY),
    "costs:booking_new": ("get", "", UPLOADING),
    "costs:booking_edit": ("get", "booking", MANAGING),
    "costs:booking_cancel": ("get", "booking", MANAGING),
    "costs:pool_new": ("get", "organisation", MANAGING),
    "costs:pool_edit": ("get", "pool", MANAGING),
    "costs:pool_retire": ("post", "pool", MANAGING),
    "costs:use_new": ("get", "engagement", UPLOADING),
    "costs:use_edit": ("get", "usage", UPLOADING),
    "costs:types": ("get", "organisation", MONEY),
    "costs:type_new": ("get", "organisation", MANAGING),
    "costs:types_known": ("get", "organisation", MANAGING),
    "costs:type_edit": ("get", "gpu_type", MANAGING),
    "costs:type_retire": ("post", "gpu_type", MANAGING),
    "costs:prices": ("get", "organisation", MONEY),
    "costs:price": ("get", "price", MONEY),
    "costs:price_new": ("get", "organisation", MANAGING),
    "costs:price_list": ("get", "organisation", MANAGING),
    "costs:on_prem": ("get", "organisation", MANAGING),
    "costs:rates": ("get", "organisation", MONEY),
    "costs:rate_new": ("get", "organisation", MANAGING),
    "costs:rate_list": ("get", "organisation", MANAGING),
}
# Files to keep.
FILES = {
    "projects:round_pdf",
    "projects:round_xlsx",
    "projects:open_xlsx",
    "projects:letter_pdf",
    "evaluation:certificate_pdf",
    "costs:sheet_csv",
    "costs:waste_csv",
    "costs:gpus_csv",
    "dashboards:accuracy_csv",
    "dashboards:accuracy_price_csv",
    "dashboards:portfolio_file",
    "dashboards:report_pdf",
    "dashboards:report_xlsx",
    "dashboards:link_pdf",
    "dashboards:segments_csv",
    "dashboards:segment_csv",
    "dashboards:run_chart_csv",
    "dashboards:overview_accuracy_csv",
    "dashboards:overview_errors_csv",
    "dashboards:value_csv",
    "dashboards:prices_csv",
    "costs:sheets_xlsx",
    "costs:money_csv",
    "costs:money_xlsx",
    "costs:label_batch_csv",
    "costs:label_batch_xlsx",
    "costs:hours_csv",
    "costs:hours_xlsx",
    "costs:deployments_csv",
    "costs:volumes_csv",
    "costs:deployments_xlsx",
}
# What has to be posted to be taken.
DATA = {
    "dashboards:segment_csv": {"segment": "A"},
    "costs:unassigned_assign": {"by": "account"},
    "projects:answer": {"value": "yes", "revision": "1"},
}
# Parts of a page, renewed by themselves, and files.
FRAGMENTS = {"projects:hint", "projects:evidence_file", "projects:session"}
SIGNED_OUT_TOO = {
    "projects:language",
    "projects:visit",
    "projects:visit_intake",
    "projects:visit_answer",
    "dashboards:link",
    "dashboards:link_pdf",
}
# Those read in the language of who made it, and tell no site where they were.
LINKS = {"dashboards:link", "dashboards:link_pdf"}
# Who are members of what an address hangs on; everybody else finds nothing there.
# Notices, views and tokens are one reader's, an intake its asker's and the managers'.
MEMBERS_OF = {
    "notice": set(),
    "view": set(),
    "token": set(),
    "intake": MANAGING,
    "organisation": PROVIDING,
    "sheet_of_money": PROVIDING,
    "pool": PROVIDING,
    "invitation": PROVIDING,
    "portfolio_link": PROVIDING,
    "file_of_all": EVERYBODY,
    "link": EVERYBODY,
    "own_item": PROVIDING,
    "import": PROVIDING,
    "rule": PROVIDING,
    "charge": PROVIDING,
    "gpu_type": PROVIDING,
    "price": PROVIDING,
}
# Signing in: name → (what it hangs on, what it answers to the signed-out, to those who
# signed in with a password, to those who were invited and have none yet).
SIGNING_IN = {
    "account_login": ((), 200, 302, 302),
    "account_logout": ((), 302, 200, 200),
    "account_inactive": ((), 200, 200, 200),
    "account_signup": ((), 200, 302, 302),
    "account_change_password": ((), 302, 200, 302),
    "account_set_password": ((), 302, 302, 200),
    "account_reset_password": ((), 200, 200, 200),
    "account_reset_password_done": ((), 200, 200, 200),
    "account_reset_password_from_key": (("1", "no-such-key"), 200, 200, 200),
    "account_reset_password_from_key_done": ((), 200, 200, 200),
}
# tests/test_access_api.py has who may what there.
# tests/dashboards/test_status.py has who may ask for the state of the installation.
FOR_MACHINES = {
    "healthz",
    "dashboards:readyz",
    "dashboards:metrics",
    "api:api-root",
    "api:nothing",
    "api:openapi-json",
    "api:openapi-view",
    "api:gpu_use",
    "api:gpu_use_line",
    "api:spend",
    "api:cost_imports",
    "api:cost_import",
    "api:cost_import_take",
    "api:cost_import_drop",
}


def names(patterns, space=""):
    """Every address that exists, by its full name."""
    for one in patterns:
        if isinstance(one, URLResolver):
            within = f"{space}{one.namespace}:" if one.namespace else space
            yield from names(one.url_patterns, within)
        else:
            yield f"{space}{one.name}"


def test_every_address_has_its_row():
    # Of the API an address has a pattern for each verb.
    found = sorted(set(names(get_resolver().url_patterns)))

    assert found == sorted([*ADDRESSES, *SIGNING_IN, *FOR_MACHINES])


@contextmanager
def undone():
    """What happens within is taken back: the next reader finds all as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def rows(db):
    """What `furnished` makes, for one test alone."""
    return furnished()


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    """The same, made once for all tests in here: each takes back what it does."""
    with django_db_blocker.unblock(), undone():
        yield furnished()


def furnished() -> dict[str, Any]:
    """One engagement with an offered agreement, an upload and a waiting run."""
    provider = Organisation.objects.create(name="受託", kind="provider")
    customer = Organisation.objects.create(name="委託", kind="customer")
    owner = User.objects.create_user("owner@example.test", name="Owner")
    engagement = Engagement.objects.create(
        name="案件",
        problem="課題",
        kind="anomaly",
        provider=provider,
        customer=customer,
        place="工場",
        placement="edge",
        owner=owner,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    glances.note(engagement)
    member = Membership.objects.create(
        user=User.objects.create_user("guest@example.test", name="Guest"),
        organisation=customer,
        engagement=engagement,
        role="viewer",
    )
    Assessment.objects.create(
        engagement=engagement,
        verdict="go",
        stands_as="go",
        issued_by=owner,
        issued_at=timezone.now(),
    )
    assessment = Assessment.objects.create(engagement=engagement, round=2)
    # Both stop the engagement; management has waived the second.
    for item_id in ("P1", "P7"):
        assessment.answers.create(item_id=item_id, value="no", answered_by=owner)
    evidence = engagement.evidence.create(
        item_id="P1",
        form="file",
        name="議事録.pdf",
        file=ContentFile(b"%PDF", name="m.pdf"),
        sha256="a" * 64,
        added_by=owner,
    )
    task = engagement.tasks.create(
        item_id="P1", what="直す", owner=owner, due_on=date(9999, 1, 1), opened_by=owner
    )
    waiver = engagement.waivers.create(
        item_id="P7",
        reason="社内で調整中",
        until=date(9999, 12, 31),
        organisation=customer,
        given_by=owner,
    )
    agreement = Agreement.objects.create(
        engagement=engagement,
        status=AgreementStatus.OFFERED,
        digest="d" * 64,
        reason="初版",
        drafted_by=owner,
    )
    criterion = Criterion(
        agreement=agreement, metric="miss_rate", bound="at_most", limit="0.05"
    )
    (line,) = past_the_guard(Criterion).bulk_create([criterion])
    layout = {
        "format": "csv",
        "encoding": "utf-8",
        "separator": ",",
        "columns": ["y_true", "y_pred"],
        "preview": [["1", "1"]],
        "rows": None,
        "compressed": False,
    }
    upload = Upload.objects.create(
        engagement=engagement,
        file="none.csv",
        name="none.csv",
        size=1,
        sha256="e" * 64,
        layout=layout,
        uploaded_by=owner,
    )
    truth = TruthSet.objects.create(
        engagement=engagement,
        name="truth.csv",
        file="truth.csv",
        size=1,
        sha256="f" * 64,
        layout=layout,
        registered_by=owner,
    )
    run = Run.objects.create(
        number=1,
        agreement=agreement,
        upload=upload,
        sha256=upload.sha256,
        columns={},
        submitted_by=owner,
    )
    usage = Charge.objects.create(
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
        recorded_by=owner,
    )
    # A bill that was read through, one of its lines, and a rule.
    delivered = CostImport.objects.create(
        organisation=provider,
        name="bill.csv",
        format="focus",
        sha256="a" * 64,
        status="checked",
        report=Tally(lines=1, unassigned=1).to_json() | {"rows": 1, "no_lines": 0},
        delivered_by=owner,
    )
    charge = Charge.objects.create(
        organisation=provider,
        source="focus",
        identity="line",
        imported=delivered,
        started_at=datetime(2026, 10, 1, tzinfo=UTC),
        ended_at=datetime(2026, 10, 1, 1, tzinfo=UTC),
        day=date(2026, 10, 1),
        month=date(2026, 10, 1),
        tags={"project": "demand"},
        account="1111",
        cost=1,
        cost_yen=1,
        recorded_by=owner,
    )
    rule = TagRule.objects.create(
        organisation=provider,
        field="account",
        value="2222",
        engagement=engagement,
        made_by=owner,
    )
    budget = engagement.budgets.create(amount_yen=100, set_by=owner)
    breach = engagement.budgets.create(
        amount_yen=100,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 10, 31),
        set_by=owner,
    ).breaches.create(threshold="100", spent_yen=101)
    pool = shared_pool(provider)
    booking = booked_gpus(pool, engagement, owner)
    review = Review.objects.create(
        engagement=engagement,
        stage="initial",
        agreement=agreement,
        run=run,
        evidence="{}",
        opened_by=owner,
    )
    accepted = Review.objects.create(
        engagement=engagement,
        stage="accuracy",
        agreement=agreement,
        run=run,
        evidence="{}",
        status="accepted",
        opened_by=owner,
        ended_at=timezone.now(),
    )
    repair = Repair.objects.create(
        review=review, what="直す", owner=owner, due_on=date(2026, 12, 1)
    )
    value = engagement.value_months.create(
        month=date(2026, 10, 1), value_yen=1, measured_how="精算書", recorded_by=owner
    )
    token = ApiToken.objects.create(
        user=owner,
        name="nightly",
        digest="0" * 64,
        last_four="cafe",
        expires_on=date(9999, 12, 31),
    )
    links = report_links(engagement)
    view = SavedView.objects.create(user=owner, name="自分の案件", query="owner=mine")
    done = judged(run)
    return asked_for(provider, owner) | {
        **links,
        "file_of_all": ["csv"],
        "view": [view.pk],
        "provider": provider,
        "customer": customer,
        "other": Organisation.objects.create(name="他社", kind="provider"),
        "": [],
        "token": [token.pk],
        "engagement": [engagement.pk],
        "budget": [engagement.pk, budget.pk],
        "used_up": [engagement.pk, breach.budget_id],
        "item": [engagement.pk, "P1"],
        "sheet": [engagement.pk, assessment.round],
        "waiver": [waiver.pk],
        "round": [engagement.pk, 1],
        "evidence": [evidence.pk],
        "task": [task.pk],
        "member": [engagement.pk, member.pk],
        "person": [engagement.pk, member.user_id],
        "sampled": [engagement.pk, "T3"],
        "staffed": [engagement.pk, "S1"],
        "agreement": [agreement.pk],
        "part": [agreement.pk, "budget"],
        "line": [agreement.pk, line.pk],
        "upload": [upload.pk],
        "truth": [truth.pk],
        "review": [review.pk],
        "accepted": [accepted.pk],
        "repair": [repair.pk],
        "value_month": [engagement.pk, value.pk],
        "run": [run.pk],
        "judged": [done.pk],
        "charted": [done.pk, "curve"],
        "numbered": [engagement.pk, 1],
        "usage": [engagement.pk, usage.pk],
        "sheet_of_costs": [engagement.pk, "lines"],
        "pool": [provider.pk, pool.pk],
        "booking": [booking.pk],
        "sheet_of_money": [provider.pk, "lines"],
        "import": [provider.pk, delivered.pk],
        "charge": [provider.pk, charge.pk],
        "rule": [provider.pk, rule.pk],
        **worked_on(engagement, owner),
    }


def report_links(engagement: Engagement) -> dict[str, list[object]]:
    """A link to an engagement's report that opens, and one to a provider's."""
    maker = User.objects.create_user("maker@example.test", name="Maker")
    Membership.objects.create(
        user=maker, organisation=engagement.provider, role="project_manager"
    )
    known = {
        "label": "取締役会",
        "language": "ja",
        "created_by": maker,
        "expires_at": timezone.now() + timedelta(days=1),
    }
    of_one = ReportLink.objects.create(
        digest=digest_of("read"), engagement=engagement, **known
    )
    of_all = ReportLink.objects.create(
        digest=digest_of("read all"), organisation=engagement.provider, **known
    )
    return {
        "link": ["read"],
        "report_link": [engagement.pk, of_one.pk],
        "portfolio_link": [engagement.provider_id, of_all.pk],
    }


def judged(run: Run) -> Run:
    """Another run beside this one, measured already."""
    done = Run.objects.create(
        number=2,
        agreement=run.agreement,
        upload=run.upload,
        sha256="2" * 64,
        columns={},
        submitted_by=run.submitted_by,
        status="measured",
        finished_at=timezone.now(),
    )
    cells = {
        "y_true": np.array([1, 0], np.int8),
        "y_pred": np.array([0, 1], np.int8),
        "y_score": np.array([0.2, 0.8]),
        "segment": ["A", "B"],
    }
    found = detection.finish(detection.part(pa.record_batch(cells)))
    Result.objects.create(
        run=done,
        outcome="fail",
        finished=found.to_json(),
        rows=found.rows,
        evaluator_version="1",
        seconds=1,
    )
    return done


def shared_pool(provider: Organisation, name: str = "gpu-01") -> Pool:
    of = provider.gpu_types.get_or_create(
        name="HGX", defaults={"model": "H100", "gpus": 8}
    )[0]
    return provider.gpu_pools.create(name=name, kind="cards", gpu_type=of, gpus=8)


def booked_gpus(pool: Pool, engagement: Engagement, by: User, title: str = "学習"):
    return pool.reservations.create(
        engagement=engagement,
        title=title,
        gpus=8,
        wanted_from=timezone.now() + timedelta(hours=1),
        hours=10,
        booked_by=by,
    )


def asked_for(
    provider: Organisation, by: User, number: str = ""
) -> dict[str, list[object]]:
    """What a provider has besides engagements; all of it is somebody else's."""
    Organisation.objects.filter(pk=provider.pk).update(takes_visitors=True)
    invitation = Invitation.objects.create(
        digest=digest_of(f"link{number}"),
        organisation=provider,
        note="来客",
        made_by=by,
        expires_at=timezone.now() + timedelta(days=1),
    )
    words = {
        "provider": provider,
        "customer_name": "新しい会社",
        "problem": "廃棄を減らしたい",
        "kind": "inventory",
        "place_kind": "shop",
        "place": "本店",
        "believed_data": "売上の記録",
        "asker_name": "店長",
        "asker_email": "shop@example.test",
        "decider": "社長",
    }
    filed = Intake.objects.create(asked_by=by, token=f"filed{number}", **words)
    Intake.objects.create(token=f"visited{number}", invitation=invitation, **words)
    item = OwnItem.objects.create(
        organisation=provider, item_id=f"OWN-1{number}", fields=OWN_ITEM, written_by=by
    )
    notice = Notice.objects.create(
        reader=by, email=by.email, verb="run.refused", params={"number": 1}, path="/"
    )
    kind = GpuType.objects.create(
        organisation=provider, name=f"p3{number}", model="V100", gpus=1
    )
    price = Price.objects.create(
        organisation=provider,
        gpu_type=GpuType.objects.create(
            organisation=provider, name=f"g5{number}", model="A10G", gpus=1
        ),
        service="compute",
        option="spot",
        currency="USD",
        per_hour=1,
        valid_from=date(2026, 1, 1),
        source="見積",
        recorded_by=by,
    )
    ExchangeRate.objects.create(
        organisation=provider,
        currency="USD",
        day=date(2026, 1, 1) + timedelta(days=len(number) and int(number) + 1),
        yen=150,
        source="銀行",
        recorded_by=by,
    )
    return {
        "gpu_type": [provider.pk, kind.pk],
        "price": [provider.pk, price.pk],
        "intake": [filed.pk],
        "visit": ["link"],
        "visit_intake": ["visited"],
        "organisation": [provider.pk],
        "invitation": [provider.pk, invitation.pk],
        "own_item": [provider.pk, item.pk],
        "notice": [notice.pk],
    }


OWN_ITEM = {
    "group": "problem",
    "ja": "第三者が確認したか",
    "en": "Was it checked by a third party?",
    "short": {"ja": "第三者確認", "en": "third-party check"},
    "type": "choice",
    "block": "conditional",
    "due": "screen",
    "sources": ["own"],
    "choices": [
        {"id": "c1", "ja": "済み", "en": "Done", "counts": "yes"},
        {"id": "c2", "ja": "予定", "en": "Planned", "counts": "partial"},
    ],
}


def reader_of(rows, who: str) -> User:
    user = User.objects.create_user(f"{who}@example.test", name=who)
    if READERS[who]:
        side, role = READERS[who]
        Membership.objects.create(user=user, organisation=rows[side], role=role)
    return user


def reads(allowed: set[str]) -> str:
    """Somebody who may: the manager, where they may."""
    return "manager" if "manager" in allowed else min(allowed)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_address_answers_only_whom_it_may(name, standing):
    verb, on, allowed = ADDRESSES[name]
    found, expected = {}, {}
    for who in READERS:
        client = Client()
        with undone():
            client.force_login(reader_of(standing, who))
            address, data = reverse(name, args=standing[on]), DATA.get(name, {})
            answer = getattr(client, verb)(address, data)
            # A file is open until it is read.
            answer.getvalue()
        found[who] = 200 if answer.status_code == 302 else answer.status_code
        stranger = on and who not in MEMBERS_OF.get(on, MEMBERS)
        expected[who] = 200 if who in allowed else 404 if stranger else 403

    assert found == expected


def test_the_signed_out_are_sent_to_sign_in(client, standing):
    for name in sorted(set(ADDRESSES) - SIGNED_OUT_TOO):
        verb, on, _allowed = ADDRESSES[name]

        with undone():
            answer = getattr(client, verb)(reverse(name, args=standing[on]))

        assert answer.status_code == 302, name
        assert "/accounts/login/" in answer["Location"], name


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", sorted(SIGNED_OUT_TOO - LINKS - {"projects:language"}))
def test_visitors_need_no_account_and_read_their_language(
    name, language, client, standing
):
    verb, on, _allowed = ADDRESSES[name]

    with undone():
        page = getattr(client, verb)(
            reverse(name, args=standing[on]), headers={"accept-language": language}
        )

    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", sorted(SIGNED_OUT_TOO - {"projects:language"}))
def test_visitors_without_the_secret_find_nothing(name, client, standing):
    verb, _on, _allowed = ADDRESSES[name]

    assert getattr(client, verb)(reverse(name, args=["guess"])).status_code == 404


@pytest.mark.parametrize(
    "name", sorted(n for n, row in ADDRESSES.items() if row[0] == "get" and row[2])
)
def test_every_page_opens_in_both_languages(name, client, standing):
    _verb, on, allowed = ADDRESSES[name]
    with undone():
        user = reader_of(standing, reads(allowed))
        client.force_login(user)
        for language in ("ja", "en"):
            User.objects.filter(pk=user.pk).update(language=language)

            address, data = reverse(name, args=standing[on]), DATA.get(name, {})
            page = client.get(address, data, follow=True)
            page.getvalue()

            assert page.status_code == 200
            if name not in FRAGMENTS | FILES | LINKS:
                assert f'<html lang="{language}"' in page.text


def test_dashboards_owns_no_table():
    from django.apps import apps

    assert not list(apps.get_app_config("dashboards").get_models())
