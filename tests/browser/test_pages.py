"""A real browser before a running Kenshu: the main path, and how every page reads."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect, sync_playwright

from tests.config.test_running import Running, kenshu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium")
REALDATA = os.environ.get("KENSHU_REALDATA")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Site:
    """A running Kenshu with its demo, and a browser before it."""

    running: Running
    browser: Browser

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.running.port}"

    def ask(self, query: str) -> str:
        return str(self.running.ask(query)[0][0])

    def agreed(self, *words: str) -> str:
        """An engagement with an agreement in force; its id."""
        return self.running.program("tests.agreed", *words)

    def reader(
        self, who: str, language: str = "en", width: int = 1440, scheme: str = "light"
    ) -> Page:
        """A page on which somebody of the demo is signed in."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]  # a word of our table
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        context.add_cookies(
            [{"name": "django_language", "value": language, "url": self.address}]
        )
        page = context.new_page()
        page.goto(f"{self.address}/accounts/login/")
        page.locator(f'[data-fill^="{who}@"]').click()
        page.locator("main form .btn-main").click()
        page.wait_for_url(f"{self.address}/")
        if page.locator("html").get_attribute("lang") != language:
            page.locator('header form[action="/language/"] button').click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    folder = tmp_path_factory.mktemp("browser") / "var"
    with kenshu(folder, demo="1") as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield Site(running, browser)
        browser.close()


def upload(page: Page, site: Site, engagement: str, file: Path) -> None:
    page.goto(f"{site.address}/engagements/{engagement}/runs/new/")
    page.locator('input[type="file"]').set_input_files(file)
    page.locator("form[data-upload] .btn-main").click()


def submit(page: Page) -> None:
    page.wait_for_url(re.compile(r"/uploads/"))
    page.locator("main form .btn-main").click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/"))


@pytest.fixture
def published() -> Path:
    if not REALDATA:
        pytest.skip("KENSHU_REALDATA does not name the published data")
    return Path(REALDATA)


@pytest.mark.realdata
def test_skab_comes_out_as_published_and_fails_its_line(site, published):
    engagement = site.agreed("anomaly", "f1", "at_least", "0.66")
    page = site.reader("tanaka")

    upload(page, site, engagement, published / "anomaly/skab_t_squared.csv")
    submit(page)

    # Nobody reloads: the page itself turns into the result once it is measured.
    expect(page.locator(".cm")).to_be_visible()
    text = page.locator("main").inner_text()
    for figure in ("7,331", "2,119", "5,440", "8,911", "19.21%", "42.60%", "0.6598"):
        assert figure in text.replace(" %", "%"), figure
    expect(page.locator(".head-title .v")).to_contain_text("FAIL")


@pytest.mark.realdata
def test_tepco_comes_out_as_published(site, published):
    engagement = site.agreed("demand_forecast", "mape", "at_most", "3")
    page = site.reader("tanaka")

    upload(page, site, engagement, published / "forecast/tepco_official_fy2022.csv")
    submit(page)

    expect(page.locator(".head-title .v")).to_contain_text("PASS")
    text = page.locator("main").inner_text().replace(" %", "%")
    assert re.search(r"0\.94%|0\.938", text)


@pytest.mark.parametrize(("language", "said"), [("ja", r"3行目"), ("en", r"[Rr]ow 3")])
def test_a_fault_is_named_by_row_and_column(site, tmp_path, language, said):
    engagement = site.agreed("anomaly", "recall", "at_least", "0.5")
    file = tmp_path / "wrong.csv"
    file.write_text("y_true,y_pred\n0,0\n1,maybe\n", encoding="utf-8")
    page = site.reader("tanaka", language)

    upload(page, site, engagement, file)
    page.wait_for_url(re.compile(r"/uploads/"))
    page.locator("main form .btn-main").click()

    refusal = page.locator('[role="alert"]').first
    expect(refusal).to_contain_text(re.compile(said))
    expect(refusal).to_contain_text("y_pred")


