"""What a worker does when the file, the run or another worker gets in its way."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
import uuid
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from evaluation import pipeline, services, stripes, tasks
from evaluation.ingest import lines
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.mapping import recognise
from evaluation.metrics import finished_from_json
from evaluation.models import (
    LEASE,
    MAX_ATTEMPTS,
    CriterionVerdict,
    LatestVerdict,
    Result,
    Run,
    RunStatus,
)
from evaluation.watched import STATM, held_mb
from projects.catalogue import Terms
from projects.models import Agreement, Engagement, Event, Side
from projects.services import agreement as agreements
from projects.services import drafting
from projects.services.agreement import CriterionDraft
from tests.conftest import PASSWORD

HEAD = b"y_true,y_pred\n"
ROWS = b"1,1\n" * 40 + b"0,0\n" * 50
# Just over what is read in one block, and therefore also several batches.
MANY = 1_100_000


def in_force(draft, manager, executive, *criteria):
    """The draft with these lines, signed by both sides."""
    if criteria:
        for known in draft.criteria.all():
            drafting.take_out_line(agreement=draft, known=known.pk, by=manager)
        for line in criteria:
            drafting.set_line(agreement=draft, line=line, known=None, by=manager)
        terms = Terms(threshold=0.5)
        drafting.set_terms(agreement=draft, terms=terms, by=manager)
    for side, signer in ((Side.PROVIDER, manager), (Side.CUSTOMER, executive)):
        agreements.sign(agreement=draft, side=side, password=PASSWORD, by=signer)
        draft.refresh_from_db()
    return draft.engagement


@pytest.fixture
def signed(draft, manager, executive):
    return in_force(draft, manager, executive)


def submitted(engagement, by, content=HEAD + ROWS, name="small.csv") -> Run:
    upload = services.receive_upload(
        engagement=engagement,
        file=ContentFile(content, name=name),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
    )
    columns = recognise(upload.seen.columns, engagement.shape)
    return services.submit_run(upload=upload, columns=columns, note="", by=by)


def file_of(run: Run) -> Path:
    return Path(run.upload.file.path)


def parquet(**columns) -> bytes:
    held = BytesIO()
    pq.write_table(pa.table(columns), held)
    return held.getvalue()


@contextmanager
def just_before(words: str, act):
    """What another worker does in the moment before a statement of ours."""
    done = []

    def watch(execute, sql, params, many, context):
        if not done and sql.startswith(words):
            done.append(sql)
            act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert done, f"nothing began with {words}"


# The file on the disk is not the one that was checked ------------------------------


def test_a_row_that_grew_after_the_check_is_refused(signed, manager):
    run = submitted(signed, manager)
    file_of(run).write_bytes(HEAD + b"1,1,1\n")

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.REFUSED
    assert "row 2" in run.reason("en")
    assert not Result.objects.exists()


TABLE = {"y_true": np.arange(5000) % 2, "y_pred": np.arange(5000) % 3 % 2}


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("small.csv", Path.unlink),
        # The footer still promises the rows; the pages in front are gone.
        (
            "small.parquet",
            lambda at: at.write_bytes(b"PAR1" + b"\xff" * 400 + at.read_bytes()[404:]),
        ),
        ("small.parquet", lambda at: at.write_bytes(at.read_bytes()[:-20])),
    ],
    ids=["gone", "overwritten", "cut off"],
)
def test_a_file_that_vanished_or_broke_is_refused_as_unreadable(
    name, spoil, signed, manager
):
    content = parquet(**TABLE) if name.endswith("parquet") else HEAD + ROWS
    run = submitted(signed, manager, content, name)
    spoil(file_of(run))

    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.REFUSED
    assert "cannot be read to its end" in run.reason("en")
    event = Event.objects.get(verb="run.refused")
    assert (event.actor, event.params["number"]) == (None, run.number)


# A long file -----------------------------------------------------------------------


def test_a_long_file_is_measured_whole_and_says_now_and_then_how_far_it_is(
    signed, manager, monkeypatch
):
    run = submitted(signed, manager, HEAD + b"1,1\n" * (MANY - 1) + b"1,0\n")
    # However slow the machine is, only the first of its batches is due a notice.
    monkeypatch.setattr(pipeline, "BETWEEN_NOTICES", 60)
    updates = []

    def watch(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and '"rows_read"' in sql.split("WHERE")[0]:
            updates.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert (run.status, run.rows_read) == (RunStatus.MEASURED, MANY)
    missed = run.result.verdicts.get(criterion__metric="miss_rate")
    assert (missed.hits, missed.cases) == (1, MANY)
    # Once for all of its seventeen batches, and once with the outcome.
    assert len(updates) == 2


# Another worker, or a reader who cancels -------------------------------------------


def test_a_run_given_to_another_worker_is_recorded_once(signed, manager):
    run = submitted(signed, manager)
    late = Run.objects.claim(run.pk, now=timezone.now())
    found = pipeline.measure(late)
    list(pipeline.sweep(now=timezone.now() + 2 * LEASE))
    pipeline.evaluate(run.pk)

    pipeline.record_result(late, found, seconds=1)

    run.refresh_from_db()
    assert (run.status, run.attempt) == (RunStatus.MEASURED, 2)
    assert Result.objects.count() == 1
    assert Event.objects.filter(verb="run.measured").count() == 1


def test_a_late_worker_writes_nothing_while_another_still_measures(
    signed, manager, monkeypatch
):
    monkeypatch.setattr(pipeline, "BETWEEN_NOTICES", 0)
    run = submitted(signed, manager)
    late = Run.objects.claim(run.pk, now=timezone.now())
    found = pipeline.measure(late)
    list(pipeline.sweep(now=timezone.now() + 2 * LEASE))
    Run.objects.claim(run.pk, now=timezone.now())

    with pytest.raises(pipeline.Cancelled):
        pipeline.measure(late)
    pipeline.record_result(late, found, seconds=1)
    pipeline.record_end(late, RunStatus.FAILED, why=pipeline.OURS)

    run.refresh_from_db()
    assert (run.status, run.attempt) == (RunStatus.RUNNING, 2)
    assert not Result.objects.exists()
    assert not Event.objects.filter(verb__in=["run.measured", "run.failed"])


def test_a_run_that_is_taken_or_unknown_is_left_alone(signed, manager):
    run = submitted(signed, manager)
    Run.objects.claim(run.pk, now=timezone.now())

    pipeline.evaluate(run.pk)
    pipeline.evaluate(signed.pk)

    run.refresh_from_db()
    assert (run.status, run.attempt) == (RunStatus.RUNNING, 1)


def test_a_run_cancelled_in_its_last_moment_stays_cancelled(signed, manager):
    run = submitted(signed, manager)
    claimed = Run.objects.claim(run.pk, now=timezone.now())
    found = pipeline.measure(claimed)

    services.cancel_run(run=run, by=manager)
    pipeline.record_result(claimed, found, seconds=1)
    pipeline.record_end(claimed, RunStatus.FAILED, why=pipeline.OURS)

    run.refresh_from_db()
    assert (run.status, run.reason("en")) == (RunStatus.CANCELLED, "")
    assert not Result.objects.exists()
    assert not LatestVerdict.objects.exists()
    assert not Event.objects.filter(verb="run.failed").exists()


# As in a worker, where no transaction is open while a file is read.
@pytest.mark.django_db(transaction=True)
def test_the_time_limit_in_mid_reading_ends_the_run_with_its_minutes(
    signed, manager, settings
):
    run = submitted(signed, manager)
    settings.CELERY_TASK_SOFT_TIME_LIMIT = 120

    def strike():
        raise SoftTimeLimitExceeded

    # Celery raises it wherever the worker is; here, as it tells how far it is.
    with just_before('UPDATE "evaluation_run" SET "rows_read"', strike):
        pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "2-minute" in run.reason("en")
    assert "2分" in run.reason("ja")
    assert Event.objects.get(verb="run.failed").params["number"] == run.number
    assert file_of(run).exists()


class SlowFile:
    """A file that stops in its middle: a pipe that is written to, then is silent.

    The reader is blocked in the system, as on a disk that has stalled.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reading, self.writing = os.pipe()
        self.pipe = os.fdopen(reading, "rb")
        monkeypatch.setattr(lines, "_source", lambda *_given: self.pipe)
        self.stalled, self.go_on = threading.Event(), threading.Event()
        self.writer = threading.Thread(target=self.write)

    def write(self) -> None:
        with os.fdopen(self.writing, "wb") as pipe, suppress(BrokenPipeError):
            # More than the pipe and a block hold: written, it has been read.
            pipe.write(HEAD + b"1,1\n" * 3_000_000)
            self.stalled.set()
            self.go_on.wait(60)

    def __enter__(self) -> Self:
        self.writer.start()
        return self

    def __exit__(self, *_broken: object) -> None:
        self.go_on.set()
        self.writer.join(20)
        for thread in threading.enumerate():
            if thread.name == "measuring":
                thread.join(20)
                assert not thread.is_alive()
        self.pipe.close()


