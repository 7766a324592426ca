"""What is told of bills, of the rules that assign their lines, and of moved lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

IMPORT_VERBS: Final[Mapping[str, Text]] = {
    "costs.delivered": Text(
        ja="{who}が費用のファイル「{file}」を預けました。",
        en="{who} delivered the costs of {file}",
    ),
    "costs.imported": Text(
        ja="{who}が「{file}」を取り込みました。新しい明細{rows}件、訂正{corrected}件、"
        "増えた費用は{cost_yen}円です。",
        en="{who} took over {file}: {rows} new lines, {corrected} corrected, "
        "¥{cost_yen} added",
    ),
    "costs.dropped": Text(
        ja="{who}が「{file}」を取り込まずに取り下げました。",
        en="{who} dropped {file} without taking it over",
    ),
    "prices.pulled": Text(
        ja="{who}がAWSからスポット価格{count}件を取得しました。",
        en="{who} pulled {count} spot prices from AWS",
    ),
    "rule.made": Text(
        ja="{who}が振り分けの規則「{rule}」を作りました。案件「{name}」に振り分けます。",
        en="{who} made a rule: {rule} belongs to {name}",
    ),
    "rule.retired": Text(
        ja="{who}が振り分けの規則「{rule}」をやめました。",
        en="{who} retired the rule {rule}",
    ),
    "rule.moved": Text(
        ja="{who}が振り分けの規則「{rule}」を{place}番目にしました。",
        en="{who} moved the rule {rule} to place {place}",
    ),
    "rules.run": Text(
        ja="{who}が振り分けの規則を実行し、明細{lines}件が移りました。",
        en="{who} ran the rules again; lines moved: {lines}",
    ),
    "lines.assigned": Text(
        ja="{who}が費用の明細{lines}件、{cost_yen}円をこの案件に振り分けました。",
        en="{who} assigned costs to the engagement: {lines} lines, ¥{cost_yen}",
    ),
    "lines.left": Text(
        ja="{who}が費用の明細{lines}件、{cost_yen}円をこの案件から外しました。",
        en="{who} took costs off the engagement: {lines} lines, ¥{cost_yen}",
    ),
}
