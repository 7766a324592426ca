"""The portfolio and the wall in Chromium: narrowed by typing, never old unsaid."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looking import readable

pytestmark = pytest.mark.browser


def test_the_list_is_narrowed_as_one_types_and_kept_as_a_view(house):
    with house.page_of("manager-en") as page:
        page.goto(house.address)
        name = page.locator(".pf tbody .row-main").last.inner_text()

        page.get_by_label("Search").fill(name)

        expect(page.locator("#shown")).to_contain_text(" of ")
        for row in page.locator(".pf tbody .row-main").all():
            expect(row).to_contain_text(name)
        expect(page.get_by_label("Search")).to_be_focused()
        assert "?q=" in page.url
        page.get_by_text("Save this view").click()
        page.get_by_label("Name of the view").fill("Watched")
        assert readable(page)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".list-h [aria-current]").first).to_have_text("Watched")

        page.get_by_role("link", name="Wall display").click()
        expect(page.locator("h1")).to_have_text("Watched")
        assert readable(page)


def test_a_wall_that_lost_its_connection_says_so_loudly(house):
    with house.page_of("executive-en") as page:
        page.clock.install()
        page.goto(f"{house.address}/wall/")
        with page.expect_response("**/wall/"):
            page.clock.run_for(61_000)
        old = page.locator("#old")
        expect(old).to_be_hidden()

        page.context.set_offline(True)
        page.clock.run_for(310_000)
        expect(old).to_contain_text("The connection is lost.")

        page.context.set_offline(False)
        with page.expect_response("**/wall/"):
            page.clock.run_for(61_000)
        page.clock.run_for(6_000)
        expect(old).to_be_hidden()
