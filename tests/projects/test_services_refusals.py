"""Refusals of the acts on engagements: who may not, when not, and nothing written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from projects.catalogue import Terms
from projects.models import (
    Agreement,
    AgreementStatus,
    Answer,
    Assessment,
    Engagement,
    Event,
    Side,
    Stage,
)
from projects.services import agreement as agreements
from projects.services import drafting, feasibility
from projects.services import engagement as engagements
from projects.services.agreement import CriterionDraft
from projects.services.audit import record_event
from tests.conftest import PASSWORD, person

LINE = CriterionDraft("miss_rate", "at_most", Decimal("0.05"), Decimal("0.95"))


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def said(engagement) -> dict[str, object]:
    """What an edit must carry when nothing is to change."""
    names = ("name", "problem", "place", "placement", "owner", "kind")
    dates = ("starts_on", "ends_on")
    return {name: getattr(engagement, name) for name in (*names, *dates)}


# Engagements ------------------------------------------------------------------------


def test_an_event_without_its_words_is_a_fault_of_ours(engagement, manager):
    before = Event.objects.count()

    with pytest.raises(ValueError, match=r"run.refused needs \['number'\]"):
        record_event("run.refused", engagement=engagement, by=None)
    with pytest.raises(ValueError, match=r"needs \['who'\]"):
        record_event("engagement.created", engagement=engagement, by=None, name="x")

    assert Event.objects.count() == before


def test_an_edit_with_its_dates_turned_round_changes_nothing(engagement, manager):
    turned = said(engagement) | {"place": "別", "ends_on": date(2025, 1, 1)}

    with pytest.raises(ValidationError, match="lies before the start"):
        engagements.edit_engagement(engagement=engagement, by=manager, **turned)

    engagement.refresh_from_db()
    assert engagement.place == "工場"
    assert not Event.objects.filter(verb="engagement.edited").exists()


def test_who_does_not_manage_neither_edits_nor_declines(engagement, executive):
    engineer = person("engineer", engagement.provider, "engineer")

    for reader in (engineer, executive):
        with pytest.raises(PermissionDenied):
            engagements.edit_engagement(
                engagement=engagement, by=reader, **said(engagement)
            )
        with pytest.raises(PermissionDenied):
            engagements.decline(engagement=engagement, because="x", by=reader)

    engagement.refresh_from_db()
    assert engagement.is_open


@pytest.mark.parametrize("because", ["", " \n"])
def test_a_decline_without_a_reason_is_refused(because, engagement, manager):
    with pytest.raises(ValidationError, match="Give the reason"):
        engagements.decline(engagement=engagement, because=because, by=manager)

    engagement.refresh_from_db()
    assert (engagement.stage, engagement.declined_because) == (Stage.FEASIBILITY, "")


def test_a_stage_is_never_taken_back_and_an_ended_engagement_not_moved(
    engagement, manager
):
    for stage in (Stage.ACCURACY, Stage.INITIAL, Stage.ACCURACY):
        engagements.advance(engagement=engagement, to=stage, by=manager)
    engagement.refresh_from_db()
    assert engagement.stage == Stage.ACCURACY

    Engagement.objects.filter(pk=engagement.pk).update(stage=Stage.CLOSED)
    engagements.advance(engagement=engagement, to=Stage.OPERATION, by=manager)

    engagement.refresh_from_db()
    assert engagement.stage == Stage.CLOSED
    assert Event.objects.filter(verb="engagement.stage_changed").count() == 1


@pytest.mark.parametrize(
    ("stage", "number"), [(Stage.DECLINED, 2), (Stage.CLOSED, 6), (Stage.INITIAL, 4)]
)
def test_an_ended_engagement_stands_at_the_step_it_reached(stage, number):
    assert Engagement(stage=stage).stage_number == number


def test_a_service_that_refuses_what_the_form_let_through_is_heard_in_the_browser(
    client, draft, manager
):
    client.force_login(manager)
    engagement = draft.engagement
    typed = said(engagement) | {"owner": manager.pk, "kind": "layout"}
    edit = reverse("projects:engagement_edit", args=[engagement.pk])
    decline = reverse("projects:engagement_decline", args=[engagement.pk])

    changed = client.post(edit, typed)
    engagements.advance(engagement=engagement, to=Stage.INITIAL, by=manager)
    declined = client.post(decline, {"because": "今さら"})

    assert "The kind is fixed once an agreement was drafted." in changed.text
    assert "An engagement can be declined until its goal is agreed." in declined.text
    engagement.refresh_from_db()
    assert (engagement.kind, engagement.stage) == ("anomaly", Stage.INITIAL)


# Feasibility ------------------------------------------------------------------------


def answered(assessment, by, **against) -> None:
    for item in assessment.checklist.items:
        if item.due.value == "screen":
            value = "anomaly" if item.id == "D8" else "yes"
            feasibility.give_answer(
                assessment=assessment,
                item_id=item.id,
                value=against.get(item.id, value),
                number=None,
                note="",
                by=by,
            )


def test_a_no_go_is_issued_and_moves_the_engagement_no_further(engagement, manager):
    opened = feasibility.open_assessment(engagement=engagement, by=manager)
    answered(opened, manager, P1="no")

    issued = feasibility.issue_assessment(assessment=opened, by=manager)

    engagement.refresh_from_db()
    assert (issued.verdict, engagement.stage) == ("no_go", Stage.FEASIBILITY)
    assert "P1" in issued.decided
    assert not Event.objects.filter(verb="engagement.stage_changed").exists()


def test_an_issued_round_takes_no_answer_and_the_next_one_starts_from_it(
    screened, manager
):
    issued = screened.assessments.get()
    with pytest.raises(ValidationError, match="Start a new round"):
        answered(issued, manager, P1="no")
    assert not Answer.objects.filter(value="no").exists()

    following = feasibility.open_assessment(engagement=screened, by=manager)
    again = feasibility.open_assessment(engagement=screened, by=manager)

    assert (following.round, again) == (2, following)
    assert following.answers.count() == issued.answers.count() > 0
    assert Event.objects.filter(verb="assessment.reopened").count() == 1


def test_who_may_not_answer_neither_opens_answers_nor_issues(
    engagement, manager, executive
):
    opened = feasibility.open_assessment(engagement=engagement, by=manager)
    engineer = person("engineer", engagement.provider, "engineer")

    for reader in (engineer, executive):
        with pytest.raises(PermissionDenied):
            feasibility.open_assessment(engagement=engagement, by=reader)
        with pytest.raises(PermissionDenied):
            answered(opened, reader)
        with pytest.raises(PermissionDenied):
            feasibility.issue_assessment(assessment=opened, by=reader)

    assert Assessment.objects.count() == 1
    assert not Answer.objects.exists()


def test_an_ended_engagement_opens_no_round_in_the_browser(client, engagement, manager):
    client.force_login(manager)
    engagements.decline(engagement=engagement, because="できない", by=manager)

    page = client.post(reverse("projects:round_new", args=[engagement.pk]), follow=True)

    assert "This engagement has ended." in page.text
    assert not Assessment.objects.exists()


# Agreements -------------------------------------------------------------------------


def test_who_may_not_draft_neither_writes_nor_edits_a_version(
    draft, manager, executive
):
    engineer = person("engineer", draft.engagement.provider, "engineer")
    typed = {"reason": "別", "terms": Terms(), "criteria": [LINE]}

    for reader in (engineer, executive):
        with pytest.raises(PermissionDenied):
            agreements.draft_agreement(engagement=draft.engagement, by=reader, **typed)
        with pytest.raises(PermissionDenied):
            drafting.set_reason(agreement=draft, reason="別", by=reader)
        with pytest.raises(PermissionDenied):
            agreements.sign(
                agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=reader
            )
    with pytest.raises(PermissionDenied):
        agreements.refuse(agreement=draft, because="x", by=manager)

    draft.refresh_from_db()
    assert (draft.reason, draft.status) == ("初版", AgreementStatus.DRAFT)
    assert draft.criteria.count() == 2


def test_a_second_draft_is_refused_in_the_browser(client, draft, manager):
    client.force_login(manager)

    page = client.post(
        reverse("projects:agreement_new", args=[draft.engagement.pk]),
        {"reason": "次", "preset": "copy"},
    )

    assert "Version 1 is still open. Finish that one first." in page.text
    assert Agreement.objects.count() == 1


def test_a_version_refused_meanwhile_is_not_refused_again_in_the_browser(
    client, draft, manager, executive
):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    agreements.refuse(agreement=draft, because="緩い", by=executive)
    client.force_login(executive)

    page = client.post(
        reverse("projects:agreement_refuse", args=[draft.pk]), {"because": "また"}
    )

    assert "Only an offered version can be refused." in page.text
    draft.refresh_from_db()
    assert draft.refusal == "緩い"
