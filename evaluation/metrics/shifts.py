"""Units too many and too few, had every forecast or stock been so much larger."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# In percent of what was forecast, or of the stock at hand.
SHIFTS: Final = tuple(range(-30, 31, 2))
COLUMNS: Final = 3
# Of more lines than this only the whole is kept: a hundred take 150 kB.
MOST_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class Sums:
    """Units over, units under and the worth of those over, at each of SHIFTS."""

    over: tuple[float, ...]
    under: tuple[float, ...]
    worth: tuple[float, ...]
    asked: float


@dataclass(frozen=True, slots=True)
class Shifted:
    """The sums of the whole file and of each line."""

    whole: Sums
    by_line: dict[str, Sums]

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return {
            "whole": asdict(self.whole),
            "lines": {name: asdict(sums) for name, sums in self.by_line.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave."""
        return cls(
            _sums_from(stored["whole"]),
            {name: _sums_from(sums) for name, sums in stored["lines"].items()},
        )


# Any: what json gives.
def shifted_from(stored: dict[str, Any] | None) -> Shifted | None:
    """What was stored, and None where nothing was."""
    return None if stored is None else Shifted.from_json(stored)


def _sums_from(stored: dict[str, Any]) -> Sums:
    return Sums(
        over=tuple(stored["over"]),
        under=tuple(stored["under"]),
        worth=tuple(stored["worth"]),
        asked=stored["asked"],
    )


@dataclass(frozen=True, slots=True)
class ShiftPart:
    """The sums of one batch by line; ``table`` has a row a line, ending with asked."""

    first_row: int
    lines: tuple[str, ...]
    table: Floats


def shift_part(
    first_row: int,
    names: list[str],
    line: Ints,
    given: Floats,
    asked: Floats,
    worth: Floats | None = None,
) -> ShiftPart:
    """Sum one batch: what was ``given`` (forecast, or stock at hand) at each shift.

    What is given is multiplied; a shift never changes what was asked. ``worth`` is of
    one unit given too many, one where it is not said.
    """
    columns = []
    with np.errstate(over="ignore", invalid="ignore"):
        # In hundredths, so that whole numbers add up exactly in any order.
        for shift in SHIFTS:
            away = given * (100 + shift) - 100 * asked
            over = np.maximum(away, 0.0)
            columns += [over, np.maximum(-away, 0.0)]
            columns.append(over if worth is None else over * worth)
        columns.append(np.abs(asked))
        summed = [np.bincount(line, column, len(names)) for column in columns]
        table = np.stack(summed, axis=1).astype(np.float64)
    return ShiftPart(first_row, tuple(names), table)


def shifted(parts: Iterable[ShiftPart], *, has_lines: bool) -> Shifted | None:
    """All parts as one, added in the order of the file whatever theirs is.

    None where a sum is too large to be told.
    """
    ordered = sorted(parts, key=lambda part: part.first_row)
    place: dict[str, int] = {}
    for part in ordered:
        for name in part.lines:
            place.setdefault(name, len(place))
    total = np.zeros((len(place), COLUMNS * len(SHIFTS) + 1))
    for part in ordered:
        total[[place[name] for name in part.lines]] += part.table
    whole = total.sum(axis=0)
    if not np.isfinite(whole).all():
        return None
    kept = sorted(place) if has_lines and len(place) <= MOST_LINES else []
    lines = {name: _sums(total[place[name]]) for name in kept}
    return Shifted(_sums(whole), lines)


def _sums(row: Floats) -> Sums:
    over, under, worth = (
        tuple((row[start:-1:COLUMNS] / 100).tolist()) for start in range(COLUMNS)
    )
    return Sums(over, under, worth, float(row[-1]))
