"""A session that ends while somebody types: warned of, lengthened, signed in again."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.house import PASSWORD, submit
from tests.browser.looking import readable

pytestmark = pytest.mark.browser
SAID = {
    "en": ("You will be signed out in two minutes.", "You are signed out."),
    "ja": ("あと2分でログアウトされます。", "ログアウトされました。"),
}
STAY = {"en": "Stay signed in", "ja": "ログインしたままにする"}


def sign_in(page, address: str, email: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.locator('[name="login"]').fill(email)
    page.locator('[name="password"]').fill(PASSWORD)
    submit(page)
    page.wait_for_url(f"{address}/")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_typed_outlives_the_session(house, language):
    email = f"leaver-{language}@example.test"
    form = house.address + reverse("dashboards:view_save")
    warned, out = SAID[language]

    def leave(seconds: int) -> None:
        house.running.program("tests.browser.leaving", email, str(seconds))

    with house.page_outside(locale=language) as page:
        page.clock.install()
        sign_in(page, house.address, email)
        leave(150)
        page.goto(form)
        name = page.locator('main [name="name"]')
        name.fill("月曜の会議")
        box = page.locator("#session")
        expect(box).to_be_hidden()

        leave(100)
        page.clock.fast_forward("00:31")
        expect(box.get_by_text(warned)).to_be_visible()
        # What stands over the page leaves its words and buttons to be reached.
        assert readable(page)
        page.get_by_role("button", name=STAY[language]).click()
        expect(box).to_be_hidden()

        leave(100)
        page.clock.fast_forward("24:00:00")
        expect(box.get_by_text(warned)).to_be_visible()
        leave(0)
        page.clock.fast_forward("02:00")
        expect(box.get_by_text(out)).to_be_visible()
        assert readable(page)
        submit(page)
        again = box.get_by_role("link")
        expect(again).to_be_focused()
        expect(name).to_have_value("月曜の会議")

        with page.context.expect_page() as opened:
            again.click()
        sign_in(opened.value, house.address, email)
        opened.value.close()
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(box).to_be_hidden()
        submit(page)
        page.wait_for_url(re.compile(r"/views/|/\?"))
        expect(page.locator("main")).to_contain_text("月曜の会議")
