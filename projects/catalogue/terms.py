"""How a file is to be measured, beside the limits: part of what is promised."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Final, Self

LONGEST_CLASS: Final = 60
MOST_CLASSES: Final = 50


@dataclass(frozen=True, slots=True)
class Terms:
    """What the measurement takes for granted; every kind uses its own few of them.

    ``threshold``: a score at or above it is an alarm. ``classes``: the labels agreed,
    the normal one first; empty means 0 and 1. ``without_score``: rows without a score
    count as quiet, or are left out. ``beta``: how much more recall weighs in F-beta.
    ``alarm_gap_seconds``: alarms closer together are one; ``event_window_seconds``:
    how long after a change point an alarm still counts; ``hold_rows``: how many rows an
    alarm stays on before a change of judgement is told. ``yen_false_alarm`` and
    ``yen_miss`` are the cost of one error.

    ``season``: periods after which a series repeats itself, as 24 for hours of a day.
    ``interval``: the share of actuals that y_lower..y_upper promises to hold.
    ``yen_over`` and ``yen_under``: the cost of a unit forecast too much, too little.

    ``holding_rate``: yen a period to hold stock worth one yen; ``yen_shortage``: of one
    unit short; ``yen_order``: of one order; ``unit_cost``: yen, where the file has no
    column for it; ``periods_a_year``: 12 for months.

    ``smaller_is_better``: whether the measure of a trial should fall.
    ValueError for a value that makes no sense.
    """

    threshold: float | None = None
    classes: tuple[str, ...] = ()
    without_score: str = "quiet"
    beta: float = 2.0
    alarm_gap_seconds: float = 0.0
    event_window_seconds: float = 60.0
    hold_rows: int = 0
    yen_false_alarm: float | None = None
    yen_miss: float | None = None
    season: int = 1
    interval: float = 0.95
    yen_over: float | None = None
    yen_under: float | None = None
    holding_rate: float | None = None
    yen_shortage: float | None = None
    yen_order: float | None = None
    unit_cost: float | None = None
    periods_a_year: float = 12.0
    smaller_is_better: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError(f"{field.name} is not a finite number: {value!r}")
            if field.name in _NOT_NEGATIVE and value is not None and value < 0:
                raise ValueError(f"{field.name} is negative: {value!r}")
        if self.without_score not in ("quiet", "left_out"):
            raise ValueError(f"rows without a score: {self.without_score!r}")
        if not 0 < self.interval < 1:
            raise ValueError(f"interval is not between 0 and 1: {self.interval!r}")
        if self.season < 1 or self.beta <= 0 or self.periods_a_year <= 0:
            raise ValueError("season, beta and periods_a_year are above zero")
        if len(self.classes) == 1 or len(self.classes) > MOST_CLASSES:
            raise ValueError("two classes at least, and no more than fifty")
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("a class is named twice")
        if any(not c or len(c) > LONGEST_CLASS for c in self.classes):
            raise ValueError("a class has no name, or a very long one")

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Only what differs from the default, so that older digests stay true."""
        plain = Terms()
        stored = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(plain, field.name)
        }
        if self.classes:
            stored["classes"] = list(self.classes)
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. TypeError for a name that is not known."""
        return cls(**(stored | {"classes": tuple(stored.get("classes", ()))}))


_NOT_NEGATIVE: Final = frozenset(
    {
        *("alarm_gap_seconds", "event_window_seconds", "yen_false_alarm", "yen_miss"),
        *("yen_over", "yen_under", "holding_rate", "yen_shortage", "yen_order"),
        "unit_cost",
    }
)
