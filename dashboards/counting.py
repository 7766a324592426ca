"""Counting requests and tasks while they happen, for /metrics."""

from __future__ import annotations

import logging
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from celery import current_app
from celery.signals import task_failure, task_retry, task_success
from django.conf import settings
from django.core.cache import cache
from prometheus_client import Counter, Histogram
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)


def make_folder(folder: str) -> None:
    """Where the processes meet; the library finds it, but does not make it."""
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)


make_folder(settings.METRICS_FOLDER)
REQUESTS: Final = Counter(
    "kenshu_requests", "Requests answered, by view and status.", ["view", "status"]
)
SECONDS: Final = Histogram(
    "kenshu_request_seconds",
    "Seconds until a request was answered, by view.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
ENDS: Final = ("success", "failure", "retry")


def requests_by_view(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Count every request by its view; an address that is none is counted as such."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = get_response(request)
        match = request.resolver_match
        view = match.view_name if match is not None else "none"
        REQUESTS.labels(view, str(response.status_code)).inc()
        SECONDS.labels(view).observe(perf_counter() - began)
        return response

    return middleware


# Workers have no address to ask them at, and may stand on other machines: the shared
# cache is where their counts meet.
def _count(name: str, end: str) -> None:
    key = _key(name, end)
    try:
        cache.add(key, 0, timeout=None)
        cache.incr(key)
    except (RedisError, ValueError):
        # Gone, or emptied in between: a count is not worth a task.
        logger.warning("The end of a task of %s is not counted", name)


def _key(name: str, end: str) -> str:
    return f"tasks/{name}/{end}"


# Any: what Celery tells.
@task_success.connect
def _succeeded(sender: Any = None, **_told: Any) -> None:
    _count(sender.name, "success")


@task_failure.connect
def _failed(sender: Any = None, **_told: Any) -> None:
    _count(sender.name, "failure")


@task_retry.connect
def _retried(sender: Any = None, **_told: Any) -> None:
    _count(sender.name, "retry")


def tasks_ended() -> Iterator[tuple[str, str, int]]:
    """Of every task of ours how often it ended how, since the cache was emptied."""
    current_app.loader.import_default_modules()
    ours = sorted(n for n in current_app.tasks if not n.startswith("celery."))
    known = {_key(name, end): (name, end) for name in ours for end in ENDS}
    found = cache.get_many(known)
    for key, (name, end) in known.items():
        if key in found:
            yield name, end, found[key]
