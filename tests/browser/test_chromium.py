"""Kenshu as Chromium shows it: a file becomes a verdict, and every page is readable.

All browser tests are in this one file, because each file starts a Kenshu of its own.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from shutil import make_archive
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser import accepting, assessing, drilling, files
from tests.browser.house import CHROMIUM, PASSWORD, PATIENCE, furnished, submit, upload
from tests.config.watching import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import BrowserContext, Page, Route

    from tests.browser.house import House

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A bell that got lost is rung again within two minutes.
MEASURING = 150_000
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
# What somebody who is not signed in reads.
OUTSIDE = (
    "login",
    "signup",
    "inactive",
    "password/reset",
    "password/reset/done",
    "password/reset/key/1-no-such-key",
    "password/reset/key/done",
)
EVERY_RULE = {"runOnly": RULES}
# Without light nothing changes but colours.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
VIEWS = (
    (1440, "light", EVERY_RULE),
    (1440, "dark", COLOURS),
    (390, "dark", COLOURS),
    (390, "light", EVERY_RULE),
)
# What follows a change of width or theme is drawn by then.
TWO_FRAMES = (
    "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
)


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed on this machine")
    with furnished(tmp_path_factory.mktemp("browser") / "var") as standing:
        yield standing


@pytest.fixture
def published() -> Path:
    folder = os.environ.get("KENSHU_REALDATA")
    if not folder:
        pytest.skip("KENSHU_REALDATA names no folder")
    return Path(folder)


def verdict_of(page: Page, word: str) -> str:
    """Wait for the page to turn into its verdict by itself; give its text."""
    judged(page)
    expect(page.locator(".head-title .v")).to_contain_text(word)
    # Some writers put a space before the percent sign, some do not.
    return re.sub(r"\s+%", "%", page.locator("main").inner_text())


def judged(page: Page) -> None:
    """Wait for a verdict, whichever; without one, say what the page says instead."""
    try:
        expect(page.locator(".head-title .v")).to_be_visible(timeout=MEASURING)
    except AssertionError as waited:
        raise AssertionError(page.locator("main").inner_text()) from waited


def count_in(page: Page, words: str) -> int:
    """The number of the cell of the confusion matrix that says these words."""
    cell = page.locator(".cm .c").filter(has_text=re.compile(rf"\d{words}$"))
    return int(cell.locator("b").inner_text().replace(",", ""))


@pytest.mark.realdata
def test_the_published_alarms_fail_their_criterion(house, published):
    with house.page_of("engineer-en") as page:
        upload(page, house, "anomaly", published / "anomaly/skab_t_squared.csv")
        submit(page)
        text = verdict_of(page, "FAIL")

        counts = {
            words: count_in(page, words)
            for words in ("caught", "false alarms", "missed", "rightly quiet")
        }
        assert counts == {
            "caught": 7331,
            "false alarms": 2119,
            "missed": 5440,
            "rightly quiet": 8911,
        }
        for figure in ("19.21%", "42.60%"):
            assert figure in text
        # The criterion's own line shows both sides of the comparison.
        line = page.locator(".vd").inner_text()
        assert re.search(r"\.6598", line), line
        assert re.search(r"\.66(00)?\b", line), line


@pytest.mark.realdata
def test_the_published_forecast_passes_its_criterion(house, published):
    with house.page_of("engineer-en") as page:
        file = published / "forecast/tepco_official_fy2022.csv"
        upload(page, house, "demand_forecast", file)
        submit(page)
        text = verdict_of(page, "PASS")

        assert re.search(r"\b0\.94%|\b0\.938", text), text


@pytest.mark.parametrize(
    ("language", "place"), [("ja", r"3行目.*y_pred"), ("en", r"[Rr]ow 3.*y_pred")]
)
def test_a_refused_file_is_told_by_row_and_column(house, tmp_path, language, place):
    file = tmp_path / "wrong.csv"
    file.write_text("y_true,y_pred\n0,0\n1,maybe\n0,1\n", encoding="utf-8")
    with house.page_of(f"engineer-{language}") as page:
        upload(page, house, "anomaly", file)
        submit(page)

        said = page.get_by_role("alert").locator("strong")
        expect(said).to_have_text(re.compile(place))
        expect(said).to_contain_text("maybe")


def test_a_folder_is_sent_as_one_zip_and_measured(house, tmp_path):
    folder = files.parted(tmp_path)
    with house.page_of("engineer-en") as page:
        wrong = watch(page.context, house.address)
        kept = house.engagements["anomaly"]
        page.goto(f"{house.address}/engagements/{kept}/runs/new/")
        with page.expect_file_chooser() as asked:
            page.get_by_role("button", name="Choose a folder").click()
        asked.value.set_files(folder)
        expect(page.locator("[data-upload-name]")).to_have_text("presses.zip")
        page.locator("form[data-upload] .btn-main").click()
        page.wait_for_url(re.compile(r"/uploads/[0-9a-f-]{36}/"))
        expect(page.locator("main")).to_contain_text("2 files · 400 rows")
        expect(page.locator('[name="segment"]')).to_have_value("segment")
        submit(page)
        judged(page)
        expect(page.locator("main")).to_contain_text("presses.zip · 2 files · 400 rows")
        expect(page.locator("main")).to_contain_text("1号機")
        assert not wrong, "\n".join(wrong)


def test_without_javascript_a_zip_is_sent_too(house, tmp_path):
    folder = files.parted(tmp_path)
    packed = make_archive(str(tmp_path / "plain"), "zip", folder.parent, folder.name)
    with house.page_of("engineer-ja", java_script_enabled=False) as page:
        kept = house.engagements["anomaly"]
        page.goto(f"{house.address}/engagements/{kept}/runs/new/")
        expect(page.locator("[data-folder]")).to_be_hidden()
        upload(page, house, "anomaly", Path(packed))
        expect(page.locator("main")).to_contain_text("2ファイル · 400行")
        expect(page.locator("main")).to_contain_text("フォルダーの名前から読んだ列")


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


def test_an_executive_comes_from_the_portfolio_to_the_segment_that_fails(
    house, tmp_path
):
    file = tmp_path / "lines.csv"
    file.write_bytes(drilling.lines(blind="3号機"))
    with house.page_of("engineer-en") as page:
        upload(page, house, "segments", file)
        submit(page)
        judged(page)
    with house.page_of("executive-en") as page:
        wrong = watch(page.context, house.address)
        page.goto(house.address)
        inside = f"/engagements/{house.engagements['segments']}/"
        page.locator(f'.pf a[href="{inside}accuracy/"]').click()
        drilling.follow_a_point(page)
        page.go_back()

        page.locator(".seg-fail a").focus()
        page.keyboard.press("Enter")

        main = page.locator("main")
        expect(main.locator("h2").first).to_have_text("3号機")
        expect(main.locator(".vd .v")).to_contain_text("FAIL")
        expect(main).to_contain_text("0 kept, 1 broken")
        draw_charts(page)
        assert not wrong, wrong


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


def test_the_demos_sign_ins_can_be_read_and_fill_the_form(house):
    found = []
    with house.with_demo() as address:
        for language in ("ja", "en"):
            with house.page_outside(locale=language) as page:
                wrong = watch(page.context, address)
                found += look(page, "demo", f"{address}/accounts/login/", language)
                sign_ins = page.locator("[data-fill]")
                assert sign_ins.count() == 6
                sign_ins.first.click()
                login = page.locator('[name="login"]')
                expect(login).to_have_value("kato@demo.kenshu.example")
                expect(page.locator('[name="password"]')).to_have_value("kenshu-demo")
                found += wrong

    assert not found, "\n".join(found)


VISITOR = {
    "customer_name": "夜間電力",
    "asker_name": "訪問 太郎",
    "asker_email": "visitor@example.test",
    "decider": "社長",
    "problem": "停電の前触れを知りたい。夜間に起きるので気づけない。",
    "place": "第一発電所",
    "believed_data": "電圧の記録が三年分",
}
SAYS = {
    "ja": (
        "質問を返す",
        "引き受ける",
        "質問をつけて差し戻し",
        "実現性",
        "引き受け",
    ),
    "en": ("Send back", "Accept", "Sent back", "Feasibility", "Accepted"),
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_visitor_with_a_link_becomes_an_engagement(house, language):
    """Link, intake, question, answer, engagement; each side on its own screen."""
    send_back, accept, came_back, stage, accepted = SAYS[language]
    inside = f"{house.address}/organisations/{house.asked['provider']}/"
    with (
        house.context(locale=language) as outside,
        house.page_of(f"manager-{language}") as page,
    ):
        wrong = watch(outside, house.address) + watch(page.context, house.address)
        page.goto(f"{inside}invitations/new/")
        page.locator('[name="note"]').fill(f"展示会 {language}")
        submit(page)
        link = page.locator("#link").input_value()
        expect(page.locator('[data-copy="link"]')).to_be_visible()

        visitor = outside.new_page()
        visitor.goto(link)
        expect(visitor.locator("html")).to_have_attribute("lang", language)
        for name, words in VISITOR.items():
            visitor.locator(f'[name="{name}"]').fill(f"{words}"[:110])
        visitor.locator('[name="customer_name"]').fill(f"夜間電力 {language}")
        visitor.locator('[name="kind"]').select_option("anomaly")
        visitor.locator('[name="place_kind"]').select_option("power_area")
        submit(visitor)
        visitor.wait_for_url(re.compile("/visit/intakes/"))

        page.goto(f"{house.address}/intakes/")
        page.locator("tr", has_text=f"夜間電力 {language}").locator("a").click()
        page.get_by_role("link", name=send_back).click()
        page.locator('[name="question"]').fill("いつからですか")
        submit(page)
        expect(page.locator(".head-title .v")).to_contain_text(came_back)

        visitor.reload()
        expect(visitor.locator(".said-list")).to_contain_text("いつからですか")
        visitor.locator('[name="text"]').fill("去年の五月から")
        submit(visitor)

        page.reload()
        expect(page.locator(".said-list")).to_contain_text("去年の五月から")
        page.get_by_role("link", name=accept, exact=True).click()
        expect(page.locator('[name="name"]')).to_have_value("停電の前触れを知りたい")
        page.locator('[name="placement"]').select_option("cloud")
        submit(page)
        page.wait_for_url(re.compile("/engagements/[0-9a-f-]{36}/$"))

        # Nothing was typed again, and each page leads to the other.
        main = page.locator("main")
        for words in (VISITOR["problem"], VISITOR["place"], f"夜間電力 {language}"):
            expect(main).to_contain_text(words)
        expect(page.locator(".steps .now")).to_contain_text(stage)
        page.locator('main a[href^="/intakes/"]').click()
        expect(page.locator(".head-title .v")).to_contain_text(accepted)
        visitor.reload()
        expect(visitor.locator(".head-title .v")).to_contain_text(accepted)
        assert not wrong, "\n".join(wrong)

    # What was told by mail left within two turns of the sweep.
    unsent = "SELECT count(*) FROM projects_notice WHERE sent_at IS NULL"
    until(lambda: house.ask(unsent) == 0, "every notice is sent", seconds=150)


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


def addresses(house: House) -> dict[str, str]:
    """Every page that someone who is signed in reads."""
    inside = f"/engagements/{house.engagements['measured']}"
    offline = f"/engagements/{house.engagements['offline']}"
    manager = house.ask("SELECT id FROM projects_user WHERE name LIKE 'manager%'")
    return {
        "portfolio": "/",
        "engagements": "/engagements/",
        "nothing found": "/engagements/?q=nothing-like-it",
        "engagement form": "/engagements/new/",
        "overview": f"{inside}/",
        "report in both": f"{inside}/report/?lang=both",
        "report of the portfolio": "/report/",
        "links to a report": f"{inside}/report/links/",
        "feasibility": f"{inside}/feasibility/",
        "round on paper": f"{inside}/feasibility/rounds/1/paper/",
        "filling in": f"{offline}/feasibility/fill/",
        "declining": f"{offline}/decline/",
        "letter": f"/engagements/{house.engagements['declined']}/letter/",
        "one question": f"{inside}/feasibility/items/T3/",
        "a past round": f"{inside}/feasibility/rounds/1/",
        "rounds compared": f"{inside}/feasibility/compare/",
        "newer questions": f"{inside}/feasibility/upgrade/",
        "agreements": f"{inside}/agreements/",
        "agreement": f"/agreements/{house.agreement}/",
        "agreement form": f"{inside}/agreements/new/",
        "chain of signatures": f"{inside}/chain/",
        "changes": f"/agreements/{house.agreement}/changes/",
        "upload": f"{inside}/runs/new/",
        "runs": f"{inside}/runs/",
        "run": f"/runs/{house.run}/",
        "accuracy": f"{inside}/accuracy/",
        "accuracy of no days": f"{inside}/accuracy/?from=2031-01-01",
        "segments": f"/runs/{house.run}/segments/",
        "a segment": f"/runs/{house.run}/segments/?segment=1号機",
        "costs": f"{inside}/costs/",
        "budgets": f"{inside}/costs/budgets/",
        "budget form": f"{inside}/costs/budgets/new/",
        "waste": f"{inside}/costs/waste/",
        "costs, removing": f"{inside}/costs/{house.usage}/remove/",
        "team": f"{inside}/team/",
        "hours of a person": f"{inside}/team/{manager}/skills/",
        "calculator": "/sampling/?rate=1&cases=23&a_month=0.64",
        "password": "/accounts/password/change/",
        "intakes": "/intakes/",
        "intake form": "/intakes/new/",
        "intake": f"/intakes/{house.asked['intake']}/",
        "intake, accepting": f"/intakes/{house.asked['intake']}/accept/",
        "intake, asking": f"/intakes/{house.asked['intake']}/ask/",
        "intake, declining": f"/intakes/{house.asked['intake']}/decline/",
        "notices": "/notices/",
        "which notices": "/notices/settings/",
        "API tokens": "/tokens/",
        "audit": "/audit/",
        "glossary": "/glossary/",
    }


def settings_of(house: House) -> dict[str, str]:
    """What an administrator settles for the provider."""
    inside = f"/organisations/{house.asked['provider']}/"
    return {
        "organisation": inside,
        "invitation form": f"{inside}invitations/new/",
        "own question form": f"{inside}items/new/",
        "own question": f"{inside}items/{house.asked['question']}/",
    }


def outside_of(house: House) -> dict[str, str]:
    """What the signed-out read: signing in, and the pages of visitors."""
    return {name: f"/accounts/{name}/" for name in OUTSIDE} | {
        "visit": f"/visit/{house.asked['visit']}/",
        "visitor's intake": f"/visit/intakes/{house.asked['visited']}/",
    }


def watch(context: BrowserContext, address: str) -> list[str]:
    """Collect what no page may do: complain, break, or ask another host."""
    wrong: list[str] = []

    def hear(message) -> None:
        if message.type == "error" and message.page:
            wrong.append(f"console at {message.page.url}: {message.text}")

    def follow(request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:")):
            wrong.append(f"asked {request.url}")

    context.on("console", hear)
    context.on("weberror", lambda fault: wrong.append(f"script: {fault.error}"))
    context.on("request", follow)
    return wrong


def draw_charts(page: Page) -> None:
    """Charts are drawn when they come into sight: look at each."""
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_attribute("data-drawn", "yes", timeout=PATIENCE)


def faults_of(page: Page, rules: dict[str, object] = EVERY_RULE) -> list[str]:
    found = []
    wide = page.evaluate(TOO_WIDE)
    if wide > 0:
        found.append(f"{wide} px wider than the window")
    options = rules | {"resultTypes": ["violations"]}
    for rule in Axe().run(page, options=options).response["violations"]:
        for node in rule["nodes"]:
            why = " ".join(node["failureSummary"].split())
            found.append(f"{rule['id']} at {node['target']}: {why}")
    return found


def look(page: Page, name: str, address: str, language: str) -> list[str]:
    """Open one page and tell what is wrong with how it reads, in every view."""
    page.set_viewport_size({"width": VIEWS[0][0], "height": 900})
    page.emulate_media(color_scheme=VIEWS[0][1])
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, f"{name}: {answer.status}"
    expect(page.locator("html")).to_have_attribute("lang", language)
    # What is folded away is read too.
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = 1)")
    draw_charts(page)
    found = []
    for width, scheme, rules in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(TWO_FRAMES)
        # Charts take their new width a moment later.
        with suppress(AssertionError):
            until(lambda: page.evaluate(TOO_WIDE) <= 0, "it fits", seconds=5)
        view = f"{name} at {width} px, {scheme}"
        found += [f"{view}: {fault}" for fault in faults_of(page, rules)]
    return found


READERS = {
    "visitor": lambda house: outside_of(house),
    "administrator": lambda house: settings_of(house),
    "manager": lambda house: addresses(house),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_can_be_read(house, language, reader):
    def pages() -> AbstractContextManager[Page]:
        wishes = {"locale": language}
        if reader == "visitor":
            return house.page_outside(**wishes)
        return house.page_of(f"{reader}-{language}", **wishes)

    with pages() as page:
        found = watch(page.context, house.address)
        for name, path in READERS[reader](house).items():
            found += look(page, name, house.address + path, language)

    assert not found, "\n".join(found)


KINDS = {
    "priced": (files.events, {"events": "Events found", "beside": "Present judgement"}),
    "anomaly": (files.plain, {"matrix": "Right and wrong", "beside": "Never flag"}),
    "classes": (files.classes, {"by class": "By class", "one of them": "打痕"}),
    "ahead": (
        files.ahead,
        {"interval": "Interval coverage", "past": "Last season repeated"},
    ),
    "inventory": (files.stock, {"worst": "Items served worst", "store": "東倉庫"}),
    "layout": (files.trials, {"test": "Improvement", "shift": "早番"}),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_run_of_every_kind_is_measured_and_explained(house, tmp_path, name):
    write, expected = KINDS[name]
    with house.page_of("engineer-en") as page:
        wrong = watch(page.context, house.address)
        upload(page, house, name, write(tmp_path))
        if name == "ahead":
            page.locator('[name="history"]').set_input_files(files.past(tmp_path))
        submit(page)
        judged(page)
        text = page.locator("main").inner_text()
        missing = {key: word for key, word in expected.items() if word not in text}
        assert not missing, text
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = 1)")
        draw_charts(page)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            # Charts take their new width a moment later.
            until(
                lambda: page.evaluate(TOO_WIDE) <= 0, f"it fits {width} px", seconds=10
            )
            wrong += faults_of(page)
        assert not wrong, "\n".join(wrong)


def test_a_page_that_waits_outlasts_an_answer_that_failed(house, tmp_path):
    with house.page_of("engineer-en") as page:
        # Another file than any before: the same one would have its verdict already.
        file = files.plain(tmp_path)
        with file.open("a", encoding="utf-8") as more:
            more.write("1,1\n")
        upload(page, house, "anomaly", file)
        failed: list[str] = []

        def fail_once(route: Route) -> None:
            if failed or not route.request.headers.get("hx-request"):
                route.continue_()
                return
            failed.append(route.request.url)
            route.fulfill(status=502, body="")

        page.route(re.compile(r"/runs/[0-9a-f-]{36}/$"), fail_once)
        with house.worker_rests():
            submit(page)
            until(lambda: bool(failed) or page.wait_for_timeout(200), "it was asked")

        judged(page)
        assert len(failed) == 1


def figures(page: Page) -> list[str]:
    """What the explorer says of the chosen point."""
    return [one.inner_text() for one in page.locator("[data-explorer-text]").all()]


def counted(content: str, at: float) -> tuple[int, int]:
    """False alarms and misses of the file itself at one threshold."""
    rows = [line.split(",") for line in content.splitlines()[1:]]
    pairs = [(int(row[1]), float(row[3])) for row in rows if row[3] and row[5] == "1"]
    unscored = sum(int(row[1]) for row in rows if not row[3] and row[5] == "1")
    return (
        sum(score >= at and not real for real, score in pairs),
        sum(score < at and real for real, score in pairs) + unscored,
    )


def test_the_operating_point_moves_without_a_request_and_counts_exactly(
    house, tmp_path
):
    file = files.events(tmp_path)
    with house.page_of("engineer-en", viewport={"width": 390, "height": 900}) as page:
        upload(page, house, "priced", file)
        page.locator('[name="note"]').fill("for the explorer")
        submit(page)
        judged(page)
        # The page renewed itself, and goes back to where it was once it has loaded.
        page.wait_for_load_state("networkidle")
        page.locator("#curve + .chart").scroll_into_view_if_needed()
        expect(page.locator("#curve + .chart")).to_have_attribute(
            "data-drawn", "yes", timeout=PATIENCE
        )
        known = page.evaluate(
            "JSON.parse(document.getElementById('explorer-points').textContent)"
        )
        wrong = watch(page.context, house.address)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        content = file.read_text(encoding="utf-8")
        points = known["views"][""]["at"]
        for at in points[:: len(points) // 12]:
            page.locator("[data-explorer-at]").fill(repr(at))
            alarms, misses = counted(content, at)
            shown = figures(page)
            assert shown[1] == f"{alarms:,}", (at, shown)
            assert f"{misses:,}" in shown, (at, shown)
        # By keyboard, one stored point at a time.
        slider = page.locator("[data-explorer-slider]")
        slider.press("Home")
        slider.press("ArrowRight")
        assert page.locator("[data-explorer-at]").input_value() == str(points[1])
        page.locator("[data-explorer-segment]").select_option("1号機")
        own = known["views"]["1号機"]["at"]
        assert float(page.locator("[data-explorer-at]").input_value()) in own
        # The chart is drawn a moment after the figures.
        drawn = "document.querySelector('#curve + .chart').data[0].x.length"
        until(lambda: page.evaluate(drawn) == len(own), "the chart shows the segment")
        assert page.evaluate(TOO_WIDE) <= 0
        assert not asked
        assert not wrong


def test_without_a_script_the_point_is_chosen_by_a_form(house):
    with house.page_of("manager-ja", java_script_enabled=False) as page:
        page.goto(f"{house.address}/runs/{house.run}/")
        page.locator("[data-explorer-at]").fill("0.7")
        page.locator("[data-explorer-send]").click()

        assert "at=0.7" in page.url
        assert figures(page)[0] == "0.7000"
