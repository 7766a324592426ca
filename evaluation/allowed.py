"""The error budget of an agreement, as the count of days takes it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from evaluation.budget import Allowance, Measure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projects.models import ErrorBudget


def allowances(budget: ErrorBudget | None) -> Iterable[Allowance]:
    """The budget's lines, as the count takes them."""
    if budget is None:
        return
    if budget.false_alarms is not None:
        most = Decimal(budget.false_alarms)
        yield Allowance(Measure.FALSE_ALARMS, most, budget.false_alarms_per)
    if budget.misses is not None:
        yield Allowance(Measure.MISSES, Decimal(budget.misses), budget.misses_per)
    if budget.yen_a_month is not None:
        yield Allowance(Measure.YEN, budget.yen_a_month, "month")
