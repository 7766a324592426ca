"""What a worker does with a pair of runs: claim it, read both files, keep the test."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone

from evaluation.ingest.faults import FileRefused
from evaluation.models import PairStatus, RunPair, next_bell
from evaluation.pairing import NotPaired, Paired, paired
from evaluation.sources import joined, source_of
from evaluation.watched import held_mb, watched
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

logger = logging.getLogger(__name__)

OURS = Text(
    ja="比べられませんでした。もう一度求められます。",
    en="They could not be compared. You can ask again.",
)
TOO_LONG = Text(
    ja="決められた時間とメモリーの中では比べられませんでした。",
    en="They could not be compared in the time and memory a worker may use.",
)
LOST = Text(
    ja="比較が何度も途切れたため、止めました。",
    en="Comparing broke off several times and was given up.",
)


def compare(pair_id: UUID | str) -> None:
    """Claim one pair, test it, keep what came out; harmless when there is none."""
    pair = RunPair.objects.claim(pair_id, now=timezone.now())
    if pair is None:
        logger.info("Pair %s is taken or finished; nothing to do", pair_id)
        return
    try:
        found = _tested(pair)
    except NotPaired as other:
        _end(pair, PairStatus.REFUSED, why=other.why)
    except FileRefused as refusal:
        fault, name = refusal.faults[0], pair.second.upload.name
        why = Text(ja=fault.sentence("ja", name), en=fault.sentence("en", name))
        _end(pair, PairStatus.REFUSED, why=why)
    except (SoftTimeLimitExceeded, MemoryError):
        _end(pair, PairStatus.FAILED, why=TOO_LONG)
    except Exception:
        _end(pair, PairStatus.FAILED, why=OURS)
        raise
    else:
        _end(pair, PairStatus.TESTED, found=found)


def _tested(pair: RunPair) -> Paired:
    def look(_taken: int) -> None:
        if held_mb() > settings.WORKER_MEMORY_MB:
            raise MemoryError

    # In a thread, where no database may be asked: everything is at hand by now.
    sources = [source_of(run) for run in (pair.first, pair.second)]
    rows = pair.first.rows_total

    def work(tell: Callable[[int], None]) -> Paired:
        with ExitStack() as open_files:
            one, other = (
                open_files.enter_context(joined(source, truth, tell))
                for source, truth in sources
            )
            return paired(one, other, rows, tell)

    return watched(work, look)


def _end(
    pair: RunPair,
    status: PairStatus,
    *,
    why: Text | None = None,
    found: Paired | None = None,
) -> None:
    """Write how it ended, unless another worker has it by now."""
    still_ours = RunPair.objects.filter(
        pk=pair.pk, status=PairStatus.RUNNING, attempt=pair.attempt
    )
    still_ours.update(
        status=status,
        reason_ja=why.ja if why else "",
        reason_en=why.en if why else "",
        found=None if found is None else found.to_json(),
    )


def sweep_pairs(*, now: datetime) -> Iterator[UUID]:
    """Give up pairs out of attempts, put back other lost ones; yield what to ring."""
    for pair in list(RunPair.objects.lost(now=now)):
        again = RunPair.objects.lost(now=now).filter(pk=pair.pk, attempt=pair.attempt)
        if pair.is_given_up:
            again.update(status=PairStatus.FAILED, reason_ja=LOST.ja, reason_en=LOST.en)
            continue
        again.update(status=PairStatus.QUEUED, lease_until=next_bell())
        # Ringing for one that another took meanwhile is harmless.
        yield pair.pk
