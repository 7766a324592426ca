"""What every endpoint of the API shares: who asks, and how it refuses."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Unreadable
from ninja.security import HttpBearer
from pydantic import PlainSerializer, WithJsonSchema

from projects.models import ApiToken
from projects.refusals import sentence_of
from projects.services import tokens
from projects.templatetags.times import joined

if TYPE_CHECKING:
    from ninja import NinjaAPI


class Refused(Schema):
    """Why nothing was done."""

    error: str = Field(description="The same word for the same reason, for programs.")
    message: str = Field(description="A sentence, in the language that was asked for.")
    field: str | None = Field(None, description="What in the request it is about.")


# Which answers besides those of success an endpoint may give.
REFUSALS: Final[dict[int, type[Refused]]] = dict.fromkeys((401, 403, 404, 422), Refused)


def exactly(number: Decimal) -> str:
    """All digits of a number and no more: 1147.5, never 1147.50000 or 1E+3."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


Exact = Annotated[
    Decimal,
    PlainSerializer(exactly, return_type=str),
    Field(json_schema_extra={"examples": ["1147.5"]}),
]


def in_japan(moment: datetime) -> str:
    """A time as 2026-10-01T10:00:00+09:00, whatever zone it came in."""
    return timezone.localtime(moment).isoformat()


Instant = Annotated[
    datetime,
    PlainSerializer(in_japan, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class Bearer(HttpBearer):
    """The token of the header; its person is who asks."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """ValidationError, which is told with 401, for a token that is not good."""
        found = tokens.known_token(secret=token)
        request.user = found.user
        return found


def refused(status: int, error: str, message: str, field: str = "") -> JsonResponse:
    """A refusal as every endpoint gives it."""
    body = {"error": error, "message": message} | ({"field": field} if field else {})
    answer = JsonResponse(body, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def nothing_here() -> JsonResponse:
    """For what does not exist, and for what the person may not know of."""
    told = _("There is nothing at this address that you may see.")
    return refused(404, "not_found", told)


def told_refusal(refusal: ValidationError) -> JsonResponse:
    """What a service refused, with its sentence."""
    if hasattr(refusal, "error_dict"):
        field, faults = next(iter(refusal.error_dict.items()))
        return refused(422, faults[0].code or "refused", faults[0].messages[0], field)
    code = refusal.error_list[0].code or "refused"
    status = 401 if code.startswith("token_") else 422
    return refused(status, code, joined(refusal.messages))


def teach(api: NinjaAPI) -> None:
    """Tell the API how each kind of refusal is answered."""

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, fault: Any) -> JsonResponse:
        told = _("Send a token: “Authorization: Bearer kenshu_…”.")
        return refused(401, "token_missing", told)

    @api.exception_handler(PermissionDenied)
    def not_allowed(request: HttpRequest, fault: Any) -> JsonResponse:
        return refused(403, "not_allowed", str(fault))

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, fault: Any) -> JsonResponse:
        return nothing_here()

    @api.exception_handler(ValidationError)
    def not_taken(request: HttpRequest, fault: Any) -> JsonResponse:
        return told_refusal(fault)

    @api.exception_handler(Unreadable)
    def not_read(request: HttpRequest, fault: Any) -> JsonResponse:
        is_json = request.content_type == "application/json"
        alone = is_json and request.body.lstrip().startswith(b"{")
        message, field = sentence_of(fault.errors, alone=alone)
        return refused(422, "invalid", message, field)

    @api.exception_handler(HttpError)
    def not_json(request: HttpRequest, fault: Any) -> JsonResponse:
        told = _("The body cannot be read as JSON.")
        return refused(fault.status_code, "not_json", told)
