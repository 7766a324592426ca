"""What a worker does with a run: claim it, measure it, judge it, record it."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from evaluation import ended, glances, judge, runner, stripes
from evaluation.executors import on_cluster
from evaluation.figures import figures_of
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.past import past_batches
from evaluation.metrics.history import history_of
from evaluation.models import (
    MAX_ATTEMPTS,
    CriterionVerdict,
    LatestVerdict,
    Result,
    Run,
    RunStatus,
    next_bell,
)
from evaluation.queue import takeable
from evaluation.scratch import scratch_place
from evaluation.sources import joined, source_of
from evaluation.watched import held_mb, watched
from projects.catalogue import Text
from projects.models import Engagement
from projects.services.audit import record_event
from projects.services.notices import tell_of
from projects.services.readers import concerned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    import pyarrow as pa

    from evaluation.metrics import Finished
    from evaluation.stripes import Source

logger = logging.getLogger(__name__)

# A smaller file is measured sooner than it is handed out.
FEWEST_FOR_A_CLUSTER = 20_000_000
BETWEEN_NOTICES = 1.0  # seconds between two lines of progress
OURS = Text(
    ja="測定できませんでした。ファイルは残っています。もう一度測定できます。",
    en="It could not be measured. The file is kept; you can run it again.",
)
TOO_LONG = Text(
    ja="{minutes}分の制限で測定が止まりました。ファイルは残っています。"
    "もう一度測定できます。",
    en="Measuring stopped at the {minutes}-minute limit. The file is kept; "
    "you can run it again.",
)
TOO_LARGE = Text(
    ja="測定に使えるメモリーの上限{limit} MBに収まりませんでした。"
    "ファイルは残っています。Parquetにするか、区分を減らしてください。管理者がEXACT_ROWSを下げると、"
    "スコアを区間ごとに数えて測定できます。",
    en="It could not be measured in the {limit} MB of memory a worker may use. The "
    "file is kept; send it as Parquet or with fewer segments. When whoever runs Kenshu "
    "lowers EXACT_ROWS, scores are counted by bin, which takes less.",
)
LOST = Text(
    ja="測定が{times}回途切れたため、止めました。ファイルは残っています。",
    en="Measuring broke off {times} times and was given up. The file is kept.",
)


class Cancelled(Exception):
    """Somebody cancelled the run, or another worker has it."""


def evaluate(run_id: UUID | str) -> None:
    """Claim, measure, judge and record one run; harmless when there is none."""
    run = Run.objects.claim(run_id, now=timezone.now())
    if run is None:
        logger.info("Run %s is taken or finished; nothing to do", run_id)
        return
    _evaluate(run)


def evaluate_next(ring: Callable[[str], None]) -> None:
    """Measure the run whose turn it is; then ring for one more of its engagement.

    A bell says only that something waits. Engagements take turns, and none has more
    runs measured at a time than it may; a run passed over for that is rung for when
    one of its engagement ends, however it ends.
    """
    run = _claim_next()
    if run is None:
        return
    try:
        _evaluate(run)
    finally:
        waiting = Run.objects.next_of(run.agreement.engagement_id)
        if waiting is not None:
            ring(str(waiting))


def _claim_next() -> Run | None:
    limit = settings.RUNS_PER_ENGAGEMENT
    runs = Run.objects
    for one in takeable(runs.waiting(), runs.running(), runs.served(), limit):
        with transaction.atomic():
            # The engagement's row is the lock that its limit is counted under.
            Engagement.objects.select_for_update().get(pk=one.engagement)
            if runs.running().get(one.engagement, 0) >= limit:
                continue
            run = runs.claim(one.run, now=timezone.now())
        if run is not None:
            return run
    return None


def _evaluate(run: Run) -> None:
    # No transaction is open here: reading and measuring may take minutes.
    began = time.monotonic()
    try:
        finished = measure(run)
        record_result(run, finished, seconds=time.monotonic() - began)
    except Cancelled:
        logger.info("Run %s was cancelled", run.pk)
    except FileRefused as refusal:
        fault, name = refusal.faults[0], refusal.file_name or run.upload.name
        why = Text(ja=fault.sentence("ja", name), en=fault.sentence("en", name))
        record_end(run, RunStatus.REFUSED, why=why)
    except SoftTimeLimitExceeded:
        minutes = settings.CELERY_TASK_SOFT_TIME_LIMIT / 60
        why = Text(
            ja=TOO_LONG.ja.format(minutes=f"{minutes:.0f}"),
            en=TOO_LONG.en.format(minutes=f"{minutes:.0f}"),
        )
        record_end(run, RunStatus.FAILED, why=why)
    except MemoryError:
        bound = f"{settings.WORKER_MEMORY_MB:,}"
        why = Text(
            ja=TOO_LARGE.ja.format(limit=bound), en=TOO_LARGE.en.format(limit=bound)
        )
        record_end(run, RunStatus.FAILED, why=why)
    except OperationalError:
        # The database was away or too busy: the bell is tried again a little later.
        own = Run.objects.filter(status=RunStatus.RUNNING, attempt=run.attempt)
        own.filter(pk=run.pk).update(status=RunStatus.QUEUED, lease_until=next_bell())
        raise
    except Exception:
        record_end(run, RunStatus.FAILED, why=OURS)
        raise


def measure(run: Run) -> Finished:
    """Read the file in batches and measure it, saying how far it is.

    Cancelled when the run is no longer this worker's, MemoryError when it holds more
    than it may; both within about a second, however slowly rows come.
    """
    last, told = time.monotonic(), 0

    def look(taken: int) -> None:
        nonlocal last, told
        if held_mb() > settings.WORKER_MEMORY_MB:
            raise MemoryError
        first = taken > 0 and not told
        if not first and time.monotonic() - last < BETWEEN_NOTICES:
            return
        last, told = time.monotonic(), taken
        ours = Run.objects.filter(
            pk=run.pk, status=RunStatus.RUNNING, attempt=run.attempt
        )
        if not ours.update(rows_read=taken):
            raise Cancelled

    source, truth = source_of(run)
    season = source.terms.season
    past = None if run.history is None else Path(run.history.file.path)
    past_name = "" if run.history is None else run.history.name

    # In a thread, where no database may be asked: everything is at hand by now.
    def with_past(tell: Callable[[int], None]) -> Source:
        if past is None:
            return source
        read = past_batches(past, past_name, source.caps, scratch_place(), tell)
        return replace(source, history=history_of(told_of(tell, read), season))

    # Above so many rows the scores would not fit the worker's memory; rows joined with
    # a truth are never so many.
    sketch = truth is None and run.rows_total > settings.EXACT_ROWS
    address = settings.DASK_SCHEDULER_ADDRESS
    if address and truth is None and run.rows_total >= FEWEST_FOR_A_CLUSTER:
        count = settings.DASK_STRIPES
        # Leaving ends what the cluster still does for a run that was given up.
        with on_cluster(address) as executor:

            def spread(tell: Callable[[int], None]) -> Finished:
                with joined(with_past(tell), truth, tell) as whole:
                    return stripes.measure(
                        whole, sketch=sketch, threads=count, executor=executor
                    )

            return watched(spread, look)

    def alone(tell: Callable[[int], None]) -> Finished:
        with joined(with_past(tell), truth, tell) as whole:
            return stripes.measure(whole, sketch=sketch, on_rows=tell)

    return watched(alone, look)


def told_of(
    tell: Callable[[int], None], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """The same batches; their rows are not the run's, but show that it goes on."""
    for batch in batches:
        tell(0)
        yield batch


