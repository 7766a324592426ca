"""A bill in Chromium: taken over, assigned by a rule, its broken budget decided."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import billing
from tests.browser.house import PASSWORD, submit
from tests.browser.looking import readable

pytestmark = pytest.mark.browser


def test_a_bill_is_taken_over_and_what_it_breaks_is_decided(house, tmp_path):
    costs = f"{house.address}/engagements/{house.engagements['billed']}/costs/"
    with house.page_of("biller-en") as page:
        page.goto(f"{costs}budgets/new/")
        assert readable(page)
        page.locator('[name="budget_yen"]').fill("400000")
        page.locator('[name="stop_yen"]').fill("450000")
        submit(page)
        expect(page.locator("main")).to_contain_text("The budget is set.")

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
        billing.make_rule(page, house, billing.TAG, "billed")
        assert readable(page)
        expect(page.locator("main")).to_contain_text("2 lines belong to nobody yet")

        page.goto(costs)
        expect(page.locator("main")).to_contain_text("¥459,000")
        expect(page.locator(".note-fail")).to_contain_text("¥459,000 against a budget")
        assert readable(page)
        page.goto(f"{costs}waste/")
        assert readable(page)

    with house.page_of("payer-en") as page:
        page.goto(house.address)
        card = page.locator(".decide li").filter(has_text="Budget used up")
        card.get_by_role("link", name="Read and decide").click()
        assert readable(page)
        page.get_by_label("Raise the budget").check()
        page.locator('[name="amount_yen"]').fill("900000")
        page.locator('[name="reason"]').fill("The second line is worth it.")
        page.locator('[name="password"]').fill(PASSWORD)
        submit(page)

        main = page.locator("main")
        expect(main).to_contain_text("The decision is recorded.")
        expect(main).to_contain_text("¥900,000")
        expect(main).to_contain_text("The second line is worth it.")
        assert readable(page)
        page.goto(costs)
        expect(page.locator(".note-fail")).to_have_count(0)
