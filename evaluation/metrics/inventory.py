"""Stock: what demand met, what was held, what it cost. Parts merge in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evaluation.metrics.intervals import block_ends
from evaluation.metrics.shifts import Shifted, ShiftPart, shift_part, shifted
from evaluation.metrics.stocked import (
    COLUMNS,
    RESAMPLED,
    FinishedInventory,
    Item,
    Items,
    Line,
    statistic,
)
from evaluation.metrics.sums import (
    Cells,
    added,
    by_time,
    coded,
    distinct,
    groups,
    joined,
    over_time,
    stamps,
    told_apart,
)
from projects.catalogue import Terms

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PLAIN: Final = Terms()
# Shortages smaller than this are the rounding of a simulation, not a missing unit.
NO_SHORTAGE: Final = 1e-9
WORST_ITEMS: Final = 50


@dataclass(frozen=True, slots=True)
class Sums:
    """One batch: rows of COLUMNS by item, and by line and period.

    ``items`` are pairs of line and SKU; ``cells`` are by line and period.
    """

    first_row: int
    items: tuple[tuple[str, str], ...]
    by_item: Floats
    cells: Cells
    shifts: ShiftPart | None


@dataclass(frozen=True, slots=True)
class InventoryPart:
    """Sums of some rows; batches stay apart, so that their order can be restored."""

    batches: tuple[Sums, ...]
    has_segments: bool
    has_backorders: bool
    has_orders: bool
    has_levels: bool


def part(
    batch: pa.RecordBatch, first_row: int = 0, terms: Terms = PLAIN
) -> InventoryPart:
    """Sum one batch with columns sku, period, demand, demand_met_from_stock,
    on_hand_end, backorder_end? order_qty? order_up_to? unit_cost? segment?.

    A shortage is demand not met from stock in its own period; stock of zero is none.
    """
    names = set(batch.schema.names)

    def column(name: str) -> Floats:
        if name not in names:
            return np.zeros(batch.num_rows)
        found: Floats = batch.column(name).to_numpy(zero_copy_only=False)
        return found.astype(np.float64)

    demand, met = column("demand"), column("demand_met_from_stock")
    held, ordered = column("on_hand_end"), column("order_qty")
    worth = 1.0 if terms.unit_cost is None else terms.unit_cost
    each = column("unit_cost") if "unit_cost" in names else np.full(len(held), worth)
    value = held * each
    short = demand - met
    short[short < NO_SHORTAGE] = 0.0
    level = column("order_up_to")
    values = np.stack(
        [
            np.ones(batch.num_rows),
            demand,
            met,
            held,
            value,
            short,
            short > 0,
            held == 0,
            column("backorder_end"),
            ordered,
            ordered > 0,
            np.minimum(demand, level),
            np.maximum(level - demand, 0.0),
        ]
    )
    skus, named = coded(batch, "sku")
    segments, lines = skus, named
    if "segment" in names:
        segments, lines = coded(batch, "segment")
    cells = distinct(told_apart(lines, segments), stamps(batch, "period"))
    pairs, item = np.unique(segments * len(named) + skus, return_inverse=True)
    return InventoryPart(
        (
            Sums(
                first_row,
                tuple(
                    (lines[pair // len(named)], named[pair % len(named)])
                    for pair in pairs.tolist()
                ),
                added(values, item.ravel(), len(pairs)),
                by_time(lines, cells, values),
                # What could have been handed over, whether or not it was asked for.
                shift_part(first_row, lines, segments, met + held, demand, each)
                if terms.holding_rate is not None and terms.yen_shortage is not None
                else None,
            ),
        ),
        "segment" in names,
        "backorder_end" in names,
        "order_qty" in names,
        "order_up_to" in names,
    )


def merge(one: InventoryPart, other: InventoryPart) -> InventoryPart:
    """Both parts as one; finishing does not depend on the order of merging."""
    return InventoryPart(
        one.batches + other.batches,
        one.has_segments or other.has_segments,
        one.has_backorders or other.has_backorders,
        one.has_orders or other.has_orders,
        one.has_levels or other.has_levels,
    )


# Any: there is no history to stock.
def finish(
    part: InventoryPart, terms: Terms = PLAIN, history: Any = None
) -> FinishedInventory:
    """Everything that can be said of the rows summed."""
    # Added in the order of the file, so that the same bits come out of any merging.
    batches = sorted(part.batches, key=lambda sums: sums.first_row)
    items, by_item = _by_item(batches)
    units_of, whole_units = over_time(joined([sums.cells for sums in batches]))
    found: dict[str, Line] = {}
    wanted = sorted({line for line, _sku in items})
    line_of = {name: i for i, name in enumerate(wanted)}
    of_item = np.array([line_of[line] for line, _sku in items], np.int64)
    by_line = added(by_item.T, of_item, len(wanted))
    own_items = groups(of_item, len(wanted))
    for name in wanted:
        own = by_item[own_items[line_of[name]]]
        found[name] = _line(by_line[line_of[name]], own, units_of.get(name), terms)
    whole = _line(by_item.sum(axis=0), by_item, whole_units, terms)
    return FinishedInventory(
        terms=terms,
        whole=whole,
        by_line=found,
        worst=_worst(items, by_item, part.has_segments),
        has_segments=part.has_segments,
        has_backorders=part.has_backorders,
        has_orders=part.has_orders,
        has_levels=part.has_levels,
        shifted=_shifted(batches),
    )


def _shifted(batches: list[Sums]) -> Shifted | None:
    parts = [sums.shifts for sums in batches if sums.shifts is not None]
    return shifted(parts, has_lines=True) if parts else None


def _by_item(batches: list[Sums]) -> tuple[list[tuple[str, str]], Floats]:
    place: dict[tuple[str, str], int] = {}
    for sums in batches:
        for item in sums.items:
            place.setdefault(item, len(place))
    total = np.zeros((len(place), len(COLUMNS)))
    for sums in batches:
        total[[place[item] for item in sums.items]] += sums.by_item
    return list(place), total


def _line(sums: Floats, items: Floats, units: Floats | None, terms: Terms) -> Line:
    ends: dict[str, tuple[float, ...]] = {}
    # Where sums by period were not kept, an item has a row in each of its own.
    periods = int(items[:, 0].max()) if units is None else len(units)
    if units is not None:
        ends = block_ends(
            units, lambda drawn: statistic(drawn, terms, periods), RESAMPLED
        )
    rows, demand, met, held = (items[:, i] for i in range(4))
    asked = demand > 0
    rates = met[asked] / demand[asked]
    spread = float(rates.std(ddof=1) / np.sqrt(len(rates))) if len(rates) > 1 else None
    spare = held / rows - terms.periods_a_year * demand / rows
    return Line(
        sums=tuple(sums.tolist()),
        periods=periods,
        items=Items(
            count=len(items),
            without_demand=int((~asked).sum()),
            mean_fill_rate=float(rates.mean()) if len(rates) else None,
            error=spread,
            below_ninety=int((rates < 0.9).sum()),
            excess=float(spare[spare > 0].sum()),
        ),
        ends=ends,
    )


def _worst(
    items: list[tuple[str, str]], by_item: Floats, has_segments: bool
) -> tuple[Item, ...]:
    """Those with the lowest fill rate, worst first; items nobody asked for left out."""
    rows, demand, met, held = (by_item[:, i] for i in range(4))
    stockouts = by_item[:, COLUMNS.index("stockouts")]
    asked = np.flatnonzero(demand > 0)
    rates = met[asked] / demand[asked]
    names = np.array([items[i][1] for i in asked.tolist()], dtype=object)
    order = np.lexsort((names.astype(str), rates))[:WORST_ITEMS]
    return tuple(
        Item(
            segment=items[asked[i]][0] if has_segments else "",
            sku=items[asked[i]][1],
            fill_rate=float(rates[i]),
            service_level=float(1 - stockouts[asked[i]] / rows[asked[i]]),
            stockouts=int(stockouts[asked[i]]),
            on_hand=float(held[asked[i]] / rows[asked[i]]),
        )
        for i in order.tolist()
    )
