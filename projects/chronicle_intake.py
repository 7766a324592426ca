"""What is told of intakes, invitations and an organisation's own questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

INTAKE_VERBS: Final[Mapping[str, Text]] = {
    "intake.filed": Text(
        ja="{who}が引き合い「{problem}」を出しました。",
        en="{who} filed an intake: {problem}",
    ),
    "intake.received": Text(
        ja="{organisation}が引き合い「{problem}」を受け取りました。",
        en="{organisation} received your intake: {problem}",
    ),
    "intake.asked": Text(
        ja="{who}が引き合い「{problem}」に質問を返しました。質問: {question}",
        en="{who} sent the intake “{problem}” back with a question: {question}",
    ),
    "intake.answered": Text(
        ja="{who}が引き合い「{problem}」への質問に答えました。答え: {text}",
        en="{who} answered the question on the intake “{problem}”: {text}",
    ),
    "intake.accepted": Text(
        ja="{who}が引き合い「{problem}」を案件「{name}」として引き受けました。",
        en="{who} accepted the intake “{problem}” as the engagement {name}",
    ),
    "intake.declined": Text(
        ja="{who}が引き合い「{problem}」を見送りました。理由: {reason}",
        en="{who} declined the intake “{problem}”: {reason}",
    ),
    "visitors.allowed": Text(
        ja="{who}が、招待リンクによる引き合いを受け付けるようにしました。",
        en="{who} let visitors with a link file intakes",
    ),
    "visitors.stopped": Text(
        ja="{who}が、招待リンクによる引き合いの受け付けを止めました。",
        en="{who} stopped taking intakes from visitors with a link",
    ),
    "invitation.made": Text(
        ja="{who}が「{name}」あての招待リンクを作りました。期限は{until}です。",
        en="{who} made an invitation link for {name}, valid until {until}",
    ),
    "invitation.withdrawn": Text(
        ja="{who}が「{name}」あての招待リンクを取り消しました。",
        en="{who} withdrew the invitation link for {name}",
    ),
    "organisation.added": Text(
        ja="{who}が顧客「{name}」を加えました。",
        en="{who} added the customer {name}",
    ),
    "own_item.added": Text(
        ja="{who}が組織のチェック項目{item}「{name}」を加えました。",
        en="{who} added the organisation's own question {item}, {name}",
    ),
    "own_item.edited": Text(
        ja="{who}が組織のチェック項目{item}「{name}」を直しました。",
        en="{who} edited the organisation's own question {item}, {name}",
    ),
    "own_item.retired": Text(
        ja="{who}が組織のチェック項目{item}「{name}」を使わないことにしました。",
        en="{who} retired the organisation's own question {item}, {name}",
    ),
}
