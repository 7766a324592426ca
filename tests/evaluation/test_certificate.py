"""The certificate of an accepted stage, and what makes it genuine."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from evaluation import certificate
from evaluation.models import ErrorAcceptance, Review, ReviewStatus, Run
from projects.linking import canonical, digest_of
from projects.models import Agreement, Link, Organisation, Stage
from tests.conftest import person
from tests.evaluation.test_stages import (
    accepted,
    day_of,
    errors_accepted,
    in_operation,
    planned,
    ran,
    signed,
)
from tests.past import past_the_guard

__all__ = ["signed"]  # a fixture
ADDRESS = "https://kenshu.example/reviews/1/verify/?seal=0"


@pytest.fixture
def review(signed, manager, executive) -> Review:
    """The initial judgement, accepted by both sides."""
    run = ran(signed, manager)
    return accepted(signed, Stage.INITIAL, run, manager, executive)


def words(review, by, language=None):
    fresh = Review.objects.select_related("run__upload").get(pk=review.pk)
    return certificate.words_of(
        fresh, by=by, at=timezone.now(), language=language, address=ADDRESS
    )


def got(client, name, review, query=""):
    return client.get(reverse(f"evaluation:{name}", args=[review.pk]) + query)


def text_of(response) -> str:
    reader = PdfReader(BytesIO(response.content))
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value
    return reader.pages[0].extract_text()


def failing(review, seal=None) -> list[str]:
    fresh = Review.objects.get(pk=review.pk)
    return [c.name.en for c in certificate.checks(fresh, seal) if not c.holds]


def test_a_certificate_is_one_page_in_both_languages(client, review, manager):
    client.force_login(manager)

    text = text_of(got(client, "certificate_pdf", review))
    shown = got(client, "certificate", review).text

    run = Run.objects.get()
    last = review.signatures.last().link
    for said in (
        *("検収書", "Certificate of acceptance", "初期判定", "Initial judgement"),
        *(review.agreement.digest, run.sha256, last.digest, "a.csv"),
        *("PASS", "合格", "manager", "executive"),
    ):
        assert said in text.replace("\n", "")
        assert said in shown
    assert "<svg" in shown
    assert f"?seal={last.digest[:16]}" in shown


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_certificate_may_be_in_one_language(client, review, manager, language):
    client.force_login(manager)

    text = text_of(got(client, "certificate_pdf", review, f"?in={language}"))

    assert ("検収済み" in text) is (language == "ja")
    assert ("ACCEPTED" in text) is (language == "en")


def test_every_criterion_of_the_stage_stands_with_what_was_measured(review, manager):
    rows = words(review, manager)["criteria"]

    assert len(rows) == 2
    miss = next(row for row in rows if "5.00%" in row["agreed"]["en"])
    assert miss["agreed"] == {"ja": "5.00%以下", "en": "at most 5.00%"}
    assert miss["outcome"]["en"] == "PASS"
    assert miss["measured"]["en"].startswith("0.00% (")


def test_a_criterion_of_a_segment_names_it(review, manager):
    one = certificate.CriterionVerdict.objects.first()
    one.segment = "夜勤"

    name = certificate._criterion(one)["name"]

    assert name["ja"].endswith(" 夜勤")
    assert name["en"].endswith(", 夜勤")


def test_the_errors_that_were_borne_on_the_day_are_told_in_yen(
    review, manager, executive, signed
):
    run = Run.objects.get()
    errors_accepted(signed, run, executive)
    later = accepted(signed, Stage.ACCURACY, run, manager, executive)

    # The earlier stage was accepted before anybody bore them.
    assert words(review, manager)["errors"] == []
    (said,) = words(later, manager)["errors"]
    assert "月に誤検知4件・見逃し1件、1,000円(900円〜1,100円)まで。" in said["ja"]
    assert "¥1,000 (¥900–¥1,100)" in said["en"]
    assert said["en"].startswith("A month, false alarms: 4, misses: 1, up to ")
    assert said["en"].endswith("Accepted by executive")
    # Replaced afterwards, they still stand on this certificate.
    ErrorAcceptance.objects.update(
        ended_at=timezone.now() + timedelta(days=1), ended_because="replaced"
    )
    assert len(words(later, manager)["errors"]) == 1
    ErrorAcceptance.objects.update(ended_at=review.ended_at)
    assert words(later, manager)["errors"] == []


def test_the_errors_of_a_forecast_are_told_in_units(review, executive, signed):
    borne = errors_accepted(signed, Run.objects.get(), executive)
    borne.refresh_from_db()
    borne.engagement.kind = "demand_forecast"

    said = certificate._borne(borne)

    assert said["ja"].startswith("月に過剰4・不足1、")
    assert "4 units too many and 1 too few" in said["en"]
    # Prices without a band need none here either.
    borne.yen_low = borne.yen_high = borne.yen_a_month
    alone = certificate._borne(borne)
    assert "1,000円まで。" in alone["ja"]
    assert "up to ¥1,000, until" in alone["en"]


def test_figures_that_read_alike_stand_once(review):
    one = certificate.CriterionVerdict.objects.first()

    alike = certificate._measured(one, "share")
    money = certificate._measured(one, "money")

    assert alike["ja"] == alike["en"]
    assert money["ja"] != money["en"]


def test_operation_is_certified_by_its_days_without_a_run(
    client, signed, manager, executive
):
    in_operation(signed, manager, executive)
    planned(signed, manager, executive)
    for ago in (20, 21, 22):
        day_of(signed, manager, ago=ago)
    agreement = signed.agreements.get()
    closed = Review.objects.create(
        engagement=signed,
        stage=Stage.OPERATION,
        agreement=agreement,
        evidence=canonical(
            {
                "agreement": {"digest": agreement.digest},
                "run": None,
                "needed": [
                    {
                        "key": "days",
                        "is_met": True,
                        "name": {"ja": "運用した日数", "en": "Days in operation"},
                        "now": {"ja": "3日中3日", "en": "3 of 3 days"},
                    },
                ],
            }
        ),
        status=ReviewStatus.ACCEPTED,
        opened_by=manager,
        ended_at=timezone.now(),
    )
    client.force_login(executive)

    text = text_of(got(client, "certificate_pdf", closed))

    assert "Production operation" in text
    assert "運用した日数" in text
    assert "3 of 3" in text
    assert words(closed, manager)["criteria"] == []
    assert len(words(closed, manager)["needed"]) == 1


# Is it genuine? --------------------------------------------------------------------


def test_an_untouched_acceptance_holds(client, review, executive):
    client.force_login(executive)
    seal = certificate.seal_of(review)[: certificate.SEAL]

    shown = got(client, "verify", review, f"?seal={seal}").text

    assert "Yes. The acceptance of" in shown
    assert failing(review, seal) == []
    assert words(review, executive)["is_whole"]


@pytest.mark.parametrize("seal", ["", "0" * 16, "short", "0" * 64])
def test_a_paper_with_another_seal_is_not_of_this_acceptance(review, seal):
    assert failing(review, seal) == ["The seal on the paper is of this one"]


def test_half_a_seal_is_none(review):
    assert failing(review, certificate.seal_of(review)[:8])
    assert failing(review, certificate.seal_of(review))


TAMPERED = {
    "a link": (Link, {"body": "{}"}, "The chain is whole"),
    "an unreadable link": (Link, {"body": "no json"}, "Both sides signed"),
    "a link of another kind": (Link, {"body": "[]"}, "The evidence is what was signed"),
    "the evidence": (Review, {"evidence": "{}"}, "The evidence is what was signed"),
    "no evidence": (Review, {"evidence": "no json"}, "The file measured"),
    # The database holds a version to its own digest, so both are changed.
    "the agreement": (
        Agreement,
        {"canonical": "{}", "digest": digest_of("{}")},
        "The agreement has its",
    ),
    "the file": (Run, {"sha256": "0" * 64}, "The file measured has its"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_since_is_named(what, client, review, executive):
    model, change, told = TAMPERED[what]
    past_the_guard(model).update(**change)

    assert any(name.startswith(told) for name in failing(review))
    client.force_login(executive)
    assert "No. Something about the acceptance" in got(client, "verify", review).text
    assert not words(review, executive)["is_whole"]
    text = text_of(got(client, "certificate_pdf", review)).replace("\n", " ")
    assert "一致しない指紋があります" in text


def test_a_signature_that_went_missing_is_noticed(review):
    review.signatures.first().delete()

    assert failing(review) == ["Both sides signed this acceptance"]


def test_what_is_not_accepted_has_no_certificate(client, review, manager, executive):
    Review.objects.update(status=ReviewStatus.REJECTED, reason="まだ")
    client.force_login(manager)

    for name in ("certificate", "certificate_pdf", "verify"):
        assert got(client, name, review).status_code == 404


def test_a_stranger_finds_no_certificate(client, review, engagement):
    other = Organisation.objects.create(name="他社", kind="provider")
    client.force_login(person("other", other, "project_manager"))

    assert got(client, "verify", review).status_code == 404
