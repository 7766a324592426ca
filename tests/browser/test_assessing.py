"""Feasibility in Chromium: answered, answered at once by two, issued, on paper."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser import assessing
from tests.browser.looking import watch

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_an_answer_saves_itself_and_the_verdict_follows(house):
    address = f"{house.address}/engagements/{house.engagements['measured']}"
    with house.page_of("manager-en") as page:
        page.goto(f"{address}/feasibility/")
        page.locator('.verdict-side [name="due"]').select_option("screen")
        page.locator(".verdict-side form .btn").click()

        page.locator("#P1 .a-no").click()

        expect(page.locator("#kept-P1")).to_contain_text("Saved")
        expect(page.locator("#verdict-live .v")).to_contain_text("NO-GO")
        # What was saved is there for the next reader, and the way back works too.
        page.reload()
        assert page.locator('#P1 input[value="no"]').is_checked()
        page.locator("#P1 .a-yes").click()
        expect(page.locator("#verdict-live .v")).to_contain_text("GO")
        expect(page.locator("#verdict-live .v")).not_to_contain_text("NO-GO")


WORDS = {"ja": ("条件付き", "第1回の判定"), "en": ("CONDITIONAL", "Verdict of round 1")}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_engagement_is_issued_conditional_with_two_tasks(house, language, tmp_path):
    """From an intake over twelve answers to a verdict with who sees to it."""
    conditional, issued = WORDS[language]
    minutes = tmp_path / "minutes.txt"
    minutes.write_text("agreed", encoding="utf-8")
    with house.page_of(f"manager-{language}") as page:
        wrong = watch(page.context, house.address)
        engagement = assessing.take_in(page, house.address, f"変圧器 {language}")
        assessing.start(page, engagement)
        assessing.answer_screening(page, {"D2": "partial", "K1": "partial"})
        live = page.locator("#verdict-live")
        expect(live.locator(".v").first).to_contain_text(conditional)
        # Nobody sees to the two conditions yet: the button waits, and says for what.
        expect(live.locator(".btn-main")).to_have_attribute("aria-disabled", "true")
        assessing.attach(page, "P7", minutes)
        assessing.plan(page, "D2", "単位を決める")
        assessing.plan(page, "K1", "手がかりを数値にする")
        expect(live.locator(".why small")).to_have_count(2)

        assessing.issue(page, conditional)

        expect(live).to_contain_text(issued)
        expect(live.locator(".why li")).to_have_count(2)
        assert page.locator('main input[name="value"]').count() == 0
        assert not wrong, "\n".join(wrong)


def test_two_who_answer_at_once_see_both_answers_and_choose(house):
    with (
        house.page_of("manager-en") as page,
        house.page_of("administrator-en") as other,
    ):
        engagement = assessing.take_on(page, house.address, "二人で答える")
        assessing.start(page, engagement)
        other.goto(f"{engagement}feasibility/")
        assessing.answer(page, "P1", "yes")

        other.locator("#P1 .a-no").click()

        clash = other.locator("#clash-P1")
        expect(clash).to_contain_text("answered this question meanwhile")
        clash.get_by_role("button", name="Put mine in its place").click()
        expect(other.locator("#kept-P1")).to_contain_text("Saved")
        expect(clash).to_be_empty()
        # What was put in its place can be changed again at once.
        assessing.answer(other, "P1", "partial")
        page.reload()
        assert page.locator('#P1 input[value="partial"]').is_checked()


def test_answering_works_by_keyboard_and_without_javascript(house):
    with house.page_of("manager-en") as page:
        engagement = assessing.take_on(page, house.address, "手だけで答える")
        assessing.start(page, engagement)
        page.locator('#P1 input[value="yes"]').focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#kept-P1")).to_contain_text("Saved")
        assert page.locator('#P1 input[value="partial"]').is_checked()
        # The focus stays where it was.
        assert page.evaluate("document.activeElement.value") == "partial"
    with house.page_of("manager-en", java_script_enabled=False) as page:
        page.goto(f"{engagement}feasibility/")
        page.locator("#P7 .a-yes").click()
        page.locator("#P7").get_by_role("button", name="Save").click()
        expect(page.locator("#said")).to_contain_text("The answer to P7 is kept.")
        page.locator("#P7 .q-open").click()
        expect(page.locator("main")).to_contain_text("Nothing backs this answer yet.")


def test_an_answer_given_after_signing_out_stays_and_is_said_to_be_unsaved(house):
    with house.page_of("manager-en") as page:
        engagement = assessing.take_on(page, house.address, "席を外したあと")
        assessing.start(page, engagement)
        page.context.clear_cookies(name="sessionid")

        page.locator("#P1 .a-yes").click()

        expect(page.locator("#P1 [data-signed-out]")).to_be_visible()
        expect(page.locator("#P1 [data-unsaved]")).to_be_hidden()
        assert page.locator('#P1 input[value="yes"]').is_checked()


def test_open_questions_are_filled_in_elsewhere_and_taken_in(house, tmp_path):
    address = f"{house.address}/engagements/{house.engagements['offline']}"
    with house.page_of("manager-en") as page:
        page.goto(f"{address}/feasibility/fill/")
        with page.expect_download() as coming:
            page.locator('a[href$="open.xlsx"]').click()
        form = tmp_path / "form.xlsx"
        coming.value.save_as(form)
        book = load_workbook(form)
        sheet = book.worksheets[0]
        at = {sheet.cell(n, 1).value: n for n in range(5, sheet.max_row + 1)}
        sheet.cell(at["P1"], 4).value = "一部 / Partly"
        sheet.cell(at["P7"], 4).value = "=1+1"
        book.save(form)

        bring(page, form)
        expect(page.get_by_role("alert")).to_contain_text(f"D{at['P7']}")
        expect(page.get_by_role("alert")).to_contain_text("It holds a formula.")

        sheet.cell(at["P7"], 4).value = "はい / Yes"
        book.save(form)
        page.locator("main .btn-main").click()
        bring(page, form)
        expect(page.locator("main")).to_contain_text("2 new answers")
        page.locator("main form .btn-main").click()
        page.wait_for_url(f"{address}/feasibility/")
        expect(page.locator(".toast, .said, main")).to_contain_text(["2 answers"])


def bring(page: Page, form: Path) -> None:
    """Choose the filled form and look at what it would change."""
    page.locator('input[type="file"]').set_input_files(form)
    page.locator("main form .btn").first.click()


@pytest.mark.parametrize("kind", ["round", "letter"])
def test_a_sheet_prints_on_one_page_and_is_kept_as_a_tagged_pdf(house, tmp_path, kind):
    inside = f"/engagements/{house.engagements['declined']}"
    path = f"{inside}/letter/"
    if kind == "round":
        path = f"{inside}/feasibility/rounds/1/paper/"
    with house.page_of("manager-ja") as page:
        page.goto(house.address + path)
        printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
        with page.expect_download() as coming:
            page.locator("main .btn-main").click()
        coming.value.save_as(tmp_path / "kept.pdf")

    kept = PdfReader(tmp_path / "kept.pdf")
    assert len(printed.pages) == len(kept.pages) == 1
    assert kept.trailer["/Root"]["/MarkInfo"]["/Marked"].value
    for sheet in (printed, kept):
        text = sheet.pages[0].extract_text()
        assert "NO-GO" in text
        assert "実施不可" in text
