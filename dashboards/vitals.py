"""Finding out how the parts of the installation do; each question asked once."""

from __future__ import annotations

import logging
import platform
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import django
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import RedisError

from costs.models import CostImport
from costs.models.imports import UNFINISHED
from dashboards.condition import Facts
from evaluation.models import Run, RunStatus
from projects.models import Notice, Pulse

if TYPE_CHECKING:
    from datetime import datetime

    from projects.models import User

logger = logging.getLogger(__name__)
# A page that tells of a broker that is gone must not wait for it.
PATIENCE: Final = 1


@dataclass(frozen=True, slots=True)
class Broker:
    """How long it took to answer, in milliseconds, and what waits in each queue."""

    ms: float | None
    messages: dict[str, int]


def broker() -> Broker:
    """Ask the broker; `ms` is None when it does not answer."""
    began = perf_counter()
    try:
        with current_app.connection_for_read() as link:
            link.ensure_connection(
                max_retries=1, interval_start=0, interval_step=0, timeout=PATIENCE
            )
            channel = link.default_channel
            messages = {
                queue.name: _length(channel, queue.name)
                for queue in settings.CELERY_TASK_QUEUES
            }
    except (BrokerDown, RedisError, OSError) as gone:
        logger.warning("The broker does not answer: %s", gone)
        return Broker(None, {})
    return Broker((perf_counter() - began) * 1000, messages)


# Any: a channel of whichever transport.
def _length(channel: Any, name: str) -> int:
    """Messages in a queue; one that nobody has used yet has none."""
    try:
        return int(channel.queue_declare(queue=name, passive=True).message_count)
    except channel.connection.client.channel_errors:
        return 0


def database_ms() -> float | None:
    """Milliseconds until the database answers; None when it does not."""
    began = perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer")
        return None
    return (perf_counter() - began) * 1000


def facts(*, now: datetime) -> Facts:
    """All of it at one moment, by a fixed number of queries."""
    answered, asked = database_ms(), broker()
    if answered is None:
        return Facts(now=now, database_ms=None, broker_ms=asked.ms)
    disk = shutil.disk_usage(_standing(Path(str(settings.MEDIA_ROOT))))
    return Facts(
        now=now,
        database_ms=answered,
        broker_ms=asked.ms,
        messages=asked.messages,
        heard=Pulse.objects.heard(),
        processes=settings.WORKER_CONCURRENCY,
        disk_free=disk.free,
        disk_total=disk.total,
        largest_file=settings.MAX_UPLOAD_BYTES,
        **_runs(now),
        **_imports(),
        **_mails(now),
    )


def _standing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists: of the same disk, that is."""
    while not folder.exists():
        folder = folder.parent
    return folder


# Any: parts of Facts, by their names.
def _runs(now: datetime) -> dict[str, Any]:
    waits = Q(status=RunStatus.QUEUED)
    open_now = Run.objects.filter(
        status__in=[RunStatus.QUEUED, RunStatus.RUNNING]
    ).aggregate(
        queued=Count("pk", filter=waits),
        running=Count("pk", filter=Q(status=RunStatus.RUNNING)),
        busy=Count("pk", filter=Q(status=RunStatus.RUNNING, lease_until__gt=now)),
        oldest=Min("submitted_at", filter=waits),
    )
    ended = (
        Run.objects.filter(finished_at__gt=now - timedelta(hours=1))
        .order_by()
        .values_list("status")
        .annotate(n=Count("pk"))
    )
    return open_now | {"hour": dict(ended)}


def _imports() -> dict[str, Any]:
    return CostImport.objects.filter(status__in=UNFINISHED).aggregate(
        imports=Count("pk"), imports_since=Min("delivered_at")
    )


def _mails(now: datetime) -> dict[str, Any]:
    waiting = Notice.objects.unsent().aggregate(
        mails=Count("pk"), mails_since=Min("at")
    )
    lost = Notice.objects.filter(at__gt=now - timedelta(days=1)).exclude(
        undeliverable=""
    )
    return waiting | {"undelivered": lost.count()}


def oldest_waiting(user: User) -> tuple[Run | None, bool]:
    """The run that waits longest, where the user may see it; and whether there is one.

    Whoever looks after the machine need not be a member of every engagement.
    """
    queued = Run.objects.filter(status=RunStatus.QUEUED).order_by("submitted_at", "pk")
    oldest = queued.values_list("pk", flat=True).first()
    if oldest is None:
        return None, False
    shown = Run.objects.visible_to(user).select_related("agreement__engagement")
    return shown.filter(pk=oldest).first(), True


def versions() -> dict[str, str]:
    """What runs here, by name; nothing in it is secret."""
    return {
        "Kenshu": settings.KENSHU_VERSION,
        "Python": platform.python_version(),
        "Django": django.get_version(),
        connection.display_name: ".".join(
            str(one) for one in connection.get_database_version()
        ),
    }


@dataclass(frozen=True, slots=True)
class Service:
    """A server this installation leans on: what it is, and whether it came along."""

    kind: str
    own: bool
    address: str


def services() -> tuple[Service, Service]:
    """The database and the broker, by host and name; never with a password."""
    of = settings.DATABASES["default"]
    file = connection.vendor == "sqlite"
    address = str(of["NAME"]) if file else f"{of['HOST']}:{of['PORT']}/{of['NAME']}"
    broker_url = urlsplit(settings.REDIS_URL)
    return (
        Service(connection.display_name, file, address),
        Service(
            "Valkey / Redis",
            settings.EMBEDDED_BROKER,
            f"{broker_url.hostname}:{broker_url.port}{broker_url.path}",
        ),
    )
