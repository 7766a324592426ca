"""Every endpoint of the API × every kind of reader and every state of a token."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.models import ApiToken, User
from tests.api import USE, asked, bill_file, token_of
from tests.test_access import (
    ADDRESSES,
    MANAGING,
    MEMBERS,
    MEMBERS_OF,
    MONEY,
    READERS,
    UPLOADING,
    reader_of,
    rows,  # noqa: F401 - a fixture
)

# What is done → (verb, address, what it hangs on, who may, what success answers, body).
ENDPOINTS = {
    "record": ("post", "gpu_use", "engagement", UPLOADING, 201, USE),
    "list": ("get", "gpu_use", "engagement", MEMBERS, 200, None),
    "take back": ("delete", "gpu_use_line", "usage", UPLOADING, 204, None),
    "spend": ("get", "spend", "engagement", MEMBERS, 200, None),
    "deliver": ("post", "cost_imports", "organisation", MANAGING, 202, "file"),
    "follow": ("get", "cost_import", "import", MONEY, 200, None),
    "take over": ("post", "cost_import_take", "import", MANAGING, 202, None),
    "drop": ("post", "cost_import_drop", "import", MANAGING, 200, None),
}


def does(client, what, rows, token=None, **headers):  # noqa: F811
    verb, name, on, _allowed, _status, body = ENDPOINTS[what]
    body = {"file": bill_file()} if body == "file" else body
    return asked(client, verb, name, rows[on], token=token, body=body, **headers)


def test_every_endpoint_has_its_row():
    from config.api import api

    found = {
        (verb, address)
        for address, verbs in api.get_openapi_schema()["paths"].items()
        for verb in verbs
    }

    assert len(found) == len(ENDPOINTS)
    assert {verb for verb, _ in found} == {row[0] for row in ENDPOINTS.values()}


@pytest.mark.parametrize("who", sorted(READERS))
@pytest.mark.parametrize("what", sorted(ENDPOINTS))
def test_a_token_may_what_its_person_may(what, who, client, rows):  # noqa: F811
    _verb, _name, on, allowed, status, _body = ENDPOINTS[what]
    token = token_of(reader_of(rows, who))

    answer = does(client, what, rows, token)

    if who in allowed:
        assert answer.status_code == status, answer.content
        return
    told = answer.json()
    if who in MEMBERS_OF.get(on, MEMBERS):
        assert (answer.status_code, told["error"]) == (403, "not_allowed")
    else:
        assert (answer.status_code, told["error"]) == (404, "not_found")
    assert told["message"].endswith(".")


@pytest.mark.parametrize(
    "state", ["missing", "basic", "unknown", "expired", "revoked", "closed"]
)
@pytest.mark.parametrize("what", sorted(ENDPOINTS))
def test_without_a_good_token_nobody_is_let_in(what, state, client, rows):  # noqa: F811
    user = reader_of(rows, "manager")
    token = token_of(user)
    mine = ApiToken.objects.filter(user=user)
    if state == "expired":
        mine.update(expires_on=timezone.localdate() - timedelta(days=1))
    elif state == "revoked":
        mine.update(revoked_at=timezone.now())
    elif state == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    # Whoever is signed in on the pages is nobody here.
    client.force_login(reader_of(rows, "administrator"))
    headers = {"authorization": "Basic a2Vu"} if state == "basic" else {}
    sent = {"missing": None, "basic": None, "unknown": f"{token}x"}.get(state, token)

    answer = does(client, what, rows, sent, **headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert "Location" not in answer
    word = {"basic": "missing", "closed": "unknown"}.get(state, state)
    assert answer.json()["error"] == f"token_{word}"


@pytest.mark.parametrize(
    ("language", "told", "spoken"),
    [
        ("ja", "このアドレスに、見られるものはありません。", "ja"),
        ("en-GB,en;q=0.8", "There is nothing at this address that you may see.", "en"),
        ("fr", "このアドレスに、見られるものはありません。", "ja"),
        (None, "このアドレスに、見られるものはありません。", "ja"),
    ],
)
def test_refusals_speak_the_language_that_was_asked_for(
    language,
    told,
    spoken,
    client,
    rows,  # noqa: F811
):
    user = reader_of(rows, "stranger")
    User.objects.filter(pk=user.pk).update(language="ja" if spoken == "en" else "en")

    headers = {"authorization": f"Bearer {token_of(user)}"}
    if language:
        headers["accept-language"] = language
    answer = client.get(reverse("api:spend", args=rows["engagement"]), headers=headers)

    assert answer.json() == {"error": "not_found", "message": told}
    assert answer["Content-Language"] == spoken


def test_the_api_sets_and_heeds_no_cookie(client, rows):  # noqa: F811
    client.cookies["django_language"] = "ja"
    token = token_of(reader_of(rows, "manager"))

    answer = does(client, "take back", rows, f"{token}x")

    assert answer.json()["message"] == "This token is not known."
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/spend", "/api/v1/a/b/"])
def test_an_address_that_is_none_answers_in_json(address, client, db):
    answer = asked(client, "get", address, [])

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_a_verb_that_an_address_does_not_have_is_told_in_json(client, rows):  # noqa: F811
    answer = asked(client, "put", "gpu_use", rows["engagement"])

    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
    assert answer.json()["error"] == "no_such_method"


@pytest.mark.parametrize("name", ["openapi-json", "openapi-view"])
def test_what_the_api_can_do_is_read_by_the_signed_in(name, client, rows):  # noqa: F811
    address = reverse(f"api:{name}")

    assert "/accounts/login/" in client.get(address)["Location"]
    client.force_login(reader_of(rows, "stranger"))
    assert client.get(address).status_code == 200


def test_the_page_of_the_api_needs_no_other_host_and_no_inline_script(client, rows):  # noqa: F811
    client.force_login(reader_of(rows, "stranger"))

    page = client.get(reverse("api:openapi-view"))

    assert "default-src 'none'" in page["Content-Security-Policy"]
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert len(scripts) == 3
    for script in scripts:
        assert 'type="application/json"' in script or 'src="/static/ninja/' in script
    assert not re.search(r"<style|style=|://", page.text)


def test_each_answer_of_every_endpoint_is_declared(client, rows):  # noqa: F811
    client.force_login(reader_of(rows, "stranger"))
    paths = client.get(reverse("api:openapi-json")).json()["paths"]

    for verbs in paths.values():
        for said in verbs.values():
            assert {"401", "403", "404", "422"} <= set(said["responses"])
            assert said["security"] == [{"Bearer": []}]


def test_pages_know_no_token(client, rows):  # noqa: F811
    token = token_of(reader_of(rows, "manager"))
    address = reverse("costs:costs", args=rows["engagement"])

    page = client.get(address, headers={"authorization": f"Bearer {token}"})

    assert "/accounts/login/" in page["Location"]
    assert "projects:tokens" in ADDRESSES
