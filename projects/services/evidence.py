"""Evidence: files, links and named documents that back an answer."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Evidence, EvidenceForm
from projects.services.assignments import answering
from projects.services.audit import record_event
from projects.templatetags.figures import size

if TYPE_CHECKING:
    from typing import Any

    from django.core.files.base import File

    from projects.models import Engagement, User

WEB = URLValidator(schemes=["http", "https"])


def may_back(user: User, engagement: Engagement, item_id: str) -> bool:
    """Who may answer the question, and who has a task about it to prove."""
    if item_id in answering(user, engagement):
        return True
    return engagement.tasks.undone().filter(item_id=item_id, owner=user).exists()


def attach_file(
    *,
    engagement: Engagement,
    item_id: str,
    file: File[bytes],
    by: User,
    instead_of: Evidence | None = None,
) -> Evidence:
    """Keep a file as evidence, with its digest. ValidationError names what is wrong."""
    name = PurePath(file.name or "").name
    kind = PurePath(name).suffix.lower().removeprefix(".")
    if kind not in settings.EVIDENCE_TYPES:
        allowed = ", ".join(settings.EVIDENCE_TYPES)
        raise ValidationError(
            _("“%(file)s” cannot be taken in. Allowed are: %(allowed)s.")
            % {"file": name, "allowed": allowed}
        )
    if not file.size:
        raise ValidationError(_("“%(file)s” is empty.") % {"file": name})
    if file.size > settings.EVIDENCE_MAX_BYTES:
        raise ValidationError(
            _("“%(file)s” has %(size)s; at most %(most)s are taken in.")
            % {
                "file": name,
                "size": size(file.size),
                "most": size(settings.EVIDENCE_MAX_BYTES),
            }
        )
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    piece = Evidence(
        form=EvidenceForm.FILE, name=name[-200:], size=file.size, sha256=digest
    )
    piece.file = file
    try:
        return _keep(piece, engagement, item_id, by, instead_of)
    except BaseException:
        # Kept on disk, but by no row: nobody would ever find it again.
        if piece.file._committed:
            piece.file.delete(save=False)
        raise


def attach_link(
    *,
    engagement: Engagement,
    item_id: str,
    url: str,
    name: str,
    by: User,
    instead_of: Evidence | None = None,
) -> Evidence:
    """Keep an address as evidence; only of the web, since readers press it."""
    try:
        WEB(url)
    except ValidationError as unfit:
        raise ValidationError(
            {"url": _("A link begins with https:// or http://.")}
        ) from unfit
    piece = Evidence(form=EvidenceForm.LINK, name=(name or url)[:200], url=url)
    return _keep(piece, engagement, item_id, by, instead_of)


def name_document(
    *,
    engagement: Engagement,
    item_id: str,
    name: str,
    kept_at: str,
    by: User,
    instead_of: Evidence | None = None,
) -> Evidence:
    """Name a document that stays where it is, and where that is."""
    piece = Evidence(form=EvidenceForm.DOCUMENT, name=name, kept_at=kept_at)
    return _keep(piece, engagement, item_id, by, instead_of)


def _keep(
    piece: Evidence,
    engagement: Engagement,
    item_id: str,
    by: User,
    instead_of: Evidence | None,
) -> Evidence:
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    if not may_back(by, engagement, item_id):
        raise PermissionDenied(_("This question is not yours to back with evidence."))
    piece.engagement, piece.item_id, piece.added_by = engagement, item_id, by
    with transaction.atomic():
        older = None
        if instead_of is not None:
            of_item = Evidence.objects.filter(engagement=engagement, item_id=item_id)
            older = of_item.select_for_update().get(pk=instead_of.pk)
            if older.superseded_by_id is not None:
                raise ValidationError(
                    _("“%(name)s” has been superseded meanwhile.")
                    % {"name": older.name}
                )
        piece.save(force_insert=True)
        if older is not None:
            older.superseded_by = piece
            older.save(update_fields=["superseded_by"])
        # Any: as the parameters of an event.
        told: dict[str, Any] = {} if older is None else {"older": older.name}
        record_event(
            "evidence.added" if older is None else "evidence.superseded",
            engagement=engagement,
            by=by,
            item=item_id,
            document=piece.name,
            **told,
        )
    return piece
