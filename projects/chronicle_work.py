"""What is told of labels, people's hours and what answers in production."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

WORK_VERBS: Final[Mapping[str, Text]] = {
    "labels.delivered": Text(
        ja="{who}がラベル「{title}」を登録しました。回答{answers}件、{cost_yen}円です。",
        en="{who} delivered the labels {title}: {answers} answers, ¥{cost_yen}",
    ),
    "labels.chosen": Text(
        ja="{who}がラベル「{title}」の回答の列を「{column}」にしました。",
        en="{who} chose {column} as the answer of the labels {title}",
    ),
    "labels.removed": Text(
        ja="{who}がラベル「{title}」を消しました。"
        "回答{answers}件、{cost_yen}円、SHA-256 {sha256}です。",
        en="{who} removed the labels {title}: {answers} answers, ¥{cost_yen}, "
        "SHA-256 {sha256}",
    ),
    "work.recorded": Text(
        ja="{who}が{person}の作業を記録しました。{day}、{hours}時間です。",
        en="{who} recorded work of {person}: {hours} hours on {day}",
    ),
    "work.corrected": Text(
        ja="{who}が{person}の作業を直しました。"
        "{before_day} {before_hours}時間から{day} {hours}時間です。",
        en="{who} corrected work of {person}: {before_hours} hours on {before_day} "
        "became {hours} hours on {day}",
    ),
    "work.removed": Text(
        ja="{who}が{person}の作業の記録を消しました。{day}、{hours}時間です。",
        en="{who} removed a record of work of {person}: {hours} hours on {day}",
    ),
    "work.imported": Text(
        ja="{who}が勤務表を取り込みました。{lines}行、{hours}時間です。",
        en="{who} took in a time sheet: {lines} lines, {hours} hours",
    ),
    "deployment.added": Text(
        ja="{who}が配備先「{name}」を加えました。",
        en="{who} added the deployment {name}",
    ),
    "deployment.corrected": Text(
        ja="{who}が配備先「{name}」の内容を直しました。",
        en="{who} corrected the deployment {name}",
    ),
    "deployment.ended": Text(
        ja="{who}が配備先「{name}」を{day}で終わりにしました。",
        en="{who} ended the deployment {name} on {day}",
    ),
    "inference.booked": Text(
        ja="{who}が「{name}」の{month}分の推論費を計上しました。"
        "予測{predictions}件、{cost_yen}円です。",
        en="{who} booked {month} of {name}: {predictions} predictions, ¥{cost_yen}",
    ),
    "inference.unbooked": Text(
        ja="{who}が「{name}」の{month}分の推論費を取り消しました。{cost_yen}円です。",
        en="{who} took back {month} of {name}: ¥{cost_yen}",
    ),
}
