"""Lines in batches, each identity once in a batch; what a line said before is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from costs.models import Charge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from costs.charging import Reckoner
    from costs.imports.line import Line
    from costs.models import CostImport
    from costs.reckoning import Reckoned

AT_ONCE: Final = 2_000


@dataclass(slots=True)
class Batch:
    """Some thousand lines by identity, and those that came twice among them."""

    lines: dict[str, tuple[Line, Reckoned]] = field(default_factory=dict)
    again: list[tuple[Line, Reckoned]] = field(default_factory=list)

    @property
    def source(self) -> str:
        """All lines of a delivery come from one source."""
        return next(iter(self.lines.values()))[0].source


def in_batches(
    lines: Iterable[Line], reckoner: Reckoner, tell: Callable[[int], None]
) -> Iterator[Batch]:
    """Reckoned lines in batches; a corrected line begins a batch of its own.

    So within a batch each identity has one content, and no more is in memory than one.
    """
    batch = Batch()
    for line in lines:
        reckoned = reckoner.reckon(line)
        before = batch.lines.get(line.identity)
        if before is not None and before[1].content == reckoned.content:
            batch.again.append((line, reckoned))
            continue
        if before is not None or len(batch.lines) >= AT_ONCE:
            tell(line.row)
            yield batch
            batch = Batch()
        batch.lines[line.identity] = (line, reckoned)
    if batch.lines:
        yield batch


def taken_before(delivered: CostImport, batch: Batch) -> dict[str, tuple[int, str]]:
    """Of the batch, the lines that were taken over before: row and content."""
    found = Charge.objects.filter(
        organisation=delivered.organisation_id,
        source=batch.source,
        identity__in=list(batch.lines),
    ).values_list("identity", "pk", "content")
    return {identity: (pk, content) for identity, pk, content in found.iterator()}
