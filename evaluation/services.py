"""What people may do with files and runs. Views call these; no HTTP in here."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path, PurePath
from statistics import median
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.ingest.check import Checked, check
from evaluation.ingest.faults import FileRefused
from evaluation.ingest.inspect import inspect
from evaluation.ingest.joined import Table, check_ids
from evaluation.ingest.past import past_batches
from evaluation.ingest.roles import Part
from evaluation.metrics.history import history_of
from evaluation.models import (
    MAX_ATTEMPTS,
    REPEATABLE,
    UNFINISHED,
    Result,
    Run,
    RunStatus,
    Upload,
    next_bell,
)
from evaluation.queue import fair_order, wait_seconds
from evaluation.scratch import laid_out, scratch_place
from evaluation.sources import caps, table_laid_out, truth_table
from evaluation.tasks import ring
from projects.models import Agreement, Engagement, TruthSet
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.base import File

    from projects.models import User


def agreement_in_force(engagement: Engagement) -> Agreement:
    """The version that judges now. ValidationError says what is awaited."""
    agreement = engagement.agreements.in_force().first()
    if agreement is None:
        raise ValidationError(
            _("Files can be uploaded once an agreement is signed by both sides.")
        )
    return agreement


def receive_upload(
    *, engagement: Engagement, file: File[bytes], name: str, sha256: str, by: User
) -> Upload:
    """Keep a file as it arrived and look into it; nothing is queued yet.

    FileRefused when it is no table at all: then nothing is kept but the event. The
    stored name begins with the digest, so that object stores spread the load.
    """
    require(by, Permission.SUBMIT_RUN, engagement)
    agreement_in_force(engagement)
    upload_id = uuid.uuid4()
    suffix = "".join(PurePath(name).suffixes[-2:])[-20:]
    stored = default_storage.save(
        f"uploads/{sha256[:2]}/{sha256[2:4]}/{upload_id}{suffix}", file
    )
    try:
        path = Path(default_storage.path(stored))
        with laid_out(path, name, caps()) as table:
            layout = inspect(table, name, caps())
        with transaction.atomic():
            upload = Upload.objects.create(
                id=upload_id,
                engagement=engagement,
                file=stored,
                name=name[-200:],
                size=file.size,
                sha256=sha256,
                layout=layout.to_json(),
                uploaded_by=by,
            )
            record_event(
                "upload.received", engagement=engagement, by=by, file=upload.name
            )
            return upload
    except BaseException as fault:
        default_storage.delete(stored)
        if isinstance(fault, FileRefused):
            _tell_refusal(engagement, name, fault, by)
        raise


def _tell_refusal(
    engagement: Engagement, name: str, refused: FileRefused, by: User
) -> None:
    record_event(
        "upload.refused",
        engagement=engagement,
        by=by,
        file=name[-200:],
        faults=refused.total,
    )


@dataclass(frozen=True, slots=True)
class PastFile:
    """Past values that came with a forecast, as they were received."""

    file: File[bytes]
    name: str
    sha256: str


def _receive_past(
    engagement: Engagement, past: PastFile, season: int, by: User
) -> Upload:
    kept = receive_upload(
        engagement=engagement,
        file=past.file,
        name=past.name,
        sha256=past.sha256,
        by=by,
    )
    try:
        path = Path(kept.file.path)
        history_of(past_batches(path, kept.name, caps(), scratch_place()), season)
    except FileRefused as refused:
        with transaction.atomic():
            _tell_refusal(engagement, kept.name, refused, by)
            stored = str(kept.file.name)
            kept.delete()
        default_storage.delete(stored)
        raise
    return kept


def truth_for(agreement: Agreement, *, own_truth: bool) -> TruthSet | None:
    """The truth that a file is joined with; None when it brings its own.

    ValidationError when the agreement allows neither.
    """
    truth = agreement.truth_set
    if own_truth or truth is None:
        if not agreement.own_truth:
            raise ValidationError(
                _("The agreement allows no truth inside the file that is judged.")
            )
        return None
    if tuple(truth.classes) != agreement.agreed_terms.classes:
        raise ValidationError(
            _("The truth set and the agreement name different classes.")
        )
    return truth


def uploads_left(agreement: Agreement) -> int | None:
    """How many runs may still be submitted today (Japan time); None without a limit."""
    if agreement.uploads_a_day is None:
        return None
    today = Run.objects.filter(
        agreement__engagement=agreement.engagement_id,
        submitted_at__date=timezone.localdate(),
    )
    return max(0, agreement.uploads_a_day - today.count())


def check_uploads_left(agreement: Agreement) -> None:
    """ValidationError when today's runs are used up."""
    if uploads_left(agreement) == 0:
        raise ValidationError(
            _("Runs a day are limited to %(limit)d, and today's are used up.")
            % {"limit": agreement.uploads_a_day}
        )


def _checked(
    upload: Upload,
    used: dict[str, str],
    table: int,
    agreement: Agreement,
    truth: TruthSet | None,
) -> Checked:
    layout = upload.seen.with_table(table)
    shape, terms = upload.engagement.shape, agreement.agreed_terms
    part = Part.WHOLE if truth is None else Part.PREDICTIONS
    with laid_out(Path(upload.file.path), upload.name, caps()) as path:
        checked = check(path, layout, used, shape, caps(), terms=terms, part=part)
        if truth is not None:
            guessed = Table(path, layout, used, shape, caps(), terms.classes)
            with table_laid_out(truth_table(truth)) as right:
                check_ids(right, guessed)
    return checked


