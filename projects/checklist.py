"""The feasibility questions: what is asked, what blocks, and before which step.

The questions themselves are data, one file for each version in `checklists/`; a version
that was once used is never changed, a change is a new version. No Django in here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from projects.checklists.fields import ChecklistError
from projects.checklists.items import (
    ANSWER_NAMES,
    DUE_NAMES,
    NO,
    PARTIAL,
    YES,
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
from projects.checklists.reader import parse, with_own

__all__ = [
    "ANSWER_NAMES",
    "CURRENT",
    "DUE_NAMES",
    "NO",
    "PARTIAL",
    "YES",
    "AnswerType",
    "Block",
    "Checklist",
    "ChecklistError",
    "Choice",
    "Condition",
    "Due",
    "Group",
    "Item",
    "NumberLimit",
    "load",
    "parse",
    "read",
    "with_own",
]

FOLDER: Final = Path(__file__).parent / "checklists"
CURRENT: Final = "2026-1"


@cache
def load(version: str = CURRENT) -> Checklist:
    """Read one version from the files of the project; ChecklistError if it is unfit."""
    path = FOLDER / f"{version}.yaml"
    if not path.is_file():
        raise ChecklistError(f"There is no checklist {version!r}.")
    return read(path)


def read(path: Path) -> Checklist:
    """Read one file; ChecklistError if it is unfit or named for another version."""
    checklist = parse(path.read_text(encoding="utf-8"))
    if checklist.version != path.stem:
        found = checklist.version
        raise ChecklistError(f"{path.name} says it is version {found!r}.")
    return checklist
