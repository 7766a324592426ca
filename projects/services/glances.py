"""Telling a list anew what changed of an engagement; within the act that changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projects.glancing import Coming, need_of, next_of
from projects.models import Answer, Engagement, Glance

if TYPE_CHECKING:
    from decimal import Decimal

# The question that asks for the value in yen a year.
VALUE_ITEM = "P4"


# Any: the columns of the row, by their names.
def note(engagement: Engagement, **columns: Any) -> None:
    """Write columns of the row, and what follows from all of them.

    Call it within the transaction of the act, after the facts are written.
    """
    sides = {
        "provider_id": engagement.provider_id,
        "customer_id": engagement.customer_id,
    }
    Glance.objects.get_or_create(engagement=engagement, defaults=sides)
    row = (
        Glance.objects.select_for_update(of=("self",))
        .select_related("engagement")
        .get(engagement=engagement)
    )
    # As it stands now: who calls may have read the engagement a while ago.
    engagement = row.engagement
    for name, value in (columns | sides | {"stage": engagement.stage}).items():
        setattr(row, name, value)
    row.need = need_of(
        is_open=engagement.is_open,
        outcome=row.outcome,
        unaccepted=row.unaccepted,
        burned=row.burned,
    )
    days = {
        Coming.TASK: row.task_on,
        Coming.WAIVER: row.waiver_on,
        Coming.RUNS_OUT: row.runs_out_on,
        Coming.ACCEPTANCE: row.accepted_until,
        Coming.END: engagement.ends_on,
    }
    coming = next_of(days) if engagement.is_open else None
    row.next_on, row.coming = (coming[0], coming[1].value) if coming else (None, "")
    row.save()


def retell(engagement: Engagement) -> None:
    """Write what `projects` knows: stage, dates, and the value that is expected."""
    task = engagement.tasks.undone().order_by("due_on").first()
    waiver = engagement.waivers.filter(ended_at__isnull=True).order_by("until").first()
    note(
        engagement,
        task_on=task.due_on if task else None,
        waiver_on=waiver.until if waiver else None,
        expected_yen=_expected(engagement),
    )


def _expected(engagement: Engagement) -> Decimal | None:
    """Yen a year, as the newest issued round has it; None where none says so."""
    answer = (
        Answer.objects.filter(
            assessment__engagement=engagement,
            assessment__issued_at__isnull=False,
            item_id=VALUE_ITEM,
        )
        .order_by("-assessment__round")
        .first()
    )
    return answer.number if answer else None
