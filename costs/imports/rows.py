"""Rows with the names of their columns, and the faults of a whole file together."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from costs.imports.faults import (
    MOST_FAULTS,
    CellRefused,
    Fault,
    FileRefused,
    fault,
    refused,
)
from costs.imports.table import plain, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from costs.imports.line import Line
    from costs.imports.stream import Caps
    from costs.imports.table import Table

Item = TypeVar("Item")


def check_columns(table: Table, needed: Sequence[tuple[str, ...]]) -> None:
    """FileRefused for columns that are not there; one of each of ``needed`` is."""
    held = [plain(name) for name in table.columns]
    missing = [
        names[0] for names in needed if not any(plain(name) in held for name in names)
    ]
    if missing:
        raise refused("missing_columns", row=1, columns=", ".join(missing))
    for name in (name for names in needed for name in names):
        if held.count(plain(name)) > 1:
            raise refused("twice", row=1, column=name)


def columns_of(table: Table, fields: Sequence[str]) -> list[int | None]:
    """Where the columns of these names stand; None for one that is not there."""
    places = table.places()
    return [places.get(plain(name)) for name in fields]


def filled(
    table: Table, wanted: Sequence[int | None], caps: Caps, *, header: bool = True
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """As ``table.rows``; FileRefused if there is none."""
    found = False
    for row in rows(table, wanted, caps, header=header):
        found = True
        yield row
    if not found:
        raise refused("no_rows")


def collected(
    items: Iterable[Item], number: Callable[[Item], int], make: Callable[[Item], Line]
) -> Iterator[Line]:
    """A line of each item until the first that is at fault.

    Then the rest is read for faults, and FileRefused tells the first hundred.
    """
    faults: list[Fault] = []
    try:
        for item in items:
            try:
                line = make(item)
            except CellRefused as wrong:
                faults.append(
                    fault(wrong.code, number(item), wrong.column, wrong.found)
                )
                if len(faults) >= MOST_FAULTS:
                    break
            else:
                if not faults:
                    yield line
    except FileRefused as stopped:
        raise FileRefused([*faults, *stopped.faults]) from stopped
    if faults:
        raise FileRefused(faults)
