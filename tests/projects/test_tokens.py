"""Tokens of the API: shown once, kept as a digest, ended by day or by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from projects.catalogue import day_in_words
from projects.models import ApiToken, Event, Organisation
from projects.services import tokens
from tests.conftest import person


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def made(manager):
    return tokens.make_token(name="nightly", expires_on=in_days(30), by=manager)


def test_only_the_digest_and_the_last_letters_are_kept(made, manager):
    _token, secret = made

    kept = ApiToken.objects.values().get()
    assert secret.startswith("kenshu_")
    assert kept["digest"] == sha256(secret.encode()).hexdigest()
    assert kept["last_four"] == secret[-4:]
    assert secret not in str(kept)
    assert tokens.known_token(secret=secret).user == manager


def test_the_day_of_the_last_use_is_noted_once_a_day(made, django_assert_num_queries):
    token, secret = made
    assert token.last_used_on is None

    with django_assert_num_queries(2):
        tokens.known_token(secret=secret)
    with django_assert_num_queries(1):
        tokens.known_token(secret=secret)

    token.refresh_from_db()
    assert token.last_used_on == timezone.localdate()


@pytest.mark.parametrize("days", [-1, 367])
def test_a_token_ends_within_a_year(days, manager):
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        tokens.make_token(name="nightly", expires_on=in_days(days), by=manager)

    assert refusal.value.message_dict == {
        "expires_on": ["Choose a day from today to a year from now."]
    }
    assert not ApiToken.objects.exists()


def test_on_its_last_day_a_token_is_good_and_the_day_after_it_has_expired(manager):
    token, secret = tokens.make_token(name="now", expires_on=in_days(0), by=manager)
    assert tokens.known_token(secret=secret) == token

    ApiToken.objects.update(expires_on=in_days(-1), last_used_on=None)
    with pytest.raises(ValidationError) as refusal:
        tokens.known_token(secret=secret)
    assert refusal.value.code == "token_expired"


def test_two_tokens_of_one_name_are_told_apart_by_no_one_and_refused(made, manager):
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        tokens.make_token(name="nightly", expires_on=in_days(1), by=manager)

    assert "You have a token of this name" in refusal.value.message_dict["name"][0]
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.create(
            user=manager, name="nightly", digest="x", expires_on=in_days(1)
        )


def test_a_revoked_token_is_refused_and_its_name_is_free(made, manager):
    token, secret = made

    tokens.revoke_token(token=token, by=manager)
    tokens.revoke_token(token=token, by=manager)

    with pytest.raises(ValidationError) as refusal:
        tokens.known_token(secret=secret)
    assert refusal.value.code == "token_revoked"
    assert Event.objects.filter(verb="token.revoked").count() == 1
    tokens.make_token(name="nightly", expires_on=in_days(1), by=manager)


def test_nobody_revokes_the_token_of_another(made, executive):
    token, _secret = made

    with pytest.raises(ApiToken.DoesNotExist):
        tokens.revoke_token(token=token, by=executive)

    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_persons_organisations_are_told_of_a_token(made, manager):
    provider = manager.memberships.get().organisation
    token, secret = made

    event = Event.objects.get(verb="token.made")

    assert event.organisation == provider
    assert secret not in str(event.params)
    assert event.sentence("en") == (
        f"manager made the API token nightly …{secret[-4:]}, valid until "
        f"{day_in_words(token.expires_on).en}"
    )


def test_the_page_shows_a_token_once_and_no_cache_keeps_it(client, manager):
    client.force_login(manager)
    address = reverse("projects:tokens")

    page = client.post(address, {"name": "nightly", "expires_on": str(in_days(9))})

    secret = re.search(r"kenshu_[\w-]{43}", page.text)[0]
    assert "no-store" in page["Cache-Control"]
    assert tokens.known_token(secret=secret).name == "nightly"
    later = client.get(address)
    assert secret not in later.text
    assert f"…{secret[-4:]}" in later.text
    # Sent again it makes no second one.
    again = client.post(address, {"name": "nightly", "expires_on": str(in_days(9))})
    assert "You have a token of this name" in again.text
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "state", "word"),
    [
        ("en", "revoked", "revoked"),
        ("ja", "revoked", "無効"),
        ("ja", "expired", "期限切れ"),
    ],
)
def test_the_page_tells_what_became_of_each(
    language, state, word, client, made, manager
):
    type(manager).objects.update(language=language)
    client.force_login(manager)
    if state == "expired":
        ApiToken.objects.update(expires_on=in_days(-1))
    else:
        client.post(reverse("projects:token_revoke", args=[made[0].pk]))

    page = client.get(reverse("projects:tokens"))

    assert word in page.text


def test_who_belongs_nowhere_makes_tokens_of_which_nobody_is_told(db):
    nobody = person(
        "nobody", Organisation.objects.create(name="x", kind="provider"), "viewer"
    )
    nobody.memberships.all().delete()

    tokens.make_token(name="nightly", expires_on=in_days(1), by=nobody)

    assert not Event.objects.filter(verb="token.made").exists()
