"""Tasks: what somebody does by a day so that a condition falls away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Engagement, Membership, Task
from projects.permissions import Permission, can, require
from projects.services import glances
from projects.services.audit import record_event
from projects.services.notices import tell

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from projects.models import Evidence, User


def plan_task(
    *,
    engagement: Engagement,
    item_id: str,
    what: str,
    owner: User,
    due_on: date,
    by: User,
) -> Task:
    """Open the task of an item, or plan the open one anew; its owner is told.

    ValidationError for a day that is over, or an owner who takes no part.
    """
    require(by, Permission.ANSWER, engagement)
    if not what.strip():
        raise ValidationError({"what": _("Say what is to be done.")})
    if due_on < timezone.localdate():
        raise ValidationError({"due_on": _("This day is over already.")})
    if not Membership.objects.in_engagement(engagement).filter(user=owner).exists():
        raise ValidationError({"owner": _("This person takes no part here.")})
    with transaction.atomic():
        # The engagement's row is the lock, so that an item has one open task.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        task = engagement.tasks.undone().filter(item_id=item_id).first()
        if task is None:
            task = Task(engagement=engagement, item_id=item_id, opened_by=by)
        task.what, task.owner, task.due_on = what.strip(), owner, due_on
        task.save()
        # Any: as the parameters of an event, words and numbers.
        told: dict[str, Any] = {
            "item": item_id,
            "what": task.what,
            "due_on": due_on.isoformat(),
        }
        record_event(
            "task.planned", engagement=engagement, by=by, owner=owner.name, **told
        )
        tell(
            [owner],
            "task.given",
            path=_page(task),
            engagement=engagement,
            but=by,
            who=by.name,
            **told,
        )
        glances.retell(engagement)
    return task


def may_finish(user: User, task: Task) -> bool:
    """Its owner may, and who answers for all questions."""
    return task.owner_id == user.pk or can(user, Permission.ANSWER, task.engagement)


def finish_task(*, task: Task, proof: Evidence, by: User) -> Task:
    """Done, and this shows it. The answer itself changes in a round, not here.

    PermissionDenied unless ``by`` owns or manages it; ValidationError for a task that
    is done, or evidence of something else.
    """
    if not may_finish(by, task):
        raise PermissionDenied(_("Only its owner or the manager can close a task."))
    engagement = task.engagement
    if (proof.engagement_id, proof.item_id) != (engagement.pk, task.item_id):
        raise ValidationError(_("Choose evidence of this very question."))
    with transaction.atomic():
        locked = Task.objects.select_for_update().get(pk=task.pk)
        if locked.done_at is not None:
            raise ValidationError(_("This task is done already."))
        locked.done_by, locked.done_at, locked.proof = by, timezone.now(), proof
        locked.save()
        told: dict[str, Any] = {
            "item": locked.item_id,
            "what": locked.what,
            "proof": proof.name,
        }
        record_event("task.done", engagement=engagement, by=by, **told)
        tell(
            [engagement.owner, locked.opened_by],
            "task.done",
            path=_page(locked),
            engagement=engagement,
            but=by,
            who=by.name,
            **told,
        )
        glances.retell(engagement)
    return locked


def drop_task(*, task: Task, by: User) -> None:
    """Take back a task that is not needed any more; the audit log keeps it."""
    require(by, Permission.ANSWER, task.engagement)
    with transaction.atomic():
        locked = Task.objects.select_for_update().get(pk=task.pk)
        if locked.done_at is not None:
            raise ValidationError(_("This task is done already."))
        record_event(
            "task.dropped",
            engagement=task.engagement,
            by=by,
            item=locked.item_id,
            what=locked.what,
        )
        locked.delete()
        glances.retell(task.engagement)


def _page(task: Task) -> str:
    return reverse("projects:item", args=[task.engagement_id, task.item_id])
