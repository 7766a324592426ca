"""Builds a checklist from YAML and refuses one that could not be asked or judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import yaml

from projects.catalogue import Kind
from projects.checklists.fields import ChecklistError, Fields, refuse_twice
from projects.checklists.items import (
    ANSWER_NAMES,
    NO,
    AnswerType,
    Block,
    Checklist,
    Choice,
    Condition,
    Due,
    Group,
    Item,
    NumberLimit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KNOWN_FIELDS: Final = (
    *("id", "group", "ja", "en", "short", "type", "block", "due", "against"),
    *("when", "unless", "unit", "limit", "choices", "evidence", "sources"),
)


def parse(source: str) -> Checklist:
    """Build a checklist from YAML; ChecklistError names what is wrong and where."""
    try:
        document = Fields.of(yaml.safe_load(source), "checklist")
    except yaml.YAMLError as error:
        raise ChecklistError(f"Not YAML: {error}") from error
    sources = document.part("sources")
    groups = [_group(fields) for fields in document.entries("groups")]
    refuse_twice("group", (group.id for group in groups))
    by_id = {group.id: group for group in groups}
    items = [_item(fields, by_id) for fields in document.entries("items")]
    refuse_twice("item", (item.id for item in items))
    checklist = Checklist(
        version=document.word("version"),
        sources={code: sources.part(code).text() for code in sources.values},
        groups=tuple(groups),
        items=tuple(items),
    )
    _check_references(checklist)
    return checklist


def with_own(checklist: Checklist, entries: Sequence[object]) -> Checklist:
    """The checklist with an organisation's own items behind it.

    ``entries`` are as a file would write them. ChecklistError as for a file.
    """
    if not entries:
        return checklist
    by_id = {group.id: group for group in checklist.groups}
    own = [_item(Fields.of(entry, "own item"), by_id) for entry in entries]
    items = (*checklist.items, *own)
    refuse_twice("item", (item.id for item in items))
    joined = replace(checklist, items=items)
    _check_references(joined)
    return joined


def _group(fields: Fields) -> Group:
    group_id = fields.word("id")
    fields = Fields(f"group {group_id}", fields.values)
    fields.only("id", "ja", "en", "only", "kinds")
    for kind in fields.words("kinds"):
        if kind not in set(Kind):
            known = ", ".join(Kind)
            fault = f"kind {kind!r} is unknown; known are {known}"
            raise ChecklistError(f"{fields.where}: {fault}.")
    return Group(
        group_id,
        fields.text(),
        only=frozenset(fields.words("only")),
        kinds=frozenset(fields.words("kinds")),
    )


def _item(fields: Fields, groups: Mapping[str, Group]) -> Item:
    fields = Fields(fields.word("id"), fields.values)
    fields.only(*KNOWN_FIELDS)
    group = groups.get(fields.word("group"))
    if group is None:
        raise ChecklistError(f"{fields.where}: unknown group {fields.word('group')!r}.")
    unit, evidence = fields.optional("unit"), fields.optional("evidence")
    item = Item(
        id=fields.where,
        group=group,
        question=fields.text(),
        short=fields.part("short").text(),
        type=fields.one_of(AnswerType, "type"),
        block=fields.one_of(Block, "block"),
        due=fields.one_of(Due, "due"),
        against=fields.word("against") if "against" in fields else NO,
        when=_condition(fields.optional("when")),
        unless=_condition(fields.optional("unless")),
        unit=unit.text() if unit else None,
        limit=_limit(fields.optional("limit")),
        choices=_choices(fields),
        evidence=evidence.text() if evidence else None,
        sources=fields.words("sources"),
    )
    _check_item(item)
    return item


def _condition(fields: Fields | None) -> Condition | None:
    if fields is None:
        return None
    return Condition(item_id=fields.word("item"), answer=fields.word("answer"))


def _limit(fields: Fields | None) -> NumberLimit:
    if fields is None:
        return NumberLimit()
    fields.only("at_least", "at_most", "partial_from")
    return NumberLimit(
        at_least=fields.number("at_least"),
        at_most=fields.number("at_most"),
        partial_from=fields.number("partial_from"),
    )


def _choices(fields: Fields) -> tuple[Choice, ...]:
    if "choices" not in fields:
        return ()
    choices = []
    for entry in fields.entries("choices"):
        counts = entry.word("counts")
        if counts not in ANSWER_NAMES:
            raise ChecklistError(f"{fields.where}: a choice cannot count {counts!r}.")
        choices.append(Choice(entry.word("id"), entry.text(), counts))
    refuse_twice(f"{fields.where}: choice", (choice.id for choice in choices))
    return tuple(choices)


def _check_item(item: Item) -> None:
    """What a type needs, and what only that type may have."""
    is_choice = item.type is AnswerType.CHOICE
    is_number = item.type is AnswerType.NUMBER
    faults = {
        "a choice needs choices, and nothing else has them": (
            is_choice != bool(item.choices)
        ),
        "a number needs a unit, and nothing else has one": (
            is_number != (item.unit is not None)
        ),
        "only a number has a limit": not is_number and item.limit != NumberLimit(),
        f"{item.against!r} cannot be the answer against": (
            item.against != NO and item.against not in item.answers
        ),
        "an item needs a source": not item.sources,
    }
    for fault, found in faults.items():
        if found:
            raise ChecklistError(f"{item.id}: {fault}.")


def _check_references(checklist: Checklist) -> None:
    by_id = {item.id: item for item in checklist.items}
    for item in checklist.items:
        for code in item.sources:
            # DEON-B1 is a paragraph of DEON.
            if code.split("-")[0] not in checklist.sources:
                raise ChecklistError(f"{item.id}: unknown source {code!r}.")
        for condition in filter(None, (item.when, item.unless)):
            other = by_id.get(condition.item_id)
            if other is None or other is item:
                fault = f"depends on {condition.item_id!r}, which is no other item"
                raise ChecklistError(f"{item.id}: {fault}.")
            if condition.answer not in other.answers:
                fault = f"{other.id} cannot be answered {condition.answer!r}"
                raise ChecklistError(f"{item.id}: {fault}.")
