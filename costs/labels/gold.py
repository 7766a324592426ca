"""Gold: what is known to be right, item by item, from a file of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from costs.tables import Fault, TableRefused, read_table, shortened
from projects.catalogue import Text

if TYPE_CHECKING:
    from costs.labels.answers import Batch

COLUMNS: Final = ("item_id", "gold")


def read_gold(content: bytes) -> dict[str, str]:
    """Item → what is right. TableRefused for a file without these two columns."""
    try:
        table = read_table(content)
    except TableRefused as refused:
        raise TableRefused([_of_gold(one) for one in refused.faults]) from refused
    lacking = [name for name in COLUMNS if name not in table.columns]
    if lacking:
        raise TableRefused(
            [_of_gold(Fault(NO_COLUMN, 1, name)) for name in lacking],
        )
    gold: dict[str, str] = {}
    faults = []
    for row in table.rows:
        item, right = (row.cells[name].strip() for name in COLUMNS)
        if gold.setdefault(item, right) != right:
            faults.append(_of_gold(Fault(TWICE, row.number, "gold")))
    if faults:
        raise TableRefused(faults)
    return gold


def with_gold(batch: Batch, gold: dict[str, str]) -> Batch:
    """The batch with its gold. TableRefused when no item of it is known.

    What an item of the batch has not stays without; gold of other items is counted.
    """
    items = {one.item for one in batch.answers}
    if not items & gold.keys():
        theirs, ours = min(gold), min(items)
        raise TableRefused([Fault(_strangers(shortened(theirs), shortened(ours)))])
    answers = tuple(
        replace(one, gold=gold.get(one.item, one.gold)) for one in batch.answers
    )
    return replace(batch, answers=answers, gold_elsewhere=len(gold.keys() - items))


def _of_gold(fault: Fault) -> Fault:
    said = Text(f"正解のファイル: {fault.said.ja}", f"Gold file: {fault.said.en}")
    return replace(fault, said=said)


def _strangers(theirs: str, ours: str) -> Text:
    return Text(
        f"正解の対象({theirs}など)が、回答の対象({ours}など)に一つもありません。"
        "対象の列を選び直してください。",
        f"No item of the gold file ({theirs} …) is an item of the answers ({ours} …). "
        "Name another column for the item.",
    )


NO_COLUMN: Final = Text("この列がありません。", "This column is missing.")
TWICE: Final = Text(
    "同じ対象に別の正解があります。一つにしてください。",
    "The same item has another gold. Keep one.",
)
