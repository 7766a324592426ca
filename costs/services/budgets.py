"""Setting what may be spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from costs.models import Budget, Spend
from projects.permissions import Permission, require
from projects.services.audit import record_event

if TYPE_CHECKING:
    from decimal import Decimal

    from projects.models import Engagement, User


def set_budget(
    *,
    engagement: Engagement,
    budget_yen: Decimal,
    by: User,
    stop_yen: Decimal | None = None,
) -> Budget:
    """Set what may be spent on the whole engagement; the one before it is replaced."""
    require(by, Permission.EDIT_ENGAGEMENT, engagement)
    if budget_yen <= 0:
        raise ValidationError(_("A budget is above 0 yen."))
    if stop_yen is not None and stop_yen <= 0:
        raise ValidationError(_("A stop line is above 0 yen."))
    with transaction.atomic():
        Spend.objects.update_or_create(
            engagement=engagement,
            defaults={"budget_yen": budget_yen, "stop_yen": stop_yen},
        )
        Budget.objects.in_force().filter(
            engagement=engagement, starts_on__isnull=True
        ).update(replaced_at=timezone.now())
        budget = Budget.objects.create(
            engagement=engagement, amount_yen=budget_yen, stop_yen=stop_yen, set_by=by
        )
        record_event(
            "budget.set", engagement=engagement, by=by, amount_yen=str(budget_yen)
        )
    return budget
