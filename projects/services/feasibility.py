"""Answering the checklist and issuing the verdict of a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.checklist import AnswerType, Due
from projects.models import Answer, Assessment, Engagement, Stage
from projects.permissions import Permission, require
from projects.rounds import DUE_AT
from projects.screening import Reason, Screened, Verdict
from projects.services import glances
from projects.services.assignments import require_answering
from projects.services.audit import record_event
from projects.services.engagement import advance
from projects.services.notices import tell_of
from projects.services.readers import concerned
from projects.services.upgrading import own_entries
from projects.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from decimal import Decimal
    from typing import Any

    from projects.checklist import Item
    from projects.models import Task, User


class AnswerConflict(ValidationError):
    """Somebody answered meanwhile; carries what stands there now."""

    def __init__(self, theirs: Answer) -> None:
        self.theirs = theirs
        super().__init__(
            _("%(name)s answered this question meanwhile.")
            % {"name": theirs.answered_by.name}
        )


def open_assessment(
    *, engagement: Engagement, by: User, due: Due | None = None
) -> Assessment:
    """The round that may be answered; a new one starts from the last one's answers.

    ``due``: the step it is for; without it, what the engagement's stage asks for.
    """
    require(by, Permission.ANSWER, engagement)
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    with transaction.atomic():
        # The engagement's row is the lock, so two readers open one round.
        locked = Engagement.objects.select_for_update().get(pk=engagement.pk)
        last = engagement.assessments.first()
        if last is not None and last.issued_at is None:
            return last
        opened = Assessment.objects.create(
            engagement=engagement,
            round=last.round + 1 if last else 1,
            due=due or DUE_AT[locked.stage],
            own_items=own_entries(engagement),
        )
        if last is not None:
            answers = list(last.answers.all())
            for answer in answers:
                answer.pk, answer.assessment, answer.revision = None, opened, 1
            Answer.objects.bulk_create(answers)
            record_event(
                "assessment.reopened", engagement=engagement, by=by, number=opened.round
            )
    return opened


def give_answer(
    *,
    assessment: Assessment,
    item_id: str,
    value: str,
    number: Decimal | None,
    note: str,
    by: User,
    because: str = "",
    revision: int | None = None,
) -> Answer:
    """Answer one item of an open round, or with ``because`` set it aside.

    ``revision``: of the answer that was looked at, 0 where there was none; when another
    stands there now, AnswerConflict. None is for those who hold the whole round.
    ValidationError for an unknown item, an answer it does not take, an issued round.
    """
    engagement = assessment.engagement
    require_answering(by, engagement, item_id)
    if not engagement.is_open:
        raise ValidationError(_("This engagement has ended."))
    with transaction.atomic():
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        if locked.issued_at is not None:
            raise ValidationError(
                _("This round was issued. Start a new round to change an answer.")
            )
        try:
            item = locked.checklist.item(item_id)
        except (KeyError, ValueError) as unknown:
            raise ValidationError(_("There is no such question.")) from unknown
        _check(item, value, number, because)
        said = {
            "value": value,
            "number": number,
            "note": note,
            "not_applicable_because": because,
        }
        standing = (
            locked.answers.select_related("answered_by").filter(item_id=item_id).first()
        )
        if standing and all(getattr(standing, k) == v for k, v in said.items()):
            return standing
        if revision is not None and standing and standing.revision != revision:
            raise AnswerConflict(standing)
        answer = standing or Answer(assessment=locked, item_id=item_id, revision=0)
        for name, given in said.items():
            setattr(answer, name, given)
        answer.revision += 1
        answer.answered_by, answer.answered_at = by, timezone.now()
        answer.save()
        # Any: as the parameters of an event.
        told: dict[str, Any] = (
            {"reason": because} if because else {"answer": _told(value, number)}
        )
        record_event(
            "answer.set_aside" if because else "answer.given",
            engagement=engagement,
            by=by,
            item=item_id,
            **told,
        )
    return answer


def _check(item: Item, value: str, number: Decimal | None, because: str) -> None:
    if value and value not in item.answers:
        raise ValidationError(_("This question does not take that answer."))
    if number is not None and item.type is not AnswerType.NUMBER:
        raise ValidationError(_("This question is not answered by a number."))
    if sum((bool(value), number is not None, bool(because))) > 1:
        raise ValidationError(
            _("Give one answer: a number, a word, or why it does not apply.")
        )


def _told(value: str, number: Decimal | None) -> str:
    return value or (f"{number.normalize():f}" if number is not None else "")


def unplanned(
    screened: Screened, waived: Collection[str], tasks: Iterable[Task]
) -> list[Reason]:
    """The conditions nobody has in hand by a day: neither a task nor a waiver."""
    if screened.verdict is not Verdict.CONDITIONAL:
        return []
    planned = {task.item_id for task in tasks}
    return [
        reason
        for reason in screened.decided
        if reason.item_id not in planned
        and not (reason.item_id in waived and reason.standing is Standing.AGAINST)
    ]


def seen_now(assessment: Assessment) -> int:
    """A number that grows with every change of an answer."""
    total = assessment.answers.aggregate(total=Sum("revision"))["total"]
    return int(total or 0)


def issue_assessment(
    *, assessment: Assessment, by: User, seen: int | None = None
) -> Assessment:
    """Freeze the round with the verdict its answers give; NOT YET cannot be issued.

    ``seen``: what `seen_now` gave when the verdict was looked at. ValidationError when
    answers changed since, and for conditions that nobody has in hand by a day.
    """
    engagement = assessment.engagement
    require(by, Permission.ISSUE_ASSESSMENT, engagement)
    with transaction.atomic():
        # The engagement's row is the lock, so that rounds and waivers take turns. Not
        # of its key: who answers holds the round and then notes it of the engagement,
        # and each would wait for the other.
        Engagement.objects.select_for_update(no_key=True).get(pk=engagement.pk)
        locked = Assessment.objects.select_for_update().get(pk=assessment.pk)
        if locked.issued_at is not None:
            return locked
        if seen is not None and seen != seen_now(locked):
            raise ValidationError(
                _("Answers changed since you looked. Read the verdict again.")
            )
        today = timezone.localdate()
        in_force = engagement.waivers.in_force(today=today)
        waived = frozenset(waiver.item_id for waiver in in_force)
        tasks = list(engagement.tasks.undone().select_related("owner"))
        screened = locked.screened(locked.answers.all(), waived)
        if screened.verdict is Verdict.NOT_YET:
            raise ValidationError(_("Questions that decide are still unanswered."))
        missing = unplanned(screened, waived, tasks)
        if missing:
            raise ValidationError(
                _("Say who does what by when about: %(items)s.")
                % {"items": ", ".join(reason.item_id for reason in missing)}
            )
        locked.verdict = locked.stands_as = screened.verdict.value
        locked.decided = [reason.item_id for reason in screened.decided]
        locked.record = _record(locked.engagement, screened, waived, tasks)
        locked.issued_by = by
        locked.issued_at = timezone.now()
        locked.save()
        issued = record_event(
            "assessment.issued",
            engagement=engagement,
            by=by,
            number=locked.round,
            verdict=locked.verdict,
        )
        page = reverse("projects:feasibility", args=[engagement.pk])
        tell_of(issued, concerned(engagement), page)
        if screened.verdict in (Verdict.GO, Verdict.CONDITIONAL):
            advance(engagement=engagement, to=Stage.AGREEMENT, by=by)
        glances.retell(engagement)
    return locked


# Any: texts, lists of ids and words, as JSON keeps them.
def _record(
    engagement: Engagement,
    screened: Screened,
    waived: Collection[str],
    tasks: Iterable[Task],
) -> dict[str, Any]:
    """What the verdict said on the day, in both languages."""
    held = {reason.item_id for reason in screened.decided}
    return {
        "placement": engagement.placement,
        "kind": engagement.kind,
        "summary": {"ja": screened.summary.ja, "en": screened.summary.en},
        "would_change": {
            "ja": screened.would_change.ja,
            "en": screened.would_change.en,
        },
        "reasons": [
            {
                "item": reason.item_id,
                "ja": reason.why.ja,
                "en": reason.why.en,
                "leads_to": reason.leads_to.value,
            }
            for reason in screened.reasons
        ],
        "waived": sorted(held.intersection(waived)),
        "tasks": [
            {
                "item": task.item_id,
                "what": task.what,
                "owner": task.owner.name,
                "owner_en": task.owner.name_en,
                "due_on": task.due_on.isoformat(),
            }
            for task in tasks
            if task.item_id in held
        ],
    }
