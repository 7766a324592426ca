"""Signing in while the cache that counts the attempts is gone."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from time import monotonic

import pytest
from django.http import HttpResponse
from django.urls import reverse

from config.settings import CACHES
from projects.middleware import UncountedSignIn
from tests.conftest import PASSWORD


@contextmanager
def silent():
    """A port that takes the line and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@contextmanager
def nobody():
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield port


def counted_at(port: int) -> dict:
    """The cache as the product sets it, at another place."""
    return {"default": CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{port}/0"}}


@pytest.mark.parametrize("gone", [silent, nobody])
def test_a_cache_that_is_gone_holds_sign_ins_and_says_so_at_once(
    gone, client, manager, settings
):
    address = reverse("account_login")
    typed = {"login": manager.email, "password": PASSWORD}
    with gone() as port:
        settings.CACHES = counted_at(port)
        began = monotonic()
        page = client.post(address, typed, headers={"accept-language": "en"})
        waited = monotonic() - began

    assert page.status_code == 503
    assert page.headers["Retry-After"] == "60"
    assert "Signing in is not possible at the moment" in page.text
    assert "_auth_user_id" not in client.session
    # One attempt to be counted, of two seconds at most, and no more.
    assert waited < 6


def test_whoever_is_signed_in_works_on_without_the_cache(client, manager, settings):
    client.force_login(manager)
    with silent() as port:
        settings.CACHES = counted_at(port)
        began = monotonic()
        page = client.get(reverse("dashboards:portfolio"))

    assert page.status_code == 200
    assert monotonic() - began < 2


def test_once_the_cache_is_back_the_same_person_signs_in(client, manager, settings):
    typed = {"login": manager.email, "password": PASSWORD}
    known = settings.CACHES
    with nobody() as port:
        settings.CACHES = counted_at(port)
        client.post(reverse("account_login"), typed)
    settings.CACHES = known

    assert client.post(reverse("account_login"), typed).status_code == 302


def test_a_fault_of_another_kind_goes_its_own_way(rf):
    held = UncountedSignIn(lambda request: HttpResponse())

    assert held.process_exception(rf.get("/"), LookupError("another fault")) is None


def test_a_script_that_asks_for_a_part_learns_that_its_reader_is_signed_out(
    client, engagement
):
    page = reverse("projects:feasibility", args=[engagement.pk])
    answer = reverse("projects:answer", args=[engagement.pk, "P1"])
    script = {"HX-Request": "true"}

    # The page is loaded anew, and leads to signing in by itself.
    looked = client.get(page, headers=script)
    assert (looked.status_code, looked.content) == (200, b"")
    assert looked.headers["HX-Refresh"] == "true"
    # What was typed stays where it is, with the reason beside it.
    assert client.post(answer, headers=script).status_code == 401
    # Without scripts it is as it was.
    assert client.get(page).url.startswith(reverse("account_login"))
