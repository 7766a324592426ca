"""Steps through the pages of a provider's bills, each of which leaves its page open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.costs.bills import bill, line

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.house import House

# A bell that got lost is rung again within two minutes.
WORKING = 150_000
TAG = "anomaly-plant-a"


def written(folder: Path) -> Path:
    """Ten hours of a machine of one work, and two of nobody knows what."""
    hours = [line("306.00", hour=hour, project=TAG) for hour in range(10)]
    path = folder / "focus.csv"
    path.write_bytes(bill(*hours, line(hour=11, project=""), line(hour=12, project="")))
    return path


def money(house: House, part: str) -> str:
    return f"{house.address}/organisations/{house.places['bills'][0]}/money/{part}/"


def deliver(page: Page, house: House, file: Path, invoice: str) -> None:
    """Send a bill; wait until it was read through."""
    page.goto(money(house, "imports"))
    page.locator('input[type="file"]').set_input_files(file)
    page.locator('[name="invoice_total"]').fill(invoice)
    page.locator("form[data-upload] .btn-main").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/"))
    shown = page.get_by_role("heading", name="What taking it over would do")
    expect(shown).to_be_visible(timeout=WORKING)


def take_over(page: Page) -> None:
    """Press the button; wait until the page has turned by itself."""
    page.get_by_role("button", name="Take over").click()
    shown = page.get_by_role("heading", name="What was taken over")
    expect(shown).to_be_visible(timeout=WORKING)


def make_rule(page: Page, house: House, value: str, engagement: str) -> None:
    """From the unassigned lines to a rule that was tried out and added."""
    page.goto(money(house, "unassigned"))
    page.get_by_role("link", name=f"Make a rule from {value}").click()
    page.locator('[name="engagement"]').select_option(house.engagements[engagement])
    page.get_by_role("button", name="Try it out").click()
    expect(page.locator("#new .note")).to_contain_text("It would assign 10 lines")
    page.get_by_role("button", name="Add it and assign the lines").click()
    expect(page.locator("#said")).to_contain_text("Moved: 10 lines")
