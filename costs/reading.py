"""Reading a delivery through: what taking it over would do. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from costs import batches, measured
from costs.charging import Reckoner
from costs.imports.line import Tally as Unread
from costs.reckoning import Came, Fate, Tally
from costs.seen import Known, Seen
from costs.sources import is_measured, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from costs.batches import Batch
    from costs.models import CostImport


def read_through(delivered: CostImport, tell: Callable[[int], None]) -> dict[str, Any]:
    """The report of the whole file. FileRefused with the first faults."""
    if is_measured(delivered):
        return measured.read_through(delivered, tell)
    tally, unread = Tally(), Unread()
    with Seen() as seen:
        reckoner = Reckoner(delivered)
        lines = lines_of(delivered, unread)
        for batch in batches.in_batches(lines, reckoner, tell):
            judge(delivered, batch, seen, tally)
    no_lines = unread.never_ran + unread.still_running
    return tally.to_json() | {"rows": tally.lines + no_lines, "no_lines": no_lines}


def judge(delivered: CostImport, batch: Batch, seen: Seen, tally: Tally) -> None:
    """Count each line by what taking it over would do to it."""
    before = batches.taken_before(delivered, batch)
    earlier = seen.among(batch.lines)
    new: list[tuple[str, Known]] = []
    for identity, (_line, one) in batch.lines.items():
        said = earlier.get(identity)
        content = said.content if said else before.get(identity, (0, ""))[1]
        if content != one.content:
            fate = Fate.CORRECTED if content else Fate.NEW
        else:
            fate = Fate.REPEATED if said else Fate.KNOWN
        if fate is Fate.CORRECTED and said:
            tally.take_back(said.came_to)
        tally.add(one, fate)
        new.append((identity, Known(one.content, Came.of(one).to_text())))
    seen.keep(new)
    for _line, one in batch.again:
        tally.add(one, Fate.REPEATED)
