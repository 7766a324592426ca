"""The columns a file of each shape may have, and what their cells must hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from projects.catalogue import Shape, Text


class Cell(StrEnum):
    """What the cells of a column must hold.

    A LABEL is yes or no, a FLAG the same with an empty cell as no, a CLASS any name, a
    NUMBER is finite, a SCORE is finite or empty, a COUNT is finite and not negative, a
    WEIGHT is a whole number of 0 or more.
    """

    LABEL = "label"
    FLAG = "flag"
    CLASS = "class"
    NUMBER = "number"
    SCORE = "score"
    COUNT = "count"
    WEIGHT = "weight"
    TIME = "time"
    NAME = "name"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Role:
    """What a column may be for; ``names`` are how files call it, in small letters.

    A ``rare`` role is offered on screen only where a column seems to play it, or when
    the reader unfolds it. A ``spelled`` one is known by the whole name only: a weight
    in kg is none.
    """

    key: str
    required: bool
    names: tuple[str, ...]
    label: Text
    hint: Text
    cell: Cell
    rare: bool = False
    spelled: bool = False


def _role(
    key: str,
    cell: Cell,
    names: str,
    label: str,
    hint: str,
    *,
    required: bool = False,
    rare: bool = False,
    spelled: bool = False,
) -> Role:
    label_ja, label_en = label.split("|")
    hint_ja, hint_en = hint.split("|")
    return Role(
        key,
        required,
        tuple(names.split()),
        Text(ja=label_ja, en=label_en),
        Text(ja=hint_ja, en=hint_en),
        cell,
        rare,
        spelled,
    )


_TIMESTAMP: Final = _role(
    "timestamp",
    Cell.TIME,
    "timestamp datetime 日時 date 日付 年月日 ds time 時刻",
    "日時|time",
    "その行がいつのものかです。|When the row happened.",
)
_TIME_OF_DAY: Final = _role(
    "time_of_day",
    Cell.NAME,
    "time_of_day time 時刻 時間",
    "時刻|time of day",
    "日付と時刻が別の列のときの、時刻の列です。"
    "|The time, where date and time stand in columns of their own.",
    rare=True,
)
_SEGMENT: Final = _role(
    "segment",
    Cell.NAME,
    "segment group line site 区分 ライン 拠点 店舗",
    "区分|segment",
    "ライン、店舗など、分けて見る単位です。|A line or a shop, seen apart.",
)
_ID: Final = _role(
    "id",
    Cell.ID,
    "id row_id case_id 番号 識別子",
    "ID|id",
    "行ごとに違う値です。|A value of its own for every row.",
    rare=True,
)


def _quantile(level: str) -> Role:
    digits = level.removeprefix("0.")
    names = {f"q{digits}", f"q{level}", f"p{digits}", f"quantile_{level}", level}
    return _role(
        f"q{level}",
        Cell.NUMBER,
        " ".join(sorted(names | {f"q{float(level) * 100:g}", f"y_pred_q{digits}"})),
        f"分位点{level}|quantile {level}",
        "実績がこれ以下になる確率が分位点です。"
        "|The value the actual stays under with that probability.",
        rare=True,
    )


# As strings, so that a role's key reads as the level does: q0.05.
QUANTILES: Final = (
    *("0.005", "0.01", "0.025", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3", "0.35"),
    *("0.4", "0.45", "0.5", "0.55", "0.6", "0.65", "0.7", "0.75", "0.8", "0.85"),
    *("0.9", "0.95", "0.975", "0.99", "0.995"),
)

_DETECTION: Final = (
    _role(
        "y_true",
        Cell.LABEL,
        "y_true label truth actual target 正解 実際 ラベル",
        "正解|truth",
        "正常なら0、異常なら1です。|0 if normal, 1 if real.",
        required=True,
    ),
    _role(
        "y_pred",
        Cell.LABEL,
        "y_pred prediction predicted pred 判定 予測",
        "判定|prediction",
        "0か1です。なければしきい値で決めます。"
        "|0 or 1; without it a threshold decides.",
    ),
    _role(
        "y_score",
        Cell.SCORE,
        "y_score score anomaly_score probability スコア 異常度",
        "スコア|score",
        "大きいほど異常らしい数です。|The larger, the likelier real.",
    ),
    _role(
        "y_rule",
        Cell.LABEL,
        "y_rule rule baseline human y_baseline 現行 現行判定 目視 ルール",
        "今の判定|present judgement",
        "人や今のルールの判定です。同じ行で比べます。"
        "|What people or the present rule say; compared on the same rows.",
        rare=True,
    ),
    _TIMESTAMP,
    _TIME_OF_DAY,
    _SEGMENT,
    _role(
        "scored",
        Cell.FLAG,
        "scored counted 対象 採点",
        "採点する行|rows that count",
        "0の行(ならし運転など)は数えません。"
        "|Rows with 0, such as warm-up, are left out.",
        rare=True,
    ),
    _role(
        "changepoint",
        Cell.FLAG,
        "changepoint change_point 変化点",
        "変化点|change point",
        "状態が変わった行が1です。|1 where the state changed.",
        rare=True,
    ),
    _role(
        "weight",
        Cell.WEIGHT,
        # Not count alone: what a machine counts is as often something it measured.
        "weight sample_weight case_weight row_weight case_count n_cases "
        "件数 件数(件) 件数（件） 重み",
        "件数(重み)|weight",
        "その行が同じ件をいくつ表すかです。0以上の整数で、物の重さではありません。"
        "|How many equal cases the row stands for: a whole number, not a mass.",
        rare=True,
        spelled=True,
    ),
    _ID,
)
_FORECAST: Final = (
    _role(
        "y_true",
        Cell.NUMBER,
        "y_true actual observed y truth 実績 実績値 当日実績 正解",
        "実績|actual",
        "実際の値です。|The value that came true.",
        required=True,
    ),
    _role(
        "y_pred",
        Cell.NUMBER,
        "y_pred forecast prediction predicted yhat 予測 予測値",
        "予測|forecast",
        "同じ単位の予測値です。|The forecast, in the same unit.",
        required=True,
    ),
    _TIMESTAMP,
    _TIME_OF_DAY,
    _role(
        "series_id",
        Cell.NAME,
        "series_id series unique_id sku item_id 系列 品番",
        "系列|series",
        "品目、地域など、1本の時系列の名前です。|The name of one series.",
    ),
    _role(
        "horizon",
        Cell.COUNT,
        "horizon step h lead 何期先 先読み",
        "何期先|horizon",
        "何期先の予測かです。|How many periods ahead.",
    ),
    _role(
        "y_lower",
        Cell.NUMBER,
        "y_lower lower lo yhat_lower 下限",
        "区間の下限|interval, lower end",
        "予測区間の下の端です。|The lower end of the forecast's interval.",
    ),
    _role(
        "y_upper",
        Cell.NUMBER,
        "y_upper upper hi yhat_upper 上限",
        "区間の上限|interval, upper end",
        "予測区間の上の端です。|The upper end of the forecast's interval.",
    ),
    _role(
        "y_rule",
        Cell.NUMBER,
        "y_rule rule baseline human y_baseline naive2 現行 現行予測",
        "今の予測|present forecast",
        "人や今のやり方の予測です。同じ行で比べます。"
        "|What people or the present method forecast; compared on the same rows.",
        rare=True,
    ),
    _SEGMENT,
    _ID,
    *(_quantile(level) for level in QUANTILES),
)
_INVENTORY: Final = (
    _role(
        "sku",
        Cell.ID,
        "sku item item_id product part_no unique_id 品番 品目 部品",
        "品番|item",
        "在庫を持つ品目の名前です。|The name of the item in stock.",
        required=True,
    ),
    _role(
        "period",
        Cell.TIME,
        "period date month week timestamp ds 期間 年月 月 日付 週",
        "期間|period",
        "その行がどの期のものかです。|The period the row speaks of.",
        required=True,
    ),
    _role(
        "demand",
        Cell.COUNT,
        "demand 需要 需要量",
        "需要|demand",
        "その期に求められた数です。|How many were asked for in the period.",
        required=True,
    ),
    _role(
        "demand_met_from_stock",
        Cell.COUNT,
        "demand_met_from_stock met filled fulfilled shipped 在庫充足 充足数 出荷数",
        "在庫から満たした数|demand met from stock",
        "その期のうちに在庫から渡せた数です。"
        "|How many were handed over from stock in it.",
        required=True,
    ),
    _role(
        "on_hand_end",
        Cell.COUNT,
        "on_hand_end on_hand stock inventory ending_inventory 期末在庫 在庫数 在庫",
        "期末在庫|stock at the end",
        "期の終わりの手持ちの数です。|How many were held at the end of the period.",
        required=True,
    ),
    _role(
        "backorder_end",
        Cell.COUNT,
        "backorder_end backorder backorders backlog 受注残 期末受注残",
        "受注残|backorders at the end",
        "まだ渡せていない数です。|How many were still owed.",
    ),
    _role(
        "order_qty",
        Cell.COUNT,
        "order_qty ordered order_quantity 発注数 発注量",
        "発注数|ordered",
        "その期に発注した数です。|How many were ordered in the period.",
    ),
    _role(
        "order_up_to",
        Cell.COUNT,
        "order_up_to order_up_to_level base_stock 補充目標 基準在庫",
        "補充目標|order-up-to level",
        "その期に目標とした在庫の数です。目標どおりにすぐ届いた場合と比べます。"
        "|The stock aimed at; the run is compared with it delivered at once.",
        rare=True,
    ),
    _role(
        "unit_cost",
        Cell.COUNT,
        "unit_cost cost price unit_price 単価 原価",
        "単価|unit cost",
        "1個の値段(円)です。|What one costs, in yen.",
    ),
    _SEGMENT,
)


def _of(when: str) -> str:
    """before, and steps_before or before_steps of every measure a trial may have."""
    measures = ("steps", "seconds", "sales", "minutes", "value", "measure")
    both = (f"{m}_{when} {when}_{m}" for m in measures)
    return " ".join([when, *both])


_TRIAL: Final = (
    _role(
        "trial",
        Cell.ID,
        "trial trial_id id run case 試行 番号",
        "試行|trial",
        "1回の試しの名前です。|The name of one trial.",
        required=True,
    ),
    _role(
        "before",
        Cell.NUMBER,
        _of("before") + " baseline control 前 変更前 改善前 従来",
        "変更前|before",
        "変える前の値(歩数、秒、売上など)です。"
        "|The measure before the change: steps, seconds, sales.",
        required=True,
    ),
    _role(
        "after",
        Cell.NUMBER,
        _of("after") + " treatment 後 変更後 改善後",
        "変更後|after",
        "変えた後の同じ単位の値です。|The same measure after it.",
        required=True,
    ),
    _SEGMENT,
    _TIMESTAMP,
)
ROLES: Final[dict[Shape, tuple[Role, ...]]] = {
    Shape.DETECTION: _DETECTION,
    Shape.FORECAST: _FORECAST,
    Shape.INVENTORY: _INVENTORY,
    Shape.TRIAL: _TRIAL,
}


def cells_of(shape: Shape, *, classes: bool = False) -> dict[str, Cell]:
    """What the cells of each role must hold; with several classes, names of them."""
    held = {role.key: role.cell for role in ROLES[shape]}
    if classes:
        named = {key for key, cell in held.items() if cell == Cell.LABEL}
        held |= dict.fromkeys(named, Cell.CLASS)
    return held


class Part(StrEnum):
    """What a file holds: all of it, or truth and predictions apart, joined by id."""

    WHOLE = "whole"
    TRUTH = "truth"
    PREDICTIONS = "predictions"


# What the customer knows of a row, and not who predicts it.
OF_TRUTH: Final = frozenset(
    {
        *("id", "y_true", "y_rule", "timestamp", "time_of_day"),
        *("segment", "series_id", "scored", "changepoint"),
    }
)
# Apart, a row is one case, known by its id.
OF_WHOLE: Final = frozenset({"weight"})
# Of other shapes one file holds what was done and what came of it together.
CAN_JOIN: Final = frozenset({Shape.DETECTION, Shape.FORECAST})


def roles_of(shape: Shape, part: Part = Part.WHOLE) -> tuple[Role, ...]:
    """The columns that part of a file of the shape may have; apart, both need ids."""
    if part == Part.WHOLE:
        return ROLES[shape]
    of_truth = part == Part.TRUTH
    chosen = [
        role
        for role in ROLES[shape]
        if role.key not in OF_WHOLE
        and (role.key == "id" or (role.key in OF_TRUTH) == of_truth)
    ]
    return tuple(
        replace(role, required=True, rare=False) if role.key == "id" else role
        for role in sorted(chosen, key=lambda role: role.key != "id")
    )
