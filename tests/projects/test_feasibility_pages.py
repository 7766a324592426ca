"""The feasibility pages as their readers use them, with and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from projects.models import Answer, Assessment, Evidence, Side, Task, User
from projects.permissions import Role
from projects.services import assignments, evidence, feasibility, tasks, team
from projects.services import engagement as engagements
from tests.conftest import person
from tests.projects.test_answering import answer_all, give, plan

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def opened(engagement, manager):
    return feasibility.open_assessment(engagement=engagement, by=manager)


@pytest.fixture
def page(client, engagement):
    """The page as somebody reads it."""

    def read(user, name="feasibility", *rest, **query):
        client.force_login(user)
        address = reverse(f"projects:{name}", args=[engagement.pk, *rest])
        return client.get(address, query)

    return read


@pytest.fixture
def post(client, engagement):
    def send(user, name, /, *rest, htmx=False, **typed):
        client.force_login(user)
        address = reverse(f"projects:{name}", args=[engagement.pk, *rest])
        return client.post(address, typed, **(HTMX if htmx else {}))

    return send


def conditional(opened, manager):
    """A round issued CONDITIONAL with one task."""
    answer_all(opened, manager, D2="partial")
    plan(opened.engagement, manager, "D2", what="単位を決める")
    return feasibility.issue_assessment(assessment=opened, by=manager)


# Reading -----------------------------------------------------------------------------


def test_before_the_first_answer_the_manager_may_start_and_others_wait(
    page, post, engagement, manager, executive
):
    assert "Start answering" in page(manager).text
    assert "Start answering" not in page(executive).text

    post(manager, "round_new", due="poc")

    assert Assessment.objects.get().due == "poc"


def test_only_what_is_due_now_is_unfolded(page, opened, manager):
    shown = page(manager).context["sheet"].steps

    assert [step.due.value for step in shown] == [
        "screen",
        "poc",
        "acceptance",
        "production",
    ]
    assert [step.is_now for step in shown] == [True, False, False, False]
    text = page(manager).text
    assert text.count('<details class="step step-later">') == 3
    assert text.index('id="P1"') < text.index('id="P2"')


def test_an_earlier_step_with_something_in_the_way_is_unfolded(
    page, engagement, manager
):
    opened = feasibility.open_assessment(engagement=engagement, by=manager, due="poc")
    answer_all(opened, manager)
    later = {s.due.value: s for s in page(manager).context["sheet"].steps}
    assert not later["screen"].is_unfolded
    give(opened, "P1", manager, "no")

    later = {s.due.value: s for s in page(manager).context["sheet"].steps}

    assert later["screen"].is_unfolded
    assert not later["production"].is_unfolded


def test_the_sentence_counts_what_is_answered_and_what_blocks(page, opened, manager):
    give(opened, "P1", manager, "no")
    give(opened, "D2", manager, "partial")

    text = re.sub(r"<[^>]+>", "", page(manager).text)

    assert "Round 1, Screening: 2 of 12 answered, 1 blocks, 1 condition." in text


def test_who_may_not_answer_reads_words_instead_of_controls(
    page, opened, manager, executive
):
    give(opened, "P1", manager, "partial", note="数字がまだ")
    give(opened, "P7", manager, because="合意は不要")

    text = page(executive).text

    assert "q-said a-part" in text
    assert "数字がまだ" in text
    assert "合意は不要" in text
    assert 'name="value"' not in text


def test_an_engineer_sees_which_questions_are_theirs(page, opened, manager):
    engineer = person("engineer", opened.engagement.provider, "engineer")
    assignments.assign_item(
        engagement=opened.engagement, item_id="P1", assignee=engineer, by=manager
    )

    text = page(engineer).text

    assert 'You are asked to answer: <a href="#P1">P1</a>' in text
    assert text.count("data-autosave") == 1
    assert "Issue this verdict" not in text


def test_hints_stand_beside_their_questions_until_the_round_is_issued(
    page, opened, manager
):
    give(opened, "T3", manager, number=Decimal(23))
    assert 'id="hint-T3"' in page(manager).text
    assert 'id="hint-S1"' in page(manager).text
    conditional(opened, manager)

    assert 'id="hint-T3"' not in page(manager).text


# Answering ---------------------------------------------------------------------------


def test_an_answer_says_when_it_was_kept_and_renews_what_reads_otherwise(
    post, opened, manager
):
    kept = post(
        manager, "answer", "P1", htmx=True, value="partial", revision="0", stands="open"
    )

    assert "Saved" in kept.text
    assert 'value="1" id="seen-P1" hx-swap-oob="true"' in kept.text
    assert 'id="about-P1" hx-swap-oob="true"' in kept.text
    assert 'id="verdict-live" hx-swap-oob="true"' in kept.text
    again = post(
        manager,
        *("answer", "P1"),
        htmx=True,
        value="partial",
        note="メモ",
        revision="1",
        stands="partly",
    )
    assert 'id="about-P1"' not in again.text


def test_an_answer_on_which_others_hang_renews_them(post, opened, manager):
    kept = post(manager, "answer", "T3", htmx=True, number="23", revision="0")

    assert 'id="about-T3"' in kept.text
    assert 'id="hint-E3"' in kept.text
    kept = post(manager, "answer", "I1", htmx=True, value="conditional", revision="0")
    assert 'id="about-I3" hx-swap-oob="true"' in kept.text


@pytest.mark.parametrize("typed", ["１，２００", "1,200", "1200"])
def test_a_number_is_read_as_people_type_it(post, opened, manager, typed):
    post(manager, "answer", "T3", number=typed, revision="0")

    assert Answer.objects.get().number == 1200


@pytest.mark.parametrize(
    ("item", "typed", "says"),
    [
        ("T3", {"number": "many"}, "“many” is not a number."),
        ("P1", {"aside": "1"}, "Say why this question does not apply here."),
        ("T3", {"number": "3", "value": "no"}, "Give one answer"),
        ("ZZ9", {"value": "yes"}, "There is no such question."),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_wrong_answer_is_named_and_not_kept(
    client, post, opened, manager, item, typed, says, htmx
):
    answer = post(manager, "answer", item, htmx=htmx, revision="0", **typed)
    text = answer.text if htmx else client.get(answer["Location"]).text

    assert "That answer was not kept." in text
    assert says in text
    assert not Answer.objects.exists()


def test_setting_aside_outranks_what_else_is_typed(post, opened, manager):
    post(
        manager,
        *("answer", "T3"),
        aside="1",
        because="事象がない",
        number="3",
        revision="0",
    )

    kept = Answer.objects.get()
    assert (kept.number, kept.not_applicable_because) == (None, "事象がない")
    post(manager, "answer", "T3", because="事象がない", number="3", revision="1")
    kept.refresh_from_db()
    assert (int(kept.number), kept.not_applicable_because) == (3, "")


def test_without_javascript_an_answer_can_be_taken_back(client, post, opened, manager):
    give(opened, "P1", manager, "yes")

    answer = post(manager, "answer", "P1", value="yes", take_back="1", revision="1")

    assert answer["Location"].endswith("#P1")
    assert "The answer to P1 is taken back." in client.get(answer["Location"]).text
    assert not Answer.objects.get().is_given


@pytest.mark.parametrize("htmx", [True, False])
def test_the_second_of_two_sees_the_firsts_answer_and_chooses(
    post, opened, manager, htmx
):
    other = person("second", opened.engagement.provider, "administrator")
    give(opened, "P1", manager, "yes", note="一文にした")

    clash = post(
        other, "answer", "P1", htmx=htmx, value="no", note="まだ", revision="0"
    )

    assert clash.status_code == (200 if htmx else 409)
    assert "manager answered this question meanwhile." in clash.text
    for said in ("一文にした", "まだ", "Keep theirs", "Put mine in its place"):
        assert said in clash.text
    assert Answer.objects.get().value == "yes"
    if htmx:
        assert clash["HX-Retarget"] == "#clash-P1"
    post(other, "answer", "P1", htmx=htmx, value="no", note="まだ", revision="1")
    assert Answer.objects.get().value == "no"


def test_a_reason_to_set_aside_is_shown_in_a_clash_too(post, opened, manager):
    give(opened, "P1", manager, because="別の案件で答えた")

    clash = post(
        manager, "answer", "P1", aside="1", because="対象外", revision="0", value=""
    )

    assert "別の案件で答えた" in clash.text
    assert 'name="because" value="対象外"' in clash.text


# Issuing and rounds ------------------------------------------------------------------


def test_the_button_says_what_is_missing_before_it_works(page, opened, manager):
    assert "once every question that decides is answered" in page(manager).text
    answer_all(opened, manager, D2="partial")
    assert "First say who sees to each condition" in page(manager).text
    plan(opened.engagement, manager, "D2")

    text = page(manager).text

    assert "Issuing fixes answers, evidence and verdict" in text
    assert 'aria-disabled="true"' not in text


def test_a_refused_issue_says_why(client, post, page, opened, manager):
    answer_all(opened, manager)
    seen = page(manager).context["sheet"].seen
    give(opened, "P1", manager, "partial")

    refused = post(manager, "issue", seen=str(seen))
    assert "Answers changed since you looked" in client.get(refused["Location"]).text
    refused = post(manager, "issue", seen="")
    assert (
        "Say who does what by when about: P1." in client.get(refused["Location"]).text
    )


def test_an_issued_round_reads_for_ever_as_it_was(page, post, opened, manager):
    conditional(opened, manager)
    Task.objects.update(what="別のこと")
    User.objects.filter(pk=manager.pk).update(name="改名")

    text = page(manager, "round_past", 1).text

    assert "単位を決める" in text
    assert "別のこと" not in text
    assert "CONDITIONAL" in text
    post(manager, "round_new", due="poc")
    past = page(manager, "round_past", 1)
    assert "This is a past round" in past.text
    assert page(manager, "round_past", 2).status_code == 302
    assert page(manager, "round_past", 9).status_code == 404


def test_two_rounds_stand_beside_each_other(page, opened, manager):
    assert "nothing to compare yet" in page(manager, "rounds_compare").text
    conditional(opened, manager)
    second = feasibility.open_assessment(engagement=opened.engagement, by=manager)
    give(second, "D2", manager, "yes", note="単位は℃")
    give(second, "P2", manager, "no")

    found = page(manager, "rounds_compare", earlier="2", later="1")

    difference = found.context["difference"]
    assert (difference.verdict_before, difference.verdict_after) == (
        "conditional",
        "not_yet",
    )
    assert [c["change"].item.id for c in found.context["changes"]] == ["P2", "D2"]
    for said in ("<del>Partly</del>", "<ins>Yes</ins>", "単位は℃", "manager"):
        assert said in found.text
    assert page(manager, "rounds_compare", earlier="7").status_code == 200


def test_a_round_cannot_be_opened_once_the_engagement_ended(
    client, post, engagement, manager
):
    engagements.decline(engagement=engagement, because="見送り", by=manager)

    refused = post(manager, "round_new", due="poc")

    assert "This engagement has ended." in client.get(refused["Location"]).text


# One question ------------------------------------------------------------------------


def test_a_question_by_itself_holds_all_that_hangs_on_it(page, opened, manager):
    conditional(opened, manager)
    second = feasibility.open_assessment(engagement=opened.engagement, by=manager)
    old = evidence.name_document(
        engagement=opened.engagement,
        item_id="D2",
        name="草案",
        kept_at="棚",
        by=manager,
    )
    evidence.attach_link(
        engagement=opened.engagement,
        item_id="D2",
        url="https://intra.example/spec",
        name="仕様",
        by=manager,
        instead_of=old,
    )
    give(second, "D2", manager, "yes")

    text = page(manager, "item", "D2").text

    for said in ("仕様", "superseded by “仕様”", "単位を決める", "Round 1", "Partly"):
        assert said in text
    assert page(manager, "item", "ZZ9").status_code == 404


def test_below_a_question_only_the_rest_is_shown(client, engagement, opened, manager):
    client.force_login(manager)
    address = reverse("projects:item", args=[engagement.pk, "P1"])

    part = client.get(address, **HTMX)

    assert "<html" not in part.text
    assert 'id="file_P1_file"' in part.text
    assert "HX-Request" in part["Vary"]


def test_evidence_of_each_form_is_added_where_it_is_asked(
    client, post, engagement, opened, manager
):
    file = SimpleUploadedFile("議事録.pdf", b"%PDF")
    kept = post(manager, "evidence_add", "P1", form="file", file=file, back="item")
    assert kept["Location"] == reverse("projects:item", args=[engagement.pk, "P1"])
    link = {"url": "https://intra.example", "name": "社内"}
    kept = post(manager, "evidence_add", "P1", form="link", **link)
    assert kept["Location"].endswith("/feasibility/#P1")
    post(manager, "evidence_add", "P1", form="document", name="覚書", kept_at="棚")

    assert Evidence.objects.count() == 3
    piece = Evidence.objects.get(form="file")
    got = client.get(reverse("projects:evidence_file", args=[piece.pk]))
    assert got.getvalue() == b"%PDF"
    assert got["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got["Content-Security-Policy"]
    piece.file.delete(save=False)
    Evidence.objects.filter(pk=piece.pk).update(file="evidence/gone")
    gone = client.get(reverse("projects:evidence_file", args=[piece.pk]))
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("form", "typed", "says"),
    [
        ("link", {"url": "javascript:alert(1)"}, "A link begins with https://"),
        ("document", {"name": "覚書"}, "This field is required."),
        ("nonsense", {}, "This field is required."),
    ],
)
def test_refused_evidence_is_named_on_the_page_of_its_question(
    post, opened, manager, form, typed, says
):
    refused = post(manager, "evidence_add", "P1", form=form, **typed)

    assert refused.status_code == 200
    assert says in refused.text
    assert not Evidence.objects.exists()


def test_a_task_is_planned_done_and_taken_back_on_its_page(
    client, post, engagement, opened, manager
):
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    past = (timezone.localdate() - timedelta(days=1)).isoformat()
    typed = {"what": "集める", "owner": str(manager.pk)}
    refused = post(manager, "task_plan", "P1", due_on=past, **typed)
    assert "This day is over already." in refused.text
    assert "This field is required." in post(manager, "task_plan", "P1").text
    post(manager, "task_plan", "P1", due_on=day, **typed)
    task = Task.objects.get()
    done = reverse("projects:task_done", args=[task.pk])
    proof = evidence.name_document(
        engagement=engagement, item_id="P1", name="覚書", kept_at="棚", by=manager
    )
    assert (
        "The task is done"
        in client.get(reverse("projects:item", args=[engagement.pk, "P1"])).text
    )
    client.post(done, {"proof": str(proof.pk), "back": "item"})
    task.refresh_from_db()
    assert task.proof == proof
    again = client.post(done, {"proof": str(proof.pk)}, follow=True)
    assert "This task is done already." in again.text
    drop = reverse("projects:task_drop", args=[task.pk])
    assert "This task is done already." in client.post(drop, follow=True).text
    other = plan(engagement, manager, "P2")
    client.post(reverse("projects:task_drop", args=[other.pk]))
    assert not Task.objects.filter(pk=other.pk).exists()


def test_a_task_without_proof_chosen_is_not_done(client, engagement, opened, manager):
    task = plan(engagement, manager)
    client.force_login(manager)

    refused = client.post(reverse("projects:task_done", args=[task.pk]))

    assert refused.status_code == 200
    task.refresh_from_db()
    assert task.done_at is None


def test_an_engineer_cannot_close_a_task_of_somebody_else(
    client, engagement, opened, manager
):
    task = plan(engagement, manager)
    client.force_login(person("engineer", engagement.provider, "engineer"))

    assert client.post(reverse("projects:task_done", args=[task.pk])).status_code == 403


def test_people_are_offered_for_what_they_may_do(page, opened, manager, executive):
    engineer = person("engineer", opened.engagement.provider, "engineer")
    team.add_member(
        engagement=opened.engagement,
        side=Side.CUSTOMER,
        email="guest@example.test",
        name="客",
        name_en="",
        role=Role.VIEWER,
        by=manager,
    )

    found = page(manager, "item", "P1").context

    owners = [name for _pk, name in found["task_form"].fields["owner"].choices[1:]]
    able = [name for _pk, name in found["assign_form"].fields["assignee"].choices[1:]]
    assert {"manager", "engineer", "executive", "客"} == set(owners)
    assert {"manager", engineer.name} == set(able)


def test_a_question_is_assigned_and_nobody_else_is_taken(post, opened, manager):
    engineer = person("engineer", opened.engagement.provider, "engineer")

    post(manager, "assign", "P1", assignee=str(engineer.pk))
    refused = post(manager, "assign", "P1", assignee="999999")

    assert opened.engagement.assignments.get().assignee == engineer
    assert refused.status_code == 200
    assert opened.engagement.tasks.count() == 0
    assert tasks.may_finish(manager, plan(opened.engagement, manager, owner=engineer))


@pytest.mark.parametrize("act", ["evidence_add", "assign", "task_plan"])
def test_nothing_hangs_on_a_question_that_is_not_asked(post, opened, manager, act):
    assert post(manager, act, "ZZ9").status_code == 404
    assert post(manager, act, "a-very-long-name").status_code == 404


def test_an_issued_no_go_says_nothing_of_tasks(page, opened, manager, executive):
    answer_all(opened, manager, P7="no", D2="partial")
    feasibility.issue_assessment(assessment=opened, by=manager)

    text = page(executive).text

    assert "This answer stops the engagement." in text
    assert reverse("projects:waive", args=[opened.engagement_id, "P7"]) in text
    assert "nobody sees to it yet" not in text
    assert "Start a new round" in page(manager).text


def test_what_was_never_said_in_earlier_rounds_is_not_listed(page, opened, manager):
    answer_all(opened, manager)
    give(opened, "P2", manager, note="あとで")
    feasibility.issue_assessment(assessment=opened, by=manager)
    feasibility.open_assessment(engagement=opened.engagement, by=manager)

    assert page(manager, "item", "P2").context["past"] == []
    assert len(page(manager, "item", "P1").context["past"]) == 1
