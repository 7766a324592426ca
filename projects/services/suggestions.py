"""Taking over an answer that the team page speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.hints import SkillHint, hints
from projects.permissions import Permission, require
from projects.services.feasibility import give_answer

if TYPE_CHECKING:
    from projects.models import Answer, Assessment, User


def take(
    *,
    assessment: Assessment,
    item_id: str,
    shown: str,
    by: User,
    revision: int | None = None,
) -> Answer:
    """Answer with what is suggested now, if it is what the reader was ``shown``.

    ValidationError when nothing is suggested, or the team changed in between: nobody
    gives an answer they have not seen. Otherwise as ``give_answer``, AnswerConflict for
    another ``revision`` among it.
    """
    require(by, Permission.ANSWER, assessment.engagement)
    hint = hints(assessment.engagement, []).get(item_id)
    if not isinstance(hint, SkillHint) or not hint.offered:
        raise ValidationError(_("The team page suggests no answer to this question."))
    if hint.offered != shown:
        raise ValidationError(
            _("The team was changed meanwhile. Look at the new suggestion first.")
        )
    held = assessment.answers.filter(item_id=item_id).first()
    return give_answer(
        assessment=assessment,
        item_id=item_id,
        value=hint.suggestion.value,
        number=hint.suggestion.number,
        note=held.note if held else "",
        by=by,
        revision=revision,
    )
