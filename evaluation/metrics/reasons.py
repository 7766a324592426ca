"""Why a value is withheld, in both languages."""

from __future__ import annotations

from typing import Final

from projects.catalogue import Text

NO_REAL_CASES: Final = Text(
    ja="実際に異常だった件がないため、求められません。",
    en="There is no real case in the rows, so it cannot be computed.",
)
NO_NORMAL_CASES: Final = Text(
    ja="正常な件がないため、求められません。",
    en="There is no normal case in the rows, so it cannot be computed.",
)
NO_ALARMS: Final = Text(
    ja="異常と判定した件がないため、求められません。",
    en="Nothing was flagged, so it cannot be computed.",
)
NO_CASES: Final = Text(
    ja="対象の件がないため、求められません。",
    en="There is no case it could be computed from.",
)
NO_SCORES: Final = Text(
    ja="スコアの列がないため、求められません。",
    en="The file has no scores, so it cannot be computed.",
)
WHOLE_ONLY: Final = Text(
    ja="ファイル全体でだけ求めます。",
    en="It is computed for the whole file only.",
)
ALL_ZERO: Final = Text(
    ja="実績がすべて0のため、求められません。",
    en="All actuals are zero, so it cannot be computed.",
)
TOO_LARGE: Final = Text(
    ja="数が大きすぎるため、求められません。",
    en="The numbers are too large for it to be computed.",
)


NO_PRICE: Final = Text(
    ja="誤検知と見逃しの単価が合意されていないため、求められません。",
    en="No cost of a false alarm and a miss is agreed, so it cannot be computed.",
)
NOT_PROBABILITIES: Final = Text(
    ja="スコアが0から1の確率ではないため、求められません。",
    en="The scores are not probabilities of 0 to 1, so it cannot be computed.",
)
ONE_KIND: Final = Text(
    ja="正解か判定が1種類しかないため、求められません。",
    en="The truth or the predictions are all of one kind, so it cannot be computed.",
)
TWO_CLASSES: Final = Text(
    ja="種類が2つだけのファイルでは使いません。",
    en="It is for files with more than two classes.",
)
NO_RULE: Final = Text(
    ja="今の判定の列がないため、比べられません。",
    en="The file has no column of the present judgement, so there is no comparison.",
)
NO_DEMAND: Final = Text(
    ja="需要がないため、求められません。",
    en="Nothing was asked for, so it cannot be computed.",
)
NO_STOCK: Final = Text(
    ja="在庫がずっと0のため、求められません。",
    en="Nothing was ever in stock, so it cannot be computed.",
)
NO_STOCK_PRICE: Final = Text(
    ja="この費用の単価が合意されていないため、求められません。",
    en="No price for this cost is agreed, so it cannot be computed.",
)
NO_BACKORDERS: Final = Text(
    ja="受注残の列がないため、求められません。",
    en="The file has no column of backorders, so it cannot be computed.",
)
NO_ORDERS: Final = Text(
    ja="発注数の列がないため、求められません。",
    en="The file has no column of orders, so it cannot be computed.",
)
ALL_SAME: Final = Text(
    ja="差のある試行が足りないため、求められません。",
    en="Too few trials differ, so it cannot be computed.",
)
NO_BEFORE: Final = Text(
    ja="変更前の合計が0のため、割合を求められません。",
    en="The measures before add up to zero, so no percentage can be computed.",
)
NO_EVENTS: Final = Text(
    ja="異常の区間がないため、求められません。",
    en="Nothing happened in these rows, so it cannot be computed.",
)
NO_TIME_PASSED: Final = Text(
    ja="最初と最後の日時が同じため、求められません。",
    en="The first and the last time are the same, so it cannot be computed.",
)
NONE_FOUND: Final = Text(
    ja="見つけた異常がないため、求められません。",
    en="Nothing was found, so it cannot be computed.",
)
NO_CHANGES: Final = Text(
    ja="変化点の列と日時がないため、求められません。",
    en="The file marks no change points with times, so it cannot be computed.",
)
NO_COURSE: Final = Text(
    ja="日時の列がないか、判定が変わりすぎるため、出来事としては数えません。",
    en="Without times, or with too many changes of judgement, there are no events.",
)
MANY_SEGMENTS: Final = Text(
    ja="区分が多すぎるため、区分ごとには求めません。",
    en="There are too many segments to compute it for each of them.",
)


NO_UNIT_PRICE: Final = Text(
    ja="多すぎ・不足の単価が合意されていないため、求められません。",
    en="No cost of a unit too many or too few is agreed, so it cannot be computed.",
)
NO_INTERVAL: Final = Text(
    ja="予測区間の下限と上限の列がないため、求められません。",
    en="The file has no ends of an interval, so it cannot be computed.",
)
NO_QUANTILES: Final = Text(
    ja="分位点の列がないため、求められません。",
    en="The file has no quantiles, so it cannot be computed.",
)
NO_HISTORY: Final = Text(
    ja="過去の実績のファイルがないため、求められません。",
    en="There is no file of past values, so it cannot be computed.",
)
NO_SCALE: Final = Text(
    ja="過去の実績が短すぎるか一定のため、求められません。",
    en="The past is too short or never changes, so it cannot be computed.",
)
NO_STEPS: Final = Text(
    ja="何期先かも日時も分からないため、求められません。",
    en="Neither a horizon nor times tell how far ahead it is, so it is not computed.",
)
NO_DAYS: Final = Text(
    ja="1日に複数の時刻がないため、求められません。",
    en="There are not several times a day, so it cannot be computed.",
)


def near_zero(smallest: float) -> Text:
    """MAPE divides by the actual, so one at or near zero makes it void."""
    return Text(
        ja=f"実績が0か0に近い行があるため(最小{smallest:g})、求められません。"
        "代わりにWAPEをご覧ください。",
        en=f"An actual is at or near zero (the smallest is {smallest:g}), so it cannot "
        "be computed. WAPE can be read instead.",
    )


def missing_series(count: int) -> Text:
    """A scale needs the past of every series."""
    have = "series has" if count == 1 else "series have"
    return Text(
        ja=f"{count:,}本の系列に過去の実績がないため、求められません。",
        en=f"{count:,} {have} no past values, so it cannot be computed.",
    )


STAND_FOR_MANY: Final = Text(
    ja="1行が複数の件を表すファイルには時間の流れがないため、出来事としては数えません。",
    en="A row that stands for several cases has no course, so there are no events.",
)
