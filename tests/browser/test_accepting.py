"""Agreements in Chromium: written in sentences, signed, work accepted and certified."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser import accepting
from tests.browser.house import PASSWORD
from tests.browser.looking import faults_of, watch

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.house import House

pytestmark = pytest.mark.browser


def kept_as(page: Page, sentence: str) -> None:
    """Wait until the preview says so by itself, keep it, and find it in the draft."""
    expect(page.locator("#preview")).to_contain_text(sentence)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/edit/$"))
    expect(page.locator("main")).to_contain_text(sentence)


def test_an_agreement_is_written_in_sentences_and_signed_by_both(house):
    inside = f"{house.address}/engagements/{house.engagements['drafted']}"
    with house.page_of("manager-en") as page:
        wrong = watch(page.context, house.address)
        page.goto(f"{inside}/agreements/new/")
        page.locator('[name="reason"]').fill("Before the winter season")
        page.get_by_label("Fewer misses").check()
        page.get_by_role("button", name="Begin the draft").click()
        page.wait_for_url(re.compile(r"/edit/$"))
        draft = page.url
        expect(page.locator("main")).to_contain_text("見逃し率は95%の確信で1%以下")

        page.get_by_role("link", name="Change (What is expected").click()
        page.locator('[name="events_a_year"]').fill("40")
        kept_as(page, "40 real events a year are expected.")
        expect(page.locator(".doubt").first).to_contain_text("299")
        page.get_by_role("link", name="Add a criterion").click()
        page.locator('[name="metric"]').select_option("precision")
        page.locator('[name="bound"]').select_option("at_least")
        page.locator('[name="limit"]').fill("40")
        expect(page.locator("#preview")).to_contain_text("Write “40%” with its sign.")
        page.locator('[name="limit"]').fill("40%")
        kept_as(page, "Precision at least 40%, with 95% confidence.")
        page.get_by_role("link", name="Change (Error budget").click()
        page.locator('[name="misses"]').fill("1")
        page.locator('[name="until"]').fill("2027-03-31")
        kept_as(page, "up to 1 miss a quarter, until 31 March 2027.")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(draft)
            wrong += faults_of(page)
            page.goto(draft.replace("edit/", "criteria/new/"))
            wrong += faults_of(page)

        page.goto(draft.replace("edit/", "sign/"))
        wrong += faults_of(page)
        expect(page.locator(".oath")).to_contain_text("with all 3 criteria as written")
        sign(page)
    with house.page_of("executive-en") as page:
        page.goto(draft.replace("edit/", "sign/"))
        sign(page)
        expect(page.locator(".head-title .v-pass")).to_contain_text("In force")
        page.get_by_role("link", name="Check that nothing was altered").click()
        expect(page.locator("main")).to_contain_text("Nothing was altered. ")
        assert page.get_by_text("Signature of agreement v2").count() == 2
    assert not wrong, "\n".join(wrong)


def test_without_javascript_a_criterion_is_shown_and_kept_too(house):
    inside = f"{house.address}/engagements/{house.engagements['layout']}"
    with house.page_of("manager-en", java_script_enabled=False) as page:
        page.goto(f"{inside}/agreements/new/")
        page.locator('[name="reason"]').fill("Without scripts")
        page.locator("main form .btn-main").click()
        page.get_by_role("link", name="Add a criterion").click()
        page.locator('[name="limit"]').fill("50%")
        page.get_by_role("button", name="Show how it reads").click()
        expect(page.locator("#preview")).to_contain_text("Share improved at least 50%")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("main")).to_contain_text("Share improved at least 50%")


def sign(page: Page) -> None:
    page.locator('[name="agreed"]').check()
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator("main form .btn-main").click()
    page.wait_for_url(re.compile(r"/agreements/\d+/$"))


def test_work_is_accepted_on_a_second_file_and_certified(house, tmp_path):
    """Agreement, both signatures, UNDECIDED, PASS, errors accepted, certificate."""
    engagement = f"{house.address}/engagements/{house.engagements['accepted']}/"
    few = accepting.detections(tmp_path, "few.csv", 20, 80)
    many = accepting.detections(tmp_path, "many.csv", 200, 800)
    with house.page_of("manager-en") as page:
        draft = accepting.draft(page, engagement)
        page.goto(draft.replace("edit/", "sign/"))
        accepting.sign(page)
    with house.page_of("executive-en") as page:
        page.goto(draft.replace("edit/", "sign/"))
        accepting.sign(page)
        expect(page.locator(".head-title .v-pass")).to_contain_text("In force")

    with house.page_of("engineer-en") as page:
        accepting.measured(page, engagement, few, "UNDECIDED")
        expect(page.locator("main")).to_contain_text("more cases")
        run = accepting.measured(page, engagement, many, "PASS")

    initial = accepted_by_both(house, engagement)
    with house.page_of("executive-en") as page:
        page.goto(f"{initial}certificate/")
        expect(page.locator("article")).to_contain_text("精度")
        page.goto(run)
        page.locator('form[action$="/accept/"] .btn-main').click()
        accepting.sign(page)
        expect(page.locator("#explorer .accepted")).to_contain_text("We accept up to")

    accuracy = accepted_by_both(house, engagement)
    with house.page_of("executive-en") as page:
        wrong = watch(page.context, house.address)
        page.goto(accuracy)
        page.get_by_role("link", name="Certificate of acceptance").click()
        paper = page.locator("article")
        for words in ("検収書", "many.csv", "PASS", "Accepted by executive-en"):
            expect(paper).to_contain_text(words)
        with page.expect_download() as coming:
            page.locator('a[href$="certificate.pdf"]').first.click()
        sheet = tmp_path / "certificate.pdf"
        coming.value.save_as(sheet)
        assert len(PdfReader(sheet).pages) == 1
        page.goto(f"{accuracy}verify/")
        expect(page.locator("main")).to_contain_text("is as both sides signed it")
        page.goto(f"{engagement}stages/")
        expect(page.locator("main section .v-pass")).to_have_count(2)
        assert not wrong, "\n".join(wrong)


def accepted_by_both(house: House, engagement: str) -> str:
    """The present stage put forward and signed by both; the review's address."""
    with house.page_of("manager-en") as page:
        review = accepting.put_forward(page, engagement)
        page.goto(f"{review}sign/")
        accepting.sign(page)
    with house.page_of("executive-en") as page:
        page.goto(f"{review}sign/")
        accepting.sign(page)
        expect(page.locator("main")).to_contain_text("Both sides have accepted")
    return review
