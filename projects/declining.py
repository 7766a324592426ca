"""The words of a letter that declines: the reason, and what would have to change.

No Django in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from projects.catalogue import Text
from projects.screening import VERDICT_NAMES, Verdict

if TYPE_CHECKING:
    from projects.checklist import Checklist
    from projects.screening import Reason, Screened


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One answer that stops the work: what was asked, and how it stands."""

    item_id: str
    question: Text
    why: Text


def hindrances(screened: Screened, checklist: Checklist) -> tuple[Hindrance, ...]:
    """Everything that leads to NO-GO, in the order of the questions."""
    return tuple(
        Hindrance(reason.item_id, checklist.item(reason.item_id).question, reason.why)
        for reason in screened.reasons
        if reason.leads_to is Verdict.NO_GO
    )


def proposed_reason(screened: Screened) -> Text:
    """A first wording of the reason, for a person to make their own.

    Empty where the answers stop nothing: then only a person knows why.
    """
    stopping = [r for r in screened.reasons if r.leads_to is Verdict.NO_GO]
    if not stopping:
        return Text(ja="", en="")
    name = VERDICT_NAMES[Verdict.NO_GO]
    return Text(
        ja=f"実現性評価の判定は「{name.ja}」でした。"
        f"次の点がそろわないため、いまはお引き受けできません。{_listed(stopping).ja}",
        en=f"The feasibility assessment came out as {name.en}. "
        f"We cannot take the work on for now, because of: {_listed(stopping).en}",
    )


def _listed(reasons: list[Reason]) -> Text:
    return Text(
        ja="".join(f"{reason.why.ja}。" for reason in reasons),
        en="; ".join(reason.why.en for reason in reasons) + ".",
    )
