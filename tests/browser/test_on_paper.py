"""What comes out of the printer: pictures in light colours, or their numbers."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.looking import draw_charts
from tests.config.watching import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NOT_LOADED = "This chart had not been loaded"
# What Chromium prints when the script has gone to paper, and what it shows after.
HEAR = """() => {
  window.heard = {};
  window.addEventListener("beforeprint", () => { window.heard = tell(); });
  window.tell = () => ({
    drawn: document.querySelectorAll("[data-chart][data-paper]").length,
    ink: getComputedStyle(document.querySelector(".ytick text")).fill,
    wide: document.querySelector(".main-svg").clientWidth,
  });
}"""
# Nothing opens in a Chromium without a window: the page says that it was asked.
ASK = "() => { window.print = () => { document.body.dataset.printed = 'yes' } }"


def sheets(page: Page) -> PdfReader:
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))


def printed(page: Page) -> str:
    """The words on all sheets, each after one space."""
    return words_of(sheets(page))


def words_of(sheet: PdfReader) -> str:
    return " ".join(" ".join(one.extract_text() for one in sheet.pages).split())


def overview(house) -> str:
    return f"{house.address}/engagements/{house.places['power'][0]}/"


def test_the_keys_for_printing_load_every_chart_and_it_is_printed_in_light_colours(
    house,
):
    with house.page_of("lead-en", color_scheme="dark") as page:
        page.goto(overview(house))
        page.evaluate(ASK)
        page.keyboard.press("Control+p")
        expect(page.locator("body")).to_have_attribute("data-printed", "yes")

        charts = page.locator("[data-chart]")
        assert charts.count() == page.locator("[data-drawn]").count() > 1
        page.evaluate(HEAR)
        on_screen = page.evaluate("tell()")
        words = printed(page)
        on_paper = page.evaluate("heard")
        assert on_paper["drawn"] == charts.count()
        assert on_paper["ink"] != on_screen["ink"]
        assert on_paper["wide"] < on_screen["wide"]
        # The axis stands in the picture only; its table is left to the screen.
        assert "Spent so far (¥ M)" in words
        assert "Show the numbers" not in words
        assert "Loading the chart" not in words
        assert NOT_LOADED not in words

        # Back on the screen it is as it was.
        until(
            lambda: page.evaluate("tell()") == on_screen, "it is as before", seconds=9
        )


def test_what_was_not_loaded_says_so_on_paper(house):
    with house.page_of("lead-en", viewport={"width": 1440, "height": 300}) as page:
        page.goto(overview(house))
        words = printed(page)

        assert NOT_LOADED in words
        assert "Loading the chart" not in words
        assert "Open this chart by itself" not in words


def test_a_chart_that_is_not_drawn_for_paper_is_printed_as_its_table(house):
    costs = f"{house.address}/engagements/{house.places['spent'][0]}/costs/"
    with house.page_of("lead-en", java_script_enabled=False) as page:
        page.goto(costs)
        words = printed(page)
        assert "Day Cost Spent so far" in words
        assert "Show the numbers" not in words

    with house.page_of("lead-en") as page:
        page.goto(costs)
        table = page.locator(".more .tbl", has_text="Spent so far")
        draw_charts(page)
        expect(table).to_be_hidden()
        page.emulate_media(media="print")
        expect(table).to_be_visible()
        expect(page.locator("[data-chart]")).to_be_hidden()
        page.emulate_media(media="screen")
        # With its script the picture is printed instead.
        words = printed(page)
        assert "Day Cost Spent so far" not in words


# Its address, and whether an agreement with its digest stands behind the page.
FEET = {
    "portfolio": ("/", False),
    "overview": ("/engagements/{power}/", True),
    "run": ("/runs/{run}/", True),
    "agreement": ("/agreements/{signed}/", True),
    "feasibility": ("/engagements/{press}/feasibility/", False),
    "accuracy": ("/engagements/{power}/accuracy/", True),
    "costs": ("/engagements/{press}/costs/", False),
    "operation": ("/engagements/{power}/operation/", True),
}


@pytest.mark.parametrize(("path", "is_agreed"), FEET.values(), ids=FEET)
def test_every_sheet_ends_with_who_printed_it_when_and_on_what_it_rests(
    house, path, is_agreed
):
    on = {name: place[-1] for name, place in house.places.items() if place}
    with house.page_of("lead-en") as page:
        answer = page.goto(house.address + path.format(**on))
        assert answer.ok
        assert page.locator(".sheet-end").is_hidden()
        sheet = sheets(page)

    foot = words_of(sheet).rpartition("Printed by ")[2]
    assert re.match(r"lead-en, \d+ \w{3} \d{4}, \d\d:\d\d · Kenshu \d", foot)
    assert bool(re.search(r"Agreement v\d", foot)) is is_agreed
    assert bool(re.search(r"SHA-256 [0-9a-f]{64}", foot)) is is_agreed
    n = len(sheet.pages)
    assert f"{n} / {n}" in sheet.pages[-1].extract_text()


def test_the_portfolio_prints_across_without_what_is_there_to_press(house):
    with house.page_of("lead-en") as page:
        page.goto(f"{house.address}/?kind=anomaly")
        sheet = sheets(page)
        page.goto(overview(house))
        upright = sheets(page).pages[0].mediabox

    for one in sheet.pages:
        assert one.mediabox.width > one.mediabox.height
    assert upright.width < upright.height
    words = words_of(sheet)
    assert "Engagements" in words
    for pressed in ("Save this view", "Narrow", "Wall display", "Summed", "mine"):
        assert pressed not in words
