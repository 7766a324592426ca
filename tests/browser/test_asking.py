"""A visitor's intake in Chromium, from the link to the engagement."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.house import submit
from tests.browser.looking import watch
from tests.config.watching import until

pytestmark = pytest.mark.browser


VISITOR = {
    "customer_name": "夜間電力",
    "asker_name": "訪問 太郎",
    "asker_email": "visitor@example.test",
    "decider": "社長",
    "problem": "停電の前触れを知りたい。夜間に起きるので気づけない。",
    "place": "第一発電所",
    "believed_data": "電圧の記録が三年分",
}


SAYS = {
    "ja": (
        "質問を返す",
        "引き受ける",
        "質問をつけて差し戻し",
        "実現性",
        "引き受け",
    ),
    "en": ("Send back", "Accept", "Sent back", "Feasibility", "Accepted"),
}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_visitor_with_a_link_becomes_an_engagement(house, language):
    """Link, intake, question, answer, engagement; each side on its own screen."""
    send_back, accept, came_back, stage, accepted = SAYS[language]
    inside = f"{house.address}/organisations/{house.asked['provider']}/"
    with (
        house.context(locale=language) as outside,
        house.page_of(f"manager-{language}") as page,
    ):
        wrong = watch(outside, house.address) + watch(page.context, house.address)
        page.goto(f"{inside}invitations/new/")
        page.locator('[name="note"]').fill(f"展示会 {language}")
        submit(page)
        link = page.locator("#link").input_value()
        expect(page.locator('[data-copy="link"]')).to_be_visible()

        visitor = outside.new_page()
        visitor.goto(link)
        expect(visitor.locator("html")).to_have_attribute("lang", language)
        for name, words in VISITOR.items():
            visitor.locator(f'[name="{name}"]').fill(f"{words}"[:110])
        visitor.locator('[name="customer_name"]').fill(f"夜間電力 {language}")
        visitor.locator('[name="kind"]').select_option("anomaly")
        visitor.locator('[name="place_kind"]').select_option("power_area")
        submit(visitor)
        visitor.wait_for_url(re.compile("/visit/intakes/"))

        page.goto(f"{house.address}/intakes/")
        page.locator("tr", has_text=f"夜間電力 {language}").locator("a").click()
        page.get_by_role("link", name=send_back).click()
        page.locator('[name="question"]').fill("いつからですか")
        submit(page)
        expect(page.locator(".head-title .v")).to_contain_text(came_back)

        visitor.reload()
        expect(visitor.locator(".said-list")).to_contain_text("いつからですか")
        visitor.locator('[name="text"]').fill("去年の五月から")
        submit(visitor)

        page.reload()
        expect(page.locator(".said-list")).to_contain_text("去年の五月から")
        page.get_by_role("link", name=accept, exact=True).click()
        expect(page.locator('[name="name"]')).to_have_value("停電の前触れを知りたい")
        page.locator('[name="placement"]').select_option("cloud")
        submit(page)
        page.wait_for_url(re.compile("/engagements/[0-9a-f-]{36}/$"))

        # Nothing was typed again, and each page leads to the other.
        main = page.locator("main")
        for words in (VISITOR["problem"], VISITOR["place"], f"夜間電力 {language}"):
            expect(main).to_contain_text(words)
        expect(page.locator(".steps .now")).to_contain_text(stage)
        page.locator('main a[href^="/intakes/"]').click()
        expect(page.locator(".head-title .v")).to_contain_text(accepted)
        visitor.reload()
        expect(visitor.locator(".head-title .v")).to_contain_text(accepted)
        assert not wrong, "\n".join(wrong)

    # What was told by mail left within two turns of the sweep.
    unsent = "SELECT count(*) FROM projects_notice WHERE sent_at IS NULL"
    until(lambda: house.ask(unsent) == 0, "every notice is sent", seconds=150)
