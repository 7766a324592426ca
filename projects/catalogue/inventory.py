"""What is measured of stock: service, stock held, cost."""

from __future__ import annotations

from functools import partial
from typing import Final

from projects.catalogue.words import Shape, Unit, entry

_metric: Final = partial(entry, shape=Shape.INVENTORY)

# Texts: name in Japanese | name in English | meaning in Japanese | in English.
METRICS: Final = (
    _metric(
        "fill_rate",
        unit=Unit.SHARE,
        texts="充足率|Fill rate"
        "|需要の数量のうち、その期に在庫から渡せた割合です。"
        "|Of all units asked for, the share met from stock in the same period.",
    ),
    _metric(
        "fill_rate_mean_of_skus",
        unit=Unit.SHARE,
        texts="品目平均の充足率|Mean fill rate of items"
        "|品目ごとの充足率の単純平均です。需要のない品目は除きます。"
        "|The plain mean of each item’s fill rate; items nobody asked for left out.",
    ),
    _metric(
        "cycle_service_level",
        unit=Unit.SHARE,
        rate=True,
        texts="サービス率|Cycle service level"
        "|品目と期の組のうち、欠品のなかった割合です。"
        "|Of all periods of all items, the share without a shortage.",
    ),
    _metric(
        "stockout_periods",
        unit=Unit.COUNT,
        smaller=True,
        texts="欠品した期の数|Periods short"
        "|渡せなかった数がある期の数です。在庫が0でも需要がなければ含みません。"
        "|Periods with a shortage; an empty shelf nobody asked for is none.",
    ),
    _metric(
        "zero_stock_periods",
        unit=Unit.COUNT,
        smaller=True,
        texts="在庫0の期の数|Periods with empty stock"
        "|期末に在庫がなかった期の数です。欠品とは限りません。"
        "|Periods that ended with nothing in stock, short or not.",
    ),
    _metric(
        "shortage_units",
        unit=Unit.NUMBER,
        smaller=True,
        texts="欠品の数量|Units short"
        "|その期に在庫から渡せなかった数の合計です。"
        "|All units that could not be met from stock in their period.",
    ),
    _metric(
        "skus_below_90",
        unit=Unit.COUNT,
        smaller=True,
        texts="充足率90%未満の品目|Items under 90 % fill rate"
        "|充足率が90%に届かない品目の数です。"
        "|How many items fall short of a fill rate of 90 %.",
    ),
    _metric(
        "avg_on_hand",
        unit=Unit.NUMBER,
        smaller=True,
        texts="平均在庫(1品目)|Mean stock of an item"
        "|1品目の期末在庫の平均です。"
        "|The mean of what one item holds at the end of a period.",
    ),
    _metric(
        "avg_on_hand_total",
        unit=Unit.NUMBER,
        smaller=True,
        texts="平均在庫(合計)|Mean stock in all"
        "|全品目を合わせた期末在庫の、期の平均です。"
        "|What all items hold together at the end of a period, on average.",
    ),
    _metric(
        "turns",
        unit=Unit.NUMBER,
        texts="在庫回転数(年)|Stock turns a year"
        "|1年に渡した数を平均在庫で割った値です。"
        "|Units met in a year, divided by the mean stock in all.",
    ),
    _metric(
        "days_of_cover",
        unit=Unit.DAYS,
        smaller=True,
        texts="在庫日数|Days of cover"
        "|平均在庫が何日分の需要にあたるかです。"
        "|How many days of demand the mean stock would last.",
    ),
    _metric(
        "excess_stock",
        unit=Unit.NUMBER,
        smaller=True,
        texts="過剰在庫|Excess stock"
        "|品目ごとに、1年分の需要を超えて持つ平均在庫の合計です。"
        "|What items hold on average above a year of their own demand.",
    ),
    _metric(
        "holding_cost",
        unit=Unit.MONEY,
        smaller=True,
        texts="保管費|Holding cost"
        "|期末在庫の金額に保管費率を掛けた合計です。"
        "|The worth of stock at each period’s end, times the holding rate.",
    ),
    _metric(
        "shortage_cost",
        unit=Unit.MONEY,
        smaller=True,
        texts="欠品の費用|Shortage cost"
        "|欠品の数量に1個の費用を掛けた合計です。"
        "|Units short, times the cost of one.",
    ),
    _metric(
        "backorder_cost",
        unit=Unit.MONEY,
        smaller=True,
        texts="受注残の費用|Backorder cost"
        "|期末の受注残に1個の費用を掛けた合計です。"
        "|Units owed at each period’s end, times the cost of one.",
    ),
    _metric(
        "order_cost",
        unit=Unit.MONEY,
        smaller=True,
        texts="発注の費用|Ordering cost"
        "|発注した回数に1回の費用を掛けた合計です。"
        "|How often orders were placed, times the cost of one.",
    ),
    _metric(
        "total_cost",
        unit=Unit.MONEY,
        smaller=True,
        texts="在庫の総費用|Total cost of stock"
        "|保管費、受注残(なければ欠品)の費用、発注の費用の合計です。"
        "|Holding, backorders (shortages where there are none) and orders together.",
    ),
    _metric(
        "cost_per_period",
        unit=Unit.MONEY,
        smaller=True,
        texts="1期あたりの総費用|Cost per period"
        "|総費用を期の数で割った額です。"
        "|The total cost divided by the number of periods.",
    ),
)