def submit_run(
    *,
    upload: Upload,
    columns: Mapping[str, str],
    note: str,
    by: User,
    past: PastFile | None = None,
    table: int = 0,
    own_truth: bool = False,
) -> Run:
    """Check every row of an upload, and of its past, and queue its measurement.

    Joined with the registered truth unless the file brings its ``own_truth``. The same
    files under the same agreement and columns give back the run that exists, so a
    double click and a retried request are harmless. FileRefused names the rows; a past
    that is refused is not kept. ValidationError past the uploads of a day.
    """
    engagement = upload.engagement
    require(by, Permission.SUBMIT_RUN, engagement)
    agreement = agreement_in_force(engagement)
    truth = truth_for(agreement, own_truth=own_truth)
    used = {role: column for role, column in columns.items() if column}
    try:
        checked = _checked(upload, used, table, agreement, truth)
    except FileRefused as refused:
        _tell_refusal(engagement, upload.name, refused, by)
        raise
    past_sha256 = "" if past is None else past.sha256
    alike = Run.objects.filter(
        agreement=agreement,
        sha256=upload.sha256,
        columns=used,
        table=table,
        truth_sha256="" if truth is None else truth.sha256,
        history_sha256=past_sha256,
    )
    history = None
    if past is not None and not alike.exists():
        history = _receive_past(engagement, past, agreement.agreed_terms.season, by)
    with transaction.atomic():
        # The agreement's row is the lock that hands out numbers.
        Agreement.objects.select_for_update().get(pk=agreement.pk)
        same = alike.first()
        if same is not None:
            return same
        check_uploads_left(agreement)
        last = Run.objects.filter(agreement__engagement=engagement)
        number = (last.aggregate(last=Max("number"))["last"] or 0) + 1
        run = Run.objects.create(
            number=number,
            agreement=agreement,
            upload=upload,
            sha256=upload.sha256,
            columns=used,
            table=table,
            truth_set=truth,
            truth_sha256="" if truth is None else truth.sha256,
            history=history,
            history_sha256=past_sha256,
            note=note,
            rows_total=checked.cases,
            submitted_by=by,
        )
        record_event(
            "run.submitted",
            engagement=engagement,
            by=by,
            number=number,
            file=upload.name,
        )
        transaction.on_commit(partial(ring, str(run.pk)))
    return run


def cancel_run(*, run: Run, by: User) -> Run:
    """Stop a run that waits or is being measured; its file is kept."""
    engagement = run.agreement.engagement
    require(by, Permission.SUBMIT_RUN, engagement)
    with transaction.atomic():
        stopped = Run.objects.filter(pk=run.pk, status__in=UNFINISHED).update(
            status=RunStatus.CANCELLED, finished_at=timezone.now()
        )
        if not stopped:
            raise ValidationError(_("This run has already ended."))
        record_event("run.cancelled", engagement=engagement, by=by, number=run.number)
        # Its worker may be dead; another of the engagement may now have a turn.
        waiting = Run.objects.next_of(engagement.pk)
        if waiting is not None:
            transaction.on_commit(partial(ring, str(waiting)))
    run.refresh_from_db()
    return run


def repeat_run(*, run: Run, by: User) -> Run:
    """Measure a failed or cancelled run again, from the file that was kept."""
    engagement = run.agreement.engagement
    require(by, Permission.SUBMIT_RUN, engagement)
    with transaction.atomic():
        again = Run.objects.filter(pk=run.pk, status__in=REPEATABLE).update(
            status=RunStatus.QUEUED,
            finished_at=None,
            reason_ja="",
            reason_en="",
            rows_read=0,
            give_up_at=F("attempt") + MAX_ATTEMPTS,
            lease_until=next_bell(),
        )
        if not again:
            raise ValidationError(_("Only a failed or cancelled run can be repeated."))
        record_event("run.restarted", engagement=engagement, by=by, number=run.number)
        transaction.on_commit(partial(ring, str(run.pk)))
    run.refresh_from_db()
    return run


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run stands in the queue, from 1, and for how long; None if unknown."""

    position: int
    seconds: float | None


def place_in_queue(run: Run) -> Place:
    """Where a waiting run stands in the fair order, and about how long it will wait."""
    waiting, busy = Run.objects.in_line()
    running = Counter(engagement for engagement, _rows in busy)
    left = sum(rows for _engagement, rows in busy)
    order = fair_order(waiting, running, Run.objects.served())
    ahead = [one.rows for one in takewhile(lambda one: one.run != run.pk, order)]
    shape = run.agreement.engagement.shape
    recent = Result.objects.filter(rows__gt=0, finished__shape=shape.value)
    pace = [
        seconds / rows
        for seconds, rows in recent.order_by("-pk").values_list("seconds", "rows")[:50]
    ]
    seconds = None
    if pace:
        rows = sum(ahead) + left
        seconds = wait_seconds(rows, median(pace), settings.WORKER_CONCURRENCY)
    return Place(len(ahead) + running.total() + 1, seconds)
