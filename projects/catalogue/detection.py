"""What is measured of alarms: counts, rates, rankings, events."""

from __future__ import annotations

from functools import partial
from typing import Final

from projects.catalogue.words import Shape, Unit, entry

_metric: Final = partial(entry, shape=Shape.DETECTION)

# Texts: name in Japanese | name in English | meaning in Japanese | in English.
METRICS: Final = (
    _metric(
        "tp",
        unit=Unit.COUNT,
        texts="検出できた件数|Caught"
        "|異常を異常と判定した件数です。"
        "|Cases that were real and were flagged.",
    ),
    _metric(
        "fp",
        unit=Unit.COUNT,
        smaller=True,
        texts="誤検知の件数|False alarms"
        "|正常を異常と判定した件数です。"
        "|Cases that were normal but were flagged.",
    ),
    _metric(
        "fn",
        unit=Unit.COUNT,
        smaller=True,
        texts="見逃しの件数|Misses"
        "|異常を正常と判定した件数です。"
        "|Cases that were real but were not flagged.",
    ),
    _metric(
        "tn",
        unit=Unit.COUNT,
        texts="正しく静かだった件数|Rightly quiet"
        "|正常を正常と判定した件数です。"
        "|Cases that were normal and were not flagged.",
    ),
    _metric(
        "false_positive_rate",
        unit=Unit.SHARE,
        smaller=True,
        rate=True,
        texts="誤検知率|False-alarm rate"
        "|正常な件のうち、異常と判定した割合です。"
        "|Of all normal cases, the share that was flagged.",
    ),
    _metric(
        "miss_rate",
        unit=Unit.SHARE,
        smaller=True,
        rate=True,
        texts="見逃し率|Miss rate"
        "|異常な件のうち、見逃した割合です。"
        "|Of all real cases, the share that was missed.",
    ),
    _metric(
        "precision",
        unit=Unit.SHARE,
        rate=True,
        texts="適合率|Precision"
        "|異常と判定した件のうち、本当に異常だった割合です。"
        "|Of all alarms, the share that was real.",
    ),
    _metric(
        "recall",
        unit=Unit.SHARE,
        rate=True,
        texts="再現率|Recall"
        "|異常な件のうち、検出できた割合です。"
        "|Of all real cases, the share that was caught.",
    ),
    _metric(
        "specificity",
        unit=Unit.SHARE,
        rate=True,
        texts="特異度|Specificity"
        "|正常な件のうち、正常と判定した割合です。"
        "|Of all normal cases, the share that was left alone.",
    ),
    _metric(
        "accuracy",
        unit=Unit.SHARE,
        rate=True,
        texts="正解率|Accuracy"
        "|すべての件のうち、判定が正しかった割合です。"
        "|Of all cases, the share that was judged rightly.",
    ),
    _metric(
        "f1",
        unit=Unit.RATIO,
        texts="F1値|F1"
        "|適合率と再現率の調和平均です。0から1で、1が最良です。"
        "|The harmonic mean of precision and recall; 1 is best.",
    ),
    _metric(
        "roc_auc",
        unit=Unit.RATIO,
        texts="ROC-AUC|ROC AUC"
        "|異常な件のスコアが正常な件のスコアを上回る確率です。"
        "|The chance that a real case scores above a normal one.",
    ),
    _metric(
        "average_precision",
        unit=Unit.RATIO,
        texts="平均適合率|Average precision"
        "|しきい値を動かしたときの適合率を、再現率の増分で平均した値です。"
        "|Precision over all thresholds, weighted by the gain in recall.",
    ),
)
