"""From a chart to a run, and the file whose segment fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


def lines(blind: str) -> bytes:
    """Alarms of three machines; nothing is found at the ``blind`` one."""
    rows = ["y_true,y_pred,segment"]
    for row in range(600):
        machine, happened = f"{row % 3 + 1}号機", row % 5 == 0
        found = happened and machine != blind
        rows.append(f"{happened:d},{found:d},{machine}")
    return "\n".join(rows).encode()


def follow_a_point(page: Page) -> None:
    """Click the last run's mark on the first chart; its page opens."""
    chart = page.locator("[data-chart]").first
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-drawn", "yes")
    mark = chart.locator(".scatterlayer .points path").last.bounding_box()
    page.mouse.move(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    page.mouse.click(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    page.wait_for_url("**/runs/*/")
    expect(page.locator(".head-title h2")).to_have_text("Run 1")