# There the suite's database lies in memory, shared by connections that lock its tables;
# a file, as an installation has it, lets others wait.
needs_connections = pytest.mark.skipif(
    os.environ.get("KENSHU_TEST_DB") == "sqlite", reason="needs several connections"
)


@contextmanager
def meanwhile(act):
    """What somebody does at another computer, with a connection of their own."""
    broken = []

    def run():
        try:
            act()
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    try:
        yield
    finally:
        other.join(60)
    assert not broken, broken


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_is_left_within_two_seconds_while_its_file_is_silent(
    signed, manager, monkeypatch
):
    run = submitted(signed, manager, HEAD + ROWS)
    cancelled = []

    def cancel():
        assert slow.stalled.wait(30)
        services.cancel_run(run=run, by=manager)
        cancelled.append(time.monotonic())

    with SlowFile(monkeypatch) as slow, meanwhile(cancel):
        pipeline.evaluate(run.pk)
        left = time.monotonic()

    assert left - cancelled[0] < 2
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert not Result.objects.exists()
    assert not LatestVerdict.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_time_limit_ends_a_run_whose_file_is_silent(
    signed, manager, settings, monkeypatch
):
    run = submitted(signed, manager, HEAD + ROWS)
    settings.CELERY_TASK_SOFT_TIME_LIMIT = 60

    def strike(_signal, _frame):
        raise SoftTimeLimitExceeded

    def kill():
        assert slow.stalled.wait(30)
        os.kill(os.getpid(), signal.SIGUSR1)

    # As Celery does it: a signal to the process that measures.
    before = signal.signal(signal.SIGUSR1, strike)
    try:
        with SlowFile(monkeypatch) as slow, meanwhile(kill):
            pipeline.evaluate(run.pk)
    finally:
        signal.signal(signal.SIGUSR1, before)

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "1-minute" in run.reason("en")


