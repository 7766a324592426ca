"""To whose work a line belongs: the first rule that fits. No Django here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID


class Looks(Protocol):
    """What of a line rules look at."""

    @property
    def tags(self) -> Mapping[str, str]: ...
    @property
    def account(self) -> str: ...
    @property
    def resource(self) -> str: ...
    @property
    def product(self) -> str: ...
    @property
    def person(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A field of a line, how it is compared and with what, and whose such lines are.

    ``number`` is the rule's own row, ``engagement`` that of the work.
    """

    field: str
    key: str
    match: str
    value: str
    engagement: UUID
    number: int | None = None


def looked_at(line: Looks, name: str, key: str = "") -> str:
    """What a rule of this field sees of the line; empty where there is nothing."""
    if name == "tag":
        return str(line.tags.get(key, ""))
    return str(getattr(line, name))


def fits(rule: Rule, line: Looks) -> bool:
    """Whether the line looks so. Upper and lower case differ, as clouds see them.

    A line that has nothing there fits no rule.
    """
    found = looked_at(line, rule.field, rule.key)
    if not found:
        return False
    if rule.match == "begins":
        return found.startswith(rule.value)
    if rule.match == "contains":
        return rule.value in found
    return found == rule.value


@dataclass(slots=True)
class RuleBook:
    """Rules in their order, looked up once for lines that look alike.

    Rules of equality on one field are found in a table, so that a provider with a
    hundred of them does not compare each line a hundred times.
    """

    rules: Sequence[Rule]
    _equal: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    _other: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place, rule in enumerate(self.rules):
            if rule.match == "equals":
                table = self._equal.setdefault((rule.field, rule.key), {})
                table.setdefault(rule.value, place)
            else:
                self._other.append(place)

    def first(self, line: Looks) -> Rule | None:
        """The first rule that fits, None where none does."""
        best = len(self.rules)
        for (name, key), table in self._equal.items():
            found = looked_at(line, name, key)
            if found:
                best = min(best, table.get(found, best))
        for place in self._other:
            if place >= best:
                break
            if fits(self.rules[place], line):
                best = place
        return self.rules[best] if best < len(self.rules) else None
