"""What a page asks about its reader's session; those signed out are sent to sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from projects.sessions import begin_anew

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """How much of it is left; asking does not make it more."""
    return _told(request)


@never_cache
@require_POST
def session_renew(request: HttpRequest) -> HttpResponse:
    """Stay signed in for the whole time from now on."""
    begin_anew(request.session)
    return _told(request)


def _told(request: HttpRequest) -> HttpResponse:
    # In seconds, for the clocks of two machines differ. Whoever has signed in again
    # meanwhile sends the forms of a page that is still open with a new secret.
    left = int(request.session.get_expiry_age())
    return JsonResponse({"left": left, "token": get_token(request)})
