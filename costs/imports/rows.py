"""Rows with the names of their columns, and the faults of a whole file together."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from costs.imports.cells import digest
from costs.imports.counting import Counting
from costs.imports.faults import (
    MOST_FAULTS,
    CellRefused,
    Fault,
    FileRefused,
    refused,
)
from costs.imports.table import plain, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from costs.imports.stream import Caps
    from costs.imports.table import Table

ROWS_AT_ONCE: Final = 16_384
# Any: what follows the number of a row differs from reader to reader.
Item = TypeVar("Item", bound=tuple[int, *tuple[Any, ...]])
Made = TypeVar("Made")


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
    table: Table, items: Iterable[Item], make: Callable[[Item], Made]
) -> Iterator[Made]:
    """What ``make`` makes of each item until the first that is at fault.

    Then the rest is read for faults, and FileRefused tells the first hundred. An item
    begins with the number of its row.
    """
    faults: list[Fault] = []
    try:
        for item in items:
            try:
                made = make(item)
            except CellRefused as wrong:
                faults.append(_placed(wrong, table, item[0]))
                if len(faults) >= MOST_FAULTS:
                    break
            else:
                if not faults:
                    yield made
    except FileRefused as stopped:
        raise FileRefused([*faults, *stopped.faults]) from stopped
    if faults:
        raise FileRefused(faults)


def _placed(wrong: CellRefused, table: Table, row: int) -> Fault:
    """The fault with its row, and its column as the file calls it."""
    place = table.places().get(plain(wrong.column))
    return wrong.at(row, "" if place is None else table.columns[place])


def numbered(
    items: Iterable[Item], key: Callable[[Item], str]
) -> Iterator[tuple[Item, str]]:
    """Each item with an identity: its key's SHA-256, and which of equal ones it is.

    For formats without an id of a line. Equal ones are numbered in the order of the
    file; two that trade places in another delivery trade what else they say, and every
    sum stays.
    """
    counting = Counting()
    items = iter(items)
    while part := list(islice(items, ROWS_AT_ONCE)):
        digests = [digest(key(item)) for item in part]
        keys = np.array([int(found[:16], 16) for found in digests], np.uint64)
        for item, found, count in zip(
            part, digests, counting.before(keys).tolist(), strict=True
        ):
            yield item, f"{found}/{count}" if count else found
