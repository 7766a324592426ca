"""What a worker does with a delivery of costs: read it through, or take it over."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import OperationalError, close_old_connections, connection
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from costs import reading, taking
from costs.imports.faults import Fault, FileRefused
from costs.models import CostImport, ImportStatus
from costs.models.imports import BEAT, LEASE, next_bell
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

logger = logging.getLogger(__name__)

BETWEEN_NOTICES: Final = 1.0  # seconds between two words of progress
PROGRESS_SECONDS: Final = 3600
OURS = Text(
    ja="処理できませんでした。ファイルは残っています。"
    "管理者に知らせてから、もう一度取り込んでください。",
    en="It could not be worked on, which is our fault. The file is kept; tell whoever "
    "runs Kenshu and deliver it again.",
)
TOO_LONG = Text(
    ja="制限時間内に終わりませんでした。期間を分けて書き出してください。",
    en="It took longer than a worker may; export shorter periods.",
)
LOST = Text(
    ja="処理が繰り返し途切れたため、止めました。ファイルは残っています。",
    en="The work broke off again and again and was given up. The file is kept.",
)
# Where it goes when it cannot be finished: what was never read is refused, what was
# read stays readable, and nothing of it was taken over.
ENDS: Final[Mapping[str, str]] = {
    ImportStatus.READING: ImportStatus.REFUSED,
    ImportStatus.TAKING: ImportStatus.CHECKED,
    ImportStatus.WAITING: ImportStatus.REFUSED,
    ImportStatus.QUEUED: ImportStatus.CHECKED,
}
BACK: Final[Mapping[str, str]] = {
    ImportStatus.READING: ImportStatus.WAITING,
    ImportStatus.TAKING: ImportStatus.QUEUED,
    ImportStatus.WAITING: ImportStatus.WAITING,
    ImportStatus.QUEUED: ImportStatus.QUEUED,
}


def work_on(import_id: UUID | str) -> None:
    """Claim a delivery and do what it waits for; harmless when there is none."""
    delivered = CostImport.objects.claim(import_id, now=timezone.now())
    if delivered is None:
        logger.info("Delivery %s is taken or finished; nothing to do", import_id)
        return
    try:
        with heard_of(delivered):
            if delivered.status == ImportStatus.READING:
                report = reading.read_through(delivered, told(delivered))
                record_report(delivered, report)
            else:
                taking.take_over(delivered, told(delivered))
    except taking.Lost:
        logger.warning("Delivery %s was given to another worker", delivered.pk)
    except FileRefused as refusal:
        record_end(delivered, [fault.to_json() for fault in refusal.faults])
    except SoftTimeLimitExceeded:
        record_end(delivered, [_whole(TOO_LONG)])
    except OperationalError:
        # The database was away or too busy: the bell is tried again a little later.
        own = _own(delivered)
        own.update(status=BACK[delivered.status], lease_until=next_bell())
        raise
    except Exception:
        record_end(delivered, [_whole(OURS)])
        raise


def told(delivered: CostImport) -> Told:
    return Told(progress_key(delivered))


class Told:
    """Says how many rows are done, through the cache: the page needs no row of it."""

    def __init__(self, key: str) -> None:
        self.key, self._last = key, 0.0

    def __call__(self, rows: int) -> None:
        if time.monotonic() - self._last < BETWEEN_NOTICES:
            return
        self._last = time.monotonic()
        # Without a cache nobody sees the progress; the work goes on.
        with suppress(RedisError, OSError):
            cache.set(self.key, rows, PROGRESS_SECONDS)


def progress_key(delivered: CostImport) -> str:
    """Where the rows done are kept, by what is done."""
    return f"costs-import:{delivered.pk}:{delivered.status}"


def rows_done(delivered: CostImport) -> int:
    """How many rows the worker has done, 0 while nobody knows."""
    with suppress(RedisError, OSError):
        return int(cache.get(progress_key(delivered)) or 0)
    return 0


@contextmanager
def heard_of(delivered: CostImport) -> Iterator[None]:
    """Renew the lease while the work goes on, on a connection of its own.

    The work itself is one long transaction, in which nothing written is seen. SQLite
    lets nobody else write meanwhile, neither this nor the sweep it would hold off.
    """
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT.total_seconds()):
            with suppress(OperationalError):
                _own(delivered).update(lease_until=timezone.now() + LEASE)
            close_old_connections()
        connection.close()

    heart = threading.Thread(target=beat, name="import-lease", daemon=True)
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()


def record_report(delivered: CostImport, report: dict[str, Any]) -> None:
    """Keep what reading it through has found, unless somebody else has it now."""
    _own(delivered).update(
        status=ImportStatus.CHECKED, report=report, faults=[], lease_until=None
    )


def record_end(delivered: CostImport, faults: list[dict[str, Any]]) -> None:
    """Keep why it ended without being finished; nothing of it was taken over."""
    ended: dict[str, Any] = {"status": ENDS[delivered.status], "faults": faults}
    if delivered.status == ImportStatus.TAKING:
        ended |= {"taken_by": None, "taken_at": None}
    _own(delivered).update(lease_until=None, **ended)


def _own(delivered: CostImport) -> Any:
    return CostImport.objects.filter(
        pk=delivered.pk, status=delivered.status, attempt=delivered.attempt
    )


def _whole(why: Text) -> dict[str, Any]:
    return Fault("ours", why).to_json()


def sweep(*, now: datetime) -> Iterator[UUID]:
    """Give up deliveries out of attempts, put back other lost ones; yield those."""
    lost = CostImport.objects.lost(now=now)
    for one in lost.filter(attempt__gte=F("give_up_at")):
        if one.status in (ImportStatus.READING, ImportStatus.TAKING):
            record_end(one, [_whole(LOST)])
    for one in list(lost.order_by("delivered_at")):
        again = lost.filter(pk=one.pk, status=one.status, attempt=one.attempt)
        if again.update(status=BACK[one.status], lease_until=next_bell()):
            yield one.pk
