"""What can be wrong with a workbook: the whole file, or one of its cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projects.catalogue import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One refused cell: where it is, what stands there, and how it is mended."""

    sheet: str
    cell: str
    holds: str
    what: Text
    mend: Text


class WorkbookRefused(ValueError):
    """The file cannot be read at all; says why and what to do."""

    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)
