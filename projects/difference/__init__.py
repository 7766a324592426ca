"""What changed between two versions, and whether it asks more or less. No Django here.

Every part is tightened, loosened, changed or the same; a part whose change has no side
(an expectation, a baseline against another) is only changed. Removing a promise loosens
and adding one tightens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from projects.difference.lines import of_lines
from projects.difference.rest import of_budget, of_rest, of_stop, of_terms
from projects.difference.ways import Change, Direction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from projects.promise import Promise

__all__ = [
    "Agreed",
    "Change",
    "Direction",
    "differences",
    "loosened_since",
    "loosens",
]


@dataclass(frozen=True, slots=True)
class Agreed:
    """A version that was once in force, and since when; for ``loosened_since``."""

    promise: Promise
    since: datetime


def differences(before: Promise, after: Promise) -> list[Change]:
    """Every part of both versions, the changed ones first."""
    found = [
        *of_lines(before, after),
        *of_budget(before.budget, after.budget),
        *of_stop(before.stop, after.stop),
        *of_rest(before, after),
        *of_terms(before, after),
    ]
    return sorted(found, key=lambda change: change.is_same)


def loosens(before: Promise, after: Promise) -> bool:
    """Whether any part of the later version asks less than the earlier one."""
    return any(c.direction is Direction.LOOSER for c in differences(before, after))


def loosened_since(
    agreed: Iterable[Agreed], seen_at: datetime | None, following: Promise
) -> int | None:
    """The newest version that judged after results were seen and asked more; or None.

    Versions replaced before the first verdict (``seen_at``) are no matter: what was
    loosened before anybody saw a result was not loosened because of it.
    """
    if seen_at is None:
        return None
    history = sorted(agreed, key=lambda one: one.promise.version)
    ends = [one.since for one in history[1:]]
    found = None
    for place, one in enumerate(history):
        ended = ends[place] if place < len(ends) else None
        if (ended is None or ended > seen_at) and loosens(one.promise, following):
            found = one.promise.version
    return found
