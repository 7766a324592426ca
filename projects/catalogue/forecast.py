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
)
