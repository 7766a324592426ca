"""How long somebody stays signed in: until nobody has used the session for long.

WCAG 2.2, success criteria 2.2.1 and 2.2.6: a reader is warned before it ends, can
lengthen it by one press, and what they typed stays where it is (static/session.js).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest, HttpResponse

# It asks how long is left, and so it must not make it more.
ASKS = "projects:session"


def begin_anew(session: SessionBase) -> None:
    """From now on it lasts its whole time."""
    session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))


# Any: what the signal of signing in sends.
def begin_on_sign_in(request: HttpRequest, **_told: Any) -> None:
    """The day on which it ends is known from the start."""
    begin_anew(request.session)


def session_in_use(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Begin it anew once half of it is over, so that a used one never ends."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        if (
            request.user.is_authenticated
            and (match is None or match.view_name != ASKS)
            and request.session.get_expiry_age() < settings.SESSION_COOKIE_AGE / 2
        ):
            begin_anew(request.session)
        return response

    return middleware
