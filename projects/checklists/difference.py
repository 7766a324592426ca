"""What is different between two checklists, question by question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from projects.checklists.items import Checklist, Item

# What may change about a question, in words, and where to look for it.
ASPECTS: Final[Mapping[Text, Callable[[Item], object]]] = {
    Text(ja="文言", en="wording"): lambda item: (item.question, item.short),
    Text(ja="見出し", en="heading"): lambda item: item.group.id,
    Text(ja="答え方", en="kind of answer"): lambda item: (
        *(item.type, item.unit, item.choices, item.against),
    ),
    Text(ja="判定への効き方", en="effect on the verdict"): lambda item: item.block,
    Text(ja="答える時期", en="when it is due"): lambda item: item.due,
    Text(ja="上限・下限", en="limit"): lambda item: item.limit,
    Text(ja="問う条件", en="condition"): lambda item: (item.when, item.unless),
    Text(ja="求める証拠", en="evidence asked for"): lambda item: item.evidence,
}


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """A question that stayed under its id but reads or counts otherwise."""

    old: Item
    new: Item
    aspects: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ChecklistDifference:
    """Questions that came, went or changed, each in the order of its checklist."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[ChangedItem, ...]


def difference(old: Checklist, new: Checklist) -> ChecklistDifference:
    """What an upgrade from one to the other would change."""
    before = {item.id: item for item in old.items}
    after = {item.id: item for item in new.items}
    both = [(before[i], item) for i, item in after.items() if i in before]
    changed = [ChangedItem(was, now, _aspects(was, now)) for was, now in both]
    return ChecklistDifference(
        added=tuple(item for i, item in after.items() if i not in before),
        removed=tuple(item for i, item in before.items() if i not in after),
        changed=tuple(change for change in changed if change.aspects),
    )


def _aspects(was: Item, now: Item) -> tuple[Text, ...]:
    return tuple(name for name, of in ASPECTS.items() if of(was) != of(now))
