"""What is told of the value that the work brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUE_VERBS: Final[Mapping[str, Text]] = {
    "value.recorded": Text(
        ja="{who}が{period}の効果を{value_yen}円と記録しました。測り方は「{what}」です。",
        en="{who} recorded a value of {value_yen} yen for {period}, "
        "measured so: {what}",
    ),
    "value.corrected": Text(
        ja="{who}が{period}の効果を{before_yen}円から{value_yen}円に直しました。"
        "測り方は「{what}」です。",
        en="{who} corrected the value of {period} from {before_yen} to {value_yen} "
        "yen, measured so: {what}",
    ),
    "value.removed": Text(
        ja="{who}が{period}の効果{value_yen}円の記録を消しました。",
        en="{who} removed the value of {value_yen} yen recorded for {period}",
    ),
}
