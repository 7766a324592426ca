"""What a notice is about, how its reader wants it, and when an end is announced.

No Django in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class NoticeKind(StrEnum):
    """What a reader may choose by."""

    DECISION = "decision"
    TASK = "task"
    VERDICT = "verdict"
    SIGNATURE = "signature"
    EXPIRY = "expiry"
    MONEY = "money"
    NEWS = "news"


class MailWay(StrEnum):
    """When a notice goes out by e-mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Wish:
    """How one reader wants notices of one kind."""

    in_inbox: bool
    mail: MailWay

    @property
    def is_silent(self) -> bool:
        return not self.in_inbox and self.mail is MailWay.NEVER


# Until somebody chooses otherwise, nothing is kept from them.
UNSAID: Final = Wish(in_inbox=True, mail=MailWay.AT_ONCE)

KIND_WORDS: Final[Mapping[NoticeKind, tuple[Text, Text]]] = {
    NoticeKind.DECISION: (
        Text(ja="判断待ち", en="A decision waits for you"),
        Text(
            ja="引き合い、合意書への署名、段階の検収、予算の超過、あなたへの質問",
            en="intakes, agreements to sign, stages to accept, budgets used up, "
            "questions to you",
        ),
    ),
    NoticeKind.TASK: (
        Text(ja="作業と回答の依頼", en="Tasks and questions"),
        Text(
            ja="あなたに頼まれた作業や回答、頼んだ作業の完了",
            en="what you are asked to do or answer, and what you asked for is done",
        ),
    ),
    NoticeKind.VERDICT: (
        Text(ja="判定", en="Verdicts"),
        Text(
            ja="評価の合否、受け付けられなかったファイル、実現性評価の確定",
            en="runs measured or refused, feasibility assessments issued",
        ),
    ),
    NoticeKind.SIGNATURE: (
        Text(ja="署名と承認", en="Signatures and approvals"),
        Text(
            ja="相手の署名や差し戻し、段階の検収、条件付き承認",
            en="what a side signed, accepted, refused or waived",
        ),
    ),
    NoticeKind.EXPIRY: (
        Text(ja="受け入れた誤りと期限", en="Accepted errors, and what ends soon"),
        Text(
            ja="誤りの受け入れと超過、条件付き承認や許容誤り枠の期限、撤退ラインの日",
            en="errors accepted or exceeded; ends of waivers, budgets, stop lines",
        ),
    ),
    NoticeKind.MONEY: (
        Text(ja="費用と予算", en="Costs and budgets"),
        Text(
            ja="予算の50%・80%・100%や撤退ラインへの到達、その見込み、経営層の判断",
            en="lines of a budget reached or about to be, what management decided",
        ),
    ),
    NoticeKind.NEWS: (
        Text(ja="その他の通知", en="Other news"),
        Text(
            ja="出した引き合いの結果、案件の見送りなど",
            en="what became of your intake, an engagement that was declined",
        ),
    ),
}

_KINDS: Final[Mapping[NoticeKind, tuple[str, ...]]] = {
    NoticeKind.DECISION: (
        "intake.filed",
        "intake.asked",
        "intake.answered",
        "agreement.offered",
        "review.opened",
        "budget.decision_due",
    ),
    NoticeKind.TASK: ("item.assigned", "task.given", "task.done"),
    NoticeKind.VERDICT: (
        "run.measured",
        "run.refused",
        "run.failed",
        "run.lost",
        "assessment.issued",
        "assessment.stands",
    ),
    NoticeKind.SIGNATURE: (
        "agreement.signed",
        "agreement.refused",
        "review.signed",
        "review.accepted",
        "review.rejected",
        "waiver.given",
        "waiver.withdrawn",
    ),
    NoticeKind.EXPIRY: (
        "acceptance.ends_soon",
        "waiver.ends_soon",
        "waiver.ended",
        "budget.ends_soon",
        "stop_line.near",
    ),
    NoticeKind.MONEY: (
        "budget.passed",
        "budget.will_pass",
        "budget.decided",
        "budget.spent_after_stop",
    ),
}
# Where all that is told of something is about one thing.
_OF_SUBJECT: Final[Mapping[str, NoticeKind]] = {"errors": NoticeKind.EXPIRY}
KIND_OF: Final = {verb: kind for kind, verbs in _KINDS.items() for verb in verbs}

# Days before the last one on which its end is announced.
ANNOUNCED: Final = (3, 14)


def kind_of(verb: str) -> NoticeKind:
    """What a notice of this event is about; news where nothing else was said."""
    of_subject = _OF_SUBJECT.get(verb.partition(".")[0], NoticeKind.NEWS)
    return KIND_OF.get(verb, of_subject)


def announced(*, since: date, until: date, today: date) -> int | None:
    """Which announcement of an end is due today, named by its days; None for none.

    A day on which nobody looked is made up for on the next. What was given for no
    longer than an announcement is ahead needs none so early.
    """
    if today > until:
        return None
    left, whole = (until - today).days, (until - since).days
    return next((days for days in ANNOUNCED if left <= days < whole), None)
