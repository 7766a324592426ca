"""A picture of every page in both languages and themes, wide and narrow: `make shots`.

What nothing can test is looked at: whether a page is calm, and says what matters first.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import django
from django.utils.text import slugify

from tests.browser.house import furnished
from tests.browser.looking import TWO_FRAMES, UNFOLD, draw_charts, set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.house import House
    from tests.browser.pages import Seen

VIEWS = tuple((width, theme) for width in (1440, 390) for theme in ("light", "dark"))


def take(house: House, folder: Path, subjects: list[str]) -> Iterator[Path]:
    """Every page of the subjects, each in eight pictures; gives their names."""
    # Their addresses are read once Django is ready.
    from tests.browser.pages import PAGES
    from tests.browser.test_every_page import page_for

    for subject in subjects or PAGES:
        seen = sorted(PAGES[subject], key=lambda one: one.who)
        for language in ("ja", "en"):
            for who, pages in groupby(seen, key=lambda one: one.who):
                with page_for(house, who, language) as page:
                    for one in pages:
                        page.goto(house.address + one.path(house, language))
                        name = folder / slugify(subject) / f"{_named(one)}-{language}"
                        yield from _views(page, name)


def _named(one: Seen) -> str:
    # Searches are told apart by what they ask.
    return slugify("-".join((one.name.replace(":", " "), one.on, one.who, one.query)))


def _views(page: Page, name: Path) -> Iterator[Path]:
    page.evaluate(UNFOLD)
    for width, theme in VIEWS:
        set_up(page, width, theme)
        draw_charts(page)
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(TWO_FRAMES)
        picture = name.with_name(f"{name.name}-{width}-{theme}.png")
        page.screenshot(path=picture, full_page=True)
        yield picture


def main() -> None:
    folder, *subjects = sys.argv[1:]
    django.setup()
    with TemporaryDirectory() as var, furnished(Path(var) / "var") as house:
        for picture in take(house, Path(folder), subjects):
            sys.stdout.write(f"{picture}\n")


if __name__ == "__main__":
    main()
