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
    _metric(
        "negative_predictive_value",
        unit=Unit.SHARE,
        rate=True,
        texts="陰性的中率|Negative predictive value"
        "|正常と判定した件のうち、本当に正常だった割合です。"
        "|Of all cases left alone, the share that was normal.",
    ),
    _metric(
        "alarm_rate",
        unit=Unit.SHARE,
        smaller=True,
        rate=True,
        texts="警報の割合|Alarm rate"
        "|すべての件のうち、異常と判定した割合です。"
        "|Of all cases, the share that was flagged.",
    ),
    _metric(
        "f_beta",
        unit=Unit.RATIO,
        texts="Fベータ値|F-beta"
        "|再現率を適合率よりベータ倍重く見た調和平均です。"
        "|Precision and recall in one, recall weighing beta times as much.",
    ),
    _metric(
        "mcc",
        unit=Unit.NUMBER,
        texts="マシューズ相関係数(MCC)|Matthews correlation (MCC)"
        "|正解と判定の相関です。-1から1で、1が最良です。"
        "|The correlation of truth and judgement, -1 to 1; 1 is best.",
    ),
    _metric(
        "balanced_accuracy",
        unit=Unit.SHARE,
        texts="バランス正解率|Balanced accuracy"
        "|再現率と特異度の平均です。異常が少なくても偏りません。"
        "|The mean of recall and specificity, fair when real cases are few.",
    ),
    _metric(
        "cost",
        unit=Unit.MONEY,
        smaller=True,
        texts="誤りの費用|Cost of errors"
        "|誤検知と見逃しの件数に、合意した単価を掛けた合計です。"
        "|False alarms and misses, each times its agreed cost.",
    ),
    _metric(
        "cost_per_case",
        unit=Unit.MONEY,
        smaller=True,
        texts="1件あたりの誤りの費用|Cost of errors per case"
        "|誤りの費用を件数で割った額です。"
        "|The cost of errors divided by the number of cases.",
    ),
    _metric(
        "cheapest_cost",
        unit=Unit.MONEY,
        smaller=True,
        texts="最も安い動作点の費用|Cost at the cheapest threshold"
        "|しきい値を選び直したときに、最も小さくなる誤りの費用です。"
        "|The least cost of errors any threshold would give on these rows.",
    ),
    _metric(
        "brier",
        unit=Unit.RATIO,
        smaller=True,
        texts="ブライアスコア|Brier score"
        "|確率としてのスコアと結果の差の二乗平均です。0が最良です。"
        "|The mean squared distance of the probability from the outcome; 0 is best.",
    ),
    _metric(
        "log_loss",
        unit=Unit.NUMBER,
        smaller=True,
        texts="対数損失|Log loss"
        "|結果に与えた確率の対数の平均に負号を付けた値です。0が最良です。"
        "|Minus the mean logarithm of the probability given to the outcome; 0 is best.",
    ),
    _metric(
        "calibration_error",
        unit=Unit.RATIO,
        smaller=True,
        texts="校正誤差|Calibration error"
        "|スコアと実際の割合の差を、10区間で件数の重みを付けて平均した値です。"
        "|The mean gap between score and share real, over ten bands weighted by rows.",
    ),
    _metric(
        "class_accuracy",
        unit=Unit.SHARE,
        rate=True,
        texts="種類の正解率|Class accuracy"
        "|すべての件のうち、種類まで正しく判定した割合です。"
        "|Of all cases, the share whose class was judged rightly.",
    ),
    _metric(
        "micro_f1",
        unit=Unit.SHARE,
        rate=True,
        texts="マイクロF1|Micro F1"
        "|全種類をまとめて数えたF1です。種類の正解率に等しくなります。"
        "|F1 over all classes counted together; it equals class accuracy.",
    ),
    _metric(
        "macro_precision",
        unit=Unit.RATIO,
        texts="マクロ適合率|Macro precision"
        "|種類ごとの適合率の単純平均です。"
        "|The plain mean of each class’s precision.",
    ),
    _metric(
        "macro_recall",
        unit=Unit.RATIO,
        texts="マクロ再現率|Macro recall"
        "|種類ごとの再現率の単純平均です。"
        "|The plain mean of each class’s recall.",
    ),
    _metric(
        "macro_f1",
        unit=Unit.RATIO,
        texts="マクロF1|Macro F1"
        "|種類ごとのF1の単純平均です。"
        "|The plain mean of each class’s F1.",
    ),
    _metric(
        "weighted_f1",
        unit=Unit.RATIO,
        texts="加重F1|Weighted F1"
        "|種類ごとのF1を、件数で重み付けした平均です。"
        "|The mean of each class’s F1, weighted by its cases.",
    ),
)
