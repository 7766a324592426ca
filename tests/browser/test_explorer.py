"""From the portfolio down to what fails, and the operating point that is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser import drilling, files
from tests.browser.house import PATIENCE, judged, submit, upload
from tests.browser.looking import TOO_WIDE, draw_charts, watch

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


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


def known_of(page: Page) -> dict[str, Any]:
    """All that the part brought with it."""
    return page.evaluate(
        "JSON.parse(document.getElementById('explorer-points').textContent)"
    )


def drawn_of(page: Page) -> dict[str, Any]:
    """What of the chart is drawn by now."""
    return page.evaluate("""() => {
      const { data, layout } = document.querySelector("#curve + .chart");
      return {
        lines: data.map(({ x }) => x.length),
        best: data.at(-1).x[0],
        shapes: layout.shapes.map(({ type }) => type),
      };
    }""")


def explored(page, house, file, note: str):
    """Send the file, wait until it is measured; the explorer's chart, drawn."""
    upload(page, house, "priced", file)
    page.locator('[name="note"]').fill(note)
    submit(page)
    judged(page)
    # The page renewed itself, and goes back to where it was once it has loaded.
    page.wait_for_load_state("networkidle")
    chart = page.locator("#curve + .chart")
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-drawn", "yes", timeout=PATIENCE)
    return chart


def test_the_operating_point_moves_without_a_request_and_counts_exactly(
    house, tmp_path
):
    file = files.events(tmp_path)
    with house.page_of("engineer-en", viewport={"width": 390, "height": 900}) as page:
        explored(page, house, file, "for the explorer")
        wrong = watch(page.context, house.address)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        content = file.read_text(encoding="utf-8")
        points = known_of(page)["at"]
        for at in points[:: len(points) // 12]:
            page.locator("[data-explorer-at]").fill(repr(at))
            alarms, misses = counted(content, at)
            shown = figures(page)
            assert shown[1] == f"{alarms:,}", (at, shown)
            assert f"{misses:,}" in shown, (at, shown)
        assert not asked
        # By keyboard, one stored point at a time.
        slider = page.locator("[data-explorer-slider]")
        slider.press("Home")
        slider.press("ArrowRight")
        assert page.locator("[data-explorer-at]").input_value() == str(points[1])
        assert page.evaluate(TOO_WIDE) <= 0
        assert not wrong


def test_another_segment_is_another_picture_in_everything(house, tmp_path):
    with house.page_of("engineer-en") as page:
        chart = explored(page, house, files.events(tmp_path), "for a segment")
        wrong = watch(page.context, house.address)
        rows = page.locator("#explorer details tbody tr")
        whole, spoken = known_of(page), chart.get_attribute("aria-label")
        in_table = rows.first.text_content()

        page.locator("[data-explorer-segment]").select_option("1号機")

        title = page.locator("#curve-title")
        expect(title).to_contain_text("1号機 · The cheapest point is")
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_attribute("data-drawn", "yes", timeout=PATIENCE)
        own = known_of(page)
        assert own["at"] != whole["at"]
        assert float(page.locator("[data-explorer-at]").input_value()) in own["at"]
        drawn = drawn_of(page)
        assert drawn["lines"] == [len(own["at"])] * 3 + [1, 1]
        assert drawn["best"] in own["at"]
        assert f"{drawn['best']:.4f}" in title.text_content()
        assert "rect" not in drawn["shapes"]
        assert chart.get_attribute("aria-label") != spoken
        assert rows.first.text_content() != in_table
        assert "segment=1" in page.url
        # The new part answers to the hand as the first did; once it rests, the server
        # says what would be lost there.
        with page.expect_response(lambda answer: "at=" in answer.url):
            page.locator("[data-explorer-slider]").press("Home")
        expect(page.locator("#explorer-lost")).to_have_count(1)
        assert figures(page)[1] == own["texts"][0][1]
        # Loaded again, it is the same segment everywhere.
        page.reload()
        expect(page.locator("[data-explorer-segment]")).to_have_value("1号機")
        expect(title).to_contain_text("1号機")
        assert not wrong


def test_without_a_script_the_point_is_chosen_by_a_form(house):
    with house.page_of("manager-ja", java_script_enabled=False) as page:
        page.goto(f"{house.address}/runs/{house.run}/")
        page.locator("[data-explorer-at]").fill("0.7")
        page.locator("[data-explorer-send]").click()

        assert "at=0.7" in page.url
        assert figures(page)[0] == "0.7000"
