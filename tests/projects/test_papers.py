"""The sheet of a round and the letter of a declined engagement: page and PDF."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from projects import letter, round_paper
from projects.checklist import Due
from projects.declining import hindrances, proposed_reason
from projects.models import Engagement, Event, OwnItem, Stage
from projects.services import feasibility, waivers
from projects.services import tasks as task_services
from tests.conftest import PASSWORD
from tests.projects.answers import FULL, judged
from tests.test_access import OWN_ITEM


def answer(assessment, by, **other):
    """Every screening question, in favour but for those named."""
    for item in assessment.checklist.items:
        if item.due is Due.SCREEN:
            usual = "yes" if "yes" in item.answers else item.answers[0]
            value = "anomaly" if item.id == "D8" else other.get(item.id, usual)
            feasibility.give_answer(
                assessment=assessment,
                item_id=item.id,
                value=value,
                number=None,
                note=f"{item.id}のメモ" if value in ("no", "partial") else "",
                by=by,
            )


@pytest.fixture
def opened(engagement, manager):
    return feasibility.open_assessment(engagement=engagement, by=manager)


@pytest.fixture
def conditional(engagement, opened, manager):
    """A round issued as CONDITIONAL, its one condition in hand."""
    answer(opened, manager, D1="partial")
    task_services.plan_task(
        engagement=engagement,
        item_id="D1",
        what="入力の一覧を作る",
        owner=manager,
        due_on=timezone.localdate() + timedelta(days=9),
        by=manager,
    )
    return feasibility.issue_assessment(assessment=opened, by=manager)


def words(assessment, by, language=None):
    return round_paper.words_of(assessment, by=by, at=timezone.now(), language=language)


def text_of(response) -> str:
    reader = PdfReader(BytesIO(response.content))
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value
    return reader.pages[0].extract_text()


def page(client, name, *on, query=""):
    answered = client.get(reverse(f"projects:{name}", args=on) + query)
    assert answered.status_code == 200
    return answered


# The sheet of a round --------------------------------------------------------------


def test_an_issued_round_tells_verdict_reason_task_and_who_issued_it(
    client, conditional, manager
):
    client.force_login(manager)
    on = (conditional.engagement_id, 1)

    text = text_of(page(client, "round_pdf", *on))
    shown = page(client, "round_paper", *on).text

    day = timezone.localdate() + timedelta(days=9)
    for said in ("条件付き", "CONDITIONAL", "D1", "入力の一覧を作る", "D1のメモ"):
        assert said in text
        assert said in shown
    for said in (f"by {day.day} {day:%B %Y}", "round 1", "2026-1", "12 of 12"):
        assert said in " ".join(text.split())
    assert "A draft" not in text
    assert "If D1 becomes no, it is NO-GO." in shown


def test_an_open_round_is_a_draft_with_its_answers_of_now(client, opened, manager):
    client.force_login(manager)
    answer(opened, manager, P7="no")

    text = text_of(page(client, "round_pdf", opened.engagement_id, 1))

    for said in ("確定前の案です。", "A draft", "NO-GO", "実施不可"):
        assert said in text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_sheet_may_be_in_one_language(client, conditional, manager, language):
    client.force_login(manager)
    on = (conditional.engagement_id, 1)

    text = text_of(page(client, "round_pdf", *on, query=f"?in={language}"))
    shown = page(client, "round_paper", *on, query=f"?in={language}").text

    both = {"ja": "条件付き", "en": "CONDITIONAL"}
    other = both["en" if language == "ja" else "ja"]
    assert both[language] in text
    assert other not in text
    assert f"paper.pdf?in={language}" in shown
    article = shown.partition("<article")[2].partition("</article>")[0]
    assert other not in article


def test_a_waiver_prints_and_what_the_round_stands_as_now(
    client, engagement, opened, manager, executive
):
    answer(opened, manager, P7="no")
    issued = feasibility.issue_assessment(assessment=opened, by=manager)
    waivers.give_waiver(
        engagement=engagement,
        item_id="P7",
        reason="来月の会議で合意する",
        until=timezone.localdate() + timedelta(days=20),
        password=PASSWORD,
        by=executive,
    )
    issued.refresh_from_db()
    client.force_login(manager)

    text = text_of(page(client, "round_pdf", engagement.pk, 1))

    for said in ("NO-GO", "now stands as CONDITIONAL", "来月の会議で合意する"):
        assert said in text
    assert "executive, 委託" in text


def test_a_waiver_of_a_question_that_is_gone_still_prints(
    engagement, opened, manager, executive
):
    engagement.waivers.create(
        item_id="OWN-9",
        reason="なし",
        until=timezone.localdate(),
        organisation=engagement.customer,
        given_by=executive,
    )

    (told,) = words(opened, manager)["waivers"]
    assert told["id"] == "OWN-9"
    assert told["said"]["ja"].startswith("(")


def test_a_round_full_of_reasons_still_fits_its_page(client, engagement, manager):
    """At its worst: every question of every step against, each with a long note."""
    assessment = feasibility.open_assessment(
        engagement=engagement, by=manager, due=Due.PRODUCTION
    )
    for item in assessment.checklist.asked("on_prem", "anomaly"):
        value = item.against if item.against in item.answers else item.answers[-1]
        feasibility.give_answer(
            assessment=assessment,
            item_id=item.id,
            value=value,
            number=None,
            note="長い説明 " * 60,
            by=manager,
        )
    client.force_login(manager)

    text = text_of(page(client, "round_pdf", engagement.pk, 1))

    told = words(assessment, manager)
    assert len(told["reasons"]) == round_paper.MOST
    assert told["reasons"][0]["note"].endswith("…")
    assert told["more"]["en"] in text
    decides = [row["decides"] for row in told["reasons"]]
    assert decides == sorted(decides, reverse=True)


def test_the_digest_follows_every_answer_and_nothing_else(opened, manager):
    first = words(opened, manager)["foot"]["digest"]
    assert words(opened, manager, "ja")["foot"]["digest"] == first

    feasibility.give_answer(
        assessment=opened, item_id="P1", value="yes", number=None, note="", by=manager
    )
    second = words(opened, manager)["foot"]["digest"]
    feasibility.give_answer(
        assessment=opened,
        item_id="T2",
        value="",
        number=Decimal(3),
        note="",
        by=manager,
    )

    third = words(opened, manager)["foot"]["digest"]
    assert len({each["en"] for each in (first, second, third)}) == 3


def test_an_own_question_is_printed_with_its_words(engagement, manager):
    OwnItem.objects.create(
        organisation=engagement.provider,
        item_id="OWN-1",
        fields=OWN_ITEM | {"choices": [*OWN_ITEM["choices"], NOT_DONE]},
        written_by=manager,
    )
    assessment = feasibility.open_assessment(engagement=engagement, by=manager)
    answer(assessment, manager)
    feasibility.give_answer(
        assessment=assessment,
        item_id="OWN-1",
        value="c3",
        number=None,
        note="",
        by=manager,
    )

    (reason,) = words(assessment, manager)["reasons"]
    assert (reason["id"], reason["task"]) == ("OWN-1", None)
    assert "third-party check" in reason["why"]["en"].lower()


NOT_DONE = {"id": "c3", "ja": "未実施", "en": "Not done", "counts": "no"}


# Declining -------------------------------------------------------------------------


def test_the_verdict_proposes_the_reason_in_both_languages():
    stopped = judged({"P7": "no", "E1": "no"})
    proposed = proposed_reason(stopped)

    assert "実施不可" in proposed.ja
    assert "Agreement on the goal before work: no; " in proposed.en
    assert [each.item_id for each in hindrances(stopped, FULL)] == ["P7", "E1"]


def test_a_verdict_that_stops_nothing_proposes_nothing():
    assert proposed_reason(judged()) == letter.Text(ja="", en="")
    assert hindrances(judged({"D1": "partial"}), FULL) == ()


def decline(client, engagement, **typed):
    address = reverse("projects:engagement_decline", args=[engagement.pk])
    return client.post(address, {"because": "予算がない", **typed})


def test_the_page_to_decline_proposes_what_the_letter_will_say(
    client, engagement, opened, manager
):
    client.force_login(manager)
    answer(opened, manager, P7="no")

    shown = page(client, "engagement_decline", engagement.pk).text

    assert "実現性評価の判定は「実施不可」でした。" in shown
    assert "The feasibility assessment came out as NO-GO." in shown
    assert "Will both sides agree the goal before work starts?" in shown


def test_a_declined_engagement_has_its_letter_for_both_sides(
    client, engagement, opened, manager, executive
):
    client.force_login(manager)
    answer(opened, manager, P7="no", E1="no")
    feasibility.issue_assessment(assessment=opened, by=manager)

    answered = decline(client, engagement, because_en="There is no budget.")

    assert answered.url == reverse("projects:letter", args=[engagement.pk])
    client.force_login(executive)
    text = text_of(page(client, "letter_pdf", engagement.pk))
    shown = page(client, "letter", engagement.pk).text
    for said in (
        "予算がない",
        "There is no budget.",
        "NO-GO",
        "実施不可",
        "E1",
        "委託 御中",
    ):
        assert said in text
        assert said in shown
    assert "What would have to change" in text
    engagement.refresh_from_db()
    assert engagement.declined_because_en == "There is no budget."
    # Asked again, the page to decline leads to the letter.
    client.force_login(manager)
    assert decline(client, engagement).url == answered.url


def test_without_a_round_the_letter_gives_the_reason_alone(client, engagement, manager):
    client.force_login(manager)
    shown = page(client, "engagement_decline", engagement.pk).text
    assert "The verdict proposes these words" not in shown

    decline(client, engagement)

    text = text_of(page(client, "letter_pdf", engagement.pk))
    assert text.count("予算がない") == 1
    assert "What would have to change" not in text


def test_a_letter_about_a_round_that_stops_nothing_names_nothing_to_change(
    client, conditional, manager
):
    client.force_login(manager)
    decline(client, conditional.engagement)

    text = text_of(page(client, "letter_pdf", conditional.engagement_id))
    assert "CONDITIONAL" in text
    assert "What would have to change" not in text


def test_a_waiver_that_ends_later_does_not_rewrite_the_letter(
    client, engagement, opened, manager, executive
):
    answer(opened, manager, P7="no")
    feasibility.issue_assessment(assessment=opened, by=manager)
    waiver = waivers.give_waiver(
        engagement=engagement,
        item_id="P7",
        reason="調整中",
        until=timezone.localdate() + timedelta(days=3),
        password=PASSWORD,
        by=executive,
    )
    client.force_login(manager)
    decline(client, engagement)
    engagement.refresh_from_db()
    before = letter.words_of(engagement, by=manager, at=timezone.now(), language=None)

    waivers.withdraw_waiver(waiver=waiver, password=PASSWORD, by=executive)

    after = letter.words_of(engagement, by=manager, at=timezone.now(), language=None)
    assert after["parts"] == before["parts"]
    assert after["parts"][1]["verdict"]["tone"] == "conditional"


def test_a_letter_outlives_its_event_and_whoever_wrote_it(
    engagement, manager, executive
):
    Engagement.objects.update(stage=Stage.DECLINED, declined_because="予算がない")
    engagement.refresh_from_db()
    at = timezone.now()

    told = letter.words_of(engagement, by=executive, at=at, language=None)
    assert told["who"]["ja"] == "manager"

    Event.objects.create(engagement=engagement, verb="engagement.declined")
    told = letter.words_of(engagement, by=executive, at=at, language=None)
    assert told["who"]["ja"] == "manager"


def test_before_declining_only_who_may_decline_reads_a_draft(
    client, engagement, opened, manager, executive
):
    answer(opened, manager, P7="no")
    client.force_login(manager)

    text = text_of(page(client, "letter_pdf", engagement.pk))

    assert "A draft: nothing is declined." in text
    assert "came out as NO-GO" in " ".join(text.split())
    client.force_login(executive)
    for name in ("letter", "letter_pdf"):
        address = reverse(f"projects:{name}", args=[engagement.pk])
        assert client.get(address).status_code == 403


def test_a_refusal_to_decline_is_told_on_the_page(client, engagement, manager):
    client.force_login(manager)
    Engagement.objects.update(stage=Stage.ACCURACY)

    answered = decline(client, engagement)

    assert "can be declined until its goal is agreed" in answered.text


def test_only_a_round_that_stands_against_leads_to_declining(
    conditional, engagement, manager
):
    assert not round_paper.is_declinable(conditional)
    conditional.stands_as = "no_go"
    assert round_paper.is_declinable(conditional)
    conditional.engagement.stage = Stage.ACCURACY
    assert not round_paper.is_declinable(conditional)


def test_more_waivers_answers_and_tasks_make_no_more_queries(
    client, engagement, opened, manager, executive
):
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, "round_paper", engagement.pk, 1)
        return len(queries)

    def more(*item_ids: str) -> None:
        for item_id in item_ids:
            engagement.waivers.create(
                item_id=item_id,
                reason="調整中",
                until=timezone.localdate(),
                organisation=engagement.customer,
                given_by=executive,
            )
            engagement.tasks.create(
                item_id=item_id,
                what="直す",
                owner=manager,
                due_on=timezone.localdate(),
                opened_by=manager,
            )

    client.force_login(manager)
    answer(opened, manager, P7="no")
    more("P7")
    few = counted()

    answer(opened, manager, P7="no", E1="no", P1="no", D1="no")
    more("E1", "P1", "D1")

    assert counted() == few
