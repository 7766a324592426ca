"""What is told of pools of GPUs and of those who book them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

GPU_VERBS: Final[Mapping[str, Text]] = {
    "gpus.booked": Text(
        ja="{who}が{pool}のGPUを{gpus}基予約しました。「{title}」、{day}から{hours}時間です。",
        en="{who} booked GPUs of {pool} ({gpus}) for {title}: {hours} hours from {day}",
    ),
    "gpus.booked_first": Text(
        ja="{who}が{pool}のGPUを{gpus}基、最優先で予約しました。「{title}」、{day}から"
        "{hours}時間です。理由: {reason}",
        en="{who} booked GPUs of {pool} ({gpus}) ahead of others for {title}: {hours} "
        "hours from {day}, because {reason}",
    ),
    "gpus.changed": Text(
        ja="{who}が{pool}の予約「{title}」を変えました。{gpus}基、{day}から{hours}時間です。",
        en="{who} changed the booking {title} of {pool} to {gpus} GPUs and {hours} "
        "hours from {day}",
    ),
    "gpus.changed_first": Text(
        ja="{who}が{pool}の予約「{title}」を最優先に変えました。{gpus}基、{day}から"
        "{hours}時間です。理由: {reason}",
        en="{who} changed the booking {title} of {pool} to go first, {gpus} GPUs and "
        "{hours} hours from {day}, because {reason}",
    ),
    "gpus.cancelled": Text(
        ja="{who}が{pool}の予約「{title}」を取り消しました。",
        en="{who} cancelled the booking {title} of {pool}",
    ),
    "gpus.given_back": Text(
        ja="{who}が{pool}のGPUを早めに返しました。「{title}」の予約です。",
        en="{who} gave the GPUs of {pool} booked for {title} back early",
    ),
    "gpus.delayed": Text(
        ja="{who}の予約により、{pool}での「{title}」の開始が{hours}時間遅れます。",
        en="A booking by {who} makes {title} on {pool} begin {hours} hours later",
    ),
    "pool.added": Text(
        ja="{who}がGPUプール「{pool}」({gpus}基)を加えました。",
        en="{who} added the GPU pool {pool} with {gpus} GPUs",
    ),
    "pool.edited": Text(
        ja="{who}がGPUプール「{pool}」を{gpus}基に改めました。",
        en="{who} edited the GPU pool {pool}; it has {gpus} GPUs",
    ),
    "pool.retired": Text(
        ja="{who}がGPUプール「{pool}」の使用をやめました。",
        en="{who} retired the GPU pool {pool}",
    ),
}
