"""A whole Kenshu with its real worker, and Chromium in front of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from playwright.sync_api import expect, sync_playwright

from config.embedded.process import free_port
from config.supervisor.place import PROJECT
from tests.config.test_running import PARTS, Running, kenshu
from tests.config.watching import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PASSWORD = "a-long-password"
# Two cores serve, measure and draw at once here.
PATIENCE = 30_000
# A bell that got lost is rung again within two minutes.
MEASURING = 150_000


@dataclass
class House:
    """What stands while the browser tests look at it."""

    running: Running
    browser: Browser
    engagements: dict[str, str] = field(default_factory=dict)
    # What is asked of the provider: intakes, a link, an own question.
    asked: dict[str, str] = field(default_factory=dict)
    # What addresses hang on, by the names of tests/browser/pages.py.
    places: dict[str, list[Any]] = field(default_factory=dict)
    run: str = ""
    _signed_in: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.running.port}"

    @contextmanager
    def context(self, **wishes: Any) -> Iterator[BrowserContext]:
        # Motion is off: colours on their way to another would be looked at half-way.
        context = self.browser.new_context(reduced_motion="reduce", **wishes)
        context.set_default_timeout(PATIENCE)
        try:
            yield context
        finally:
            context.close()

    @contextmanager
    def page_of(self, person: str, **wishes: Any) -> Iterator[Page]:
        """A page on which this person is signed in; they sign in only once."""
        if person not in self._signed_in:
            self._signed_in[person] = self._sign_in(person)
        with self.context(storage_state=self._signed_in[person], **wishes) as context:
            yield context.new_page()

    @contextmanager
    def page_outside(self, **wishes: Any) -> Iterator[Page]:
        """A page on which nobody is signed in."""
        with self.context(**wishes) as context:
            yield context.new_page()

    def _sign_in(self, person: str) -> Any:
        name, _, language = person.rpartition("-")
        if name == "invited":
            # They have no password to sign in with.
            (key,) = self.places[f"session-{language}"]
            known = {"domain": "127.0.0.1", "path": "/"}
            return {"cookies": [{"name": "sessionid", "value": key, **known}]}
        with self.context() as context:
            page = context.new_page()
            page.goto(f"{self.address}/accounts/login/")
            page.locator('[name="login"]').fill(f"{person}@example.test")
            page.locator('[name="password"]').fill(PASSWORD)
            page.locator("main form .btn-main").click()
            page.wait_for_url(f"{self.address}/")
            expect(page.locator("html")).to_have_attribute("lang", language)
            return context.storage_state()

    @contextmanager
    def with_demo(self) -> Iterator[str]:
        """The address of a second web process, one that shows the demo's sign-ins."""
        port = free_port()
        web = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "config.wsgi"),
                *("--bind", f"127.0.0.1:{port}", "--no-control-socket"),
            ],
            cwd=PROJECT,
            env=self.running.environment() | {"DEMO": "1"},
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: answers(port), "the second web process answers")
            yield f"http://127.0.0.1:{port}"
        finally:
            web.terminate()
            web.wait(timeout=20)

    @contextmanager
    def worker_rests(self) -> Iterator[None]:
        """Nothing is measured meanwhile."""
        held = self.running.parts(PARTS["worker"])

        def tell(number: signal.Signals) -> None:
            for pid in held:
                os.kill(pid, number)

        def rests() -> bool:
            tell(signal.SIGSTOP)
            if self._can_be_written():
                return True
            tell(signal.SIGCONT)
            return False

        try:
            until(rests, "the worker rests with nothing locked", seconds=60)
            yield
        finally:
            tell(signal.SIGCONT)

    def _can_be_written(self) -> bool:
        database = self.running.folder / "kenshu.sqlite3"
        with closing(sqlite3.connect(database, 2, isolation_level=None)) as rows:
            try:
                rows.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            rows.execute("ROLLBACK")
            return True

    def ask(self, query: str, *values: str) -> Any:
        """One value of the running database, None while there is none."""
        database = self.running.folder / "kenshu.sqlite3"
        with closing(sqlite3.connect(database, timeout=20)) as rows:
            found = rows.execute(query, values).fetchone()
        return found and found[0]

    def furnish(self) -> None:
        """Write the rows, then wait until the worker has measured their run."""
        # What is measured in there nobody else may take meanwhile.
        with self.worker_rests():
            told = json.loads(self.running.program("tests.browser.rows", PASSWORD))
        self.engagements, self.asked = told["engagements"], told["asked"]
        measured = """
            SELECT run.id FROM evaluation_run run
            JOIN projects_agreement agreement ON agreement.id = run.agreement_id
            WHERE run.status = 'measured' AND agreement.engagement_id = ?"""
        of = UUID(self.engagements["measured"]).hex
        until(lambda: bool(self.ask(measured, of)), "the run is measured", seconds=60)
        self.run = str(UUID(self.ask(measured, of)))
        self.places = told["places"] | {"measured": [self.run]}


def answers(port: int) -> bool:
    with closing(socket.socket()) as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def furnished(folder: Path) -> Iterator[House]:
    # Counting what is reached slows every page, and other tests reach the same.
    with (
        kenshu(folder, counted=False) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(SWITCHES)
        )
        house = House(running, browser)
        house.furnish()
        yield house
        browser.close()


def upload(page: Page, house: House, kind: str, file: Path) -> None:
    """Choose the file, send it, arrive at the question which column is which."""
    page.goto(f"{house.address}/engagements/{house.engagements[kind]}/runs/new/")
    page.locator('input[type="file"]').set_input_files(file)
    page.locator("form[data-upload] .btn-main").click()
    page.wait_for_url(re.compile(r"/uploads/[0-9a-f-]{36}/"))


def judged(page: Page) -> None:
    """Wait for a verdict, whichever; without one, say what the page says instead."""
    try:
        expect(page.locator(".head-title .v")).to_be_visible(timeout=MEASURING)
    except AssertionError as waited:
        raise AssertionError(page.locator("main").inner_text()) from waited


def submit(page: Page) -> None:
    page.locator("main form .btn-main").click()
