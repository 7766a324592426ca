"""What changed between two rounds of answers, and what that did to the verdict.

No Django in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projects.answer_words import NOT_ANSWERED, answer_words
from projects.checklist import Due
from projects.standing import Given, fits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projects.catalogue import Text
    from projects.checklist import Checklist, Item

# Before the end of a stage of the engagement, the questions due by this step count.
DUE_AT: Final[Mapping[str, Due]] = {
    "intake": Due.SCREEN,
    "feasibility": Due.SCREEN,
    "agreement": Due.POC,
    "initial": Due.ACCEPTANCE,
    "accuracy": Due.PRODUCTION,
    "operation": Due.PRODUCTION,
}


@dataclass(frozen=True, slots=True)
class Said:
    """Everything somebody said to one item."""

    given: Given
    note: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One round as it stands or stood: its questions, answers, verdict and reasons."""

    checklist: Checklist
    answers: Mapping[str, Said]
    verdict: str
    # Why each item keeps the verdict from GO, in the order of the checklist.
    reasons: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Change:
    """One item that was answered otherwise; None where it was not asked at all."""

    item: Item
    before: Text | None
    after: Text | None
    note_before: str
    note_after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """The way from one round to another, in the order of the later checklist."""

    changes: tuple[Change, ...]
    gone: tuple[tuple[str, Text], ...]
    come: tuple[tuple[str, Text], ...]
    # Reasons that hold in both, with how they read in the later one.
    stayed: tuple[tuple[str, Text], ...]
    verdict_before: str
    verdict_after: str

    @property
    def verdict_changed(self) -> bool:
        return self.verdict_before != self.verdict_after


def compare(old: Round, new: Round) -> Difference:
    """What is different in the later round."""
    before = {item.id: item for item in old.checklist.items}
    after = {item.id: item for item in new.checklist.items}
    every = after | {i: item for i, item in before.items() if i not in after}
    changes = [
        _change(item, before.get(i), after.get(i), old, new)
        for i, item in every.items()
    ]
    return Difference(
        changes=tuple(change for change in changes if change),
        gone=tuple((i, w) for i, w in old.reasons.items() if i not in new.reasons),
        come=tuple((i, w) for i, w in new.reasons.items() if i not in old.reasons),
        stayed=tuple((i, w) for i, w in new.reasons.items() if i in old.reasons),
        verdict_before=old.verdict,
        verdict_after=new.verdict,
    )


def _change(
    item: Item, before: Item | None, after: Item | None, old: Round, new: Round
) -> Change | None:
    was, now = _words(before, old), _words(after, new)
    if (was or NOT_ANSWERED, _note(before, old)) == (
        now or NOT_ANSWERED,
        _note(after, new),
    ):
        return None
    return Change(
        item=item,
        before=was,
        after=now,
        note_before=_note(before, old),
        note_after=_note(after, new),
    )


def _words(item: Item | None, of: Round) -> Text | None:
    if item is None:
        return None
    given = _said(item.id, of).given
    return answer_words(item, given) if fits(item, given) else NOT_ANSWERED


def _note(item: Item | None, of: Round) -> str:
    """The note, and for an item set aside the reason, which says more."""
    if item is None:
        return ""
    said = _said(item.id, of)
    return said.because or said.note


def _said(item_id: str, of: Round) -> Said:
    return of.answers.get(item_id, Said(Given(item_id)))
