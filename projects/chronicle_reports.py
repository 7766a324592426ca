"""What is told of links with which a report is read without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT_VERBS: Final[Mapping[str, Text]] = {
    "report_link.made": Text(
        ja="{who}が「{name}」宛ての報告書リンクを作りました。期限は{until}です。",
        en="{who} made a report link for {name}, valid until {until}",
    ),
    "report_link.revoked": Text(
        ja="{who}が「{name}」宛ての報告書リンクを無効にしました。",
        en="{who} revoked the report link for {name}",
    ),
    "report_link.opened": Text(
        ja="「{name}」宛ての報告書リンクが開かれました。",
        en="The report link for {name} was opened",
    ),
}
