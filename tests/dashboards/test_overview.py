"""The overview: what it says at each stage, to whom, in how few queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from costs.models import Breach, Spend
from costs.outlook import WINDOW, look_ahead
from dashboards.overview import queries
from dashboards.overview.acts import main_act
from dashboards.overview.blocking import blocks
from dashboards.overview.facts import facts_of, required
from dashboards.overview.pages import dates, href_of, money
from dashboards.overview.telling import lede, steps
from evaluation import reviews
from evaluation.models import CriterionVerdict, ErrorAcceptance
from evaluation.requirements import requirements
from evaluation.reviews import RepairDraft
from projects.catalogue import Terms
from projects.models import (
    Agreement,
    Criterion,
    Engagement,
    Membership,
    Side,
    Stage,
    StopLine,
)
from projects.permissions import permissions_of
from projects.services import agreement as agreements
from projects.services import engagement as engagements
from projects.services import feasibility, glances
from projects.templatetags.times import day, day_near
from tests.conftest import PASSWORD, person
from tests.dashboards.test_accuracy_price import spend_of
from tests.evaluation.test_stages import (
    BAD,
    accepted,
    day_of,
    errors_accepted,
    in_operation,
    planned,
    ran,
    signed,  # noqa: F401 - a fixture
    turned_down,
)
from tests.past import past_the_guard


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def load(engagement, by):
    today = timezone.localdate()
    return queries.load(queries.seen_by(by, today).get(pk=engagement.pk), today)


def told(engagement, by):
    """The keys of what blocks, and the sentence over it."""
    loaded = load(engagement, by)
    found = blocks(facts_of(loaded))
    said = lede(loaded, found)
    strong = f"{said.strong}." if said.strong else ""
    sentence = said.gap.join(one for one in (said.before, strong, said.after) if one)
    keys = [one.key for one in found if one.blocks]
    return keys, sentence.replace("\u00a0", " ")


def act(engagement, by):
    loaded = load(engagement, by)
    may = permissions_of(by, loaded.engagement)
    found = main_act(loaded, blocks(facts_of(loaded)), may)
    return found.label if found else None


def page(client, engagement, by):
    client.force_login(by)
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(reverse("dashboards:engagement", args=[engagement.pk]))
    assert answer.status_code == 200
    return answer.text, len(counted)


def same_as_the_gate(engagement, by) -> None:
    """What the overview takes for missing is what putting it forward asks for."""
    loaded = load(engagement, by)
    stage = Stage(engagement.stage)
    latest = getattr(loaded.engagement, "latest", None)
    run = latest.run if latest else None
    asked = reviews.facts_of(engagement, stage, run, today=loaded.today)

    assert required(loaded) == requirements(stage.value, asked)


# Stage by stage ------------------------------------------------------------------


def test_before_any_question_is_answered(client, engagement, manager, executive):
    keys, sentence = told(engagement, manager)

    assert keys == ["round"]
    assert sentence == (
        "Whether it can be done is still open: no feasibility question is answered "
        "yet. Nothing else blocks the next stage."
    )
    assert act(engagement, manager) == "Answer the questions"
    assert act(engagement, executive) is None
    text, _count = page(client, engagement, manager)
    assert "What blocks agreement" in text


def test_questions_without_an_answer_and_a_no_block_the_agreement(engagement, manager):
    assessment = feasibility.open_assessment(engagement=engagement, by=manager)
    feasibility.give_answer(
        assessment=assessment,
        item_id="P1",
        value="no",
        number=None,
        note="",
        by=manager,
    )

    keys, sentence = told(engagement, manager)

    assert keys == ["answer", "answers"]
    assert "2 things block the next stage." in sentence


def test_an_agreement_waits_for_a_draft_then_for_each_side(
    client, screened, manager, executive
):
    screened.refresh_from_db()
    assert told(screened, manager)[0] == ["draft"]
    assert act(screened, manager) == "Draft the agreement"

    draft = agreements.draft_agreement(
        engagement=screened,
        reason="初版",
        terms=Terms(),
        criteria=[
            agreements.CriterionDraft("miss_rate", "at_most", Decimal("0.05"), None)
        ],
        by=manager,
    )
    loaded = load(screened, manager)
    (block,) = blocks(facts_of(loaded))
    assert (block.key, block.owner.en) == ("signature", "manager")
    assert act(screened, manager) == "See the agreement"

    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    (block,) = blocks(facts_of(load(screened, manager)))
    assert (block.key, block.owner.en) == ("signature", "executive")
    assert act(screened, executive) == "Read and sign agreement v1"
    text, _count = page(client, screened, executive)
    assert "Agreement v1 waits for the customer" in text


def test_the_initial_judgement_names_what_the_gate_names(
    client,
    signed,  # noqa: F811
    manager,
    executive,
):
    assert told(signed, manager)[0] == ["run"]
    same_as_the_gate(signed, manager)

    ran(signed, manager, BAD)
    keys, sentence = told(signed, manager)
    assert keys[0] == "fail"
    assert "The initial judgement cannot be accepted yet: miss rate is" in sentence
    same_as_the_gate(signed, manager)
    assert act(signed, manager) == "Upload a run"
    CriterionVerdict.objects.update(segment="3号機", outcome="undecided")
    past_the_guard(Agreement).update(events_a_year=100, rows_a_month=100)
    judged = facts_of(load(signed, manager)).judged
    # Of one segment nobody says how many of the cases are its own.
    assert {one.a_year for one in judged} == {None}

    turned_down(signed)
    waived_yesterday = timezone.localdate() - timedelta(days=1)
    signed.waivers.create(
        item_id="P1",
        reason="一時",
        until=waived_yesterday,
        organisation=signed.provider,
        given_by=manager,
    )
    assert "answer" in told(signed, manager)[0]
    same_as_the_gate(signed, manager)
    signed.waivers.all().delete()
    signed.assessments.update(stands_as="no_go")
    assert "answer" in told(signed, manager)[0]
    same_as_the_gate(signed, manager)
    _text, count = page(client, signed, executive)
    assert count <= 15


def test_a_baseline_that_the_file_does_not_carry_is_not_beaten(signed, manager):  # noqa: F811
    past_the_guard(Agreement).update(baseline="rule")
    assert "baseline" in told(signed, manager)[0]
    same_as_the_gate(signed, manager)

    ran(signed, manager)

    assert told(signed, manager)[0] == ["baseline"]
    same_as_the_gate(signed, manager)


def test_a_stage_with_nothing_in_the_way_says_what_moves_it_on(
    client,
    signed,  # noqa: F811
    manager,
    executive,
):
    run = ran(signed, manager)

    assert told(signed, manager)[0] == []
    same_as_the_gate(signed, manager)
    assert act(signed, manager) == "Put forward for acceptance"
    text, count = page(client, signed, manager)
    assert "note-pass" in text
    assert "Nothing blocks the initial judgement" in text
    assert count <= 15

    reviews.open_review(engagement=signed, stage=Stage.INITIAL, run=run, by=manager)
    assert told(signed, manager)[0] == ["review", "review"]
    assert act(signed, executive) == "Read and sign the review"
    assert act(signed, manager) == "Read and sign the review"
    assert (
        reverse("evaluation:review", args=[signed.reviews.get().pk])
        in page(client, signed, manager)[0]
    )

    reviews.sign_review(
        review=signed.reviews.get(), side=Side.PROVIDER, password=PASSWORD, by=manager
    )
    assert told(signed, manager)[0] == ["review"]
    assert act(signed, manager) == "Upload a run"


def test_accuracy_waits_for_accepted_errors(client, signed, manager, executive):  # noqa: F811
    run = ran(signed, manager)
    accepted(signed, Stage.INITIAL, run, manager, executive)

    assert told(signed, manager)[0] == ["errors_accepted"]
    same_as_the_gate(signed, manager)

    errors_accepted(signed, run, executive)
    assert told(signed, manager)[0] == []
    same_as_the_gate(signed, manager)
    text, _count = page(client, signed, executive)
    assert "We accept up to" in text

    ErrorAcceptance.objects.update(ended_at=timezone.now(), ended_because="expired")
    loaded = load(signed, manager)
    (block,) = blocks(facts_of(loaded))
    assert block.how.en.startswith("The last acceptance ran out on")
    same_as_the_gate(signed, manager)
    text, _count = page(client, signed, executive)
    assert "Errors not accepted:" in text


def test_operation_counts_its_days_and_dates_the_last_one(
    client,
    signed,  # noqa: F811
    manager,
    executive,
):
    in_operation(signed, manager, executive)
    assert told(signed, manager)[0][-1] == "drill"
    same_as_the_gate(signed, manager)

    planned(signed, manager, executive)
    same_as_the_gate(signed, manager)
    day_of(signed, manager)
    same_as_the_gate(signed, manager)
    assert "days" in told(signed, manager)[0]
    assert act(signed, manager) == "Write a day"
    assert act(signed, executive) is None
    now = steps(load(signed, manager), [])[-1]
    assert " days" in now["text"]
    text, count = page(client, signed, executive)
    assert "What blocks the end of the engagement" in text
    assert count <= 15


def test_steps_say_why_they_were_passed(signed, manager, executive):  # noqa: F811
    run = ran(signed, manager)
    accepted(signed, Stage.INITIAL, run, manager, executive)
    planned(signed, manager, executive)
    loaded = load(signed, manager)

    shown = [step["text"] for step in steps(loaded, blocks(facts_of(loaded)))]

    assert shown[1].startswith("GO, ")
    assert shown[2].startswith("v1 signed, ")
    assert shown[3].startswith("accepted by both sides, ")
    assert shown[4].startswith("since ")
    assert shown[5].startswith("planned for ")


def test_a_later_version_says_since_when_it_holds(signed, manager):  # noqa: F811
    later = timezone.now() + timedelta(days=40)
    past_the_guard(Agreement).update(version=2, in_force_since=later)

    def agreed() -> str:
        loaded = load(signed, manager)
        return steps(loaded, blocks(facts_of(loaded)))[2]["text"]

    passed, since = agreed().split(", v2 in force since ")
    assert (passed, since) == (day(timezone.now()), day(later))
    past_the_guard(Agreement).update(status="superseded")
    assert agreed() == day(timezone.now())


def test_a_criterion_of_a_later_stage_is_told(signed, manager):  # noqa: F811
    ran(signed, manager, content=BAD)
    past_the_guard(Criterion).update(stage=Stage.OPERATION)

    found = blocks(facts_of(load(signed, manager)))

    ahead = [one for one in found if one.key == "fail"]
    assert ahead
    assert not any(one.blocks for one in ahead)
    assert ahead[0].how.en.startswith("For the stage “Operation”, not for this one.")


def test_the_next_step_opens_no_earlier_than_what_blocks_is_due(engagement, manager):
    loaded = load(engagement, manager)
    (block,) = blocks(facts_of(loaded))
    due = loaded.today + timedelta(days=9)
    dated = type(block)(
        *(block.key, block.weight, block.what, block.how, block.owner, due, "x")
    )

    assert steps(loaded, [dated])[2]["text"].endswith(" at the earliest")
    late = type(block)(
        *(block.key, block.weight, block.what, block.how, block.owner),
        loaded.today - timedelta(days=1),
        "x",
    )
    assert steps(loaded, [late])[2]["text"] == ""


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.DECLINED])
def test_an_engagement_that_has_ended_asks_for_nothing(
    stage, client, engagement, manager
):
    if stage == Stage.DECLINED:
        engagements.decline(engagement=engagement, because="理由", by=manager)
    else:
        Engagement.objects.update(stage=stage)
    engagement.refresh_from_db()

    keys, sentence = told(engagement, manager)
    text, _count = page(client, engagement, manager)

    assert keys == []
    assert ("declined" if stage == Stage.DECLINED else "closed") in sentence
    assert act(engagement, manager) is None
    assert "What blocks" not in text
    assert dates(load(engagement, manager), []) == []
    assert money(load(engagement, manager))["at_end"] is None


def test_a_block_leads_to_the_page_that_mends_it(signed, manager, executive):  # noqa: F811
    loaded = load(signed, manager)
    assert href_of(loaded, "run").endswith("/runs/")
    assert href_of(loaded, "agreement").endswith("/agreements/")
    assert href_of(loaded, "budget").endswith("/costs/budgets/")
    run = ran(signed, manager)
    assert href_of(load(signed, manager), "run") == run.get_absolute_url()


# Beside it -----------------------------------------------------------------------


def test_tasks_repairs_and_used_up_budgets_stand_below_without_blocking(
    client,
    signed,  # noqa: F811
    manager,
    executive,
):
    run = ran(signed, manager)
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )
    today = timezone.localdate()
    reviews.reject_review(
        review=review,
        because="足りない",
        repairs=[RepairDraft("夜勤を測る", manager, today + timedelta(days=3))],
        by=executive,
    )
    signed.tasks.create(
        item_id="D2",
        what="温度に置き換える",
        owner=executive,
        due_on=today - timedelta(days=1),
        opened_by=manager,
    )
    budget = signed.budgets.create(amount_yen=100, set_by=manager)
    Breach.objects.create(budget=budget, threshold="100", spent_yen=101)
    loaded = load(signed, manager)
    found = blocks(facts_of(loaded))

    assert [one.key for one in found] == ["task", "repair", "breach"]
    assert not any(one.blocks for one in found)
    assert [one.what for one in dates(loaded, found)][:2] == [
        "温度に置き換える",
        "夜勤を測る",
    ]
    assert dates(loaded, found)[0].is_late
    text, count = page(client, signed, executive)
    assert "Open as well, without blocking" in text
    assert "late" in text
    assert "Decide how it goes on" in text
    assert count <= 15


def test_dates_come_from_all_that_has_a_day(signed, manager, executive):  # noqa: F811
    run = ran(signed, manager)
    errors_accepted(signed, run, executive)
    today = timezone.localdate()
    agreement = signed.agreements.get()
    past_the_guard(StopLine).bulk_create([StopLine(agreement=agreement, on=today)])
    signed.waivers.create(
        item_id="P1",
        reason="一時",
        until=today + timedelta(days=2),
        organisation=signed.provider,
        given_by=manager,
    )
    glances.note(signed, runs_out_on=today + timedelta(days=1))

    loaded = load(signed, manager)
    found = [one.what for one in dates(loaded, [])]

    assert found[:3] == [
        "Stop line of the agreement",
        "The error budget runs out at this pace",
        "The waiver of P1 ends",
    ]
    assert {"The accepted errors end", "Planned end"} <= set(found)


def test_a_day_of_another_year_says_so():
    today = timezone.localdate().replace(month=6, day=1)

    assert day_near(today, today) == "1 Jun"
    assert day_near(today.replace(year=2031), today) == "1 Jun 2031"
    assert day_near(None, today) == "–"
    with override("ja"):
        assert day_near(today.replace(year=2031), today) == "2031/6/1"
        # In Tokyo it is the next year already.
        last = datetime(2030, 12, 31, 16, tzinfo=UTC)
        assert day_near(last, today) == "2031/1/1"


def test_the_money_left_is_said_and_what_it_comes_to(engagement, manager):
    today = timezone.localdate()
    Engagement.objects.update(ends_on=today + timedelta(days=60))
    engagement.refresh_from_db()
    days = [(today - timedelta(days=n), "gpu", 1000 * n) for n in range(1, 21)]
    spend_of(engagement, *days)
    spent = Decimal(sum(yen for _day, _kind, yen in days))
    Spend.objects.create(engagement=engagement, spent_yen=spent, budget_yen=4_000_000)
    loaded = load(engagement, manager)

    whole = look_ahead(
        [Decimal(yen) for _day, _kind, yen in reversed(days)],
        spent=spent,
        lines={},
        starts_on=engagement.starts_on,
        ends_on=engagement.ends_on,
        today=today,
    )

    assert whole is not None
    assert money(loaded)["at_end"] == whole.at_end
    assert "¥3.8 M of the ¥4.0 M budget is left." in told(engagement, manager)[1]
    Spend.objects.update(spent_yen=4_500_000)
    sentence = told(engagement, manager)[1]
    assert "The budget of ¥4.0 M is passed by ¥0.50 M." in sentence


def test_too_few_days_of_spend_forecast_nothing(engagement, manager):
    today = timezone.localdate()
    Spend.objects.create(engagement=engagement, spent_yen=100)
    assert money(load(engagement, manager))["at_end"] is None

    spend_of(engagement, (today - timedelta(days=3), "gpu", 100))

    assert money(load(engagement, manager))["at_end"] is None
    assert WINDOW == 28


# Who reads it --------------------------------------------------------------------


def test_each_role_gets_its_own_act_and_a_stranger_nothing(
    client,
    signed,  # noqa: F811
    manager,
    executive,
):
    ran(signed, manager)
    provider, customer = signed.provider, signed.customer
    engineer = person("engineer", provider, "engineer")
    viewer = person("viewer", customer, "viewer")
    stranger = person("stranger", type(provider).objects.create(name="他社"), "viewer")

    assert 'class="btn btn-main"' in page(client, signed, manager)[0]
    assert "Put forward for acceptance" in page(client, signed, manager)[0]
    assert "Upload a run" in page(client, signed, engineer)[0]
    for reading in (viewer, executive):
        text, count = page(client, signed, reading)
        assert 'class="btn btn-main"' not in text
        assert "Nothing blocks the initial judgement" in text
        assert count <= 15
    client.force_login(stranger)
    address = reverse("dashboards:engagement", args=[signed.pk])
    assert client.get(address).status_code == 404


def test_several_signers_are_counted(screened, manager, executive):
    other = person("second", screened.customer, "executive")
    other.name_en = "Second"
    other.save()
    screened.refresh_from_db()

    assert facts_of(load(screened, manager)).signer.en == "executive or 1 more"
    Membership.objects.filter(user__in=[other, executive]).delete()
    assert facts_of(load(screened, manager)).signer.ja == "委託"


def test_the_page_says_it_in_japanese_as_well(client, signed, manager):  # noqa: F811
    ran(signed, manager, BAD)
    manager.language = "ja"
    manager.save()

    text, _count = page(client, signed, manager)

    assert "初期判定はまだ検収できません。<strong>" in text
    assert "「精度検収」へ進むのを止めているもの" in text
