"""What is measured of forecasts."""

from __future__ import annotations

from functools import partial
from typing import Final

from projects.catalogue.words import Shape, Unit, entry

_metric: Final = partial(entry, shape=Shape.FORECAST, smaller=True)

# Texts: name in Japanese | name in English | meaning in Japanese | in English.
METRICS: Final = (
    _metric(
        "mae",
        unit=Unit.SAME,
        texts="平均絶対誤差(MAE)|Mean absolute error (MAE)"
        "|予測と実績の差の大きさの平均です。単位は実績と同じです。"
        "|The mean distance between forecast and actual, in the actual’s unit.",
    ),
    _metric(
        "rmse",
        unit=Unit.SAME,
        texts="二乗平均平方根誤差(RMSE)|Root mean squared error (RMSE)"
        "|大きな外れを重く見た誤差です。単位は実績と同じです。"
        "|An error that weighs large misses more, in the actual’s unit.",
    ),
    _metric(
        "mape",
        unit=Unit.PERCENT,
        texts="平均絶対パーセント誤差(MAPE)|Mean absolute percentage error (MAPE)"
        "|実績に対する誤差の割合の平均です。実績が0に近いと求められません。"
        "|The mean error relative to the actual; not defined near zero.",
    ),
    _metric(
        "smape",
        unit=Unit.PERCENT,
        texts="対称MAPE(sMAPE)|Symmetric MAPE (sMAPE)"
        "|予測と実績の平均に対する誤差の割合の平均です。0から200です。"
        "|The mean error relative to the mean of forecast and actual, 0 to 200.",
    ),
    _metric(
        "wape",
        unit=Unit.PERCENT,
        texts="加重絶対パーセント誤差(WAPE)|Weighted absolute percentage error (WAPE)"
        "|誤差の合計を実績の合計で割った割合です。"
        "|All errors together, relative to all actuals together.",
    ),
    _metric(
        "bias",
        unit=Unit.SAME,
        texts="偏り(バイアス)|Bias"
        "|予測から実績を引いた差の平均です。正なら予測が多すぎます。"
        "|The mean of forecast minus actual; above zero the forecast is too high.",
    ),
    _metric(
        "mase",
        unit=Unit.NUMBER,
        texts="平均絶対スケール誤差(MASE)|Mean absolute scaled error (MASE)"
        "|過去の季節ナイーブ予測の誤差を1とした誤差の、系列の平均です。"
        "|Errors over those of the seasonal naive on the past, averaged over series.",
    ),
    _metric(
        "rmsse",
        unit=Unit.NUMBER,
        texts="二乗平均スケール誤差(RMSSE)|Root mean squared scaled error"
        "|大きな外れを重く見た、過去の誤差に対する比です。"
        "|The same with large misses weighing more.",
    ),
    _metric(
        "owa",
        unit=Unit.NUMBER,
        texts="総合加重平均(OWA)|Overall weighted average (OWA)"
        "|Naive2予測に対するsMAPEとMASEの比の平均です。1未満なら勝ちです。"
        "|sMAPE and MASE relative to Naive2, averaged; under 1 it does better.",
    ),
    _metric(
        "smape_mean_of_series",
        unit=Unit.PERCENT,
        texts="系列平均のsMAPE|sMAPE, mean of series"
        "|系列ごとのsMAPEの単純平均です。"
        "|The plain mean of each series’ sMAPE.",
    ),
    _metric(
        "mape_mean_of_series",
        unit=Unit.PERCENT,
        texts="系列平均のMAPE|MAPE, mean of series"
        "|系列ごとのMAPEの単純平均です。"
        "|The plain mean of each series’ MAPE.",
    ),
    _metric(
        "coverage",
        unit=Unit.SHARE,
        smaller=False,
        texts="区間の的中率|Interval coverage"
        "|予測区間に実績が入った割合です。"
        "|The share of actuals inside the forecast’s interval.",
    ),
    _metric(
        "below_share",
        unit=Unit.SHARE,
        texts="下限を下回った割合|Share below the interval"
        "|実績が区間の下限を下回った割合です。"
        "|The share of actuals under the lower end.",
    ),
    _metric(
        "above_share",
        unit=Unit.SHARE,
        texts="上限を上回った割合|Share above the interval"
        "|実績が区間の上限を上回った割合です。"
        "|The share of actuals over the upper end.",
    ),
    _metric(
        "acd",
        unit=Unit.SHARE,
        texts="的中率の差(ACD)|Absolute coverage difference (ACD)"
        "|約束した割合と的中率の差の大きさです。"
        "|How far coverage is from the share promised.",
    ),
    _metric(
        "width",
        unit=Unit.SAME,
        texts="区間の幅|Interval width"
        "|予測区間の幅の平均です。"
        "|The mean width of the interval.",
    ),
    _metric(
        "winkler",
        unit=Unit.SAME,
        texts="区間スコア(ウィンクラー)|Interval score (Winkler)"
        "|幅に、外れた分の罰を加えた平均です。"
        "|Width plus a penalty for actuals outside, on average.",
    ),
    _metric(
        "msis",
        unit=Unit.NUMBER,
        texts="スケール区間スコア(MSIS)|Mean scaled interval score (MSIS)"
        "|区間スコアを過去の誤差で割った、系列の平均です。"
        "|The interval score over the past’s errors, averaged over series.",
    ),
    _metric(
        "pinball_lower",
        unit=Unit.SAME,
        texts="下限のピンボール損失|Pinball loss of the lower end"
        "|下限を分位点として見た損失です。"
        "|The loss of the lower end taken as a quantile.",
    ),
    _metric(
        "pinball_upper",
        unit=Unit.SAME,
        texts="上限のピンボール損失|Pinball loss of the upper end"
        "|上限を分位点として見た損失です。"
        "|The loss of the upper end taken as a quantile.",
    ),
    _metric(
        "pinball",
        unit=Unit.SAME,
        texts="ピンボール損失|Pinball loss"
        "|すべての分位点の損失の平均です。"
        "|The mean loss over all quantiles.",
    ),
    _metric(
        "wql",
        unit=Unit.NUMBER,
        texts="加重分位点損失(WQL)|Weighted quantile loss (WQL)"
        "|分位点の損失の2倍を実績の合計で割った値です。"
        "|Twice the quantile losses, relative to all actuals together.",
    ),
    _metric(
        "crps",
        unit=Unit.SAME,
        texts="連続順位確率スコア(CRPS)|Continuous ranked probability score"
        "|分位点から近似した、予測分布の誤差です。"
        "|The error of the whole distribution, approximated from quantiles.",
    ),
    _metric(
        "peak_mape",
        unit=Unit.PERCENT,
        texts="日最大の誤差率|Daily peak error"
        "|1日の最大値どうしの差の割合の、日の平均です。"
        "|How far the day’s highest value is off, on average over days.",
    ),
    _metric(
        "peak_time_error",
        unit=Unit.NUMBER,
        texts="日最大の時刻のずれ(時間)|Daily peak time error (h)"
        "|最大となる時刻の差(時間)の平均です。"
        "|The hours between forecast and actual peak, on average.",
    ),
    _metric(
        "cost_over",
        unit=Unit.MONEY,
        texts="多すぎた費用|Cost of too much"
        "|予測が多すぎた量に、合意した単価を掛けた合計です。"
        "|Units forecast too many, times their agreed cost.",
    ),
    _metric(
        "cost_under",
        unit=Unit.MONEY,
        texts="不足の費用|Cost of too little"
        "|予測が足りなかった量に、合意した単価を掛けた合計です。"
        "|Units forecast too few, times their agreed cost.",
    ),
    _metric(
        "cost_of_error",
        unit=Unit.MONEY,
        texts="予測誤差の費用|Cost of errors"
        "|多すぎと不足の費用の合計です。"
        "|Both costs together.",
    ),
    _metric(
        "skill_rule",
        unit=Unit.RATIO,
        smaller=False,
        texts="今の予測に対する改善|Skill against the present forecast"
        "|今の予測に比べてMAEが減った割合です。0未満なら負けです。"
        "|The share of the present forecast’s MAE saved; below zero it does worse.",
    ),
    _metric(
        "skill_naive",
        unit=Unit.RATIO,
        smaller=False,
        texts="ナイーブ予測に対する改善|Skill against the naive forecast"
        "|最後の実績を続けた予測に比べてMAEが減った割合です。"
        "|The share of MAE saved against repeating the last value.",
    ),
    _metric(
        "skill_seasonal_naive",
        unit=Unit.RATIO,
        smaller=False,
        texts="季節ナイーブに対する改善|Skill against the seasonal naive"
        "|1季節前を繰り返した予測に比べてMAEが減った割合です。"
        "|The share of MAE saved against repeating the last season.",
    ),
)
