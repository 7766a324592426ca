"""What is told of what comes to its end, and of a day's notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTICE_VERBS: Final[Mapping[str, Text]] = {
    "acceptance.ends_soon": Text(
        ja="受け入れた誤りの期限は{until}です。続けるには、顧客の経営層がもう一度受け入れる必要があります。",
        en="The accepted errors end after {until}: the customer's management must "
        "accept them anew",
    ),
    "waiver.ends_soon": Text(
        ja="{item}の条件付き承認の期限は{until}です。そのままだと、翌日に判定が元へ戻ります。",
        en="The waiver of {item} ends after {until}; then the verdict turns back",
    ),
    "budget.ends_soon": Text(
        ja="合意書 第{version}版の許容誤り枠の期限は{until}です。"
        "続けるには新しい版が要ります。",
        en="The error budget of agreement v{version} ends after {until}; "
        "going on takes a new version",
    ),
    "stop_line.near": Text(
        ja="合意書 第{version}版の撤退ラインの日は{until}です。",
        en="The stop line of agreement v{version} is {until}",
    ),
    "notices.gathered": Text(
        ja="未読の通知{number}件をまとめました。",
        en="Unread notices of the day: {number}",
    ),
}
