"""Moving through a page by keyboard alone, seeing at each stop where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

# More stops than any page has before what is meant.
MOST = 120
# What has the focus, where it lies on the page, and how its focus is drawn: by itself,
# or by the label that draws the field.
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const drawn = (each) => {
    if (!each) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const label = one.closest("label");
  const shown = drawn(one) ? one : (label ?? one);
  const box = shown.getBoundingClientRect();
  // Of words on several lines the first.
  const line = shown.getClientRects()[0];
  const hit = document.elementFromPoint(
    line.left + line.width / 2, line.top + line.height / 2,
  );
  // A strip that scrolls sideways has moved under the focus.
  const moved = scrollX + (one.closest(".tabs, .tbl-wrap")?.scrollLeft ?? 0);
  return {
    words: `<${one.localName}> ${(one.innerText || one.name || "").slice(0, 40)}`,
    drawn: drawn(one) || drawn(label),
    reached: !!hit && (one.contains(hit) || !!label?.contains(hit)),
    left: box.left + moved, right: box.right + moved,
    top: box.top + scrollY, bottom: box.bottom + scrollY,
  };
}"""


def seen(page: Page) -> dict[str, Any] | None:
    """Where the focus is, which one must be able to see; None at the page's end."""
    stop: dict[str, Any] | None = page.evaluate(STOP)
    if stop:
        assert stop["drawn"], f"no ring around {stop['words']}"
        assert stop["reached"], f"covered or out of sight: {stop['words']}"
    return stop


def go_to(page: Page, aim: Locator, key: str = "Tab") -> None:
    """Press Tab until what is meant has the focus."""
    expect(aim.first).to_be_visible()
    for _press in range(MOST):
        page.keyboard.press(key)
        seen(page)
        if aim.first.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{key} never comes to {aim}")


def stops(page: Page) -> list[dict[str, Any]]:
    """Every stop of Tab from the top of the page to its end."""
    found: list[dict[str, Any]] = []
    for _press in range(MOST):
        page.keyboard.press("Tab")
        stop = seen(page)
        if stop is None:
            break
        found.append(stop)
    return found
