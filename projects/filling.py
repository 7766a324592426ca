"""What a filled form would change, beside what stands there now. No Django in here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from projects.answer_words import answer_words
from projects.standing import Given

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from projects.catalogue import Text
    from projects.checklist import Checklist, Item
    from projects.rounds import Said
    from projects.workbook import Filled


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands at one item, and the revision it has."""

    said: Said
    revision: int


@dataclass(frozen=True, slots=True)
class Change:
    """One answer of the form beside the one that stands; None where none does."""

    item: Item
    filled: Filled
    before: Text | None
    after: Text
    stands: Stands | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change, what somebody answered otherwise meanwhile, what is alike."""

    changes: tuple[Change, ...]
    clashes: tuple[Change, ...]
    same: int

    def rows(self, over: Collection[str]) -> list[Filled]:
        """What is to be taken in: the changes, and those clashes that were chosen.

        A clash names the revision that was looked at, so that a third answer since is
        noticed again.
        """
        chosen = [
            replace(clash.filled, revision=clash.stands.revision)
            for clash in self.clashes
            if clash.item.id in over and clash.stands
        ]
        return [change.filled for change in self.changes] + chosen


def plan(
    filled: Iterable[Filled], standing: Mapping[str, Stands], checklist: Checklist
) -> Plan:
    """Sort the rows of a form by what taking them in would mean."""
    changes: list[Change] = []
    clashes: list[Change] = []
    same = 0
    for row in filled:
        item, now = checklist.item(row.item_id), standing.get(row.item_id)
        if now is not None and _is_same(row, now.said):
            same += 1
            continue
        change = Change(
            item=item,
            filled=row,
            before=answer_words(item, now.said.given) if now else None,
            after=answer_words(item, given_by(row)),
            stands=now,
        )
        is_newer = now is not None and now.revision != row.revision
        (clashes if is_newer else changes).append(change)
    return Plan(tuple(changes), tuple(clashes), same)


def given_by(row: Filled) -> Given:
    """The row as an answer."""
    return Given(
        row.item_id, row.value or None, row.number, does_not_apply=bool(row.because)
    )


def _is_same(row: Filled, said: Said) -> bool:
    return (given_by(row), row.note, row.because) == (
        said.given,
        said.note,
        said.because,
    )
