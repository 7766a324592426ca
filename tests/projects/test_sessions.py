"""A session in use goes on; one that is left ends, and says how much of it is left."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from tests.conftest import PASSWORD

WHOLE = settings.SESSION_COOKIE_AGE


def left(client) -> float:
    """Seconds until the row of the client's session may be deleted."""
    row = Session.objects.get(pk=client.cookies["sessionid"].value)
    return (row.expire_date - timezone.now()).total_seconds()


def leave(client, seconds: float) -> None:
    """Let that much of the session be left."""
    held = client.session
    held.set_expiry(timezone.now() + timedelta(seconds=seconds))
    held.save()


@pytest.fixture
def signed_in(client, manager):
    typed = {"login": manager.email, "password": PASSWORD}
    client.post(reverse("account_login"), typed)
    return client


def test_signing_in_begins_a_whole_session(signed_in):
    assert left(signed_in) == pytest.approx(WHOLE, abs=60)


@pytest.mark.parametrize(("part", "expected"), [(0.6, 0.6), (0.4, 1)])
def test_a_page_in_the_second_half_begins_it_anew(signed_in, part, expected):
    leave(signed_in, WHOLE * part)
    page = signed_in.get("/")

    assert page.status_code == 200
    assert left(signed_in) == pytest.approx(WHOLE * expected, abs=60)
    if expected == 1:
        assert page.cookies["sessionid"]["max-age"] == pytest.approx(WHOLE, abs=60)
    else:
        assert "sessionid" not in page.cookies


def test_asking_how_much_is_left_makes_it_no_more(signed_in):
    leave(signed_in, 1000)
    told = signed_in.get(reverse("projects:session"))

    assert told.json()["left"] == pytest.approx(1000, abs=60)
    assert "no-store" in told["Cache-Control"]
    assert left(signed_in) == pytest.approx(1000, abs=60)


def test_one_press_begins_it_anew_and_only_with_the_secret(signed_in):
    leave(signed_in, 1000)
    asking = type(signed_in)(enforce_csrf_checks=True)
    asking.cookies = signed_in.cookies
    address = reverse("projects:session_renew")
    assert asking.post(address).status_code == 403

    leave(signed_in, 1000)
    token = asking.get(reverse("projects:session")).json()["token"]
    told = asking.post(address, headers={"X-CSRFToken": token})

    assert told.json()["left"] == pytest.approx(WHOLE, abs=60)
    assert left(signed_in) == pytest.approx(WHOLE, abs=60)


def test_a_session_that_ended_is_signed_out_and_every_page_says_what_is_left(signed_in):
    leave(signed_in, WHOLE * 0.75)
    page = signed_in.get("/")
    (told,) = re.findall(r'data-left="(\d+)"', page.text)
    assert int(told) == pytest.approx(WHOLE * 0.75, abs=60)

    leave(signed_in, -1)
    for name in ("projects:session", "dashboards:portfolio"):
        answer = signed_in.get(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))
    # Nobody is signed in on the page to sign in: nothing counts down there.
    assert "data-left" not in signed_in.get(reverse("account_login")).text
