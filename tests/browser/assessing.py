"""Steps of an assessment in the browser, for every test that needs one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from projects.checklist import Due, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from playwright.sync_api import Page

SCREENING = [item.id for item in load().items if item.due is Due.SCREEN]


def take_on(page: Page, house: str, name: str) -> str:
    """A new engagement by its form; its address."""
    page.goto(f"{house}/engagements/new/")
    for field, words in {
        "name": name,
        "problem": "停電の前触れを知りたい",
        "place": "第一発電所",
        "starts_on": "2026-04-01",
        "ends_on": "2027-03-31",
    }.items():
        page.locator(f'[name="{field}"]').fill(words)
    for field, choice in {"kind": "anomaly", "placement": "on_prem"}.items():
        page.locator(f'[name="{field}"]').select_option(choice)
    for field in ("provider", "customer", "owner"):
        box = page.locator(f'select[name="{field}"]')
        if box.count() and not box.input_value():
            box.select_option(index=1)
    page.locator("main form .btn-main").click()
    page.wait_for_url(re.compile("/engagements/[0-9a-f-]{36}/feasibility/$"))
    return page.url.removesuffix("feasibility/")


def take_in(page: Page, house: str, name: str) -> str:
    """An intake filed and accepted, its words not typed again; the engagement."""
    page.goto(f"{house}/intakes/new/")
    words = {
        "problem": f"{name}の停止の前触れを知りたい",
        "place": "第一発電所",
        "believed_data": "電圧の記録が三年分",
        "decider": "所長",
    }
    for field, typed in words.items():
        page.locator(f'[name="{field}"]').fill(typed)
    page.locator('[name="kind"]').select_option("anomaly")
    page.locator('[name="place_kind"]').select_option("power_area")
    page.locator('select[name="customer"]').select_option(label="委託")
    page.locator("main form .btn-main").click()
    page.wait_for_url(re.compile("/intakes/[0-9a-f-]{36}/$"))
    page.locator('main a[href$="/accept/"]').click()
    page.locator('[name="name"]').fill(name)
    page.locator('[name="placement"]').select_option("on_prem")
    page.locator("main form .btn-main").click()
    page.wait_for_url(re.compile("/engagements/[0-9a-f-]{36}/$"))
    expect(page.locator("main")).to_contain_text(words["problem"])
    return page.url


def start(page: Page, engagement: str) -> None:
    """Begin the first round, for screening."""
    page.goto(f"{engagement}feasibility/")
    page.locator('[name="due"]').select_option("screen")
    page.locator("main form .btn-main").click()
    expect(page.locator("#verdict-live")).to_be_visible()


def answer(page: Page, item: str, word: str) -> None:
    """Press one answer, and wait until it says that it is kept."""
    question = page.locator(f"#{item}")
    choice = question.locator(f'input[name="value"][value="{word}"]')
    with page.expect_response(re.compile(f"/answers/{item}/$")):
        if choice.count():
            choice.locator("xpath=..").click()
        else:
            question.locator('select[name="value"]').select_option(word)
    expect(page.locator(f"#kept-{item} .saved")).to_be_visible()


def answer_screening(page: Page, changed: Mapping[str, str]) -> None:
    """All twelve in favour, but for what is changed."""
    for item in SCREENING:
        answer(page, item, changed.get(item, "anomaly" if item == "D8" else "yes"))


def plan(page: Page, item: str, what: str, days: int = 9) -> None:
    """Say who sees to a condition by when, from below its question."""
    question = page.locator(f"#{item}")
    question.locator(".q-task a").click()
    more = page.locator(f"#more-{item}")
    more.locator('[name="what"]').fill(what)
    more.locator('[name="owner"]').select_option(index=1)
    by = (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011 - as typed
    more.locator('[name="due_on"]').fill(by)
    more.locator('form[action$="/task/"] .btn').click()
    expect(question.locator(".q-task")).to_contain_text(what)


def attach(page: Page, item: str, file: Path) -> None:
    """Add a file below its question."""
    page.locator(f"#{item} .q-open").click()
    more = page.locator(f"#more-{item}")
    more.locator("details summary").first.click()
    more.locator('input[type="file"]').set_input_files(file)
    more.locator('form:has([value="file"]) .btn').click()
    expect(page.locator(f"#{item} .q-piece").first).to_contain_text(file.name)


def issue(page: Page, verdict: str) -> None:
    """Issue the round, and read the verdict it was issued with."""
    page.locator('form[action$="/issue/"] .btn-main').click()
    expect(page.locator("#verdict-live .v").first).to_contain_text(verdict)
    expect(page.locator('form[action$="/issue/"]')).to_have_count(0)
