"""Files in Chromium: sent, refused by row and column, measured, explained."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import make_archive
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import files
from tests.browser.house import judged, submit, upload
from tests.browser.looking import TOO_WIDE, draw_charts, faults_of, watch
from tests.config.watching import until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser


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


def test_a_page_that_waits_asks_ever_more_seldom_and_tells_a_new_step(house, tmp_path):
    then = datetime(2026, 11, 26, 9, tzinfo=UTC)
    with house.page_of("engineer-en") as page, house.worker_rests():
        file = files.plain(tmp_path)
        with file.open("a", encoding="utf-8") as more:
            more.write("0,1\n")
        upload(page, house, "anomaly", file)
        asked: list[str] = []

        def renamed(route: Route) -> None:
            if not route.request.headers.get("hx-request"):
                route.continue_()
                return
            asked.append(route.request.url)
            answer = route.fetch()
            step = "Waiting" if len(asked) < 6 else "Measuring"
            body = re.sub('data-step="[^"]*"', f'data-step="{step}"', answer.text())
            route.fulfill(response=answer, body=body)

        page.route(re.compile(r"/runs/[0-9a-f-]{36}/$"), renamed)
        # Time stands still but for what is let pass here.
        page.clock.install(time=then)
        page.clock.pause_at(then + timedelta(hours=1))
        submit(page)
        page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/$"))
        heard = page.locator("#heard")
        # The first step it finds is the page's own; then the waits grow up to ten.
        for number, wait in enumerate((2_000, 2_000, 3_000, 4_500, 6_750, 10_000)):
            page.clock.run_for(wait - 100)
            assert len(asked) == number, wait
            with page.expect_response(re.compile(r"/runs/[0-9a-f-]{36}/$")):
                page.clock.run_for(200)
            said = "Measuring" if number == 5 else "Waiting"
            expect(page.locator("#run-status")).to_have_attribute("data-step", said)
            # What came is at home in the page a moment later.
            page.clock.run_for(50)
            expect(heard).to_have_text(said)