@transaction.atomic
def record_end(run: Run, status: RunStatus, *, why: Text) -> None:
    """Write how it ended, unless the run has meanwhile been given away."""
    if not _take_back(run, status, why):
        return
    verb = "run.refused" if status == RunStatus.REFUSED else "run.failed"
    engagement = run.agreement.engagement
    ended = record_event(verb, engagement=engagement, by=None, number=run.number)
    tell_of(ended, [engagement.owner, run.submitted_by], run.get_absolute_url())


@transaction.atomic
def record_result(run: Run, finished: Finished, *, seconds: float) -> None:
    """Write the result and its verdicts, unless the run was given away meanwhile."""
    if not _take_back(run, RunStatus.MEASURED, Text("", ""), rows=finished.rows):
        return
    lines = [
        (c, runner.judged(c.as_limit(), finished)) for c in run.agreement.criteria.all()
    ]
    outcome = judge.judge(line for _c, line in lines)
    result = Result.objects.create(
        run=run,
        outcome=outcome.value,
        finished=finished.to_json(),
        figures=figures_of(finished, run.agreement.engagement.shape),
        rows=finished.rows,
        evaluator_version=runner.EVALUATOR_VERSION,
        seconds=seconds,
    )
    verdicts = [
        CriterionVerdict.objects.create(
            result=result,
            criterion=criterion,
            outcome=line.outcome.value,
            reason=line.reason.value,
            segment=line.segment,
            value=line.measured.value,
            low=line.measured.low,
            high=line.measured.high,
            cases=line.measured.cases,
            hits=line.measured.hits,
            further_cases=line.further_cases,
            short_by=line.short_by,
        )
        for criterion, line in lines
    ]
    worst = next((v for v in verdicts if v.outcome == outcome.value), None)
    engagement = run.agreement.engagement
    ended.end_by_run(run, finished)
    # A run that was measured again, or waited long, may end after a newer one.
    newer = LatestVerdict.objects.filter(
        engagement=engagement, run__number__gt=run.number
    )
    if not newer.exists():
        LatestVerdict.objects.update_or_create(
            engagement=engagement,
            defaults={"run": run, "outcome": outcome.value, "worst": worst},
        )
    glances.retell_verdicts(engagement)
    measured = record_event(
        "run.measured",
        engagement=engagement,
        by=None,
        number=run.number,
        verdict=outcome.value,
        version=run.agreement.version,
    )
    readers = [*concerned(engagement), run.submitted_by]
    tell_of(measured, readers, run.get_absolute_url())


