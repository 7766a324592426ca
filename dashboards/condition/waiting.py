"""What waits: runs, deliveries of costs, mails; and how runs ended."""

from __future__ import annotations

from dashboards.condition.facts import (
    Facts,
    Line,
    State,
    age,
    by_wait,
    line,
    said,
    since,
)
from projects.catalogue import Text


def waiting(facts: Facts) -> Line:
    """Runs that wait, and how long."""
    name = Text("測定待ち", "Runs waiting")
    if not facts.queued:
        says = said(
            Text("待ちは0件、測定中は{busy}件です。", "None; being measured: {busy}."),
            busy=facts.busy,
        )
        return line("waiting", name, State.GOOD, says)
    waits = since(facts, facts.oldest)
    return line(
        "waiting",
        name,
        by_wait(waits),
        said(
            Text(
                "{n}件が待っています。測定中は{busy}件、最も長い待ちは{age}です。",
                "{n}, being measured: {busy}. The oldest has waited for {age}.",
            ),
            n=facts.queued,
            busy=facts.busy,
            age=age(waits),
        ),
        Text(
            "測定ワーカーが動いていれば、プロセスを増やすと早くなります。",
            "If the workers run, more processes shorten it.",
        ),
    )


def hour(facts: Facts) -> Line:
    """How the runs of the last hour ended."""
    measured, refused, failed = (
        facts.hour.get(key, 0) for key in ("measured", "refused", "failed")
    )
    return line(
        "hour",
        Text("この1時間の測定", "Runs of the last hour"),
        State.WARN if failed else State.GOOD,
        said(
            Text(
                "測定{measured}件、受け付けられなかったファイル{refused}件、"
                "測定の失敗{failed}件。",
                "Measured: {measured}; files refused: {refused}; broken off by a fault:"
                " {failed}.",
            ),
            measured=measured,
            refused=refused,
            failed=failed,
        ),
        Text(
            "失敗の理由は各測定のページとワーカーのログにあります。",
            "The page of each run and the log of the worker say why.",
        ),
    )


def imports(facts: Facts) -> Line:
    """Deliveries of costs that are under way."""
    name = Text("費用ファイルの取り込み", "Imports of costs")
    if not facts.imports:
        return line("imports", name, State.GOOD, Text("待ちは0件です。", "None wait."))
    waits = since(facts, facts.imports_since)
    return line(
        "imports",
        name,
        by_wait(waits),
        said(
            Text(
                "{n}件が途中です。最も古いものは{age}前に届きました。",
                "{n} under way; the oldest came {age} ago.",
            ),
            n=facts.imports,
            age=age(waits),
        ),
        Text(
            "大きなファイルには1時間以上かかることがあります。測定ワーカーを確かめてください。",
            "A very large file may take that long; otherwise look at the workers.",
        ),
    )


def mail(facts: Facts) -> Line:
    """Mails to be sent, and those that were refused."""
    name = Text("送信待ちのメール", "Mails waiting")
    if facts.undelivered:
        return line(
            "mail",
            name,
            State.WARN,
            said(
                Text(
                    "送信待ち{n}件。この1日に{lost}件がメールサーバーに断られました。",
                    "Waiting: {n}. In the last day the mail server refused {lost}.",
                ),
                n=facts.mails,
                lost=facts.undelivered,
            ),
            Text(
                "EMAIL_URLと宛先のアドレスを確かめてください。通知は受信箱に残っています。",
                "Check EMAIL_URL and the addresses. The notices stand in the inboxes.",
            ),
        )
    if not facts.mails:
        return line("mail", name, State.GOOD, Text("待ちは0件です。", "None wait."))
    waits = since(facts, facts.mails_since)
    return line(
        "mail",
        name,
        by_wait(waits),
        said(
            Text(
                "{n}件が待っています。最も古いものは{age}前の通知です。",
                "{n} wait; the oldest for {age}.",
            ),
            n=facts.mails,
            age=age(waits),
        ),
        Text(
            "メールサーバーが応答するか、EMAIL_URLを確かめてください。",
            "Check that the mail server of EMAIL_URL answers.",
        ),
    )
