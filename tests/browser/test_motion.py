"""Nothing moves for who asked for less motion, and the wall can be held."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import files
from tests.browser.house import submit, upload
from tests.browser.looking import readable

pytestmark = pytest.mark.browser

MOVING = "document.getAnimations().length"


def test_the_waiting_ring_stands_still_for_who_asked_for_less_motion(house, tmp_path):
    with house.page_of("engineer-en") as page:
        file = files.plain(tmp_path)
        # Another file than any before: the same one would have its verdict already.
        file.write_text(f"{file.read_text(encoding='utf-8')}1,0\n", encoding="utf-8")
        upload(page, house, "anomaly", file)
        with house.worker_rests():
            submit(page)
            page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/$"))
            expect(page.locator(".flow .now")).to_be_visible()

            assert page.evaluate(MOVING) == 0
            page.emulate_media(reduced_motion="no-preference")
            assert page.evaluate(MOVING) == 1


def test_the_wall_turns_without_moving_and_can_be_held(house):
    with house.page_of("lead-en", viewport={"width": 800, "height": 500}) as page:
        page.clock.install()
        page.goto(f"{house.address}/wall/")
        turn = page.locator("#turn")
        expect(turn).to_contain_text(re.compile(r"^1 / [2-9]"))
        first = page.locator(".wall-tile:visible h2").first.inner_text()

        page.clock.run_for(16_000)
        expect(turn).to_contain_text(re.compile("^2 / "))
        assert page.locator(".wall-tile:visible h2").first.inner_text() != first
        assert page.evaluate(MOVING) == 0

        page.keyboard.press("Tab")
        expect(turn).to_be_focused()
        page.keyboard.press("Space")
        expect(turn).to_have_attribute("aria-pressed", "true")
        assert readable(page)
        # Held, also when the board is renewed under it, which leaves the focus there.
        with page.expect_response("**/wall/"):
            page.clock.run_for(61_000)
        page.clock.run_for(100)
        expect(turn).to_contain_text(re.compile("^2 / "))
        expect(turn).to_have_attribute("aria-pressed", "true")
        expect(turn).to_be_focused()
        page.keyboard.press("Space")
        page.clock.run_for(16_000)
        expect(turn).not_to_contain_text(re.compile("^2 / "))
