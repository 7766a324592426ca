"""Which column plays which role: recognised by name, else chosen on screen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evaluation.ingest.faults import Fault, FileRefused
from projects.catalogue import Shape, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evaluation.ingest.inspect import Layout


@dataclass(frozen=True, slots=True)
class Role:
    """What a column may be for; ``names`` are how files call it, in small letters."""

    key: str
    required: bool
    names: tuple[str, ...]
    label: Text
    hint: Text


_TIMESTAMP: Final = Role(
    "timestamp",
    False,
    ("timestamp", "datetime", "time", "date", "ds", "日時", "時刻", "日付", "年月日"),
    Text(ja="日時", en="time"),
    Text(ja="その行がいつのものかです。", en="When the row happened."),
)
_SEGMENT: Final = Role(
    "segment",
    False,
    ("segment", "group", "line", "site", "区分", "ライン", "拠点", "店舗"),
    Text(ja="区分", en="segment"),
    Text(
        ja="ライン、店舗など、分けて見る単位です。", en="A line or a shop, seen apart."
    ),
)
_ID: Final = Role(
    "id",
    False,
    ("id", "row_id", "case_id", "番号", "識別子"),
    Text(ja="ID", en="id"),
    Text(ja="行ごとに違う値です。", en="A value of its own for every row."),
)
ROLES: Final[dict[Shape, tuple[Role, ...]]] = {
    Shape.DETECTION: (
        Role(
            "y_true",
            True,
            ("y_true", "label", "truth", "actual", "target", "正解", "実際", "ラベル"),
            Text(ja="正解", en="truth"),
            Text(ja="正常なら0、異常なら1です。", en="0 if normal, 1 if real."),
        ),
        Role(
            "y_pred",
            False,
            ("y_pred", "prediction", "predicted", "pred", "判定", "予測"),
            Text(ja="判定", en="prediction"),
            Text(
                ja="0か1です。なければしきい値で決めます。",
                en="0 or 1; or a threshold.",
            ),
        ),
        Role(
            "y_score",
            False,
            ("y_score", "score", "anomaly_score", "probability", "スコア", "異常度"),
            Text(ja="スコア", en="score"),
            Text(
                ja="大きいほど異常らしい数です。", en="The larger, the likelier real."
            ),
        ),
        _ID,
        _TIMESTAMP,
        _SEGMENT,
    ),
    Shape.FORECAST: (
        Role(
            "y_true",
            True,
            ("y_true", "actual", "observed", "y", "truth", "実績", "実績値", "正解"),
            Text(ja="実績", en="actual"),
            Text(ja="実際の値です。", en="The value that came true."),
        ),
        Role(
            "y_pred",
            True,
            ("y_pred", "forecast", "prediction", "predicted", "yhat", "予測", "予測値"),
            Text(ja="予測", en="forecast"),
            Text(ja="同じ単位の予測値です。", en="The forecast, in the same unit."),
        ),
        _TIMESTAMP,
        Role(
            "series_id",
            False,
            ("series_id", "series", "unique_id", "sku", "item_id", "系列", "品番"),
            Text(ja="系列", en="series"),
            Text(
                ja="品目、地域など、1本の時系列の名前です。",
                en="The name of one series.",
            ),
        ),
        _SEGMENT,
        _ID,
    ),
}
_EITHER: Final = Text(ja="判定またはスコア", en="prediction or the score")


def recognise(columns: Sequence[str], shape: Shape) -> dict[str, str]:
    """Roles of columns whose names are known; each column is taken once at most.

    Units in brackets, case and spaces do not matter: 実績値(万kW) is 実績値.
    """
    plain: dict[str, str] = {}
    for column in columns:
        plain.setdefault(_plain(column), column)
    found: dict[str, str] = {}
    for role in ROLES[shape]:
        for name in role.names:
            if name in plain and plain[name] not in found.values():
                found[role.key] = plain[name]
                break
    return found


def check_mapping(mapping: Mapping[str, str], layout: Layout, shape: Shape) -> None:
    """FileRefused for a role without its column, or a column with two roles."""
    faults: list[Fault] = []
    listed = ", ".join(layout.columns[:10]) + ("…" if len(layout.columns) > 10 else "")

    def missing(column: str, label: Text) -> Fault:
        params: dict[str, str | int | Text] = {"label": label, "columns": listed}
        return Fault("missing_column", column=column, params=params)

    for role in ROLES[shape]:
        column = mapping.get(role.key, "")
        if (column and column not in layout.columns) or (role.required and not column):
            faults.append(missing(column, role.label))
    if shape == Shape.DETECTION and not {"y_pred", "y_score"} & _used(mapping).keys():
        faults.append(missing("", _EITHER))
    used = list(_used(mapping).values())
    for column in dict.fromkeys(used):
        if used.count(column) > 1:
            faults.append(Fault("mapped_twice", column=column))
    if faults:
        raise FileRefused(faults)


def _used(mapping: Mapping[str, str]) -> dict[str, str]:
    return {role: column for role, column in mapping.items() if column}


def _plain(column: str) -> str:
    bare = re.sub(r"[(\[（［].*?[)\]）］]", "", column)
    return re.sub(r"[\s\-]+", "_", bare.strip().lower())
