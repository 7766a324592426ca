"""Around every request: the reader's language, and a cache that is gone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import translation
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


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
