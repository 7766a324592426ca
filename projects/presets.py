"""Criteria to begin with, in plain words: which error weighs more. No Django here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from projects.catalogue import Bound, Shape, Text
from projects.promise import Line

USUAL: Final = Decimal("0.95")
NO_MATTER: Final = Text("どちらも同じ重さ", "Balanced")


@dataclass(frozen=True, slots=True)
class Preset:
    """A choice in plain words, when it fits, and the criteria it begins with."""

    name: Text
    fits: Text
    lines: tuple[Line, ...]


def _most(metric: str, limit: str, confidence: Decimal | None, cases: int) -> Line:
    at_most, value = Bound.AT_MOST, Decimal(limit)
    return Line(metric, at_most, value, confidence, smallest_cases=cases)


def _least(metric: str, limit: str, confidence: Decimal | None, cases: int) -> Line:
    at_least, value = Bound.AT_LEAST, Decimal(limit)
    return Line(metric, at_least, value, confidence, smallest_cases=cases)


# Limits of rates come with the fewest cases that can prove them: 59 at 5 %.
PRESETS: Final[dict[Shape, dict[str, Preset]]] = {
    Shape.DETECTION: {
        "few_false_alarms": Preset(
            Text("誤検知を減らす", "Fewer false alarms"),
            Text(
                "点検や停止が高くつき、見逃しは後の工程で止まるとき。",
                "Where each stop is dear, and a later step catches what is missed.",
            ),
            (
                _most("false_positive_rate", "0.01", USUAL, 299),
                _most("miss_rate", "0.1", USUAL, 29),
            ),
        ),
        "balanced": Preset(
            NO_MATTER,
            Text(
                "誤検知と見逃しの費用が近いとき。",
                "Where a false alarm costs about as much as a miss.",
            ),
            (
                _most("false_positive_rate", "0.05", USUAL, 59),
                _most("miss_rate", "0.05", USUAL, 59),
            ),
        ),
        "few_misses": Preset(
            Text("見逃しを減らす", "Fewer misses"),
            Text(
                "見逃しが事故や流出になり、点検の手間は引き受けられるとき。",
                "Where a miss is a breakdown, and checking an alarm can be borne.",
            ),
            (
                _most("miss_rate", "0.01", USUAL, 299),
                _most("false_positive_rate", "0.1", USUAL, 29),
            ),
        ),
    },
    Shape.FORECAST: {
        "few_false_alarms": Preset(
            Text("余りを減らす", "Less left over"),
            Text("廃棄や保管が高くつくとき。", "Where waste and storage are dear."),
            (_most("wape", "10", USUAL, 90), _most("bias", "0", None, 0)),
        ),
        "balanced": Preset(
            NO_MATTER,
            Text(
                "余りと不足の費用が近いとき。",
                "Where too much costs about as much as too little.",
            ),
            (_most("wape", "10", USUAL, 90), _least("skill_naive", "0", None, 0)),
        ),
        "few_misses": Preset(
            Text("不足を減らす", "Fewer shortages"),
            Text(
                "欠品や緊急手配が高くつくとき。",
                "Where a lost sale or a rush order is dear.",
            ),
            (_most("wape", "10", USUAL, 90), _least("bias", "0", None, 0)),
        ),
    },
    Shape.INVENTORY: {
        "few_false_alarms": Preset(
            Text("在庫を減らす", "Less stock"),
            Text(
                "保管が高くつき、欠品は待ってもらえるとき。",
                "Where storage is dear and customers wait.",
            ),
            (
                _most("days_of_cover", "30", None, 0),
                _least("fill_rate", "0.9", None, 0),
            ),
        ),
        "balanced": Preset(
            NO_MATTER,
            Text(
                "在庫と欠品の費用が近いとき。",
                "Where stock costs about as much as being short.",
            ),
            (
                _most("days_of_cover", "45", None, 0),
                _least("fill_rate", "0.95", None, 0),
            ),
        ),
        "few_misses": Preset(
            Text("欠品を減らす", "Fewer shortages"),
            Text(
                "欠品が生産や売上を止めるとき。",
                "Where being short stops a line or loses a sale.",
            ),
            (
                _least("fill_rate", "0.98", None, 0),
                _most("days_of_cover", "60", None, 0),
            ),
        ),
    },
    Shape.TRIAL: {
        "few_false_alarms": Preset(
            Text("確かな改善だけ", "Only a sure gain"),
            Text(
                "変更に費用がかかり、効果が確かでなければ変えないとき。",
                "Where the change is dear and only a sure gain is worth it.",
            ),
            (
                _least("improvement_percent", "10", USUAL, 20),
                _most("p_wilcoxon", "0.05", None, 0),
            ),
        ),
        "balanced": Preset(
            NO_MATTER,
            Text(
                "変更の費用と効果が見合えばよいとき。",
                "Where the gain must only repay the change.",
            ),
            (_least("improvement_percent", "5", USUAL, 20),),
        ),
        "few_misses": Preset(
            Text("小さな改善も拾う", "Small gains too"),
            Text(
                "変更が安く、すぐ戻せるとき。",
                "Where the change is cheap and soon undone.",
            ),
            (_least("improved_share", "0.5", USUAL, 20),),
        ),
    },
}
