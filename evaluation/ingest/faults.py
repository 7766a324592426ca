"""Faults of a file: which row, which column, what is there and what is needed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from evaluation.ingest.wording import WORDINGS
from projects.catalogue import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_FAULTS: Final = 100
LONGEST_FOUND: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a file from being measured.

    ``row`` counts from the header as row 1, as a spreadsheet does; None is the whole
    file. ``file`` is which one of a folder. ``params`` fill the wording; a Text among
    them is given in both languages.
    """

    code: str
    row: int | None = None
    column: str = ""
    found: str = ""
    params: dict[str, str | int | Text] = field(default_factory=dict)
    file: str = ""

    def sentence(self, language: str, file_name: str) -> str:
        """What is wrong, as sentences for the reader."""
        japanese = language.lower().startswith("ja")
        says = self._filled(WORDINGS[self.code].says, language)
        found = shortened(self.found)
        if japanese:
            row = "" if self.row is None else f"{self.row:,}行目"
            column = f"列{self.column}" if self.column else ""
            place = "の".join(filter(None, (self.file, row, column)))
            at = f"{place}で" if place else ""
            cell = f"「{found}」が入っています。" if found else ""
            return f"{file_name}は{at}受け付けられませんでした。{cell}{says}"
        places = [self.file] if self.file else []
        places += [] if self.row is None else [f"row {self.row:,}"]
        places += [f"column {self.column}"] if self.column else []
        at = f" at {', '.join(places)}" if places else ""
        cell = f"The cell holds “{found}”. " if found else ""
        return f"{file_name} was refused{at}. {cell}{says}"

    def cure(self, language: str) -> str:
        """What the reader can do about it."""
        return self._filled(WORDINGS[self.code].cure, language)

    def _filled(self, text: Text, language: str) -> str:
        filled: dict[str, str] = {}
        for key, value in self.params.items():
            if isinstance(value, Text):
                filled[key] = value.in_(language)
            else:
                filled[key] = f"{value:,}" if isinstance(value, int) else value
        return text.in_(language).format_map(filled)

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        params = {
            key: Text(**value) if isinstance(value, dict) else value
            for key, value in stored["params"].items()
        }
        return cls(**(stored | {"params": params}))


class FileRefused(Exception):
    """The file cannot be measured: its first 100 faults, and how many there are.

    ``file_name`` is set when it is another than the one that was asked about.
    """

    def __init__(
        self, faults: Iterable[Fault], total: int | None = None, file_name: str = ""
    ) -> None:
        kept = tuple(faults)
        self.file_name = file_name
        self.total = len(kept) if total is None else total
        self.faults = kept[:MOST_FAULTS]
        super().__init__(", ".join(sorted({fault.code for fault in self.faults})))


def shortened(found: str) -> str:
    """A cell as it fits into a sentence: on one line, printable, not too long."""
    shown = "".join(c if c.isprintable() else " " for c in found).strip()
    return shown if len(shown) <= LONGEST_FOUND else shown[: LONGEST_FOUND - 1] + "…"
