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
    _metric(
        "event_recall",
        unit=Unit.SHARE,
        rate=True,
        texts="異常の検出率|Events found"
        "|続いて起きた異常を1件として、見つけた割合です。"
        "|Of all events, rows in a row being one, the share that was found.",
    ),
    _metric(
        "event_precision",
        unit=Unit.SHARE,
        rate=True,
        texts="警報の的中率|True alarms"
        "|まとめた警報のうち、異常に重なった割合です。"
        "|Of all alarms, joined as agreed, the share that met an event.",
    ),
    _metric(
        "event_f1",
        unit=Unit.RATIO,
        texts="出来事のF1|F1 of events"
        "|異常の検出率と警報の的中率の調和平均です。"
        "|The harmonic mean of events found and true alarms.",
    ),
    _metric(
        "early_share",
        unit=Unit.SHARE,
        rate=True,
        texts="間に合った割合|Found in time"
        "|異常のうち、合意した時間内に警報が出た割合です。"
        "|Of all events, the share with an alarm within the time agreed.",
    ),
    _metric(
        "delay_mean",
        unit=Unit.SECONDS,
        smaller=True,
        texts="検出の遅れ(平均)|Mean delay"
        "|異常の始まりから最初の警報までの時間の平均です。"
        "|The time from the start of an event to its first alarm, on average.",
    ),
    _metric(
        "delay_median",
        unit=Unit.SECONDS,
        smaller=True,
        texts="検出の遅れ(中央値)|Median delay"
        "|異常の始まりから最初の警報までの時間の中央値です。"
        "|The time from the start of an event to its first alarm, in the middle.",
    ),
    _metric(
        "false_alarms_per_day",
        unit=Unit.NUMBER,
        smaller=True,
        texts="1日あたりの誤警報|False alarms a day"
        "|異常に重ならなかった警報の、1日あたりの数です。"
        "|Alarms that met no event, per day watched.",
    ),
    _metric(
        "alarms_per_day",
        unit=Unit.NUMBER,
        smaller=True,
        texts="1日あたりの警報|Alarms a day"
        "|まとめた警報の、1日あたりの数です。"
        "|All alarms, joined as agreed, per day watched.",
    ),
    _metric(
        "range_precision",
        unit=Unit.RATIO,
        texts="区間適合率|Range precision"
        "|警報の区間のうち、異常に重なった分の平均です。"
        "|How much of each alarm’s length lies in an event, on average.",
    ),
    _metric(
        "range_recall",
        unit=Unit.RATIO,
        texts="区間再現率|Range recall"
        "|異常の区間のうち、警報が重なった分の平均です。"
        "|How much of each event’s length alarms cover, on average.",
    ),
    _metric(
        "nab_standard",
        unit=Unit.NUMBER,
        texts="NABスコア(標準)|NAB score, standard"
        "|早い検出ほど高い点です。100が完全、0が無警報です。"
        "|Early alarms earn more; 100 is perfect, 0 is never flagging.",
    ),
    _metric(
        "nab_low_fp",
        unit=Unit.NUMBER,
        texts="NABスコア(誤検知重視)|NAB score, few false alarms"
        "|誤検知を2倍重く見たNABスコアです。"
        "|The same with false alarms weighing twice.",
    ),
    _metric(
        "nab_low_fn",
        unit=Unit.NUMBER,
        texts="NABスコア(見逃し重視)|NAB score, few misses"
        "|見逃しを2倍重く見たNABスコアです。"
        "|The same with misses weighing twice.",
    ),
    _metric(
        "changepoints_missed",
        unit=Unit.COUNT,
        smaller=True,
        texts="見逃した変化点|Change points missed"
        "|合意した時間内に知らせなかった変化点の数です。"
        "|Change points not told within the time agreed.",
    ),
    _metric(
        "changepoints_false",
        unit=Unit.COUNT,
        smaller=True,
        texts="誤った変化点|False change points"
        "|変化点のないところで判定が変わった数です。"
        "|Changes of judgement where no change point was.",
    ),
    _metric(
        "changepoint_delay",
        unit=Unit.SECONDS,
        smaller=True,
        texts="変化点の遅れ|Change point delay"
        "|変化点から判定が変わるまでの時間の平均です。"
        "|The time from a change point to the change of judgement, on average.",
    ),
)
