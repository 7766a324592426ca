"""One Kenshu and one Chromium for all browser tests of a worker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.house import CHROMIUM, furnished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.house import House

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser tests follow one another, so that the house stands only once.

    First, because they take longest: the other workers take the rest meanwhile.
    """
    items.sort(key=lambda item: HERE not in item.path.parents)


@pytest.fixture(scope="package")
def house(tmp_path_factory) -> Iterator[House]:
    """Not of the session: an open Chromium keeps Django from its own database."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed on this machine")
    with furnished(tmp_path_factory.mktemp("browser") / "var") as standing:
        yield standing
