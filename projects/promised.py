"""A version's rows as plain values, for the rules that read a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projects.models import ErrorBudget, StopLine
from projects.promise import Budget, Promise, Stop, Truth

if TYPE_CHECKING:
    from projects.models import Agreement, TruthSet


def promise_of(agreement: Agreement) -> Promise:
    """All that the version promises, as it stands in its rows."""
    budget = ErrorBudget.objects.filter(agreement=agreement).first()
    stop = StopLine.objects.filter(agreement=agreement).first()
    return Promise(
        engagement=str(agreement.engagement_id),
        version=agreement.version,
        shape=agreement.engagement.shape,
        reason=agreement.reason,
        terms=agreement.terms,
        lines=tuple(c.as_line() for c in agreement.criteria.order_by("pk")),
        baseline=agreement.baseline,
        truth=_truth(agreement.truth_set),
        own_truth=agreement.own_truth,
        uploads_a_day=agreement.uploads_a_day,
        rows_a_month=agreement.rows_a_month,
        events_a_year=agreement.events_a_year,
        budget=None if budget is None else budget_of(budget),
        stop=None if stop is None else stop_of(stop),
    )


def budget_of(budget: ErrorBudget) -> Budget:
    """The errors management bears, as a plain value."""
    return Budget(
        until=budget.until,
        false_alarms=budget.false_alarms,
        false_alarms_per=budget.false_alarms_per,
        misses=budget.misses,
        misses_per=budget.misses_per,
        yen_a_month=budget.yen_a_month,
    )


def stop_of(stop: StopLine) -> Stop:
    """The line past which work stops, as a plain value."""
    return Stop(on=stop.on, yen=stop.yen, metric=stop.metric, value=stop.value)


def _truth(truth: TruthSet | None) -> Truth | None:
    if truth is None:
        return None
    return Truth(truth.sha256, truth.name, truth.rows, truth.events)
