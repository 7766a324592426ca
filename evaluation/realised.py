"""Writing down what the work brought, month by month; no HTTP in here."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation import glances
from evaluation.models import ValueMonth
from evaluation.value import Month, Year, year_of
from projects.models import Engagement, Stage
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from projects.models import User

# A last month is often reckoned when the work has ended.
BRINGS = (Stage.ACCURACY, Stage.OPERATION, Stage.CLOSED)


def record_value(
    *,
    engagement: Engagement,
    month: date,
    value_yen: Decimal,
    measured_how: str,
    by: User,
) -> ValueMonth:
    """Write what a month brought; writing it again replaces it, and both are told.

    ``month`` is its first day. ValidationError for a month that has not begun or lies
    before the engagement, before anything can have a value, or when nobody says how it
    was measured.
    """
    require(by, Permission.RECORD_VALUE, engagement)
    how = measured_how.strip()
    _check(engagement, month, how)
    with transaction.atomic():
        # The engagement's row is the lock, so two writers leave one month.
        Engagement.objects.select_for_update().get(pk=engagement.pk)
        before = ValueMonth.objects.filter(engagement=engagement, month=month).first()
        written, _made = ValueMonth.objects.update_or_create(
            engagement=engagement,
            month=month,
            defaults={
                "value_yen": value_yen,
                "measured_how": how,
                "recorded_by": by,
            },
        )
        told = _told(written) | {"what": how}
        if before is None:
            record_event("value.recorded", engagement=engagement, by=by, **told)
        else:
            told["before_yen"] = f"{before.value_yen:.0f}"
            record_event("value.corrected", engagement=engagement, by=by, **told)
        glances.retell_value(engagement)
    return written


def remove_value(*, value: ValueMonth, by: User) -> None:
    """Take a month out again; the audit log keeps what stood there."""
    require(by, Permission.RECORD_VALUE, value.engagement)
    with transaction.atomic():
        value.delete()
        record_event(
            "value.removed", engagement=value.engagement, by=by, **_told(value)
        )
        glances.retell_value(value.engagement)


# Any: the parameters of an event.
def _told(value: ValueMonth) -> dict[str, Any]:
    """The month and its yen, as the audit log keeps them."""
    first = value.month
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return {"period": f"{first}/{last}", "value_yen": f"{value.value_yen:.0f}"}


def year(engagement: Engagement) -> Year | None:
    """The newest year of it beside what was expected; None before its first month."""
    written = ValueMonth.objects.filter(engagement=engagement).values_list(
        "month", "value_yen", "engagement__glance__expected_yen"
    )
    months = [(Month(first, yen), expected) for first, yen, expected in written]
    if not months:
        return None
    return year_of([month for month, _expected in months], months[0][1])


def _check(engagement: Engagement, month: date, how: str) -> None:
    if Stage(engagement.stage) not in BRINGS:
        raise ValidationError(
            _("A value is recorded once the initial judgement is accepted.")
        )
    if month > timezone.localdate():
        raise ValidationError({"month": _("This month has not begun yet.")})
    if month < engagement.starts_on.replace(day=1):
        raise ValidationError({"month": _("This month lies before the engagement.")})
    if not how:
        raise ValidationError(
            {"measured_how": _("Say how it was measured, so that others can follow.")}
        )
