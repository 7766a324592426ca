"""The words promises are made of: kinds, shapes, units, metrics. No Django in here."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

# A limit is judged at one of these, or by the measured value itself (None).
CONFIDENCES: Final = (0.90, 0.95, 0.99)
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """One wording in Japanese and in English."""

    ja: str
    en: str

    def in_(self, language: str) -> str:
        """The wording for a language code such as ``ja``, ``ja-jp`` or ``en``."""
        return self.ja if language.lower().startswith("ja") else self.en


def day_in_words(on: date) -> Text:
    """A date in text: 2026年11月19日, 19 November 2026, whatever the machine speaks."""
    return Text(
        f"{on.year}年{on.month}月{on.day}日",
        f"{on.day} {MONTHS[on.month - 1]} {on.year}",
    )


def period_in_words(starts: date, ends: date) -> Text:
    """From one day to another, both included: 2026年10月, October 2026 for a month."""
    if starts.day == 1 and ends == _last_of_month(starts):
        return Text(
            f"{starts.year}年{starts.month}月",
            f"{MONTHS[starts.month - 1]} {starts.year}",
        )
    first, last = day_in_words(starts), day_in_words(ends)
    return Text(f"{first.ja}〜{last.ja}", f"{first.en} to {last.en}")


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


class Kind(StrEnum):
    """What an engagement is about."""

    DEMAND_FORECAST = "demand_forecast"
    INVENTORY = "inventory"
    ANOMALY = "anomaly"
    SALES = "sales"
    LAYOUT = "layout"


class Shape(StrEnum):
    """How the rows of a run's file look."""

    DETECTION = "detection"
    FORECAST = "forecast"
    INVENTORY = "inventory"
    TRIAL = "trial"


class Unit(StrEnum):
    """How a measured value reads.

    SHARE is 0..1 and shown as percent; RATIO is 0..1 and shown as it is; PERCENT is in
    percent points already; SAME is the unit of y; COUNT is a number of cases.
    """

    SHARE = "share"
    RATIO = "ratio"
    PERCENT = "percent"
    SAME = "same"
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"
    SECONDS = "seconds"
    DAYS = "days"


class Bound(StrEnum):
    """The side of the limit on which the promise is kept."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    BELOW = "below"
    ABOVE = "above"

    @property
    def is_upper(self) -> bool:
        """Whether the value must stay under the limit."""
        return self in (Bound.AT_MOST, Bound.BELOW)

    def holds(self, value: float, limit: float) -> bool:
        """Compare exactly; nothing is rounded, so 0.6598 is not at least 0.66."""
        match self:
            case Bound.AT_MOST:
                return value <= limit
            case Bound.AT_LEAST:
                return value >= limit
            case Bound.BELOW:
                return value < limit
            case Bound.ABOVE:
                return value > limit


class Scope(StrEnum):
    """Which rows a limit speaks of: all, every segment by itself, or one segment."""

    WHOLE = "whole"
    EACH = "each"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Metric:
    """One word of the catalogue; a rate is k of n cases with an exact interval."""

    key: str
    shape: Shape
    unit: Unit
    smaller_is_better: bool
    is_rate: bool
    name: Text
    meaning: Text


def entry(
    key: str,
    shape: Shape,
    unit: Unit,
    *,
    smaller: bool = False,
    rate: bool = False,
    texts: str,
) -> Metric:
    """A metric from its texts: name in Japanese | in English | meaning | meaning."""
    name_ja, name_en, meaning_ja, meaning_en = texts.split("|")
    return Metric(
        key=key,
        shape=shape,
        unit=unit,
        smaller_is_better=smaller,
        is_rate=rate,
        name=Text(ja=name_ja, en=name_en),
        meaning=Text(ja=meaning_ja, en=meaning_en),
    )


SHAPE_OF: Final[dict[Kind, Shape]] = {
    Kind.DEMAND_FORECAST: Shape.FORECAST,
    Kind.INVENTORY: Shape.INVENTORY,
    Kind.ANOMALY: Shape.DETECTION,
    Kind.SALES: Shape.TRIAL,
    Kind.LAYOUT: Shape.TRIAL,
}
KIND_NAMES: Final[Mapping[Kind, Text]] = {
    Kind.DEMAND_FORECAST: Text(ja="需要予測", en="Demand forecasting"),
    Kind.INVENTORY: Text(ja="在庫最適化", en="Inventory optimisation"),
    Kind.ANOMALY: Text(ja="異常検知", en="Anomaly detection"),
    Kind.SALES: Text(ja="売上最適化", en="Sales optimisation"),
    Kind.LAYOUT: Text(ja="動線最適化", en="Layout optimisation"),
}
# What a piece of work may have to beat, by the shape of its files.
BASELINES: Final[Mapping[Shape, Mapping[str, Text]]] = {
    Shape.DETECTION: {
        "rule": Text(ja="今の判定", en="the present judgement"),
        "null": Text(ja="何も検出しない場合", en="never flagging anything"),
        "always": Text(ja="すべてを検出する場合", en="flagging everything"),
    },
    Shape.FORECAST: {
        "rule": Text(ja="今の予測", en="the present forecast"),
        "naive": Text(ja="最後の実績を続けた予測", en="repeating the last value"),
        "seasonal_naive": Text(
            ja="1季節前を繰り返した予測", en="repeating the last season"
        ),
    },
    Shape.INVENTORY: {},
    Shape.TRIAL: {"before": Text(ja="変更前", en="the way it was before")},
}
