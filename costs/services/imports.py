"""Delivering files of costs, taking them over, dropping them."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.imports.lines import recognise
from costs.models import CostImport, ImportStatus
from costs.models.imports import MAX_ATTEMPTS, next_bell
from costs.sources import PULLED, caps, written
from costs.tasks import ring
from projects.models import Organisation
from projects.permissions import MANAGING, require_role
from projects.services.audit import record_event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from costs.imports.line import Line
    from projects.models import User


class DeliveredBefore(ValidationError):
    """The same file, byte for byte, is there already."""

    def __init__(self, before: CostImport) -> None:
        self.before = before
        super().__init__(
            _(
                "This very file was delivered on %(day)s by %(who)s (%(status)s). "
                "Nothing was changed."
            )
            % {
                "day": timezone.localdate(before.delivered_at).isoformat(),
                "who": before.delivered_by.name,
                "status": before.get_status_display(),
            }
        )


# Any: what was said about the file, by the names of the row's fields.
def deliver(
    *,
    organisation: Organisation,
    file: File[bytes],
    name: str,
    sha256: str,
    by: User,
    format: str = "",
    rings: bool = True,
    **said: Any,
) -> CostImport:
    """Keep a file as it arrived and ring for a worker that reads it through.

    Without ``rings`` whoever calls does the worker's part at once.

    FileRefused when it is of no known format, DeliveredBefore when the very file is
    there already; then nothing is kept.
    """
    require_role(by, organisation, *MANAGING)
    _refuse_again(organisation, sha256)
    import_id = uuid.uuid4()
    suffix = "".join(PurePath(name).suffixes[-2:])[-20:]
    place = f"costs/{sha256[:2]}/{sha256[2:4]}/{import_id}{suffix}"
    stored = default_storage.save(place, file)
    try:
        known = format or recognise(Path(default_storage.path(stored)), caps())
        with transaction.atomic():
            # Of two that deliver the same file at once, one waits here and is told.
            Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
            _refuse_again(organisation, sha256)
            delivered = CostImport.objects.create(
                id=import_id,
                organisation=organisation,
                file=stored,
                name=name[-200:],
                sha256=sha256,
                size=file.size,
                format=known,
                delivered_by=by,
                **said,
            )
            record_event(
                "costs.delivered",
                for_organisation=organisation,
                by=by,
                file=delivered.name,
            )
            if rings:
                transaction.on_commit(partial(ring, str(delivered.pk)))
    except BaseException:
        default_storage.delete(stored)
        raise
    return delivered


# Any: what was said about the pull, by the names of the row's fields.
def deliver_lines(
    *,
    organisation: Organisation,
    lines: Iterable[Line],
    name: str,
    by: User,
    **said: Any,
) -> CostImport:
    """Keep lines that were pulled from a cloud as if they had been a file."""
    require_role(by, organisation, *MANAGING)
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as kept:
        for line in written(lines):
            digest.update(line)
            kept.write(line)
        kept.seek(0)
        return deliver(
            organisation=organisation,
            file=File(kept, name=f"{name}.jsonl"),
            name=name,
            sha256=digest.hexdigest(),
            format=PULLED,
            by=by,
            **said,
        )


def take_over(*, delivered: CostImport, by: User, rings: bool = True) -> None:
    """Ask for its lines to be written; a worker does it, wholly or not at all.

    ValidationError when lines have no rate or no price, or when it is not the time.
    """
    require_role(by, delivered.organisation, *MANAGING)
    if not may_be_taken(delivered):
        raise ValidationError(
            _("Without a price or a rate for every line it is not taken over.")
        )
    with transaction.atomic():
        queued = CostImport.objects.filter(
            pk=delivered.pk, status=ImportStatus.CHECKED
        ).update(
            status=ImportStatus.QUEUED,
            taken_by=by,
            taken_at=timezone.now(),
            lease_until=next_bell(),
            give_up_at=F("attempt") + MAX_ATTEMPTS,
            faults=[],
        )
        if not queued:
            raise ValidationError(_("This delivery was dropped or taken over already."))
        if rings:
            transaction.on_commit(partial(ring, str(delivered.pk)))


def may_be_taken(delivered: CostImport) -> bool:
    """Whether every line has a price and a rate, as far as reading it through saw."""
    report = delivered.report
    return not report.get("without_rate") and not report.get("unpriced")


def read_again(*, delivered: CostImport, by: User) -> None:
    """Read it through once more: rates, prices or rules have changed since."""
    require_role(by, delivered.organisation, *MANAGING)
    with transaction.atomic():
        waits = CostImport.objects.filter(
            pk=delivered.pk, status__in=[ImportStatus.CHECKED, ImportStatus.REFUSED]
        ).update(
            status=ImportStatus.WAITING,
            lease_until=next_bell(),
            give_up_at=F("attempt") + MAX_ATTEMPTS,
            faults=[],
        )
        if not waits:
            raise ValidationError(_("This delivery was dropped or taken over already."))
        transaction.on_commit(partial(ring, str(delivered.pk)))


def drop(*, delivered: CostImport, by: User) -> None:
    """Leave a delivery that was not taken over; its file is kept, its lines are not."""
    require_role(by, delivered.organisation, *MANAGING)
    with transaction.atomic():
        gone = CostImport.objects.filter(
            pk=delivered.pk, status__in=[ImportStatus.CHECKED, ImportStatus.REFUSED]
        ).update(status=ImportStatus.DROPPED)
        if not gone:
            raise ValidationError(_("Only what was not taken over can be dropped."))
        record_event(
            "costs.dropped",
            for_organisation=delivered.organisation,
            by=by,
            file=delivered.name,
        )


def _refuse_again(organisation: Organisation, sha256: str) -> None:
    standing = CostImport.objects.filter(organisation=organisation, sha256=sha256)
    ended = [ImportStatus.REFUSED, ImportStatus.DROPPED]
    before = standing.exclude(status__in=ended).select_related("delivered_by").first()
    if before is not None:
        raise DeliveredBefore(before)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file on disk, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
