"""The services the suite runs on, started once; and what may not be skipped."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

# Before anything imports the Celery app, which would name the settings otherwise.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
SERVICES = ExitStack()
REQUIRED = [name for name in os.environ.get("KENSHU_REQUIRE", "").split(",") if name]


def _start_database() -> None:
    # Workers inherit the address from the process that started them.
    if os.environ.get("DATABASE_URL"):
        return
    folder = Path(SERVICES.enter_context(tempfile.TemporaryDirectory()))
    if os.environ.get("KENSHU_TEST_DB") == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/kenshu.sqlite3"
        return
    from config.embedded import postgres

    os.environ["DATABASE_URL"] = SERVICES.enter_context(postgres(folder))


_start_database()


def pytest_unconfigure(config):
    SERVICES.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A skipped test that this machine must run is a failure."""
    report = (yield).get_result()
    if report.skipped and any(item.get_closest_marker(name) for name in REQUIRED):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, but KENSHU_REQUIRE forbids it"
