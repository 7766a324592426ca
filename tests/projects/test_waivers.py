"""Management waives a blocking no; the verdict follows, and turns back on its day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from projects.catalogue import Terms
from projects.models import (
    Agreement,
    AgreementStatus,
    Assessment,
    Engagement,
    Event,
    Notice,
    OwnItem,
    Side,
    Stage,
    Waiver,
)
from projects.screening import Verdict
from projects.services import agreement as agreements
from projects.services import engagement as engagements
from projects.services import feasibility, waivers
from projects.services.agreement import CriterionDraft
from projects.tasks import end_waivers
from tests.conftest import PASSWORD, person


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def stopped(engagement, manager):
    """The engagement with one screening question answered no, and issued: NO-GO."""
    assessment = feasibility.open_assessment(engagement=engagement, by=manager)
    for item in assessment.checklist.items:
        if item.due.value == "screen":
            value = "anomaly" if item.id == "D8" else "yes"
            answer(assessment, item.id, "no" if item.id == "P7" else value, manager)
    feasibility.issue_assessment(assessment=assessment, by=manager)
    assert issued(engagement).stands_as == "no_go"
    return engagement


def answer(assessment, item_id, value, by):
    feasibility.give_answer(
        assessment=assessment,
        item_id=item_id,
        value=value,
        number=None,
        note="",
        by=by,
    )


def issued(engagement) -> Assessment:
    return engagement.assessments.filter(issued_at__isnull=False).first()


def today():
    return timezone.localdate()


def waive(engagement, by, item_id="P7", days=30, **other):
    typed = {"reason": "来月には合意できる", "until": today() + timedelta(days=days)}
    return waivers.give_waiver(
        engagement=engagement,
        item_id=item_id,
        by=by,
        **typed | {"password": PASSWORD} | other,
    )


def after(waiver: Waiver) -> datetime:
    """A moment of the day after its last one, in Tokyo."""
    day = waiver.until + timedelta(days=1)
    zone = timezone.get_default_timezone()
    return datetime(day.year, day.month, day.day, 0, 5, tzinfo=zone)


def run_out(waiver: Waiver) -> None:
    Waiver.objects.filter(pk=waiver.pk).update(until=today() - timedelta(days=1))


def test_a_waiver_turns_no_go_into_conditional_and_tells_who_is_concerned(
    stopped, manager, executive
):
    boss = person("boss", stopped.provider, "executive")
    person("viewer", stopped.customer, "viewer")

    waiver = waive(stopped, executive)

    assert issued(stopped).stands_as == "conditional"
    assert issued(stopped).verdict == "no_go"
    assert waiver.organisation == stopped.customer
    told = {(n.reader, n.verb) for n in Notice.objects.all()}
    assert told == {
        (reader, verb)
        for reader in (manager, boss)
        for verb in ("waiver.given", "assessment.stands")
    }
    said = Event.objects.get(verb="waiver.given").sentence("en")
    assert said.startswith("executive waived P7")
    assert said.endswith("来月には合意できる")


def test_of_two_stops_one_waiver_leaves_the_other(stopped, manager, executive):
    again = feasibility.open_assessment(engagement=stopped, by=manager)
    answer(again, "E1", "no", manager)
    feasibility.issue_assessment(assessment=again, by=manager)

    waive(stopped, executive)

    assert issued(stopped).stands_as == "no_go"
    waive(stopped, executive, "E1")
    assert issued(stopped).stands_as == "conditional"


def test_the_open_round_may_be_waived_before_anything_is_issued(
    engagement, manager, executive
):
    opened = feasibility.open_assessment(engagement=engagement, by=manager)
    answer(opened, "P1", "no", manager)

    waive(engagement, executive, "P1")

    assert waivers.standing_verdict(engagement, today=today()) is None
    assert not Event.objects.filter(verb="assessment.stands").exists()


def test_a_round_issued_under_a_waiver_is_conditional_from_the_start(
    stopped, manager, executive
):
    waiver = waive(stopped, executive)
    again = feasibility.open_assessment(engagement=stopped, by=manager)
    feasibility.issue_assessment(assessment=again, by=manager)
    assert issued(stopped).verdict == issued(stopped).stands_as == "conditional"

    waivers.end_waivers(now=after(waiver))

    assert issued(stopped).verdict == "conditional"
    assert issued(stopped).stands_as == "no_go"


def test_an_engagement_that_changed_does_not_change_what_its_round_asked(
    stopped, executive
):
    Engagement.objects.update(placement="edge", kind="layout")
    engagement = Engagement.objects.get()

    waive(engagement, executive)

    asked_of = issued(engagement).placement, issued(engagement).kind
    assert asked_of == ("on_prem", "anomaly")
    assert issued(engagement).stands_as == "conditional"


def test_a_waiver_holds_through_its_last_day_and_ends_on_the_next(stopped, executive):
    waiver = waive(stopped, executive, days=0)
    last_minute = after(waiver) - timedelta(minutes=6)

    assert waivers.end_waivers(now=last_minute) == 0
    assert waivers.end_waivers(now=after(waiver)) == 1

    # 00:05 in Tokyo is still the day before in UTC.
    assert after(waiver).astimezone(UTC).date() == waiver.until
    assert issued(stopped).stands_as == "no_go"
    waiver.refresh_from_db()
    assert waiver.ended_at == after(waiver)
    assert waiver.ended_by is None


def test_ending_twice_ends_and_tells_once(stopped, executive):
    waiver = waive(stopped, executive)
    Notice.objects.all().delete()

    ended = [waivers.end_waivers(now=after(waiver)) for _ in range(2)]
    # As of a second worker that had read the row before the first ended it.
    late = waivers._end(waiver, now=after(waiver), today=after(waiver).date())

    assert (ended, late) == ([1, 0], 0)
    assert Event.objects.filter(verb="waiver.ended").count() == 1
    told = [n.verb for n in Notice.objects.filter(reader=executive)]
    assert sorted(told) == ["assessment.stands", "waiver.ended"]


def test_the_task_ends_what_ran_out(stopped, executive):
    run_out(waive(stopped, executive))

    end_waivers()

    assert issued(stopped).stands_as == "no_go"


def test_it_is_ended_every_hour_from_five_past_midnight_in_tokyo(settings):
    entry = settings.CELERY_BEAT_SCHEDULE["end-waivers"]

    assert entry["task"] == end_waivers.name
    assert entry["schedule"].minute == {5}
    assert len(entry["schedule"].hour) == 24
    assert settings.CELERY_TIMEZONE == "Asia/Tokyo"


def test_a_waiver_that_ran_out_can_be_given_again_before_the_task_has_run(
    stopped, executive
):
    run_out(waive(stopped, executive))

    waive(stopped, executive)

    assert Waiver.objects.filter(ended_at__isnull=True).count() == 1


def test_the_management_of_the_other_side_may_withdraw(stopped, executive):
    boss = person("boss", stopped.provider, "executive")
    waiver = waive(stopped, executive)

    waivers.withdraw_waiver(waiver=waiver, password=PASSWORD, by=boss)

    assert waiver.ended_by == boss
    assert issued(stopped).stands_as == "no_go"
    assert Notice.objects.filter(reader=executive, verb="waiver.withdrawn").exists()
    with pytest.raises(ValidationError, match="ended already"):
        waivers.withdraw_waiver(waiver=waiver, password=PASSWORD, by=boss)


def test_only_management_waives_and_withdraws(stopped, manager, executive):
    waiver = waive(stopped, executive)
    others = [
        manager,
        person("engineer", stopped.provider, "engineer"),
        person("administrator", stopped.provider, "administrator"),
        person("their-manager", stopped.customer, "project_manager"),
    ]

    for reader in others:
        with pytest.raises(PermissionDenied):
            waive(stopped, reader)
        with pytest.raises(PermissionDenied):
            waivers.withdraw_waiver(waiver=waiver, password=PASSWORD, by=reader)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "not-it"}, "password is not right"),
        ({"reason": "  \n"}, "Give the reason"),
        ({"days": -1}, "last day must lie between"),
        ({"days": 367}, "last day must lie between"),
        ({"item_id": "P1"}, "Only an answer that stops"),
        ({"item_id": "ZZ"}, "Only an answer that stops"),
    ],
)
def test_what_cannot_be_waived_is_said_in_words(wrong, said, stopped, executive):
    with pytest.raises(ValidationError, match=said):
        waive(stopped, executive, **wrong)

    assert not Waiver.objects.exists()
    assert issued(stopped).stands_as == "no_go"


def test_a_wrong_password_withdraws_nothing(stopped, executive):
    waiver = waive(stopped, executive)

    with pytest.raises(ValidationError, match="password is not right"):
        waivers.withdraw_waiver(waiver=waiver, password="no", by=executive)

    assert issued(stopped).stands_as == "conditional"


def test_an_answer_is_waived_once_at_a_time(stopped, executive):
    waive(stopped, executive)

    with pytest.raises(ValidationError, match="waived already"):
        waive(stopped, executive)


def test_nothing_is_waived_in_an_engagement_that_ended(stopped, manager, executive):
    engagements.decline(engagement=stopped, because="できない", by=manager)

    with pytest.raises(ValidationError, match="has ended"):
        waive(stopped, executive)


# The gate ---------------------------------------------------------------------------


def offered(engagement, manager) -> Agreement:
    return sign(drafted(engagement, manager), Side.PROVIDER, manager)


def drafted(engagement, manager) -> Agreement:
    return agreements.draft_agreement(
        engagement=engagement,
        reason="初版",
        terms=Terms(),
        criteria=[CriterionDraft("f1", "at_least", Decimal("0.5"), None)],
        by=manager,
    )


def sign(agreement, side, by) -> Agreement:
    agreements.sign(agreement=agreement, side=side, password=PASSWORD, by=by)
    agreement.refresh_from_db()
    return agreement


def test_no_go_shuts_the_gate_and_a_waiver_opens_it(stopped, manager, executive):
    draft = drafted(stopped, manager)
    with pytest.raises(ValidationError, match="GO or CONDITIONAL"):
        sign(draft, Side.PROVIDER, manager)

    waive(stopped, executive)

    sign(draft, Side.PROVIDER, manager)
    agreement = sign(draft, Side.CUSTOMER, executive)
    assert agreement.status == AgreementStatus.IN_FORCE


def test_a_waiver_that_ran_out_shuts_the_gate_before_the_customer_signs(
    stopped, manager, executive
):
    waiver = waive(stopped, executive)
    agreement = offered(stopped, manager)
    # Nobody has ended it yet: the gate must not depend on the task.
    run_out(waiver)
    assert issued(stopped).stands_as == "conditional"

    with pytest.raises(ValidationError, match="GO or CONDITIONAL"):
        sign(agreement, Side.CUSTOMER, executive)

    agreement.refresh_from_db()
    assert agreement.status == AgreementStatus.OFFERED


def test_nothing_is_signed_in_an_engagement_that_was_declined(
    stopped, manager, executive
):
    waive(stopped, executive)
    agreement = offered(stopped, manager)
    engagements.decline(engagement=stopped, because="予算がない", by=manager)

    with pytest.raises(ValidationError, match="has ended"):
        sign(agreement, Side.CUSTOMER, executive)


def test_an_engagement_can_be_declined_while_its_agreement_waits(
    stopped, manager, executive
):
    waiver = waive(stopped, executive)
    offered(stopped, manager)
    engagements.advance(engagement=stopped, to=Stage.AGREEMENT, by=manager)
    waivers.end_waivers(now=after(waiver))

    engagements.decline(
        engagement=stopped, because="期限切れ", because_en="Ran out", by=manager
    )

    assert stopped.stage == Stage.DECLINED
    assert stopped.declined_because_en == "Ran out"
    verdict = waivers.standing_verdict(stopped, today=after(waiver).date())
    assert verdict is Verdict.NO_GO


# In the browser ---------------------------------------------------------------------


def test_management_waives_on_a_page_and_every_page_says_so(client, stopped, executive):
    client.force_login(executive)
    here = reverse("projects:feasibility", args=[stopped.pk])
    address = reverse("projects:waive", args=[stopped.pk, "P7"])
    assert address in client.get(here).text
    page = client.get(address)
    assert "Will both sides agree the goal before work starts?" in page.text
    assert "NO-GO" in page.text
    assert "CONDITIONAL" in page.text

    typed = {"reason": "<b>来月</b>", "until": today().isoformat()}
    refused = client.post(address, typed | {"password": "wrong"})
    assert "The password is not right. Nothing was changed." in refused.text
    done = client.post(address, typed | {"password": PASSWORD}, follow=True)

    assert "P7 is waived until" in done.text
    for name in ("projects:team", "projects:agreements", "dashboards:engagement"):
        page = client.get(reverse(name, args=[stopped.pk])).text
        assert "P7 is waived until" in page
        assert "&lt;b&gt;来月&lt;/b&gt;" in page
    again = client.get(address, follow=True)
    assert again.status_code == 200


def test_management_withdraws_on_a_page(client, stopped, executive):
    waiver = waive(stopped, executive)
    client.force_login(executive)
    here = reverse("projects:feasibility", args=[stopped.pk])
    address = reverse("projects:waiver_withdraw", args=[waiver.pk])
    assert address in client.get(here).text

    assert "not right" in client.post(address, {"password": "wrong"}).text
    done = client.post(address, {"password": PASSWORD}, follow=True)

    assert "is waived until" not in done.text
    assert "This waiver has ended already." in client.get(address).text


def test_what_does_not_stop_the_engagement_offers_no_waiver(client, stopped, executive):
    client.force_login(executive)

    page = client.get(reverse("projects:waive", args=[stopped.pk, "P1"]), follow=True)

    assert "Only an answer that stops the engagement can be waived." in page.text


def test_a_question_of_the_organisation_is_waived_in_its_own_words(
    client, engagement, manager, executive
):
    fields = {
        "group": "problem",
        "ja": "社内の承認はあるか",
        "en": "Is there an approval?",
        "short": {"ja": "承認", "en": "the approval"},
        "type": "yes_no",
        "block": "hard",
        "due": "screen",
        "sources": ["own"],
    }
    OwnItem.objects.create(
        organisation=engagement.provider,
        item_id="OWN-1",
        fields=fields,
        written_by=manager,
    )
    opened = feasibility.open_assessment(engagement=engagement, by=manager)
    answer(opened, "OWN-1", "no", manager)
    waive(engagement, executive, "OWN-1")
    client.force_login(executive)

    page = client.get(reverse("projects:team", args=[engagement.pk]))

    assert "Is there an approval?" in page.text
