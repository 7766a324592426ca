"""Tables of money as they are, before anybody writes them for a screen or a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | Decimal | int | date | None


class Kind(StrEnum):
    """How the cells of a column are written."""

    TEXT = "text"
    DAY = "day"
    MONTH = "month"
    YEN = "yen"
    HOURS = "hours"
    COUNT = "count"
    # 0.71 for 71 %, drawn as a bar beside the figure.
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Column:
    """The name of a column and what stands in it."""

    name: str
    kind: Kind

    @property
    def is_figure(self) -> bool:
        return self.kind not in (Kind.TEXT, Kind.DAY, Kind.MONTH)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: what it is about, its columns, its rows, and the sum of them."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """What like lines cost together; ``names`` says what they are alike in."""

    names: tuple[Cell, ...]
    yen: Decimal
    gpu_hours: Decimal
    lines: int


def with_shares(sums: Sequence[Sum]) -> list[tuple[Sum, Decimal | None]]:
    """Each with its part of the whole, the dearest first.

    Credits lower the whole. Where nothing is left of it, there are no parts.
    """
    whole = sum((one.yen for one in sums), Decimal(0))
    ordered = sorted(sums, key=lambda one: (-one.yen, str(one.names)))
    return [(one, one.yen / whole if whole > 0 else None) for one in ordered]


def whole_of(sums: Iterable[Sum]) -> Sum:
    """All of them in one."""
    listed = list(sums)
    return Sum(
        names=(),
        yen=sum((one.yen for one in listed), Decimal(0)),
        gpu_hours=sum((one.gpu_hours for one in listed), Decimal(0)),
        lines=sum(one.lines for one in listed),
    )


def cumulative(days: Iterable[tuple[date, Decimal]]) -> list[tuple[date, Decimal]]:
    """What was spent until the end of each day, the days rising."""
    spent, found = Decimal(0), []
    for day, yen in sorted(days):
        spent += yen
        found.append((day, spent))
    return found


def thinned(
    points: Sequence[tuple[date, Decimal]], most: int
) -> list[tuple[date, Decimal]]:
    """At most so many of the points, evenly, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(place * step)] for place in range(most)]


def change(before: Decimal, after: Decimal) -> Decimal | None:
    """By which part it rose (0.2) or fell (-0.2); None where it began at nothing."""
    return (after - before) / before if before > 0 else None
