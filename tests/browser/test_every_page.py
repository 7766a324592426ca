"""Every page in Chromium: nothing axe finds, nothing cut off, covered or too wide."""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import expect

from tests.browser.house import PASSWORD
from tests.browser.looking import look, watch
from tests.browser.pages import PAGES, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from playwright.sync_api import Page, Route

    from tests.browser.house import House

pytestmark = pytest.mark.browser


def page_for(house: House, who: str, language: str) -> AbstractContextManager[Page]:
    if not who:
        return house.page_outside(locale=language)
    return house.page_of(f"{who}-{language}", locale=language)


@pytest.mark.parametrize("subject", PAGES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_can_be_read(house, language, subject):
    found = []
    seen = sorted(PAGES[subject], key=lambda one: one.who)
    for who, pages in groupby(seen, key=lambda one: one.who):
        with page_for(house, who, language) as page:
            wrong = watch(page.context, house.address)
            for one in pages:
                address = house.address + one.path(house, language)
                name = f"{one.name} ({one.on}) for {who or 'anybody'}"
                found += look(page, name, address, language, one.status)
                if (unquote(page.url) == address) is one.leads_on:
                    found.append(f"{name} leads on to {page.url}")
                if one.status != HTTPStatus.OK:
                    # A refused page is told of on the console too.
                    wrong[:] = [line for line in wrong if str(one.status) not in line]
            found += wrong

    assert not found, "\n".join(found)


def answering(body: str) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    return answer


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_said_when_all_goes_wrong_can_be_read(house, language):
    found = []
    with house.page_outside(locale=language) as page, translation.override(language):
        for template in TEMPLATES:
            request = RequestFactory().get("/", headers={"host": "localhost"})
            request.user = AnonymousUser()
            body = render(request, template).text
            address = f"{house.address}/wrong/{template}"
            page.route(address, answering(body))
            found += look(page, template, address, language)

    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_form_without_its_secret_is_refused_in_words(house, language):
    with house.page_outside(locale=language) as page:
        page.goto(f"{house.address}/accounts/login/")
        page.locator('[name="login"]').fill("manager-en@example.test")
        page.locator('[name="password"]').fill(PASSWORD)
        page.context.clear_cookies(name="csrftoken")
        with page.expect_response(re.compile("/login/$")) as answer:
            page.locator("main form .btn-main").click()

        assert answer.value.status == HTTPStatus.FORBIDDEN
        expect(page.locator("html")).to_have_attribute("lang", language)
        said = {"ja": "送信できませんでした", "en": "This could not be sent"}[language]
        expect(page.locator("h1")).to_have_text(said)


def test_the_demos_sign_ins_can_be_read_and_fill_the_form(house):
    found = []
    with house.with_demo() as address:
        for language in ("ja", "en"):
            with house.page_outside(locale=language) as page:
                wrong = watch(page.context, address)
                found += look(page, "demo", f"{address}/accounts/login/", language)
                sign_ins = page.locator("[data-fill]")
                assert sign_ins.count() == 6
                sign_ins.first.click()
                login = page.locator('[name="login"]')
                expect(login).to_have_value("kato@demo.kenshu.example")
                expect(page.locator('[name="password"]')).to_have_value("kenshu-demo")
                found += wrong

    assert not found, "\n".join(found)
