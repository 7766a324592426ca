"""A refusal is read aloud: an alert of its own, and the one place with the focus."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looking import readable

pytestmark = pytest.mark.browser


def test_a_refusal_after_an_act_is_an_alert_and_takes_the_focus(house):
    path = f"/agreements/{house.places['signed'][0]}/sign/"
    with house.page_of("lead-en") as page:
        page.goto(house.address + path)
        alert = page.get_by_role("alert")
        expect(alert).to_have_text("There is nothing for you to sign here now.")
        expect(alert).to_be_focused()
        expect(page.locator("[data-focus]")).to_have_count(1)
        # What was done would be said in the other box, in its turn.
        expect(page.locator("#said")).to_be_empty()
        assert readable(page)


def test_why_errors_cannot_be_accepted_is_an_alert_and_takes_the_focus(house):
    path = f"/runs/{house.places['run'][0]}/accept/?at=0.7&until=2020-01-01"
    with house.page_of("owner-en") as page:
        page.goto(house.address + path)
        alert = page.get_by_role("alert").first
        expect(alert).to_be_visible()
        expect(alert).to_be_focused()
        assert readable(page)
