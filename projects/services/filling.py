"""Answers that come back in a workbook: all of them are taken in, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from projects.services.audit import record_event
from projects.services.feasibility import give_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projects.models import Answer, Assessment, User
    from projects.workbook import Filled


def take_in(
    *, assessment: Assessment, rows: Sequence[Filled], file: str, by: User
) -> list[Answer]:
    """Give every answer of a filled form in one transaction.

    AnswerConflict when somebody answered one of them meanwhile, and ValidationError or
    PermissionDenied as for a single answer; then none of them is kept.
    """
    if not rows:
        raise ValidationError(_("There is nothing to take in."))
    with transaction.atomic():
        given = [
            give_answer(
                assessment=assessment,
                item_id=row.item_id,
                value=row.value,
                number=row.number,
                note=row.note,
                because=row.because,
                revision=row.revision,
                by=by,
            )
            for row in rows
        ]
        record_event(
            "answers.taken_in",
            engagement=assessment.engagement,
            by=by,
            file=file,
            count=len(given),
        )
    return given
