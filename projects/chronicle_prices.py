"""What is told of GPU types, prices and exchange rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

PRICE_VERBS: Final[Mapping[str, Text]] = {
    "gpu_type.added": Text(
        ja="{who}がGPUの種類「{name}」を加えました。",
        en="{who} added the GPU type {name}",
    ),
    "gpu_type.edited": Text(
        ja="{who}がGPUの種類「{name}」を直しました。",
        en="{who} edited the GPU type {name}",
    ),
    "gpu_type.retired": Text(
        ja="{who}がGPUの種類「{name}」を使わないことにしました。",
        en="{who} retired the GPU type {name}",
    ),
    "price.added": Text(
        ja="{who}が{name}の単価を{valid_from}から"
        "1時間{per_hour} {currency}にしました。",
        en="{who} set the price of {name} to {per_hour} {currency} an hour from "
        "{valid_from}",
    ),
    "price.ended": Text(
        ja="{name}の単価{per_hour} {currency}は{until}で終わります。",
        en="The price of {name}, {per_hour} {currency}, ends after {until}",
    ),
    "price_list.taken": Text(
        ja="{who}が単価表「{file}」から{count}件を取り込みました。",
        en="{who} took in the price list {file}; prices added: {count}",
    ),
    "exchange_rate.added": Text(
        ja="{who}が{day}の{currency}を{yen}円としました。",
        en="{who} set {currency} of {day} to ¥{yen}",
    ),
    "exchange_rate.replaced": Text(
        ja="{who}が{day}の{currency}を{before}円から{yen}円に直しました。",
        en="{who} changed {currency} of {day} from ¥{before} to ¥{yen}",
    ),
    "exchange_rates.taken": Text(
        ja="{who}が為替レート{count}件を取り込みました。",
        en="{who} took in exchange rates; days added: {count}",
    ),
    "gpu_usage.priced_by_hand": Text(
        ja="{who}がGPU利用を手入力の単価で記録しました。{type}、{hours}時間、{cost_yen}円です。"
        "理由: {reason}",
        en="{who} recorded GPU use at a price of their own: {type}, {hours} hours, "
        "¥{cost_yen}: {reason}",
    ),
}
