"""What is told of budgets: lines that were reached, and what management decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

BUDGET_VERBS: Final[Mapping[str, Text]] = {
    "budget.set_for": Text(
        ja="{who}が予算({period})を{amount_yen}円にしました。",
        en="{who} set the budget for {period} to ¥{amount_yen}",
    ),
    "budget.withdrawn": Text(
        ja="{who}が予算({period})を取り下げました。",
        en="{who} withdrew the budget for {period}",
    ),
    "budget.passed": Text(
        ja="予算({period})の{line}に達しました。予算{amount_yen}円に対し、"
        "支出は{spent_yen}円です。",
        en="The spend for {period} reached {line}: ¥{spent_yen} against a budget of "
        "¥{amount_yen}",
    ),
    "budget.decision_due": Text(
        ja="予算({period})の{line}に達しました。予算{amount_yen}円に対し、"
        "支出は{spent_yen}円です。経営層の判断が必要です。",
        en="The spend for {period} reached {line}: ¥{spent_yen} against a budget of "
        "¥{amount_yen}. Management has to decide",
    ),
    "budget.will_pass": Text(
        ja="このままだと、予算({period})の支出は{day}ごろ{line}に達します。"
        "終わりの見込みは{at_end_yen}円、予算は{amount_yen}円です。",
        en="As it goes, the spend for {period} reaches {line} about {day}; "
        "¥{at_end_yen} are expected at the end, the budget is ¥{amount_yen}",
    ),
    "budget.decided": Text(
        ja="{who}が予算({period})について「{choice}」と決めました。理由: {reason}",
        en="{who} decided on the budget for {period}: {choice}. Reason: {reason}",
    ),
    "budget.spent_after_stop": Text(
        ja="予算({period})の支出は止めると決まっていますが、"
        "{day}以降の費用が記録されました。",
        en="Spending for {period} was stopped, yet costs of {day} or later were "
        "recorded",
    ),
}
# By parameter, then by what is recorded.
BUDGET_WORDS: Final[Mapping[str, Mapping[str, Text]]] = {
    "period": {"whole": Text(ja="案件全体", en="the whole engagement")},
    "line": {
        "50": Text(ja="50%", en="50%"),
        "80": Text(ja="80%", en="80%"),
        "100": Text(ja="100%", en="100%"),
        "stop": Text(ja="撤退ライン", en="the stop line"),
    },
    "choice": {
        "go_on": Text(ja="予算を変えずに続ける", en="go on within the budget"),
        "raise": Text(ja="予算を増やす", en="raise the budget"),
        "stop": Text(ja="支出を止める", en="stop spending"),
    },
}
