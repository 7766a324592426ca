"""What is looked for on a page: faults by axe, what does not fit, what is covered."""

from __future__ import annotations

import gzip
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.house import PATIENCE
from tests.config.watching import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import BrowserContext, Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_RULE = {"runOnly": RULES}
# Without light nothing changes but colours, which are the same in either language.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
# Bytes; what it loads besides is weighed by tests/test_weight.py.
HEAVIEST_PAGE = 60_000
# Width, theme, what axe asks. Two of the widths are 1280 px at 200 % and at 400 %.
VIEWS: dict[str, tuple[tuple[int, str, Mapping[str, Any] | None], ...]] = {
    "ja": (
        (1440, "light", EVERY_RULE),
        (1440, "dark", COLOURS),
        (640, "light", None),
        (390, "light", EVERY_RULE),
        (320, "light", None),
    ),
    "en": (
        (1440, "light", EVERY_RULE),
        (640, "light", None),
        (390, "light", EVERY_RULE),
        (390, "dark", COLOURS),
        (320, "light", None),
    ),
}
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
# What follows a change of width or theme is drawn by then. A page that nothing draws
# has no frames, and nobody gives up waiting for one.
TWO_FRAMES = """() => new Promise(done => {
  requestAnimationFrame(() => requestAnimationFrame(done));
  setTimeout(done, 1000);
})"""
# What does not fit its cell stands over the next one, unless it scrolls there.
SPILT = """() => [...document.querySelectorAll("td, th")]
  .filter((cell) => cell.clientWidth > 1 && cell.scrollWidth > cell.clientWidth + 1)
  .filter((cell) => getComputedStyle(cell).overflowX === "visible")
  .map((cell) => `wider than its cell: ${cell.innerText.trim().slice(0, 60)}`)"""
UNFOLD = "document.querySelectorAll('main details').forEach(d => d.open = true)"
# Words that end where their box ends, and what one could not press: something lies on
# it. What is written for voices only is one pixel wide, and pictures scale by rule.
OUT_OF_REACH = """() => {
  const found = [];
  const called = (one) => {
    const words = (one.innerText || one.name || one.id || "").trim().slice(0, 40);
    return `<${one.localName} class="${one.className}"> ${words}`;
  };
  for (const one of document.querySelectorAll("body *")) {
    if (!(one instanceof HTMLElement) || one.closest("[data-chart], svg")) continue;
    if (one.clientWidth <= 1 || !one.innerText?.trim()) continue;
    const { overflowX, overflowY, textOverflow } = getComputedStyle(one);
    // The whole of it stands elsewhere, and the dots say that there is more.
    if (textOverflow === "ellipsis") continue;
    const cut = (way) => way === "hidden" || way === "clip";
    if (cut(overflowX) && one.scrollWidth > one.clientWidth + 1)
      found.push(`cut off at its side: ${called(one)}`);
    if (cut(overflowY) && one.scrollHeight > one.clientHeight + 1)
      found.push(`cut off below: ${called(one)}`);
  }
  const pressed =
    "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const one of document.querySelectorAll(pressed)) {
    if (one.matches(".skip") || !one.checkVisibility({ visibilityProperty: true }))
      continue;
    const label = one.closest("label") ?? one.labels?.[0];
    // Some fields are drawn by their label.
    const drawn = getComputedStyle(one).opacity === "0" && label ? label : one;
    drawn.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = drawn.getClientRects()[0];
    if (!box || box.width <= 1) continue;
    const at = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = document.elementFromPoint(...at);
    if (!hit) found.push(`outside the window: ${called(one)}`);
    else if (!drawn.contains(hit) && !label?.contains(hit))
      found.push(`covered by ${called(hit)}: ${called(one)}`);
  }
  scrollTo(0, 0);
  for (const one of document.getAnimations())
    found.push(`moves: ${called(one.effect.target)}`);
  return found;
}"""


def watch(context: BrowserContext, address: str) -> list[str]:
    """Collect what no page may do: complain, break, or ask another host."""
    wrong: list[str] = []

    def hear(message) -> None:
        if message.type == "error" and message.page:
            wrong.append(f"console at {message.page.url}: {message.text}")

    def follow(request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:")):
            wrong.append(f"asked {request.url}")

    context.on("console", hear)
    context.on("weberror", lambda fault: wrong.append(f"script: {fault.error}"))
    context.on("request", follow)
    return wrong


def draw_charts(page: Page) -> None:
    """Charts are drawn when they come into sight: look at each."""
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_attribute("data-drawn", "yes", timeout=PATIENCE)


def faults_of(page: Page, rules: Mapping[str, Any] | None = EVERY_RULE) -> list[str]:
    """What is wrong with the page as it stands now; without rules only if it fits."""
    found = []
    wide = page.evaluate(TOO_WIDE)
    if wide > 0:
        found.append(f"{wide} px wider than the window")
    found += page.evaluate(SPILT)
    if rules is None:
        return found + page.evaluate(OUT_OF_REACH)
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    asked = {**rules, "resultTypes": ["violations"], "preload": False}
    for rule in page.evaluate("rules => axe.run(rules)", asked)["violations"]:
        for node in rule["nodes"]:
            why = " ".join(node["failureSummary"].split())
            found.append(f"{rule['id']} at {node['target']}: {why}")
    return found


def readable(page: Page) -> bool:
    """Axe finds nothing on the page as it stands; what it found is in the assertion."""
    found = faults_of(page)
    assert not found, "\n".join(found)
    return True


def look(
    page: Page, name: str, address: str, language: str, status: int = 200
) -> list[str]:
    """Open one page and tell what is wrong with how it reads, in every view."""
    set_up(page, *VIEWS[language][0][:2])
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status, f"{name}: {answer.status}"
    expect(page.locator("html")).to_have_attribute("lang", language)
    # What is folded away is read too.
    page.evaluate(UNFOLD)
    draw_charts(page)
    # As a proxy sends it.
    weight = len(gzip.compress(answer.body(), 6))
    found = []
    if weight > HEAVIEST_PAGE:
        found.append(f"{name}: {weight / 1000:.0f} kB of HTML, compressed")
    for width, scheme, rules in VIEWS[language]:
        set_up(page, width, scheme)
        page.evaluate(TWO_FRAMES)
        # Charts take their new width a moment later.
        with suppress(AssertionError):
            until(lambda: page.evaluate(TOO_WIDE) <= 0, "it fits", seconds=5)
        view = f"{name} at {width} px, {scheme}"
        found += [f"{view}: {fault}" for fault in faults_of(page, rules)]
    return found


def set_up(page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
