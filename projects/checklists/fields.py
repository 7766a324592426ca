"""Reads fields out of a checklist file and says in words what is wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self, TypeVar

from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LANGUAGES: Final = ("ja", "en")

Word = TypeVar("Word", bound=StrEnum)


class ChecklistError(ValueError):
    """The file holds no fit checklist; the sentence names the place and the fault."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one entry; every method raises ChecklistError naming the entry."""

    where: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, value: object, where: str) -> Self:
        if not isinstance(value, dict):
            raise ChecklistError(f"{where}: fields are needed, not {value!r}.")
        return cls(where, {str(key): field for key, field in value.items()})

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def word(self, key: str) -> str:
        """A text that is not empty."""
        value = self.values.get(key)
        # YAML reads a bare yes or 1.0 as something else than the word it looks like.
        if not isinstance(value, str) or not value.strip():
            raise ChecklistError(
                f"{self.where}: {key!r} must be a word, not {value!r}."
            )
        return value

    def one_of(self, kind: type[Word], key: str) -> Word:
        """A word out of a fixed list."""
        word = self.word(key)
        try:
            return kind(word)
        except ValueError as error:
            known = ", ".join(kind)
            fault = f"{key} {word!r} is unknown; known are {known}"
            raise ChecklistError(f"{self.where}: {fault}.") from error

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words; empty when the field is absent."""
        entries = self.values.get(key, [])
        if not isinstance(entries, list) or not all(
            isinstance(entry, str) and entry for entry in entries
        ):
            raise ChecklistError(f"{self.where}: {key!r} must be a list of words.")
        return tuple(entries)

    def number(self, key: str) -> Decimal | None:
        """A finite number; None when the field is absent."""
        if key not in self.values:
            return None
        try:
            number = Decimal(str(self.values[key]))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ChecklistError(f"{self.where}: {key!r} must be a number.")
        return number

    def text(self) -> Text:
        """The `ja` and `en` of this entry, both of them."""
        for language in LANGUAGES:
            value = self.values.get(language)
            if not isinstance(value, str) or not value.strip():
                raise ChecklistError(f"{self.where}: the {language} text is missing.")
        return Text(ja=self.word("ja"), en=self.word("en"))

    def part(self, key: str) -> Fields:
        """The fields below a key that must be there."""
        return Fields.of(self.values.get(key), f"{self.where}, {key}")

    def optional(self, key: str) -> Fields | None:
        return self.part(key) if key in self.values else None

    def entries(self, key: str) -> tuple[Fields, ...]:
        """The entries of a list that must be there."""
        entries = self.values.get(key)
        if not isinstance(entries, list) or not entries:
            raise ChecklistError(f"{self.where}: {key!r} must be a list of entries.")
        return tuple(Fields.of(entry, f"{self.where}, {key}") for entry in entries)

    def only(self, *known: str) -> None:
        """Refuse a field nobody reads: most often a slip of the pen."""
        for key in self.values:
            if key not in known:
                raise ChecklistError(f"{self.where}: unknown field {key!r}.")


def refuse_twice(what: str, ids: Iterable[str]) -> None:
    """ChecklistError when an id stands there a second time."""
    seen: set[str] = set()
    for entry_id in ids:
        if entry_id in seen:
            raise ChecklistError(f"{what} {entry_id!r} stands there twice.")
        seen.add(entry_id)
