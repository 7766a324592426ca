"""The API of version 1: mounts what each app offers, and stands at its door."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.urls import URLPattern, re_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.parser import Parser

from costs import api as costs
from projects import api as projects

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Read by people who are signed in, as any page.
PAGES: Final = ("openapi-json", "openapi-view")


class ExactParser(Parser):
    """Reads numbers as they are written: 0.1 stays a tenth."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body; ValueError for what is no JSON, NaN included."""
        return json.loads(request.body, parse_float=Decimal, parse_constant=Decimal)


api = NinjaAPI(
    title="Kenshu",
    version="1",
    description="Money is text, exact to its last digit. Times carry their zone.",
    urls_namespace="api",
    auth=projects.Bearer(),
    parser=ExactParser(),
)
projects.teach(api)
api.add_router("", costs.router)


def at_the_door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask for a token instead of a sign-in, whatever cookies came along.

    The language is the one the request asks for, since a program has no settings.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.user = AnonymousUser()
        request.COOKIES = {}
        chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            answer = view(request, *args, **kwargs)
            if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                allowed = answer["Allow"]
                told = _("This address answers %(methods)s.") % {"methods": allowed}
                answer = projects.refused(405, "no_such_method", told)
                answer["Allow"] = allowed
        answer["Content-Language"] = chosen
        answer["Cache-Control"] = "no-store"
        patch_vary_headers(answer, ["Accept-Language", "Authorization"])
        return answer

    return login_not_required(csrf_exempt(answered))


def nothing(request: HttpRequest) -> HttpResponse:
    """The answer at an address the API does not have."""
    return projects.nothing_here()


def _patterns() -> list[URLPattern]:
    made = [one for one in api.urls[0] if isinstance(one, URLPattern)]
    for pattern in made:
        if pattern.name == "api-root":
            pattern.callback = at_the_door(nothing)
        elif pattern.name not in PAGES:
            pattern.callback = at_the_door(pattern.callback)
    return [*made, re_path("^.*$", at_the_door(nothing), name="nothing")]


urls = (_patterns(), "api")
