"""Registering truth sets, and joining predictions with them; no HTTP in here."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pyarrow.compute as pc
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evaluation.ingest.check import check
from evaluation.ingest.inspect import Layout, inspect
from evaluation.ingest.joined import Table
from evaluation.ingest.roles import CAN_JOIN, Part
from evaluation.scratch import laid_out
from evaluation.sources import table_laid_out, truth_caps
from projects.catalogue import Shape, TermError, Terms
from projects.models import TruthSet
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.base import File

    from projects.models import Engagement, User


def can_join(engagement: Engagement) -> bool:
    """Whether truth and predictions of its kind can lie in files apart."""
    return engagement.shape in CAN_JOIN


def receive_truth(
    *, engagement: Engagement, file: File[bytes], name: str, sha256: str, by: User
) -> TruthSet:
    """Keep a truth file and look into it; it judges nothing until it is registered.

    FileRefused when it is no table: then nothing is kept.
    """
    require(by, Permission.REGISTER_TRUTH, engagement)
    if not can_join(engagement):
        raise ValidationError(
            _("Of this kind one file holds the work and what came of it.")
        )
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    truth_id = uuid.uuid4()
    suffix = "".join(PurePath(name).suffixes[-2:])[-20:]
    stored = default_storage.save(
        f"truth/{sha256[:2]}/{sha256[2:4]}/{truth_id}{suffix}", file
    )
    try:
        path = Path(default_storage.path(stored))
        with laid_out(path, name, truth_caps()) as table:
            layout = inspect(table, name, truth_caps())
        with transaction.atomic():
            truth = TruthSet.objects.create(
                id=truth_id,
                engagement=engagement,
                name=name[-200:],
                file=stored,
                size=file.size,
                sha256=sha256,
                layout=layout.to_json(),
                registered_by=by,
            )
            record_event("truth.received", engagement=engagement, by=by, file=name)
    except BaseException:
        default_storage.delete(stored)
        raise
    return truth


def register_truth(
    *,
    truth: TruthSet,
    columns: Mapping[str, str],
    classes: tuple[str, ...],
    table: int,
    by: User,
) -> TruthSet:
    """Name the columns of a truth file and check every row; then it is fixed for ever.

    ``classes`` as in ``Terms``. FileRefused names the rows; ValidationError for classes
    that make no sense, or when it was registered before. The same file with the same
    columns gives back the set that is registered already.
    """
    engagement = truth.engagement
    require(by, Permission.REGISTER_TRUTH, engagement)
    if truth.registered_at is not None:
        raise ValidationError(_("This truth set is registered and stays as it is."))
    used = {role: column for role, column in columns.items() if column}
    try:
        terms = Terms(classes=classes)
    except TermError as wrong:
        raise ValidationError(wrong.why.in_(get_language() or "ja")) from wrong
    table_of = Table(
        path=Path(truth.file.path),
        layout=Layout.from_json(truth.layout).with_table(table),
        mapping=used,
        shape=engagement.shape,
        caps=truth_caps(),
        classes=classes,
    )
    with table_laid_out(table_of) as held:
        checked = check(
            *(held.path, held.layout, used, held.shape, held.caps, terms),
            part=Part.TRUTH,
        )
        events = _events(held, checked.rows)
    with transaction.atomic():
        # The engagement's row is the lock, so two presses register one set.
        type(engagement).objects.select_for_update().get(pk=engagement.pk)
        same = engagement.truth_sets.registered().filter(
            sha256=truth.sha256, columns=used
        )
        registered = same.first()
        if registered is not None:
            return registered
        truth.layout, truth.columns = table_of.layout.to_json(), used
        truth.classes = list(classes)
        truth.rows, truth.events = checked.rows, events
        truth.registered_by, truth.registered_at = by, timezone.now()
        truth.save()
        record_event(
            "truth.registered",
            engagement=engagement,
            by=by,
            file=truth.name,
            rows=truth.rows,
        )
    return truth


def _events(table: Table, rows: int) -> int | None:
    """How many rows happened; of a forecast that says nothing."""
    if table.shape != Shape.DETECTION:
        return None
    only = replace(table, mapping={"y_true": table.mapping["y_true"]})
    normal = table.classes[0] if table.classes else 0
    labels = (batch.column("y_true") for batch in only.batches())
    quiet = (int(pc.sum(pc.equal(one, normal)).as_py() or 0) for one in labels)
    return rows - sum(quiet)
