"""What Django and allauth refuse by themselves is said in the reader's language too."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

IN = {"ja": {"accept-language": "ja"}, "en": {"accept-language": "en"}}
# By what happened: how it begins in either language.
SAID = {
    "unread": {"ja": "読み取れませんでした", "en": "This could not be read"},
    "no secret": {"ja": "送信できませんでした", "en": "This could not be sent"},
    "too often": {"ja": "操作の回数が上限を超えました", "en": "Too many attempts"},
}


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()
    yield
    cache.clear()


def says(page, what: str, language: str) -> bool:
    assert f'<html lang="{language}"' in page.text
    return f"<h1>{SAID[what][language]}</h1>" in page.text


@pytest.mark.parametrize("language", IN)
def test_a_form_of_very_many_fields_is_refused(client, db, language):
    fields = {f"field-{number}": "" for number in range(1001)}

    page = client.post(reverse("account_login"), fields, headers=IN[language])

    assert page.status_code == 400
    assert says(page, "unread", language)


@pytest.mark.parametrize("language", IN)
def test_a_form_without_its_secret_is_refused(db, language):
    client = Client(enforce_csrf_checks=True)

    page = client.post(reverse("account_login"), headers=IN[language])

    assert page.status_code == 403
    assert says(page, "no secret", language)


@pytest.mark.parametrize("language", IN)
def test_whoever_tries_too_often_is_told_to_wait(client, db, language):
    address = reverse("account_login")

    for _try in range(31):
        page = client.post(address, headers=IN[language])

    assert page.status_code == 429
    assert says(page, "too often", language)
