"""How a file is to be measured, beside the limits: part of what is promised."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from projects.catalogue.words import Text

LONGEST_CLASS: Final = 60
MOST_CLASSES: Final = 50


NOT_FINITE: Final = Text(ja="有限の数が必要です。", en="A finite number is needed.")
NEGATIVE: Final = Text(ja="0以上の数が必要です。", en="Zero or more is needed.")
NOT_POSITIVE: Final = Text(
    ja="0より大きい数が必要です。", en="More than zero is needed."
)
NO_SHARE: Final = Text(
    ja="0と1の間の数が必要です。", en="A number between 0 and 1 is needed."
)
UNKNOWN: Final = Text(
    ja="quietかleft_outが必要です。", en="Either quiet or left_out is needed."
)
HOW_MANY: Final = Text(
    ja="種類は2つ以上、50以下で書いてください。", en="Name 2 to 50 classes."
)
UPSIDE_DOWN: Final = Text(
    ja="低い見積り、費用、高い見積りの順に大きくなるように書いてください。",
    en="The low estimate, the cost and the high estimate must rise in this order.",
)
WITHOUT_COST: Final = Text(
    ja="見積りの幅は、費用そのものと一緒に書いてください。",
    en="Low and high estimates need the cost itself beside them.",
)
TWICE: Final = Text(ja="同じ種類が2回あります。", en="A class is named twice.")
NAMELESS: Final = Text(
    ja="種類の名前は1文字以上、60文字以下です。",
    en="A class has a name of 1 to 60 characters.",
)


class TermError(ValueError):
    """A term that makes no sense: which one, and why in both languages."""

    def __init__(self, name: str, why: Text) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name}: {why.en}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the measurement takes for granted; every kind uses its own few of them.

    ``threshold``: a score at or above it is an alarm. ``classes``: the labels agreed,
    the normal one first; empty means 0 and 1. ``without_score``: rows without a score
    count as quiet, or are left out. ``beta``: how much more recall weighs in F-beta.
    ``alarm_gap_seconds``: alarms closer together are one; ``event_window_seconds``:
    how long after a change point an alarm still counts; ``hold_rows``: how many rows an
    alarm stays on before a change of judgement is told. ``yen_false_alarm`` and
    ``yen_miss`` are the cost of one error; ``cases_a_day`` are those of the site.

    ``season``: periods after which a series repeats itself, as 24 for hours of a day.
    ``interval``: the share of actuals that y_lower..y_upper promises to hold.
    ``yen_over`` and ``yen_under``: the cost of a unit forecast too much, too little.

    ``holding_rate``: yen a period to hold stock worth one yen; ``yen_shortage``: of one
    unit short; ``yen_order``: of one order; ``unit_cost``: yen, where the file has no
    column for it; ``periods_a_year``: 12 for months.

    ``..._low`` and ``..._high`` are the lowest and highest estimate of the cost of one
    error; they draw bands and judge nothing.

    ``smaller_is_better``: whether the measure of a trial should fall.
    TermError for a value that makes no sense.
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
    cases_a_day: float | None = None
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
    yen_false_alarm_low: float | None = None
    yen_false_alarm_high: float | None = None
    yen_miss_low: float | None = None
    yen_miss_high: float | None = None
    yen_over_low: float | None = None
    yen_over_high: float | None = None
    yen_under_low: float | None = None
    yen_under_high: float | None = None
    yen_shortage_low: float | None = None
    yen_shortage_high: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not math.isfinite(value):
                raise TermError(field.name, NOT_FINITE)
            if field.name in _NOT_NEGATIVE and value is not None and value < 0:
                raise TermError(field.name, NEGATIVE)
        for name in ESTIMATED:
            self._check_estimates(name)
        if self.without_score not in ("quiet", "left_out"):
            raise TermError("without_score", UNKNOWN)
        if not 0 < self.interval < 1:
            raise TermError("interval", NO_SHARE)
        for name in ("season", "beta", "periods_a_year", "cases_a_day"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise TermError(name, NOT_POSITIVE)
        if len(self.classes) == 1 or len(self.classes) > MOST_CLASSES:
            raise TermError("classes", HOW_MANY)
        if len(set(self.classes)) < len(self.classes):
            raise TermError("classes", TWICE)
        if any(not c or len(c) > LONGEST_CLASS for c in self.classes):
            raise TermError("classes", NAMELESS)

    def _check_estimates(self, name: str) -> None:
        cost = getattr(self, name)
        low, high = (getattr(self, f"{name}_{end}") for end in ("low", "high"))
        if cost is None and (low is not None or high is not None):
            raise TermError(name, WITHOUT_COST)
        if low is not None and low > cost:
            raise TermError(f"{name}_low", UPSIDE_DOWN)
        if high is not None and high < cost:
            raise TermError(f"{name}_high", UPSIDE_DOWN)

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


# The costs of one error that may carry a low and a high estimate.
ESTIMATED: Final = (
    "yen_false_alarm",
    "yen_miss",
    "yen_over",
    "yen_under",
    "yen_shortage",
)
_NOT_NEGATIVE: Final = frozenset(
    {
        *(f"{name}_{end}" for name in ESTIMATED for end in ("low", "high")),
        *("alarm_gap_seconds", "event_window_seconds", "yen_false_alarm", "yen_miss"),
        *("yen_over", "yen_under", "holding_rate", "yen_shortage", "yen_order"),
        "unit_cost",
    }
)
