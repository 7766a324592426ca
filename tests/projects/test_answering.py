"""Answering a round: what is kept, what is refused, and how a round is issued."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import override

from projects.checklist import Due
from projects.models import Assignment, Event, Notice, Stage
from projects.services import assignments, feasibility, tasks, waivers
from projects.services import engagement as engagements
from projects.services.feasibility import AnswerConflict
from tests.conftest import PASSWORD, person


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def opened(engagement, manager):
    return feasibility.open_assessment(engagement=engagement, by=manager)


@pytest.fixture
def engineer(engagement):
    return person("engineer", engagement.provider, "engineer")


def give(assessment, item_id, by, value="", **more):
    given = {"number": None, "note": ""} | more
    return feasibility.give_answer(
        assessment=assessment, item_id=item_id, value=value, by=by, **given
    )


def answer_all(assessment, by, **changed):
    """Screening in favour, but for what is changed."""
    for item in assessment.checklist.items:
        if item.due is Due.SCREEN:
            usual = "anomaly" if item.id == "D8" else "yes"
            give(assessment, item.id, by, changed.get(item.id, usual))


def plan(engagement, by, item_id="P1", days=7, **more):
    typed = {"what": "業務の数字を集める", "owner": by} | more
    return tasks.plan_task(
        engagement=engagement,
        item_id=item_id,
        due_on=timezone.localdate() + timedelta(days=days),
        by=by,
        **typed,
    )


# One answer ------------------------------------------------------------------------


def test_an_answer_is_kept_with_who_and_counts_its_changes(opened, manager):
    first = give(opened, "P1", manager, "no")
    second = give(opened, "P1", manager, "yes", note="一文にした")

    assert (first.revision, second.revision) == (1, 2)
    assert opened.answers.get().note == "一文にした"
    assert Event.objects.filter(verb="answer.given").count() == 2


def test_the_same_answer_again_is_no_change(opened, manager):
    give(opened, "P1", manager, "yes")

    again = give(opened, "P1", manager, "yes", revision=0)

    assert again.revision == 1
    assert Event.objects.filter(verb="answer.given").count() == 1


def test_an_answer_can_be_taken_back(opened, manager):
    give(opened, "P1", manager, "yes")

    assert not give(opened, "P1", manager).is_given
    assert Event.objects.filter(verb="answer.given").first().params["answer"] == ""


def test_a_number_is_told_without_its_empty_places(opened, manager):
    give(opened, "T3", manager, number=Decimal("23.0000"))

    assert Event.objects.get(verb="answer.given").params["answer"] == "23"


def test_a_question_set_aside_keeps_its_reason(opened, manager):
    kept = give(opened, "K5", manager, because="社内だけで行う")

    assert kept.is_given
    assert kept.given.does_not_apply
    told = Event.objects.get(verb="answer.set_aside").params
    assert told["reason"] == "社内だけで行う"


@pytest.mark.parametrize(
    ("item_id", "answer", "says"),
    [
        ("P1", {"value": "perhaps"}, "does not take that answer"),
        ("P1", {"number": Decimal(3)}, "not answered by a number"),
        ("T3", {"value": "no", "number": Decimal(3)}, "Give one answer"),
        ("P1", {"value": "yes", "because": "不要"}, "Give one answer"),
        ("ZZ9", {"value": "yes"}, "no such question"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(opened, manager, item_id, answer, says):
    with pytest.raises(ValidationError, match=says):
        give(opened, item_id, manager, **answer)
    assert not opened.answers.exists()


def test_who_looked_at_an_older_answer_is_shown_the_newer(opened, manager, executive):
    administrator = person("admin", opened.engagement.provider, "administrator")
    give(opened, "P1", manager, "yes", revision=0)

    with pytest.raises(AnswerConflict, match="manager answered") as caught:
        give(opened, "P1", administrator, "no", revision=0)

    assert caught.value.theirs.value == "yes"
    assert opened.answers.get().value == "yes"
    assert give(opened, "P1", administrator, "no", revision=1).value == "no"


def test_an_issued_round_is_answered_no_more(opened, manager):
    answer_all(opened, manager)
    feasibility.issue_assessment(assessment=opened, by=manager)

    with pytest.raises(ValidationError, match="was issued"):
        give(opened, "P1", manager, "no")


def test_an_engagement_that_ended_is_answered_no_more(opened, manager):
    engagements.decline(engagement=opened.engagement, because="見送り", by=manager)
    opened.engagement.refresh_from_db()

    with pytest.raises(ValidationError, match="has ended"):
        give(opened, "P1", manager, "yes")
    with pytest.raises(ValidationError, match="has ended"):
        feasibility.open_assessment(engagement=opened.engagement, by=manager)


# Who answers -------------------------------------------------------------------------


def assign(engagement, assignee, by, item_id="P1"):
    return assignments.assign_item(
        engagement=engagement, item_id=item_id, assignee=assignee, by=by
    )


def test_an_engineer_answers_only_what_is_assigned(opened, manager, engineer):
    assign(opened.engagement, engineer, manager)

    assert give(opened, "P1", engineer, "yes").answered_by == engineer
    with pytest.raises(PermissionDenied, match="assigned to"):
        give(opened, "P2", engineer, "yes")
    may = assignments.answering(engineer, opened.engagement)
    assert ("P1" in may, "P2" in may, bool(may)) == (True, False, True)
    assert Notice.objects.get(reader=engineer).verb == "item.assigned"


def test_an_executive_answers_nothing_whatever_is_assigned(opened, manager, executive):
    with pytest.raises(ValidationError, match="cannot answer"):
        assign(opened.engagement, executive, manager)
    assert not assignments.answering(executive, opened.engagement)
    with pytest.raises(PermissionDenied):
        give(opened, "P1", executive, "yes")


def test_an_assignment_is_passed_on_and_taken_back(opened, manager, engineer):
    other = person("second", opened.engagement.provider, "engineer")
    first = assign(opened.engagement, engineer, manager)
    assert assign(opened.engagement, engineer, manager) == first

    assert assign(opened.engagement, other, manager).assignee == other
    assert assign(opened.engagement, None, manager) is None
    assert assign(opened.engagement, None, manager) is None

    assert not Assignment.objects.exists()
    assert Event.objects.filter(verb="item.unassigned").count() == 1


# Issuing -----------------------------------------------------------------------------


def test_a_round_that_is_not_whole_cannot_be_issued(opened, manager):
    give(opened, "P1", manager, "yes")

    with pytest.raises(ValidationError, match="still unanswered"):
        feasibility.issue_assessment(assessment=opened, by=manager)


def test_a_condition_nobody_sees_to_holds_the_issue_up(opened, manager):
    answer_all(opened, manager, D2="partial", K1="partial")
    plan(opened.engagement, manager, "D2")

    with pytest.raises(ValidationError, match=r"about: K1\."):
        feasibility.issue_assessment(assessment=opened, by=manager)

    plan(opened.engagement, manager, "K1")
    issued = feasibility.issue_assessment(assessment=opened, by=manager)
    assert (issued.verdict, issued.decided) == ("conditional", ["D2", "K1"])
    assert [task["item"] for task in issued.record["tasks"]] == ["D2", "K1"]
    opened.engagement.refresh_from_db()
    assert opened.engagement.stage == Stage.AGREEMENT


def test_a_waived_answer_needs_no_task(opened, manager, executive):
    answer_all(opened, manager, P7="no")
    waivers.give_waiver(
        engagement=opened.engagement,
        item_id="P7",
        reason="来月合意する",
        until=timezone.localdate() + timedelta(days=9),
        password=PASSWORD,
        by=executive,
    )

    issued = feasibility.issue_assessment(assessment=opened, by=manager)

    assert issued.verdict == "conditional"
    assert issued.record["waived"] == ["P7"]


def test_no_go_is_issued_and_the_engagement_stays_where_it_is(opened, manager):
    answer_all(opened, manager, P7="no")

    issued = feasibility.issue_assessment(assessment=opened, by=manager)

    assert issued.verdict == "no_go"
    opened.engagement.refresh_from_db()
    assert opened.engagement.stage == Stage.FEASIBILITY


def test_a_verdict_is_issued_only_as_it_was_seen(opened, manager):
    answer_all(opened, manager)
    seen = feasibility.seen_now(opened)
    give(opened, "P7", manager, "no")

    with pytest.raises(ValidationError, match="changed since you looked"):
        feasibility.issue_assessment(assessment=opened, by=manager, seen=seen)

    now = feasibility.seen_now(opened)
    issued = feasibility.issue_assessment(assessment=opened, by=manager, seen=now)
    assert issued.verdict == "no_go"


def test_issuing_twice_is_issuing_once(opened, manager):
    answer_all(opened, manager)
    first = feasibility.issue_assessment(assessment=opened, by=manager)

    again = feasibility.issue_assessment(assessment=opened, by=manager)

    assert again.issued_at == first.issued_at
    assert Event.objects.filter(verb="assessment.issued").count() == 1


def test_a_later_kind_or_place_does_not_change_what_was_judged(opened, manager):
    answer_all(opened, manager)
    issued = feasibility.issue_assessment(assessment=opened, by=manager)
    engagement = issued.engagement
    engagement.kind, engagement.placement = "layout", "edge"
    engagement.save()

    issued.refresh_from_db()
    assert (issued.kind, issued.placement) == ("anomaly", "on_prem")


# Rounds ------------------------------------------------------------------------------


def test_a_round_that_is_open_is_given_back(opened, manager):
    again = feasibility.open_assessment(engagement=opened.engagement, by=manager)

    assert again == opened


def test_a_new_round_starts_from_the_last_answers_with_their_day(opened, manager):
    answer_all(opened, manager)
    day = opened.answers.get(item_id="P1").answered_at
    feasibility.issue_assessment(assessment=opened, by=manager)

    second = feasibility.open_assessment(
        engagement=opened.engagement, by=manager, due=Due.POC
    )

    copied = second.answers.get(item_id="P1")
    assert (second.round, second.due, copied.answered_at) == (2, "poc", day)
    give(second, "P1", manager, "no")
    assert opened.answers.get(item_id="P1").value == "yes"
    assert Event.objects.get(verb="assessment.reopened").params["number"] == 2


def test_without_a_step_the_stage_of_the_engagement_says_what_is_due(opened, manager):
    answer_all(opened, manager)
    feasibility.issue_assessment(assessment=opened, by=manager)

    second = feasibility.open_assessment(engagement=opened.engagement, by=manager)

    assert second.due == "poc"