def _take_back(run: Run, status: RunStatus, why: Text, *, rows: int = 0) -> bool:
    still_ours = Run.objects.filter(
        pk=run.pk, status=RunStatus.RUNNING, attempt=run.attempt
    )
    ended = {
        "status": status,
        "reason_ja": why.ja,
        "reason_en": why.en,
        "finished_at": timezone.now(),
    }
    if rows:
        ended["rows_read"] = rows
    if still_ours.update(**ended):
        return True
    logger.warning("Run %s was taken over; outcome dropped", run.pk)
    return False


def sweep(*, now: datetime) -> Iterator[UUID]:
    """Give up runs out of attempts, put back other lost ones; yield what to ring for.

    A run that was given up makes room for another of its engagement.
    """
    lost = Run.objects.lost(now=now)
    for run in lost.filter(attempt__gte=F("give_up_at")).select_related(
        "agreement__engagement"
    ):
        with transaction.atomic():
            gone = lost.filter(pk=run.pk, attempt=run.attempt).update(
                status=RunStatus.FAILED,
                reason_ja=LOST.ja.format(times=MAX_ATTEMPTS),
                reason_en=LOST.en.format(times=MAX_ATTEMPTS),
                finished_at=now,
            )
            if gone:
                engagement = run.agreement.engagement
                lost_event = record_event(
                    "run.lost", engagement=engagement, by=None, number=run.number
                )
                readers = [engagement.owner, run.submitted_by]
                tell_of(lost_event, readers, run.get_absolute_url())
        waiting = Run.objects.next_of(run.agreement.engagement_id) if gone else None
        if waiting is not None:
            yield waiting
    # Whoever has had a bell takes the oldest run of its engagement and rings for the
    # next, so one for each is enough, however many wait.
    rung = set()
    for run_id, engagement_id in list(
        lost.order_by("submitted_at", "pk").values_list(
            "pk", "agreement__engagement_id"
        )
    ):
        again = lost.filter(pk=run_id)
        if not again.update(status=RunStatus.QUEUED, lease_until=next_bell()):
            continue
        if engagement_id not in rung:
            rung.add(engagement_id)
            yield run_id
