"""What is measured of changes tried out: layouts, sales."""

from __future__ import annotations

from functools import partial
from typing import Final

from projects.catalogue.words import Shape, Unit, entry

_metric: Final = partial(entry, shape=Shape.TRIAL)

# Texts: name in Japanese | name in English | meaning in Japanese | in English.
METRICS: Final = (
    _metric(
        "trials",
        unit=Unit.COUNT,
        texts="試行の数|Trials|比べた試行の数です。|How many trials were compared.",
    ),
    _metric(
        "mean_before",
        unit=Unit.SAME,
        smaller=True,
        texts="変更前の平均|Mean before"
        "|変更前の値の平均です。"
        "|The mean of the measure before the change.",
    ),
    _metric(
        "mean_after",
        unit=Unit.SAME,
        smaller=True,
        texts="変更後の平均|Mean after"
        "|変更後の値の平均です。"
        "|The mean of the measure after the change.",
    ),
    _metric(
        "change",
        unit=Unit.SAME,
        smaller=True,
        texts="変化の平均|Mean change"
        "|変更後から変更前を引いた差の平均です。"
        "|The mean of after minus before.",
    ),
    _metric(
        "change_percent",
        unit=Unit.PERCENT,
        smaller=True,
        texts="変化の割合|Change"
        "|合計どうしを比べた変化です。負なら減っています。"
        "|After against before, totals compared; below zero it fell.",
    ),
    _metric(
        "improvement_percent",
        unit=Unit.PERCENT,
        texts="改善の割合|Improvement"
        "|良くなった方向を正とした変化の割合です。"
        "|The change, counted positive in the direction agreed as better.",
    ),
    _metric(
        "improved_share",
        unit=Unit.SHARE,
        rate=True,
        texts="改善した試行の割合|Share improved"
        "|変更後の方が良かった試行の割合です。"
        "|Of all trials, the share that came out better after it.",
    ),
    _metric(
        "p_wilcoxon",
        unit=Unit.RATIO,
        smaller=True,
        texts="順位和検定のp値|p of the signed-rank test"
        "|変化がなかったとした場合に、これほどの差が出る確率(ウィルコクソン検定)です。"
        "|How likely such differences are if nothing had changed (Wilcoxon).",
    ),
    _metric(
        "p_sign",
        unit=Unit.RATIO,
        smaller=True,
        texts="符号検定のp値|p of the sign test"
        "|良し悪しの数だけを見た検定です。外れ値に左右されません。"
        "|A test of better against worse only, which outliers cannot sway.",
    ),
)
