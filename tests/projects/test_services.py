"""What the acts on engagements and agreements refuse, and what they leave behind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from projects.catalogue import Terms
from projects.models import (
    AgreementStatus,
    Engagement,
    Event,
    Organisation,
    Side,
    Stage,
)
from projects.services import agreement as agreements
from projects.services import drafting, feasibility
from projects.services import engagement as engagements
from projects.services.agreement import CriterionDraft
from tests.conftest import PASSWORD, person

LINE = CriterionDraft("miss_rate", "at_most", Decimal("0.05"), Decimal("0.95"))


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def signed(draft, manager, executive):
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return draft


def test_an_engagement_is_taken_on_changed_and_declined_in_the_browser(
    client, manager, executive
):
    client.force_login(manager)
    typed = {
        "provider": manager.memberships.get().organisation_id,
        "customer": executive.memberships.get().organisation_id,
        "name": "配置",
        "name_en": "Layout",
        "problem": "歩く距離を減らす",
        "kind": "layout",
        "place": "厨房",
        "placement": "edge",
        "owner": manager.pk,
        "starts_on": "2026-04-01",
        "ends_on": "2026-03-01",
    }
    address = reverse("projects:engagement_new")
    refused = client.post(address, typed)
    assert refused.status_code == 200
    assert refused.context["form"].errors == {
        "ends_on": ["The end lies before the start."]
    }
    assert not Engagement.objects.exists()

    client.post(address, typed | {"ends_on": "2027-03-01"})
    made = Engagement.objects.get()
    change = {k: v for k, v in typed.items() if k not in ("provider", "customer")}
    change |= {"place": "第二厨房", "ends_on": "2027-03-01"}
    client.post(reverse("projects:engagement_edit", args=[made.pk]), change)
    made.refresh_from_db()
    assert made.place == "第二厨房"

    decline = reverse("projects:engagement_decline", args=[made.pk])
    assert client.post(decline, {"because": " "}).status_code == 200
    client.post(decline, {"because": "確かめる方法がない"})
    made.refresh_from_db()
    assert (made.stage, made.declined_because) == (Stage.DECLINED, "確かめる方法がない")
    verbs = Event.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        "engagement.created",
        "engagement.edited",
        "engagement.declined",
    ]


def taken_on(manager, customer, **given):
    fields = {
        "name": "x",
        "problem": "x",
        "kind": "anomaly",
        "place": "x",
        "placement": "edge",
        "owner": manager,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 2, 1),
    }
    provider = manager.memberships.get().organisation
    return engagements.create_engagement(
        **(fields | {"by": manager, "provider": provider, "customer": customer} | given)
    )


def test_only_managers_take_on_and_only_from_customers(manager, executive):
    customer = executive.memberships.get().organisation
    other = Organisation.objects.create(name="他社", kind="provider")
    engineer = person("engineer", manager.memberships.get().organisation, "engineer")

    with pytest.raises(PermissionDenied):
        taken_on(manager, customer, by=engineer)
    with pytest.raises(PermissionDenied):
        taken_on(manager, customer, provider=other)
    with pytest.raises(ValidationError, match="customer organisation"):
        taken_on(manager, other)


def test_the_kind_is_fixed_once_agreed_and_a_late_decline_refused(draft, manager):
    engagement = draft.engagement
    kept = {
        name: getattr(engagement, name)
        for name in ("name", "problem", "place", "placement", "owner")
    }
    kept |= {"starts_on": engagement.starts_on, "ends_on": engagement.ends_on}
    with pytest.raises(ValidationError, match="kind is fixed"):
        engagements.edit_engagement(
            engagement=engagement, by=manager, kind="layout", **kept
        )
    engagements.advance(engagement=engagement, to=Stage.INITIAL, by=manager)
    with pytest.raises(ValidationError, match="until its goal is agreed"):
        engagements.decline(engagement=engagement, because="今さら", by=manager)


def test_an_unknown_answer_or_question_is_refused(engagement, manager):
    opened = feasibility.open_assessment(engagement=engagement, by=manager)
    given = {"number": None, "note": "", "by": manager}
    with pytest.raises(ValidationError, match="no such question"):
        feasibility.give_answer(assessment=opened, item_id="ZZ", value="yes", **given)
    with pytest.raises(ValidationError, match="does not take that answer"):
        feasibility.give_answer(assessment=opened, item_id="P1", value="so", **given)
    with pytest.raises(ValidationError, match="still unanswered"):
        feasibility.issue_assessment(assessment=opened, by=manager)
    Engagement.objects.filter(pk=engagement.pk).update(stage=Stage.CLOSED)
    engagement.refresh_from_db()
    with pytest.raises(ValidationError, match="has ended"):
        feasibility.open_assessment(engagement=engagement, by=manager)


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        ([], "at least one criterion"),
        ([CriterionDraft("mape", "at_most", Decimal(3), None)], "fit this kind"),
        ([CriterionDraft("nothing", "at_most", Decimal(3), None)], "fit this kind"),
        (
            [CriterionDraft("f1", "at_least", Decimal("0.5"), None, scope="named")],
            "Name the segment",
        ),
    ],
)
def test_a_draft_that_promises_nothing_sensible_is_refused(
    criteria, told, screened, manager
):
    with pytest.raises(ValidationError, match=told):
        agreements.draft_agreement(
            engagement=screened,
            reason="初版",
            terms=Terms(),
            criteria=criteria,
            by=manager,
        )
    assert not screened.agreements.exists()


def test_signing_needs_feasibility_the_right_password_and_the_right_order(
    draft, manager, executive
):
    sign = agreements.sign
    with pytest.raises(ValidationError, match="password is not right"):
        sign(agreement=draft, side=Side.PROVIDER, password="x", by=manager)
    with pytest.raises(ValidationError, match="after the provider"):
        sign(agreement=draft, side=Side.CUSTOMER, password=PASSWORD, by=executive)
    with pytest.raises(PermissionDenied):
        sign(agreement=draft, side=Side.CUSTOMER, password=PASSWORD, by=manager)
    sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    with pytest.raises(ValidationError, match="already offered"):
        sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    with pytest.raises(ValidationError, match="still open"):
        agreements.draft_agreement(
            engagement=draft.engagement,
            reason="次",
            terms=Terms(),
            criteria=[LINE],
            by=manager,
        )
    draft.refresh_from_db()
    with pytest.raises(ValidationError, match="cannot be changed"):
        drafting.set_line(agreement=draft, line=LINE, known=None, by=manager)


def test_without_feasibility_nothing_is_offered(engagement, manager):
    draft = agreements.draft_agreement(
        engagement=engagement,
        reason="初版",
        terms=Terms(),
        criteria=[LINE],
        by=manager,
    )
    with pytest.raises(ValidationError, match="Feasibility must be GO"):
        agreements.sign(
            agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager
        )
    draft.refresh_from_db()
    assert draft.is_draft
    assert not draft.digest


def test_the_customer_refuses_with_a_reason_in_the_browser(
    client, draft, manager, executive
):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    client.force_login(executive)
    address = reverse("projects:agreement_refuse", args=[draft.pk])

    assert client.post(address, {"because": ""}).status_code == 200
    client.post(address, {"because": "限度が緩い"})

    draft.refresh_from_db()
    assert (draft.status, draft.refusal) == (AgreementStatus.REFUSED, "限度が緩い")
    with pytest.raises(ValidationError, match="Only an offered version"):
        agreements.refuse(agreement=draft, because="また", by=executive)
    with pytest.raises(ValidationError, match="Say why"):
        agreements.refuse(agreement=draft, because=" ", by=executive)


def test_the_customer_signs_in_the_browser_and_the_next_version_replaces_it(
    client, draft, manager, executive
):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    client.force_login(executive)
    address = reverse("projects:agreement_sign", args=[draft.pk])

    wrong = client.post(address, {"agreed": "on", "password": "x"})
    assert "The password is not right. Nothing was signed." in wrong.text
    client.post(address, {"agreed": "on", "password": PASSWORD})
    draft.refresh_from_db()
    assert draft.status == AgreementStatus.IN_FORCE

    following = agreements.draft_agreement(
        engagement=draft.engagement,
        reason="次",
        terms=Terms(),
        criteria=[LINE],
        by=manager,
    )
    signed(following, manager, executive)
    draft.refresh_from_db()
    assert draft.status == AgreementStatus.SUPERSEDED
    assert Event.objects.filter(verb="agreement.superseded").count() == 1
