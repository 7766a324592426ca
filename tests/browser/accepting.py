"""Steps from an agreement to an accepted stage in the browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.house import PASSWORD, PATIENCE, submit

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

MEASURING = 60_000


def draft(page: Page, engagement: str) -> str:
    """A draft from the balanced preset, judged from the first stage on, with prices."""
    page.goto(f"{engagement}agreements/new/")
    page.locator('[name="reason"]').fill("First version")
    page.locator('[name="preset"][value="balanced"]').check()
    submit(page)
    page.wait_for_url(re.compile(r"/edit/$"))
    address = page.url
    house = address.partition("/agreements/")[0]
    criteria = page.locator('a[href*="/criteria/"]:not([href$="/new/"])')
    for link in [one.get_attribute("href") for one in criteria.all()]:
        page.goto(f"{house}{link}")
        page.locator('[name="stage"]').select_option("initial")
        keep(page)
    for part, typed in {
        "conditions": {"rows_a_month": "1500", "events_a_year": "900"},
        "terms": {"yen_false_alarm": "3000", "yen_miss": "180000"},
        "budget": {
            "false_alarms": "20",
            "misses": "9",
            "until": "2027-03-31",
        },
    }.items():
        page.goto(address.replace("/edit/", f"/edit/{part}/"))
        for name, words in typed.items():
            page.locator(f'[name="{name}"]').fill(words)
        keep(page)
    return address


def keep(page: Page) -> None:
    """Keep one part of a draft, and be back at all of it."""
    submit(page)
    page.wait_for_url(re.compile(r"/agreements/\d+/edit/$"))


def sign(page: Page) -> None:
    """Say that it was read, give the password, and leave the page of signing."""
    here = page.url
    page.locator('[name="agreed"]').check()
    page.locator('[name="password"]').fill(PASSWORD)
    submit(page)
    page.wait_for_url(lambda url: url != here)


def detections(folder: Path, name: str, events: int, quiet: int) -> Path:
    """So many real events and quiet rows, all judged rightly, with their scores."""
    lines = ["y_true,y_pred,y_score,segment"]
    for row in range(events + quiet):
        real = row < events
        score = (0.6 if real else 0.0) + (row * 37 % 40) / 100
        lines.append(f"{real:d},{real:d},{score:.2f},{row % 2 + 1}号機")
    file = folder / name
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def measured(page: Page, engagement: str, file: Path, word: str) -> str:
    """Upload, queue, wait for the verdict; the run's address."""
    page.goto(f"{engagement}runs/new/")
    page.locator('input[type="file"]').set_input_files(file)
    page.locator("form[data-upload] .btn-main").click()
    page.wait_for_url(re.compile(r"/uploads/[0-9a-f-]{36}/"))
    submit(page)
    expect(page.locator(".head-title .v")).to_contain_text(word, timeout=MEASURING)
    return page.url


def put_forward(page: Page, engagement: str) -> str:
    """Put the present stage forward on the newest run; the review's address."""
    page.goto(f"{engagement}stages/")
    submit(page)
    page.wait_for_url(re.compile(r"/reviews/[0-9a-f-]{36}/$"), timeout=PATIENCE)
    return page.url
