"""The database, the broker and the disk: what all others lean on."""

from __future__ import annotations

from typing import Final

from dashboards.condition.facts import Facts, Line, State, line, said
from projects.catalogue import Text

SLOW_MS: Final = 250.0
# Two of the largest files must still fit.
FILES_LEFT: Final = 2
FULL_SHARE: Final = 0.1


def database(facts: Facts) -> Line:
    """How soon it answers."""
    name = Text("データベース", "Database")
    if facts.database_ms is None:
        return line(
            "database",
            name,
            State.BAD,
            Text("応答がありません。", "It does not answer."),
            Text(
                "DATABASE_URLのサーバーの稼働、空き容量、接続数を確かめてください。",
                "Check the server of DATABASE_URL, its disk and its connections.",
            ),
        )
    slow = facts.database_ms > SLOW_MS
    return line(
        "database",
        name,
        State.WARN if slow else State.GOOD,
        said(
            Text("{ms}ミリ秒で応答しました。", "It answers within {ms} ms."),
            ms=f"{facts.database_ms:.1f}",
        ),
        Text(
            "応答が遅くなっています。サーバーの負荷とディスクを確かめてください。",
            "That is slow: look at the load and the disk of its server.",
        ),
    )


def broker(facts: Facts) -> Line:
    """Whether it answers, and what waits in it."""
    name = Text("ブローカー(Valkey/Redis)", "Broker (Valkey or Redis)")
    if facts.broker_ms is None:
        return line(
            "broker",
            name,
            State.WARN,
            Text(
                "応答がありません。投稿された結果は残り、戻り次第測定します。"
                "新たなサインインはできません。",
                "It does not answer. Runs are kept and measured once it is back; nobody"
                " can sign in meanwhile.",
            ),
            Text(
                "REDIS_URLのサーバーを起動してください。",
                "Start the server of REDIS_URL.",
            ),
        )
    waiting = sum(facts.messages.values())
    return line(
        "broker",
        name,
        State.GOOD,
        said(
            Text(
                "{ms}ミリ秒で応答しました。届くのを待つ通知は{n}件です。",
                "It answers within {ms} ms; messages that wait for a worker: {n}.",
            ),
            ms=f"{facts.broker_ms:.1f}",
            n=waiting,
        ),
    )


def disk(facts: Facts) -> Line:
    """How much room there is for files."""
    share = facts.disk_free / max(1, facts.disk_total)
    state = State.GOOD
    if facts.disk_free < FILES_LEFT * facts.largest_file:
        state = State.BAD
    elif share < FULL_SHARE:
        state = State.WARN
    return line(
        "disk",
        Text("ファイルの置き場", "Space for files"),
        state,
        said(
            Text(
                "{total} GBのうち{free} GB({share}%)が空いています。",
                "{free} GB of {total} GB are free ({share}%).",
            ),
            free=f"{facts.disk_free / 1e9:,.1f}",
            total=f"{facts.disk_total / 1e9:,.1f}",
            share=f"{share * 100:.0f}",
        ),
        Text(
            "MEDIA_ROOTのディスクを広げてください。足りなくなるとファイルを受け取れません。",
            "Give MEDIA_ROOT more room: without it no file can be taken in.",
        ),
    )
