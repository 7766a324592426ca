"""The addresses of signing in, and those that ask nobody who they are."""

from __future__ import annotations

import pytest
from django.urls import reverse

from projects.models import User
from tests.test_access import FRAGMENTS, SIGNING_IN


@pytest.mark.parametrize("name", sorted(SIGNING_IN))
def test_signing_in_answers_as_its_row_says(name, client, db):
    on, signed_out, with_password, invited = SIGNING_IN[name]
    address = reverse(name, args=on)
    known = User.objects.create_user("known@example.test", "a-long-password", name="K")
    unknown = User.objects.create_user("invited@example.test", name="I")

    answers = [client.get(address).status_code]
    for reader in (known, unknown):
        client.force_login(reader)
        answers.append(client.get(address).status_code)

    assert answers == [signed_out, with_password, invited]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", sorted(SIGNING_IN))
def test_the_pages_of_signing_in_speak_the_readers_language(name, language, client, db):
    client.cookies["django_language"] = language

    page = client.get(reverse(name, args=SIGNING_IN[name][0]), follow=True)

    assert page.status_code == 200
    if name not in FRAGMENTS:
        assert f'<html lang="{language}"' in page.text


@pytest.mark.parametrize("gone", ["email/", "confirm-email/", "login/code/confirm/"])
def test_what_is_not_offered_has_no_address(gone, client, manager):
    client.force_login(manager)

    assert client.get(f"/accounts/{gone}").status_code == 404


def test_the_health_check_needs_no_one(client, db):
    assert client.get("/healthz").json()["status"] == "ok"