@pytest.mark.skipif(not STATM.exists(), reason="only Linux tells what is held")
def test_a_run_that_holds_more_than_it_may_ends_and_its_worker_lives(
    signed, manager, settings, monkeypatch
):
    run = submitted(signed, manager, HEAD + ROWS)
    settings.WORKER_MEMORY_MB = int(held_mb()) + 200
    batches = stripes.batches

    def greedy(*given, **named):
        held = []
        for batch in batches(*given, **named):
            for _more in range(500):
                held.append(np.ones(10 << 17))  # 10 MB
                time.sleep(0.01)
                yield batch

    monkeypatch.setattr(stripes, "batches", greedy)
    pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert f"{settings.WORKER_MEMORY_MB:,} MB" in run.reason("en")
    # What it held is free again for the next one.
    monkeypatch.setattr(stripes, "batches", batches)
    services.repeat_run(run=run, by=manager)
    pipeline.evaluate(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED


def test_what_breaks_while_recording_leaves_neither_result_nor_verdict(signed, manager):
    run = submitted(signed, manager)

    def break_off():
        raise RuntimeError("the disk is full")

    with (
        pytest.raises(RuntimeError, match="disk"),
        just_before('INSERT INTO "evaluation_latestverdict"', break_off),
    ):
        pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert not Result.objects.exists()
    assert not CriterionVerdict.objects.exists()
    assert not Event.objects.filter(verb="run.measured").exists()


def test_a_database_that_is_away_for_a_moment_fails_no_run(signed, manager):
    run = submitted(signed, manager)

    def break_off():
        raise OperationalError("database is locked")

    with (
        pytest.raises(OperationalError),
        just_before('INSERT INTO "evaluation_latestverdict"', break_off),
    ):
        pipeline.evaluate(run.pk)

    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED
    # The task is tried again; were it not, the sweep would ring a minute later.
    pipeline.evaluate(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED


# The sweep -------------------------------------------------------------------------


def lost(run: Run, attempt: int) -> None:
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, attempt=attempt, lease_until=timezone.now() - LEASE
    )


def test_the_sweep_gives_up_after_the_last_attempt_and_says_so_once(signed, manager):
    run = submitted(signed, manager)
    lost(run, MAX_ATTEMPTS)

    assert list(pipeline.sweep(now=timezone.now())) == []
    assert list(pipeline.sweep(now=timezone.now())) == []

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert f"{MAX_ATTEMPTS} times" in run.reason("en")
    assert Event.objects.filter(verb="run.lost").count() == 1


def test_the_sweep_leaves_what_ended_in_the_same_moment(signed, manager):
    run = submitted(signed, manager)
    lost(run, MAX_ATTEMPTS)

    def cancel():
        services.cancel_run(run=run, by=manager)

    with just_before('UPDATE "evaluation_run" SET "status"', cancel):
        assert list(pipeline.sweep(now=timezone.now())) == []

    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    assert not Event.objects.filter(verb="run.lost").exists()


def test_the_sweep_sends_no_run_again_that_was_cancelled_meanwhile(signed, manager):
    runs = [submitted(signed, manager, HEAD + ROWS + b"1,1\n" * n) for n in (1, 2)]
    for run in runs:
        lost(run, 1)
    sweep = pipeline.sweep(now=timezone.now())

    first = next(sweep)
    other = next(run for run in runs if run.pk != first)
    services.cancel_run(run=other, by=manager)

    assert list(sweep) == []
    other.refresh_from_db()
    assert other.status == RunStatus.CANCELLED


# The doors -------------------------------------------------------------------------


@pytest.fixture
def bell(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.evaluate_run, "delay", rung.append)
    return rung


def test_the_task_measures_and_the_sweeping_task_rings_for_the_lost(
    signed, manager, bell
):
    run = submitted(signed, manager)
    lost(run, 1)

    tasks.sweep_runs()
    assert bell == [str(run.pk)]
    tasks.evaluate_run(bell[0])

    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED


def test_a_run_that_was_passed_over_is_rung_for_however_the_other_ends(
    signed, manager, bell, monkeypatch
):
    first, second = (
        submitted(signed, manager, HEAD + ROWS + b"1,1\n" * n) for n in (1, 2)
    )

    def break_off(_run):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(pipeline, "measure", break_off)
    with pytest.raises(RuntimeError):
        tasks.evaluate_run(str(first.pk))

    first.refresh_from_db()
    assert first.status == RunStatus.FAILED
    assert bell == [str(second.pk)]


def test_cancelling_rings_for_one_that_waited_for_its_turn(
    signed, manager, bell, django_capture_on_commit_callbacks
):
    first, second = (
        submitted(signed, manager, HEAD + ROWS + b"1,1\n" * n) for n in (1, 2)
    )
    Run.objects.claim(first.pk, now=timezone.now())

    # The worker that had it may be dead: nobody else would ring.
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_run(run=first, by=manager)
    assert bell == [str(second.pk)]
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_run(run=second, by=manager)
    assert bell == [str(second.pk)]


def test_the_sweep_rings_for_one_that_waited_for_a_run_it_gives_up(signed, manager):
    first, second = (
        submitted(signed, manager, HEAD + ROWS + b"1,1\n" * n) for n in (1, 2)
    )
    lost(first, MAX_ATTEMPTS)

    assert list(pipeline.sweep(now=timezone.now())) == [second.pk]


def test_a_bell_nobody_heard_costs_a_minute_and_rings_once_an_engagement(
    signed, manager
):
    other = another(signed)
    first, _second = (
        submitted(signed, manager, HEAD + ROWS + b"1,1\n" * n) for n in (1, 2)
    )
    third = submitted(other, manager)
    soon = timezone.now() + timedelta(seconds=61)

    assert list(pipeline.sweep(now=timezone.now())) == []
    assert list(pipeline.sweep(now=soon)) == [first.pk, third.pk]


@needs_connections
@pytest.mark.django_db(transaction=True)
def test_workers_that_ask_at_the_same_moment_keep_the_limit(signed, manager, settings):
    settings.RUNS_PER_ENGAGEMENT = 2
    for n in range(1, 6):
        submitted(signed, manager, HEAD + ROWS + b"1,1\n" * n)
    together, taken = threading.Barrier(6), []

    def claim():
        together.wait(20)
        taken.append(pipeline._claim_next())

    with ExitStack() as workers:
        for _worker in range(6):
            workers.enter_context(meanwhile(claim))

    assert sum(run is not None for run in taken) == 2
    assert Run.objects.running() == {signed.pk: 2}


def another(engagement: Engagement) -> Engagement:
    """A second engagement of the same two sides, under the same agreement."""
    agreement = engagement.agreements.get()
    other = Engagement.objects.get(pk=engagement.pk)
    other.pk, other._state.adding = uuid.uuid4(), True
    other.save()
    agreement.pk, agreement._state.adding = None, True
    agreement.engagement = other
    agreement.save()
    return other


def test_engagements_take_turns_over_time(signed, manager, bell):
    """One worker, and one that submits a hundred runs before another submits one."""
    other = another(signed)
    many = [submitted(signed, manager, HEAD + ROWS + b"1,1\n" * n) for n in range(1, 4)]
    few = [submitted(other, manager, HEAD + ROWS + b"1,1\n" * n) for n in range(1, 3)]

    for _ring in range(5):
        tasks.evaluate_run(str(many[-1].pk))

    taken = Run.objects.order_by("begun_at").values_list("pk", flat=True)
    assert list(taken) == [
        run.pk for run in (many[0], few[0], many[1], few[1], many[2])
    ]


def test_a_broker_that_is_down_keeps_the_run_for_the_sweep(
    signed, manager, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(_run_id):
        raise BrokerDown("nobody listens")

    monkeypatch.setattr(tasks.evaluate_run, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True) as rung:
        run = submitted(signed, manager)

    assert len(rung) == 1
    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED
    assert list(pipeline.sweep(now=timezone.now() + LEASE)) == [run.pk]


# What is judged --------------------------------------------------------------------


def measured(draft, manager, executive, content, name, *criteria):
    signed = in_force(draft, manager, executive, *criteria)
    run = submitted(signed, manager, content, name)
    pipeline.evaluate(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.MEASURED, run.reason("en")
    return {v.criterion.metric: v for v in run.result.verdicts.all()}


def at_least(metric, limit, **given):
    return CriterionDraft(metric, "at_least", Decimal(limit), None, **given)


def test_a_limit_for_every_segment_is_judged_on_the_worst(draft, manager, executive):
    rows = b"y_true,y_pred,segment\n" + b"1,1,A\n0,0,A\n" * 9 + b"1,0,B\n0,0,B\n"

    found = measured(
        draft,
        manager,
        executive,
        rows,
        "parts.csv",
        at_least("recall", "0.8", scope="each"),
        at_least("precision", "0.8"),
    )

    assert (found["recall"].outcome, found["recall"].segment) == ("fail", "B")
    assert (found["precision"].outcome, found["precision"].segment) == ("pass", "")
    assert LatestVerdict.objects.get().worst == found["recall"]


@pytest.mark.parametrize(
    ("rows", "metric", "value", "reason"),
    [
        (b"0,0.1\n0,0.9\n", "roc_auc", None, "withheld"),
        (b"0,0.1\n0,0.9\n", "average_precision", None, "withheld"),
        (b"1,0.1\n1,0.9\n", "roc_auc", None, "withheld"),
        (b"0,0.1\n1,0.9\n", "roc_auc", 1.0, "inside"),
    ],
    ids=["no real case", "no real case to rank", "no normal case", "both"],
)
def test_ranking_needs_cases_of_both_kinds(
    rows, metric, value, reason, draft, manager, executive
):
    found = measured(
        draft,
        manager,
        executive,
        b"y_true,y_score\n" + rows,
        "scores.csv",
        at_least(metric, "0.5"),
    )[metric]

    assert (found.value, found.reason) == (value, reason)


def test_log_loss_is_of_the_whole_file_only(draft, manager, executive):
    found = measured(
        draft,
        manager,
        executive,
        b"y_true,y_score,segment\n0,0.1,A\n1,0.9,A\n",
        "scores.csv",
        at_least("log_loss", "0.5", scope="each"),
    )["log_loss"]

    assert (found.value, found.outcome) == (None, "undecided")


def test_an_interval_that_some_draws_leave_without_a_value_is_not_given(
    draft, manager, executive
):
    Engagement.objects.filter(pk=draft.engagement_id).update(kind="demand_forecast")
    draft = Agreement.objects.get(pk=draft.pk)
    # All of the demand lies in one row: draws without it have nothing to divide by.
    rows = b"100,90\n" + b"0,0\n" * 199

    found = measured(
        draft,
        manager,
        executive,
        HEAD + rows,
        "power.csv",
        CriterionDraft("wape", "at_most", Decimal(20), Decimal("0.95")),
        CriterionDraft("mae", "at_most", Decimal(1), Decimal("0.95")),
    )

    wape, mae = found["wape"], found["mae"]
    assert (wape.value, wape.low, wape.high) == (10.0, None, None)
    assert (wape.outcome, wape.reason) == ("undecided", "no_interval")
    assert mae.low is not None
    with pytest.raises(KeyError):
        finished_from_json(wape.result.finished).measured("f1")


# What people write into cells -------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (pa.array([True, False]), "true"),
        (pa.array([0, 1], pa.timestamp("ms")), "1970-01-01 00:00:00.000"),
        (pa.array(["1_000", "2"]), "1_000"),
    ],
    ids=["yes or no", "times", "grouped digits"],
)
def test_what_is_no_number_is_no_score(column, found, signed, manager):
    content = parquet(y_true=[0, 1], y_pred=[0, 1], y_score=column)

    with pytest.raises(FileRefused) as refused:
        submitted(signed, manager, content, "scores.parquet")

    first = refused.value.faults[0]
    assert (first.code, first.row, first.column) == ("not_a_number", 2, "y_score")
    assert first.found == found
    assert not Run.objects.exists()


def test_lists_in_cells_are_names_like_any_other(draft, manager, executive):
    lists = pa.array([["A", "B"], ["C"]])

    found = measured(
        draft,
        manager,
        executive,
        parquet(y_true=[1, 1], y_pred=[1, 0], segment=lists),
        "lists.parquet",
        at_least("recall", "0.8", scope="each"),
    )

    assert found["recall"].segment == "['C']"
