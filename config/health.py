"""/healthz: does the web process reach its database?"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.http import require_GET

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)
# Who asks whether the process lives gives up soon.
PATIENCE: Final = 1.0


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503; a broker that is gone is only told.

    Without a broker pages are still read and files taken in, so that no container
    needs to be started anew for it.
    """
    answers = _database_answers()
    told = {
        "status": "ok" if answers else "down",
        "database": "ok" if answers else "down",
        "broker": "ok" if _broker_answers() else "down",
    }
    status = HTTPStatus.OK if answers else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(told, status=status)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer")
        return False
    return True


def _broker_answers() -> bool:
    link = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
    )
    try:
        return bool(link.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        link.close()
