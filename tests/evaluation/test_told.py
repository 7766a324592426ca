"""Who is told of what happens from offer to acceptance, and of what ends soon."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.utils import timezone

from evaluation import pipeline, reviews, tasks
from evaluation.models import ErrorAcceptance
from evaluation.reminders import remind_of_acceptances
from evaluation.reviews import RepairDraft
from projects import tasks as project_tasks
from projects.models import (
    Agreement,
    ErrorBudget,
    Membership,
    Notice,
    Side,
    Stage,
    StopLine,
    User,
    Waiver,
)
from projects.permissions import Permission
from projects.services import agreement as agreements
from projects.services import engagement as engagements
from projects.services.readers import concerned, holders_of
from projects.services.reminders import remind
from tests.conftest import PASSWORD, person
from tests.evaluation.test_pipeline import file_of, submitted
from tests.evaluation.test_stages import (  # noqa: F401 - a fixture
    errors_accepted,
    ran,
    signed,
)
from tests.past import past_the_guard


def told(verb: str) -> dict[str, str]:
    """Who was told of it, and where it leads them; what was told before is gone."""
    found = Notice.objects.filter(verb=verb)
    by_name = {one.reader.name: one.path for one in found}
    assert len(by_name) == len(found), "somebody was told twice"
    Notice.objects.all().delete()
    return by_name


@pytest.fixture
def colleagues(manager, executive) -> None:
    """People of both sides that nothing waits for, and one who only judges."""
    provider = manager.memberships.get().organisation
    person("engineer", provider, "engineer")
    person("their engineer", executive.memberships.get().organisation, "engineer")
    person("director", provider, "executive")
    gone = person("gone", executive.memberships.get().organisation, "executive")
    User.objects.filter(pk=gone.pk).update(is_active=False)


# Who ------------------------------------------------------------------------------


def test_the_owner_and_both_managements_are_concerned(engagement, colleagues):
    assert sorted(u.name for u in concerned(engagement)) == [
        "director",
        "executive",
        "manager",
    ]


def test_who_may_is_found_on_their_side_only(engagement, manager, executive):
    # On the customer's side the same role signs nothing.
    person("their manager", engagement.customer, "project_manager")
    for permission, holder in (
        (Permission.SIGN_FOR_PROVIDER, manager),
        (Permission.SIGN_FOR_CUSTOMER, executive),
    ):
        assert [*holders_of(permission, engagement)] == [holder]


def test_who_takes_part_in_another_engagement_alone_is_not_meant(engagement, manager):
    other = engagements.create_engagement(
        by=manager,
        **{
            name: getattr(engagement, name)
            for name in ("provider", "customer", "problem", "kind", "place")
        },
        name="別件",
        placement="cloud",
        owner=manager,
        starts_on=engagement.starts_on,
        ends_on=engagement.ends_on,
    )
    guest = User.objects.create_user("guest@example.test", name="guest")
    Membership.objects.create(
        user=guest,
        organisation=engagement.customer,
        engagement=other,
        role="executive",
    )

    assert guest not in holders_of(Permission.SIGN_FOR_CUSTOMER, engagement)
    assert guest in holders_of(Permission.SIGN_FOR_CUSTOMER, other)
    assert guest in concerned(other)


# Of what --------------------------------------------------------------------------


def test_an_offer_waits_for_the_customer_and_a_signature_is_told(
    draft, manager, executive, colleagues
):
    page = draft.get_absolute_url()

    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    assert told("agreement.offered") == {"executive": page}
    assert told("agreement.signed") == {}

    draft.refresh_from_db()
    agreements.sign(
        agreement=draft, side=Side.CUSTOMER, password=PASSWORD, by=executive
    )
    assert told("agreement.signed") == {"manager": page, "director": page}


def test_a_refused_offer_goes_back_to_its_manager(draft, manager, executive):
    agreements.sign(agreement=draft, side=Side.PROVIDER, password=PASSWORD, by=manager)
    draft.refresh_from_db()

    agreements.refuse(agreement=draft, because="高い", by=executive)

    assert told("agreement.refused") == {"manager": draft.get_absolute_url()}


def test_an_issued_assessment_and_a_declined_engagement_reach_the_customer(
    screened, manager
):
    assert told("assessment.issued").keys() == {"executive"}

    engagements.decline(engagement=screened, because="人手不足", by=manager)

    assert told("engagement.declined") == {"executive": screened.get_absolute_url()}


def test_a_verdict_reaches_management_and_who_sent_the_file(
    signed,  # noqa: F811
    colleagues,
):
    engineer = User.objects.get(name="engineer")
    run = ran(signed, engineer)

    assert run.status == "measured"
    page = run.get_absolute_url()
    readers = ("manager", "executive", "director", "engineer")
    assert told("run.measured") == dict.fromkeys(readers, page)


def test_a_refused_file_concerns_only_who_can_send_another(
    signed,  # noqa: F811
    colleagues,
):
    engineer = User.objects.get(name="engineer")
    run = submitted(signed, engineer)
    file_of(run).unlink()
    pipeline.evaluate(run.pk)

    assert told("run.refused").keys() == {"manager", "engineer"}


def test_a_review_waits_for_both_sides_and_each_step_of_it_is_told(
    signed,  # noqa: F811
    manager,
    executive,
    colleagues,
):
    run = ran(signed, manager)
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )
    page = f"/reviews/{review.pk}/"
    assert told("review.opened") == {"executive": page}

    reviews.sign_review(
        review=review, side=Side.PROVIDER, password=PASSWORD, by=manager
    )
    assert told("review.signed") == {"executive": page, "director": page}

    reviews.sign_review(
        review=review, side=Side.CUSTOMER, password=PASSWORD, by=executive
    )
    # The second signature is the acceptance: told once.
    assert not Notice.objects.filter(verb="review.signed").exists()
    assert told("review.accepted") == {"manager": page, "director": page}


def test_a_rejected_stage_is_told_with_its_reason(
    signed,  # noqa: F811
    manager,
    executive,
):
    run = ran(signed, manager)
    review = reviews.open_review(
        engagement=signed, stage=Stage.INITIAL, run=run, by=manager
    )
    repair = RepairDraft("直す", manager, timezone.localdate())

    reviews.reject_review(
        review=review, because="夜勤がない", repairs=[repair], by=executive
    )

    assert "夜勤がない" in Notice.objects.get(verb="review.rejected").sentence("ja")
    assert told("review.rejected").keys() == {"manager"}


# Ends -----------------------------------------------------------------------------


def day(ahead: int):
    return timezone.localdate() + timedelta(days=ahead)


@pytest.fixture
def accepted(signed, manager, executive) -> ErrorAcceptance:  # noqa: F811
    given = errors_accepted(signed, ran(signed, manager), executive)
    Notice.objects.all().delete()
    return given


def test_an_acceptance_that_ends_is_announced_twice_however_often_one_looks(accepted):
    now = timezone.now()
    assert remind_of_acceptances(now=now) == 0

    for ahead, announcements in ((15, 0), (14, 1), (13, 0), (3, 1), (1, 0), (0, 0)):
        later = now + timedelta(days=30 - ahead)
        assert remind_of_acceptances(now=later) == announcements
        assert remind_of_acceptances(now=later) == 0
        if announcements:
            page = f"/runs/{accepted.run_id}/"
            readers = ("manager", "executive")
            assert told("acceptance.ends_soon") == dict.fromkeys(readers, page)


def test_what_was_accepted_for_ten_days_is_not_announced_at_once(accepted):
    ErrorAcceptance.objects.update(until=day(10))
    now = timezone.now()

    assert remind_of_acceptances(now=now) == 0
    assert remind_of_acceptances(now=now + timedelta(days=7)) == 1


def test_an_acceptance_that_was_replaced_is_not_announced(accepted):
    ErrorAcceptance.objects.update(ended_at=timezone.now(), ended_because="replaced")

    assert remind_of_acceptances(now=timezone.now() + timedelta(days=28)) == 0


@pytest.fixture
def ending(signed, executive) -> Agreement:  # noqa: F811
    """A waiver, an error budget and a stop line that end in thirty days."""
    agreement = signed.agreements.get()
    past_the_guard(ErrorBudget).bulk_create(
        [ErrorBudget(agreement=agreement, misses=1, until=day(30))]
    )
    past_the_guard(StopLine).bulk_create([StopLine(agreement=agreement, on=day(30))])
    signed.waivers.create(
        item_id="P7",
        reason="調整中",
        until=day(30),
        organisation=signed.customer,
        given_by=executive,
    )
    Notice.objects.all().delete()
    return agreement


def test_waivers_budgets_and_stop_lines_are_announced_once_each(ending):
    soon = timezone.now() + timedelta(days=27)
    verbs = {"waiver.ends_soon", "budget.ends_soon", "stop_line.near"}

    assert remind(now=timezone.now()) == 0
    assert remind(now=soon) == 3
    assert remind(now=soon) == 0

    found = Notice.objects.filter(reader__name="executive")
    assert {one.verb for one in found} == verbs
    agreement_page = ending.get_absolute_url()
    assert found.filter(path=agreement_page).count() == 2
    assert f"{day(30).year}年" in found.get(verb="stop_line.near").sentence("ja")


def test_what_has_ended_or_holds_no_more_is_not_announced(ending):
    Waiver.objects.update(ended_at=timezone.now())
    past_the_guard(Agreement).update(status="superseded")

    assert remind(now=timezone.now() + timedelta(days=27)) == 0


def test_a_stop_line_of_money_alone_has_no_day(ending):
    past_the_guard(StopLine).update(on=None, yen=1_000_000)
    past_the_guard(ErrorBudget).delete()
    Waiver.objects.all().delete()

    assert remind(now=timezone.now() + timedelta(days=27)) == 0


def test_the_beat_looks_every_hour_of_the_working_day(accepted):
    schedule = configured.CELERY_BEAT_SCHEDULE
    assert schedule["remind"]["task"] == project_tasks.remind.name
    entry = schedule["remind-of-acceptances"]
    assert entry["task"] == tasks.remind_of_acceptances.name
    assert {8, 12, 18} <= entry["schedule"].hour

    ErrorAcceptance.objects.update(until=day(2))
    long_ago = timezone.now() - timedelta(days=90)
    ErrorAcceptance.objects.update(accepted_at=long_ago)
    ends = StopLine(agreement=accepted.run.agreement, on=day(2))
    past_the_guard(StopLine).bulk_create([ends])
    past_the_guard(Agreement).update(in_force_since=long_ago)
    tasks.remind_of_acceptances()
    project_tasks.remind()

    assert set(Notice.objects.values_list("verb", flat=True)) == {
        "acceptance.ends_soon",
        "stop_line.near",
    }
