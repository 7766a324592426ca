"""What each of the terms is called and means, by the shape that uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from projects.catalogue.words import Shape, Text


@dataclass(frozen=True, slots=True)
class Term:
    """One of the ``Terms``, as people read it; ``kind`` is how it is typed in."""

    key: str
    kind: str
    label: Text
    hint: Text


def _term(key: str, kind: str, label: str, hint: str) -> Term:
    label_ja, label_en = label.split("|")
    hint_ja, hint_en = hint.split("|")
    return Term(key, kind, Text(label_ja, label_en), Text(hint_ja, hint_en))


def _estimates(key: str) -> tuple[Term, Term]:
    """The low and the high estimate that may stand beside the cost of an error."""
    return (
        _term(
            f"{key}_low",
            "yen",
            "低い見積り(円)|Low estimate (yen)",
            "少なくともこの額です。|At least so much.",
        ),
        _term(
            f"{key}_high",
            "yen",
            "高い見積り(円)|High estimate (yen)",
            "多くてもこの額です。|At most so much.",
        ),
    )


_DETECTION: Final = (
    _term(
        "threshold",
        "number",
        "動作点(しきい値)|Operating point",
        "この値以上のスコアを異常とします。判定の列を使うなら空にします。"
        "|A score at or above it is an alarm. Empty when files say so.",
    ),
    _term(
        "yen_false_alarm",
        "yen",
        "誤検知1件の費用(円)|Cost of a false alarm (yen)",
        "点検や停止にかかる額です。|What an inspection or a stop costs.",
    ),
    *_estimates("yen_false_alarm"),
    _term(
        "yen_miss",
        "yen",
        "見逃し1件の費用(円)|Cost of a miss (yen)",
        "不良の流出や故障にかかる額です。|What a defect shipped or a breakdown costs.",
    ),
    *_estimates("yen_miss"),
    _term(
        "cases_a_day",
        "number",
        "現場の1日の件数|Cases a day at the site",
        "1日・1週・1か月あたりの誤検知と見逃しを見積もります。"
        "|Tells how many false alarms and misses a day, a week and a month has.",
    ),
    _term(
        "without_score",
        "choice",
        "スコアのない行|Rows without a score",
        "異常なしと数えるか、除くかです。|Counted as not flagged, or left out.",
    ),
    _term(
        "alarm_gap_seconds",
        "number",
        "まとめる警報の間隔(秒)|Gap that joins alarms (s)",
        "これより近い警報は1件と数えます。|Alarms closer together count as one.",
    ),
    _term(
        "event_window_seconds",
        "number",
        "間に合う時間(秒)|In time within (s)",
        "異常の始まりからこの時間内の警報を、間に合ったとします。"
        "|An alarm so soon after the start of an event is in time.",
    ),
    _term(
        "hold_rows",
        "rows",
        "警報を保つ行数|Rows an alarm is held",
        "変化点を数える前に、警報をこの行数だけ続くものとします。"
        "|Before change points are counted, an alarm stays on for so many rows.",
    ),
    _term(
        "beta",
        "number",
        "Fベータのベータ|Beta of F-beta",
        "再現率を適合率の何倍重く見るかです。"
        "|How many times recall weighs against precision.",
    ),
    _term(
        "classes",
        "text",
        "種類(正常を先頭に)|Classes, the normal one first",
        "3種類以上のとき、コンマで区切って書きます。例: 良品,傷,汚れ"
        "|With three or more, separated by commas: good, scratch, stain.",
    ),
)
_FORECAST: Final = (
    _term(
        "season",
        "whole",
        "季節の長さ(期)|Season (periods)",
        "同じ形が繰り返すまでの期数です。時間なら24、月なら12です。"
        "|Periods until a series repeats: 24 for hours, 12 for months.",
    ),
    _term(
        "interval",
        "share",
        "予測区間の確率|Share the interval promises",
        "下限と上限の間に実績が入るはずの割合です。"
        "|The share of actuals that should lie between its ends.",
    ),
    _term(
        "yen_over",
        "yen",
        "多すぎた1単位の費用(円)|Cost of a unit too many (yen)",
        "廃棄や保管にかかる額です。|What waste or storage costs.",
    ),
    *_estimates("yen_over"),
    _term(
        "yen_under",
        "yen",
        "足りなかった1単位の費用(円)|Cost of a unit too few (yen)",
        "欠品や緊急手配にかかる額です。|What a lost sale or a rush order costs.",
    ),
    *_estimates("yen_under"),
)
_INVENTORY: Final = (
    _term(
        "holding_rate",
        "number",
        "1期の保管費率|Holding rate a period",
        "在庫1円を1期持つ費用です。月2%なら0.02です。"
        "|Yen a period for stock worth one yen: 2 % a month is 0.02.",
    ),
    _term(
        "unit_cost",
        "yen",
        "単価(円)|Unit cost (yen)",
        "ファイルに単価の列がないときに使います。"
        "|Used where the file has no column for it.",
    ),
    _term(
        "yen_shortage",
        "yen",
        "欠品1個の費用(円)|Cost of a unit short (yen)",
        "在庫から渡せなかった1個の額です。|Of one that could not be handed over.",
    ),
    *_estimates("yen_shortage"),
    _term(
        "yen_order",
        "yen",
        "発注1回の費用(円)|Cost of an order (yen)",
        "発注のたびにかかる額です。|What each order costs.",
    ),
    _term(
        "periods_a_year",
        "number",
        "1年の期数|Periods a year",
        "月なら12、週なら52、日なら365です。"
        "|12 for months, 52 for weeks, 365 for days.",
    ),
)
_TRIAL: Final = (
    _term(
        "smaller_is_better",
        "yes_no",
        "小さいほど良い|Smaller is better",
        "歩数や秒なら選びます。売上なら外します。"
        "|Ticked for steps or seconds, not for sales.",
    ),
)
TERMS_OF: Final[dict[Shape, tuple[Term, ...]]] = {
    Shape.DETECTION: _DETECTION,
    Shape.FORECAST: _FORECAST,
    Shape.INVENTORY: _INVENTORY,
    Shape.TRIAL: _TRIAL,
}
WITHOUT_SCORE: Final = {
    "quiet": Text(ja="異常なしと数える", en="counted as not flagged"),
    "left_out": Text(ja="除く", en="left out"),
}