def test_an_answer_saves_itself_without_a_button(site):
    page = site.reader("kato")
    page.goto(f"{site.address}/engagements/new/")
    page.locator('[name="provider"]').select_option(index=1)
    page.locator('[name="customer"]').select_option(index=1)
    page.locator('[name="name"]').fill(f"自動保存 {uuid.uuid4().hex[:6]}")
    page.locator('[name="problem"]').fill("保存の確認")
    page.locator('[name="kind"]').select_option("anomaly")
    page.locator('[name="place"]').fill("工場")
    page.locator('[name="placement"]').select_option("edge")
    page.locator('[name="owner"]').select_option(index=1)
    page.locator('[name="starts_on"]').fill("2026-01-01")
    page.locator('[name="ends_on"]').fill("2026-12-31")
    page.locator("main form .btn-main").click()
    page.wait_for_url(re.compile(r"/feasibility/"))
    page.locator("main .btn-main").click()

    page.locator("#P1 .a-no").click()

    expect(page.locator("#kept-P1")).to_contain_text("Saved")
    expect(page.locator("#verdict-side")).to_contain_text("1 of 12 answered")
    page.reload()
    assert page.locator('#P1 input[value="no"]').is_checked()


def addresses(site: Site) -> dict[str, str]:
    """Every page of the engagement that was measured, and those beside it."""
    run = uuid.UUID(site.ask("select id from evaluation_run order by number limit 1"))
    of_run = "select a.engagement_id from projects_agreement a join evaluation_run r"
    one = uuid.UUID(site.ask(f"{of_run} on r.agreement_id = a.id limit 1"))
    offered = "select id from projects_agreement where status = 'offered'"
    agreement = site.ask(offered)
    inside = f"/engagements/{one}"
    return {
        "portfolio": "/",
        "engagements": "/engagements/",
        "nothing found": "/engagements/?q=zzz",
        "new engagement": "/engagements/new/",
        "overview": f"{inside}/",
        "feasibility": f"{inside}/feasibility/",
        "agreements": f"{inside}/agreements/",
        "draft": f"{inside}/agreements/new/",
        "agreement": f"/agreements/{agreement}/",
        "runs": f"{inside}/runs/",
        "upload": f"{inside}/runs/new/",
        "run": f"/runs/{run}/",
        "costs": f"{inside}/costs/",
        "team": f"{inside}/team/",
        "audit": "/audit/",
        "glossary": "/glossary/",
        "password": "/accounts/password/change/",
        "not found": "/engagements/00000000-0000-0000-0000-000000000000/",
    }


def watch(context: BrowserContext, site: Site) -> list[str]:
    """What a page must not do: complain, or ask another host."""
    wrong: list[str] = []

    def ask(route) -> None:
        if not route.request.url.startswith((site.address, "data:", "blob:")):
            wrong.append(f"asked {route.request.url}")
        route.continue_()

    context.route("**/*", ask)
    context.on(
        "console",
        lambda said: said.type in ("error", "warning") and wrong.append(said.text),
    )
    return wrong


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [
        ("ja", 1440, "light"),
        ("en", 390, "light"),
        ("en", 1440, "dark"),
        ("ja", 390, "dark"),
    ],
)
def test_every_page_reads_for_everybody(site, language, width, scheme):
    page = site.reader("kato", language, width, scheme)
    wrong = watch(page.context, site)
    found = []
    for name, path in addresses(site).items():
        page.goto(site.address + path)
        page.wait_for_load_state("networkidle")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            found.append(f"{name}: {wide} px too wide")
        options = {"runOnly": RULES, "resultTypes": ["violations"]}
        for fault in Axe().run(page, options=options).response["violations"]:
            where = [node["target"] for node in fault["nodes"]][:3]
            found.append(f"{name}: {fault['id']} {where}: {fault['help']}")
    # The page that is not there is answered so on purpose.
    complaints = [text for text in wrong if "404" not in text]

    assert not found + complaints, "\n".join(found + complaints)


def test_sign_in_reads_for_everybody(site):
    context = site.browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site.address}/accounts/login/")

    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    faults = Axe().run(page, options=options).response["violations"]

    assert [fault["id"] for fault in faults] == []
    with pytest.raises(Error):
        # Scripts from elsewhere stay out, whatever a page is made to ask for.
        page.add_script_tag(url="http://127.0.0.1:9/other.js")
