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
MANY_SEGMENTS: Final = Text(
    ja="区分が多すぎるため、区分ごとには求めません。",
    en="There are too many segments to compute it for each of them.",
)


def near_zero(rows: int) -> Text:
    """MAPE divides by the actual, so so many rows at or near zero make it void."""
    rows_have = "row has an actual" if rows == 1 else "rows have actuals"
    return Text(
        ja=f"実績が0か0に近い行が{rows:,}行あるため、求められません。"
        "代わりにWAPEをご覧ください。",
        en=f"{rows:,} {rows_have} at or near zero, so it cannot be computed. "
        "WAPE can be read instead.",
    )
