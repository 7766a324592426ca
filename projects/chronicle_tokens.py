"""What is told of tokens with which programs act as a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_VERBS: Final[Mapping[str, Text]] = {
    "token.made": Text(
        ja="{who}がAPIトークン「{name}」を作りました。期限は{until}です。",
        en="{who} made the API token {name}, valid until {until}",
    ),
    "token.revoked": Text(
        ja="{who}がAPIトークン「{name}」を無効にしました。",
        en="{who} revoked the API token {name}",
    ),
}
