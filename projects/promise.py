"""An agreement as plain values, and as the text that is signed. No Django in here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from projects.catalogue import Bound, Limit, Scope, Shape, Terms
from projects.linking import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

# The form new versions are signed in; texts of an older form stay as they were signed.
FORM: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion as it is promised; the limit is exact, in the metric's own unit."""

    metric: str
    bound: Bound
    limit: Decimal
    confidence: Decimal | None
    scope: Scope = Scope.WHOLE
    segment: str = ""
    smallest_cases: int = 0
    stage: str = "accuracy"
    reason: str = ""

    def as_limit(self) -> Limit:
        """The line as the judge reads it."""
        return Limit(
            metric=self.metric,
            bound=self.bound,
            value=float(self.limit),
            confidence=None if self.confidence is None else float(self.confidence),
            scope=self.scope,
            segment=self.segment,
            smallest_cases=self.smallest_cases,
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """The errors management will bear; None says nothing of that kind of error."""

    until: date
    false_alarms: int | None = None
    false_alarms_per: str = "week"
    misses: int | None = None
    misses_per: str = "quarter"
    yen_a_month: Decimal | None = None

    @property
    def allows_nothing(self) -> bool:
        return (self.false_alarms, self.misses, self.yen_a_month) == (None,) * 3


@dataclass(frozen=True, slots=True)
class Stop:
    """The line past which work stops; a metric must be so good by the date."""

    on: date | None = None
    yen: Decimal | None = None
    metric: str = ""
    value: Decimal | None = None

    @property
    def says_nothing(self) -> bool:
        return (self.on, self.yen) == (None, None) and not self.metric


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth set fixed in advance, by its file's digest."""

    sha256: str
    name: str = ""
    rows: int | None = None
    events: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """All that one version promises."""

    engagement: str
    version: int
    shape: Shape
    reason: str
    # Any: what json gives and takes.
    terms: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    baseline: str = ""
    truth: Truth | None = None
    own_truth: bool = True
    uploads_a_day: int | None = None
    rows_a_month: int | None = None
    events_a_year: int | None = None
    budget: Budget | None = None
    stop: Stop | None = None

    @property
    def measured_by(self) -> Terms:
        """The terms with their usual values filled in."""
        return Terms.from_json(dict(self.terms))


def form_of(text: str) -> int:
    """The form a signed text is in; the first one carried no number."""
    return int(json.loads(text).get("form", 1))


def text_of(promise: Promise, form: int = FORM) -> str:
    """The canonical text that is signed: one text for one promise.

    Numbers are written as text, so that no reader of JSON rounds them. ValueError for
    a form that is not known.
    """
    if form not in (1, FORM):
        raise ValueError(f"unknown form: {form}")
    words: dict[str, Any] = {
        "engagement": promise.engagement,
        "version": promise.version,
        "terms": {key: _as_text(value) for key, value in promise.terms.items()},
        "reason": promise.reason,
        "criteria": [_line(line, form) for line in promise.lines],
    }
    if form == FORM:
        words |= _rest(promise)
    return canonical(words)


def _line(line: Line, form: int) -> dict[str, Any]:
    words: dict[str, Any] = {
        "metric": line.metric,
        "bound": str(line.bound),
        "limit": plain(line.limit),
        "confidence": None if line.confidence is None else f"{line.confidence:.2f}",
        "scope": str(line.scope),
        "segment": line.segment,
        "smallest_cases": line.smallest_cases,
        "stage": line.stage,
    }
    return words if form == 1 else words | {"reason": line.reason}


def _rest(promise: Promise) -> dict[str, Any]:
    budget, stop = promise.budget, promise.stop
    return {
        "form": FORM,
        "baseline": promise.baseline,
        "truth": None if promise.truth is None else promise.truth.sha256,
        "own_truth": promise.own_truth,
        "uploads_a_day": promise.uploads_a_day,
        "rows_a_month": promise.rows_a_month,
        "events_a_year": promise.events_a_year,
        "error_budget": budget
        and {
            "false_alarms": budget.false_alarms,
            "false_alarms_per": budget.false_alarms_per,
            "misses": budget.misses,
            "misses_per": budget.misses_per,
            "yen_a_month": _plain_or_none(budget.yen_a_month),
            "until": budget.until.isoformat(),
        },
        "stop_line": stop
        and {
            "on": None if stop.on is None else stop.on.isoformat(),
            "yen": _plain_or_none(stop.yen),
            "metric": stop.metric,
            "value": _plain_or_none(stop.value),
        },
    }


# Any: what a term may be.
def _as_text(value: Any) -> Any:
    return repr(value) if isinstance(value, int | float) else value


def plain(number: Decimal) -> str:
    """A decimal without exponent and without zeros at its end."""
    return f"{number.normalize():f}"


def _plain_or_none(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
