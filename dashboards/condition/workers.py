"""Beat and the workers, by when they were last heard of."""

from __future__ import annotations

from typing import Final

from dashboards.condition.facts import MINUTE, Facts, Line, State, age, line, said
from projects.catalogue import Text

# A part tells every minute that it lives; of one missed beat nothing follows.
LATE: Final = 3 * MINUTE
GONE: Final = 10 * MINUTE


def _silence(facts: Facts, part: str) -> float | None:
    at = facts.heard.get(part)
    return None if at is None else (facts.now - at).total_seconds()


def _heard(facts: Facts, part: str, name: Text, do: Text) -> Line:
    """A part that tells every minute that it lives."""
    silent = _silence(facts, part)
    if silent is None:
        return line(
            part,
            name,
            State.WARN,
            Text("まだ一度も動いていません。", "It has not been heard of yet."),
            do,
        )
    state = State.GOOD
    if silent > LATE:
        state = State.BAD if silent > GONE else State.WARN
    return line(
        part,
        name,
        state,
        said(
            Text("最後の合図は{age}前です。", "Last heard of {age} ago."),
            age=age(silent),
        ),
        do,
    )


def beat(facts: Facts) -> Line:
    """The clock of everything that happens by itself."""
    return _heard(
        facts,
        "beat",
        Text("時計(beat)", "Clock (beat)"),
        Text(
            "celery beatを起動してください。"
            "止まっている間は、期限の通知も、失われた測定のやり直しもありません。",
            "Start celery beat. Until then nothing is announced, and lost runs are not"
            " taken up again.",
        ),
    )


def measuring(facts: Facts) -> Line:
    """Who measures; silent too where every process is at work."""
    name = Text("測定ワーカー", "Workers that measure")
    silent = _silence(facts, "measuring")
    if facts.busy >= facts.processes and (silent is None or silent > LATE):
        return line(
            "measuring",
            name,
            State.GOOD,
            said(
                Text(
                    "{n}件を測定中で、手の空いたワーカーはありません。",
                    "Runs being measured: {n}; no process of it is free.",
                ),
                n=facts.busy,
            ),
        )
    return _heard(
        facts,
        "measuring",
        name,
        Text(
            "celery worker(キュー celery)を起動してください。"
            "投稿は残り、起動後に測定します。"
            "大きな請求ファイルの読み取り中も合図は止まります。",
            "Start a celery worker of the queue “celery”. Runs are kept until then."
            " While it reads a large bill it is silent, too.",
        ),
    )


def post(facts: Facts) -> Line:
    """Who sends mail."""
    return _heard(
        facts,
        "post",
        Text("メールワーカー", "Worker of the post"),
        Text(
            "celery worker(キュー post)を起動してください。"
            "通知は残り、起動後に送ります。",
            "Start a celery worker of the queue “post”. Mails are kept until then.",
        ),
    )
