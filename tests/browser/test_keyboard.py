"""Kenshu by keyboard alone, with no mouse, and the focus in sight at every stop."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser import files
from tests.browser.house import PASSWORD, submit, upload
from tests.browser.keys import go_to, seen, stops
from tests.browser.looking import readable

pytestmark = pytest.mark.browser

ADDRESS_OF_A_RUN = re.compile(r"/runs/[0-9a-f-]{36}/$")


def test_a_customer_signs_in_finds_signs_and_leaves(house):
    with house.page_outside(locale="en") as page:
        keys = page.keyboard
        page.goto(f"{house.address}/accounts/login/")
        go_to(page, page.locator('[name="login"]'))
        keys.type("keys-en@example.test")
        go_to(page, page.locator('[name="password"]'))
        keys.type(PASSWORD)
        keys.press("Enter")
        page.wait_for_url(f"{house.address}/")

        # The first stop leads past the navigation.
        keys.press("Tab")
        skip = page.locator(".skip")
        expect(skip).to_be_focused()
        assert seen(page)
        keys.press("Enter")
        expect(page.locator("#main")).to_be_focused()

        # Narrowed while typing, without leaving the field; then put in order.
        search = page.get_by_label("Search")
        go_to(page, search)
        keys.type("offered")
        expect(page.locator(".pf tbody tr")).to_have_count(1)
        expect(search).to_be_focused()
        keys.press("ControlOrMeta+a")
        keys.press("Delete")
        expect(page.locator(".pf tbody tr")).to_have_count(2)
        kind = page.get_by_label("Kind", exact=True)
        go_to(page, kind)
        keys.type("Inv")
        expect(page.locator(".pf tbody tr")).to_have_count(1)
        expect(kind).to_be_focused()
        keys.press("Home")
        expect(page.locator(".pf tbody tr")).to_have_count(2)
        go_to(page, page.locator(".pf thead a").first)
        keys.press("Enter")
        page.wait_for_url(re.compile(r"sort="))

        # What waits, signed.
        go_to(page, page.locator(".decide .btn").first)
        keys.press("Enter")
        page.wait_for_url(re.compile(r"/agreements/\d+/"))
        if not page.url.endswith("/sign/"):
            go_to(page, page.locator('main a[href$="/sign/"]'))
            keys.press("Enter")
            page.wait_for_url(re.compile("/sign/$"))
        go_to(page, page.locator('[name="agreed"]'))
        keys.press("Space")
        go_to(page, page.locator('[name="password"]'))
        keys.type(PASSWORD)
        go_to(page, page.locator("main form .btn-main"))
        keys.press("Enter")
        expect(page.locator(".head-title .v-pass")).to_contain_text("In force")

        # And out by the menu, which Escape closes.
        menu = page.locator("details.me")
        go_to(page, menu.locator("summary"))
        keys.press("Enter")
        go_to(page, menu.get_by_role("link", name="API tokens"))
        keys.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(menu.locator("summary")).to_be_focused()
        keys.press("Enter")
        go_to(page, menu.get_by_role("button", name="Sign out"))
        keys.press("Enter")
        page.wait_for_url(re.compile("/accounts/login/"))


@pytest.mark.parametrize("path", ["/", "/engagements/{press}/", "/runs/{run}/"])
def test_the_focus_goes_down_the_page_as_one_reads(house, path):
    """In one column, so that further on is further down or further right."""
    places = {name: place[-1] for name, place in house.places.items() if place}
    with house.page_of("lead-en", viewport={"width": 390, "height": 900}) as page:
        page.goto(house.address + path.format(**places))
        # Into the content: the navigation stands in two rows beside the person.
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        found = stops(page)
        main = page.locator("#main").bounding_box()

    within = [one for one in found if one["top"] >= main["y"]]
    assert len(within) > 5
    for before, after in pairwise(within):
        right = after["left"] >= before["left"] - 1
        below = after["top"] >= before["bottom"] - 1
        assert below or (right and after["bottom"] > before["top"]), (before, after)


def test_a_dialog_holds_the_focus_and_gives_it_back(house, tmp_path):
    with house.page_of("engineer-en") as page:
        file = files.plain(tmp_path)
        # Another file than any before: the same one would have its verdict already.
        file.write_text(f"{file.read_text(encoding='utf-8')}0,0\n", encoding="utf-8")
        upload(page, house, "anomaly", file)
        with house.worker_rests():
            submit(page)
            page.wait_for_url(ADDRESS_OF_A_RUN)
            opener = page.get_by_role("button", name="Cancel this run")
            go_to(page, opener)
            page.keyboard.press("Enter")
            dialog = page.get_by_role("dialog")
            expect(dialog).to_be_visible()
            # A hasty second press loses nothing.
            expect(dialog.get_by_role("button", name="Go on measuring")).to_be_focused()
            assert readable(page)
            held = "document.activeElement.closest('dialog, body').localName"
            for _press in range(4):
                page.keyboard.press("Tab")
                stop = seen(page)
                # At its end the browser's own bar may have the focus, the page never.
                assert stop is None or page.evaluate(held) == "dialog"

            page.keyboard.press("Escape")
            expect(dialog).to_be_hidden()
            expect(opener).to_be_focused()
            page.keyboard.press("Enter")
            go_to(page, dialog.get_by_role("button", name="Cancel this run"))
            page.keyboard.press("Enter")
            expect(page.locator("main")).to_contain_text("Cancelled")
