"""A bill in Chromium: delivered, taken over, its lines found their engagement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import billing
from tests.browser.house import CHROMIUM, furnished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.house import House

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed on this machine")
    with furnished(tmp_path_factory.mktemp("browser") / "var") as standing:
        yield standing


def test_a_bill_is_taken_over_and_a_rule_finds_whose_it_is(house, tmp_path):
    with house.page_of("manager-en") as page:
        billing.deliver(page, house, billing.written(tmp_path), "3066.12")
        assert readable(page)
        expect(page.locator("main")).to_contain_text("agree to the last digit")
        billing.take_over(page)
        assert readable(page)

        page.goto(house.address)
        expect(page.locator(".decide")).to_contain_text("12 lines belong to nobody yet")
        page.get_by_role("link", name="Assign them").first.click()
        expect(page.locator("main")).to_contain_text(billing.TAG)
        assert readable(page)
        billing.make_rule(page, house, billing.TAG, "anomaly")
        assert readable(page)
        expect(page.locator("main")).to_contain_text("2 lines belong to nobody yet")

        page.goto(f"{house.address}/engagements/{house.engagements['anomaly']}/costs/")
        expect(page.locator("main")).to_contain_text("¥459,000")


def readable(page) -> bool:
    """Axe finds nothing; what it found is in the assertion of its own."""
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    return True
