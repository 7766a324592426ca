"""With the colours of the reader's system, what is chosen still differs."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# What one sees of an element once the system's colours have taken the place of ours.
SEEN = """(one) => {
  const { color, backgroundColor, borderBottomColor } = getComputedStyle(one);
  return [color, backgroundColor, borderBottomColor];
}"""


def test_what_is_current_pressed_or_main_differs_in_forced_colours(house):
    path = f"/engagements/{house.places['power'][0]}/"
    with house.page_of("lead-en", forced_colors="active") as page:
        page.goto(house.address + path)
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        page.locator("details.me > summary").click()

        def seen(selector: str) -> list[str]:
            return page.locator(selector).first.evaluate(SEEN)

        ground = page.locator("body").evaluate(SEEN)[1]
        chosen = seen(".tabs [aria-current]")
        for other in (".tabs a:not([aria-current])", ".top-nav a:not([aria-current])"):
            colour, behind, _line = seen(other)
            assert behind != chosen[1]
            assert colour != chosen[0]
        # Only the current tab is underlined.
        assert seen(".tabs a:not([aria-current])")[2] == ground != chosen[2]
        assert seen(".menu-theme [aria-pressed=true]")[:2] == chosen[:2]
        assert seen(".menu-theme [aria-pressed=false]")[:2] != chosen[:2]

        page.goto(house.address)
        assert seen(".top-nav [aria-current]")[:2] == chosen[:2]
        assert seen("main .btn-main")[:2] == chosen[:2]
        assert seen("main .btn:not(.btn-main)")[:2] != chosen[:2]
        assert seen(".chips [aria-current]")[:2] == chosen[:2]
        assert seen(".chips a:not([aria-current])")[:2] != chosen[:2]
