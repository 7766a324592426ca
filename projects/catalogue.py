"""The words of a promise: kinds of engagement, metrics, limits. No Django in here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# A limit is judged at one of these, or by the measured value itself (None).
CONFIDENCES: Final = (0.90, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Text:
    """One wording in Japanese and in English."""

    ja: str
    en: str

    def in_(self, language: str) -> str:
        """The wording for a language code such as ``ja``, ``ja-jp`` or ``en``."""
        return self.ja if language.lower().startswith("ja") else self.en


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


def _detection(
    key: str, unit: Unit, *, smaller: bool = False, rate: bool = False, texts: str
) -> Metric:
    name_ja, name_en, meaning_ja, meaning_en = texts.split("|")
    return Metric(
        key=key,
        shape=Shape.DETECTION,
        unit=unit,
        smaller_is_better=smaller,
        is_rate=rate,
        name=Text(ja=name_ja, en=name_en),
        meaning=Text(ja=meaning_ja, en=meaning_en),
    )


def _forecast(key: str, unit: Unit, *, texts: str) -> Metric:
    name_ja, name_en, meaning_ja, meaning_en = texts.split("|")
    return Metric(
        key=key,
        shape=Shape.FORECAST,
        unit=unit,
        smaller_is_better=True,
        is_rate=False,
        name=Text(ja=name_ja, en=name_en),
        meaning=Text(ja=meaning_ja, en=meaning_en),
    )


# Texts: name in Japanese | name in English | meaning in Japanese | in English.
_ALL: Final = (
    _detection(
        "tp",
        Unit.COUNT,
        texts="検出できた件数|Caught"
        "|異常を異常と判定した件数です。"
        "|Cases that were real and were flagged.",
    ),
    _detection(
        "fp",
        Unit.COUNT,
        smaller=True,
        texts="誤検知の件数|False alarms"
        "|正常を異常と判定した件数です。"
        "|Cases that were normal but were flagged.",
    ),
    _detection(
        "fn",
        Unit.COUNT,
        smaller=True,
        texts="見逃しの件数|Misses"
        "|異常を正常と判定した件数です。"
        "|Cases that were real but were not flagged.",
    ),
    _detection(
        "tn",
        Unit.COUNT,
        texts="正しく静かだった件数|Rightly quiet"
        "|正常を正常と判定した件数です。"
        "|Cases that were normal and were not flagged.",
    ),
    _detection(
        "false_positive_rate",
        Unit.SHARE,
        smaller=True,
        rate=True,
        texts="誤検知率|False-alarm rate"
        "|正常な件のうち、異常と判定した割合です。"
        "|Of all normal cases, the share that was flagged.",
    ),
    _detection(
        "miss_rate",
        Unit.SHARE,
        smaller=True,
        rate=True,
        texts="見逃し率|Miss rate"
        "|異常な件のうち、見逃した割合です。"
        "|Of all real cases, the share that was missed.",
    ),
    _detection(
        "precision",
        Unit.SHARE,
        rate=True,
        texts="適合率|Precision"
        "|異常と判定した件のうち、本当に異常だった割合です。"
        "|Of all alarms, the share that was real.",
    ),
    _detection(
        "recall",
        Unit.SHARE,
        rate=True,
        texts="再現率|Recall"
        "|異常な件のうち、検出できた割合です。"
        "|Of all real cases, the share that was caught.",
    ),
    _detection(
        "specificity",
        Unit.SHARE,
        rate=True,
        texts="特異度|Specificity"
        "|正常な件のうち、正常と判定した割合です。"
        "|Of all normal cases, the share that was left alone.",
    ),
    _detection(
        "accuracy",
        Unit.SHARE,
        rate=True,
        texts="正解率|Accuracy"
        "|すべての件のうち、判定が正しかった割合です。"
        "|Of all cases, the share that was judged rightly.",
    ),
    _detection(
        "f1",
        Unit.RATIO,
        texts="F1値|F1"
        "|適合率と再現率の調和平均です。0から1で、1が最良です。"
        "|The harmonic mean of precision and recall; 1 is best.",
    ),
    _detection(
        "roc_auc",
        Unit.RATIO,
        texts="ROC-AUC|ROC AUC"
        "|異常な件のスコアが正常な件のスコアを上回る確率です。"
        "|The chance that a real case scores above a normal one.",
    ),
    _detection(
        "average_precision",
        Unit.RATIO,
        texts="平均適合率|Average precision"
        "|しきい値を動かしたときの適合率を、再現率の増分で平均した値です。"
        "|Precision over all thresholds, weighted by the gain in recall.",
    ),
    _forecast(
        "mae",
        Unit.SAME,
        texts="平均絶対誤差(MAE)|Mean absolute error (MAE)"
        "|予測と実績の差の大きさの平均です。単位は実績と同じです。"
        "|The mean distance between forecast and actual, in the actual’s unit.",
    ),
    _forecast(
        "rmse",
        Unit.SAME,
        texts="二乗平均平方根誤差(RMSE)|Root mean squared error (RMSE)"
        "|大きな外れを重く見た誤差です。単位は実績と同じです。"
        "|An error that weighs large misses more, in the actual’s unit.",
    ),
    _forecast(
        "mape",
        Unit.PERCENT,
        texts="平均絶対パーセント誤差(MAPE)|Mean absolute percentage error (MAPE)"
        "|実績に対する誤差の割合の平均です。実績が0に近いと求められません。"
        "|The mean error relative to the actual; not defined near zero.",
    ),
    _forecast(
        "smape",
        Unit.PERCENT,
        texts="対称MAPE(sMAPE)|Symmetric MAPE (sMAPE)"
        "|予測と実績の平均に対する誤差の割合の平均です。0から200です。"
        "|The mean error relative to the mean of forecast and actual, 0 to 200.",
    ),
    _forecast(
        "wape",
        Unit.PERCENT,
        texts="加重絶対パーセント誤差(WAPE)|Weighted absolute percentage error (WAPE)"
        "|誤差の合計を実績の合計で割った割合です。"
        "|All errors together, relative to all actuals together.",
    ),
    _forecast(
        "bias",
        Unit.SAME,
        texts="偏り(バイアス)|Bias"
        "|予測から実績を引いた差の平均です。正なら予測が多すぎます。"
        "|The mean of forecast minus actual; above zero the forecast is too high.",
    ),
)
METRICS: Final[dict[str, Metric]] = {metric.key: metric for metric in _ALL}

SHAPE_OF: Final[dict[Kind, Shape]] = {
    Kind.DEMAND_FORECAST: Shape.FORECAST,
    Kind.INVENTORY: Shape.FORECAST,
    Kind.ANOMALY: Shape.DETECTION,
    Kind.SALES: Shape.FORECAST,
    Kind.LAYOUT: Shape.FORECAST,
}
KIND_NAMES: Final[Mapping[Kind, Text]] = {
    Kind.DEMAND_FORECAST: Text(ja="需要予測", en="Demand forecasting"),
    Kind.INVENTORY: Text(ja="在庫最適化", en="Inventory optimisation"),
    Kind.ANOMALY: Text(ja="異常検知", en="Anomaly detection"),
    Kind.SALES: Text(ja="売上最適化", en="Sales optimisation"),
    Kind.LAYOUT: Text(ja="動線最適化", en="Layout optimisation"),
}


def metrics_of(shape: Shape) -> tuple[Metric, ...]:
    """Every metric of one shape, in the order screens list them."""
    return tuple(metric for metric in _ALL if metric.shape == shape)


@dataclass(frozen=True, slots=True)
class Limit:
    """One criterion as the judge reads it; the value is in the metric's own unit.

    ValueError for an unknown metric, a value that is not finite, a confidence not
    offered, a segment that does not fit the scope, or a negative number of cases.
    """

    metric: str
    bound: Bound
    value: float
    confidence: float | None
    scope: Scope
    segment: str = ""
    smallest_cases: int = 0

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise ValueError(f"unknown metric: {self.metric!r}")
        if not math.isfinite(self.value):
            raise ValueError(f"limit is not a finite number: {self.value!r}")
        if self.confidence is not None and self.confidence not in CONFIDENCES:
            raise ValueError(f"confidence is not offered: {self.confidence!r}")
        if (self.scope == Scope.NAMED) != bool(self.segment):
            raise ValueError(
                "a named scope needs a segment, and no other scope has one"
            )
        if self.smallest_cases < 0:
            raise ValueError("the smallest number of cases is negative")
