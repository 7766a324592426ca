"""Around every request: its language, who is signed out, and a cache that is gone."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import translation
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


logger = logging.getLogger(__name__)


def language_of_the_reader(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in the user's own language, else the cookie's, else the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = (
            request.user.language
            if request.user.is_authenticated
            else translation.get_language_from_request(request)
        )
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return middleware


def parts_of_a_page(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tell a script that asks for a part of a page that its reader is signed out.

    It would put the page to sign in where the part stood: so a page that looks again is
    loaded anew, and one that sends something keeps what was typed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asked = request.headers.get("HX-Request")
        where = getattr(response, "url", "").partition("?")[0]
        if not asked or where != resolve_url(settings.LOGIN_URL):
            return response
        if request.method == "GET":
            return HttpResponse(headers={"HX-Refresh": "true"})
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)

    return middleware


class UncountedSignIn:
    """Say so, with 503, when the attempts to sign in cannot be counted.

    Only signing in uses the cache. Without the count passwords could be guessed
    without end, so nobody signs in until it is back; those who are in work on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """The page for a cache that does not answer; other faults go their way."""
        if not isinstance(exception, RedisError):
            return None
        logger.error("The cache is gone: sign-ins are held.", exc_info=exception)
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "60"
        return response
