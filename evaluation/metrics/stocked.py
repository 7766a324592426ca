"""A measured inventory file: service, stock and cost, whole and by line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.judge import Measured
from evaluation.metrics import intervals, reasons
from evaluation.metrics.counts import withheld
from evaluation.metrics.shifts import Shifted, shifted_from
from projects.catalogue import METRICS, Shape, Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS: Final = (
    *("rows", "demand", "met", "held", "value", "short", "stockouts", "zeros"),
    *("backorders", "ordered", "orders", "level_met", "level_held"),
)
RESAMPLED: Final = (
    *("fill_rate", "shortage_units", "avg_on_hand", "avg_on_hand_total", "turns"),
    *("days_of_cover", "holding_cost", "shortage_cost", "backorder_cost"),
    *("order_cost",),
)
TOTALS: Final = ("total_cost", "cost_per_period")
COUNTED: Final = ("cycle_service_level", "stockout_periods", "zero_stock_periods")
OF_ITEMS: Final = ("fill_rate_mean_of_skus", "skus_below_90", "excess_stock")
KEYS: Final = (*RESAMPLED, *TOTALS, *COUNTED, *OF_ITEMS)
DAYS_A_YEAR: Final = 365


def statistic(sums: Floats, terms: Terms, periods: int) -> Floats:
    """RESAMPLED from sums of COLUMNS over so many periods, row by row.

    Fill rate (type 2) is demand met from stock over demand; turns are units met a
    year over the mean of what is held in all; days of cover are that stock over the
    demand of a day, 365 a year. Costs are in yen. nan where nothing was asked for.
    """
    rows, demand, met, held, value, short = sums.T[:6]
    backorders, orders = sums.T[8], sums.T[10]
    years = periods / terms.periods_a_year
    mean = held / periods
    with np.errstate(all="ignore"):
        return np.stack(
            [
                np.where(demand > 0, met / demand, np.nan),
                short,
                held / rows,
                mean,
                np.where(mean > 0, met / years / mean, np.nan),
                np.where(demand > 0, mean / (demand / years / DAYS_A_YEAR), np.nan),
                value * (terms.holding_rate or 0),
                short * (terms.yen_shortage or 0),
                backorders * (terms.yen_shortage or 0),
                orders * (terms.yen_order or 0),
            ],
            axis=1,
        )


@dataclass(frozen=True, slots=True)
class Items:
    """What the SKUs of a line say, each counting alike.

    ``error`` is the standard error of the mean fill rate; ``excess`` is what they hold
    on average above a year's demand, in units.
    """

    count: int
    without_demand: int
    mean_fill_rate: float | None
    error: float | None
    below_ninety: int
    excess: float


@dataclass(frozen=True, slots=True)
class Item:
    """One SKU, as the list of the worst shows it."""

    segment: str
    sku: str
    fill_rate: float
    service_level: float
    stockouts: int
    on_hand: float


@dataclass(frozen=True, slots=True)
class Line:
    """The sums of the whole file, of a segment or of an item, and their intervals."""

    sums: tuple[float, ...]
    periods: int
    items: Items
    ends: dict[str, tuple[float, ...]]

    @property
    def rows(self) -> int:
        """How many rows, one for each item and period."""
        return int(self.sums[0])

    def sum_of(self, column: str) -> float:
        """One of COLUMNS."""
        return self.sums[COLUMNS.index(column)]


@dataclass(frozen=True, slots=True)
class FinishedInventory:
    """A measured inventory file; small, and enough to be judged again."""

    terms: Terms
    whole: Line
    by_line: dict[str, Line]
    worst: tuple[Item, ...]
    has_segments: bool
    has_backorders: bool
    has_orders: bool
    has_levels: bool = False
    shifted: Shifted | None = None

    @property
    def rows(self) -> int:
        """How many rows were measured."""
        return self.whole.rows

    def segments(self) -> list[str]:
        """The names of all segments, or of all SKUs where there are none, sorted."""
        return list(self.by_line)

    def at_level(self) -> tuple[float | None, float] | None:
        """Fill rate and mean stock of an item, had every order-up-to level been filled
        at once on the same rows; None where the file names no levels.
        """
        if not self.has_levels:
            return None
        demand, held = self.whole.sum_of("demand"), self.whole.sum_of("level_held")
        met = self.whole.sum_of("level_met")
        return (met / demand if demand else None), held / self.whole.rows

    def line(self, segment: str = "") -> Line:
        """The whole file, or one segment; else KeyError."""
        return self.by_line[segment] if segment else self.whole

    def measured(
        self,
        metric: str,
        segment: str = "",
        confidence: float = 0.95,
        one_sided: bool = True,
    ) -> Measured:
        """One metric with its interval. KeyError: no such metric here, or segment.

        Periods without a shortage are counted as cases (Clopper-Pearson); what is
        summed has the moving-block bootstrap's interval over periods, as one period is
        like the next; the mean over SKUs has the normal one.
        """
        if METRICS[metric].shape != Shape.INVENTORY:
            raise KeyError(metric)
        line = self.line(segment)
        if metric in COUNTED:
            return _counted(metric, line, confidence, one_sided)
        if metric in OF_ITEMS:
            return _of_items(metric, line, confidence, one_sided)
        if metric in TOTALS:
            return self._total(metric, line, confidence, one_sided)
        return self._summed(metric, line, confidence, one_sided)

    def _summed(
        self, metric: str, line: Line, confidence: float, one_sided: bool
    ) -> Measured:
        terms = self.terms
        price = {
            "holding_cost": terms.holding_rate,
            "shortage_cost": terms.yen_shortage,
            "backorder_cost": terms.yen_shortage,
            "order_cost": terms.yen_order,
        }
        if metric in price and price[metric] is None:
            return withheld(reasons.NO_STOCK_PRICE, line.rows)
        if metric == "backorder_cost" and not self.has_backorders:
            return withheld(reasons.NO_BACKORDERS, line.rows)
        if metric == "order_cost" and not self.has_orders:
            return withheld(reasons.NO_ORDERS, line.rows)
        values = statistic(np.array([line.sums]), terms, line.periods)[0]
        value = float(values[RESAMPLED.index(metric)])
        if not np.isfinite(value):
            held = line.sum_of("demand") > 0
            return withheld(reasons.NO_STOCK if held else reasons.NO_DEMAND, line.rows)
        if metric not in line.ends:
            return Measured(value, None, None, line.rows, None, confidence)
        low, high = intervals.between(
            line.ends[metric], value, confidence, one_sided=one_sided
        )
        return Measured(value, low, high, line.rows, None, confidence)

    def _total(
        self, metric: str, line: Line, confidence: float, one_sided: bool
    ) -> Measured:
        """Holding, and backorders where the file has them, else shortages; orders."""
        keys = ["holding_cost"]
        keys += ["backorder_cost" if self.has_backorders else "shortage_cost"]
        if self.has_orders and self.terms.yen_order is not None:
            keys += ["order_cost"]
        found = [self._summed(key, line, confidence, one_sided) for key in keys]
        share = line.periods if metric == "cost_per_period" else 1
        values = [one.value for one in found if one.value is not None]
        if len(values) < len(found):
            return withheld(reasons.NO_STOCK_PRICE, line.rows)
        ends = [(one.low, one.high) for one in found]
        low = high = None
        if all(a is not None and b is not None for a, b in ends):
            # Each cost within its own ends: wider than needed, never too narrow.
            low = sum(a or 0.0 for a, _b in ends) / share
            high = sum(b or 0.0 for _a, b in ends) / share
        return Measured(sum(values) / share, low, high, line.rows, None, confidence)

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return {
            "shape": Shape.INVENTORY.value,
            "terms": self.terms.to_json(),
            "whole": asdict(self.whole),
            "lines": {name: asdict(line) for name, line in self.by_line.items()},
            "worst": [asdict(item) for item in self.worst],
            "has_segments": self.has_segments,
            "has_backorders": self.has_backorders,
            "has_orders": self.has_orders,
            "has_levels": self.has_levels,
            "shifted": None if self.shifted is None else self.shifted.to_json(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        return cls(
            terms=Terms.from_json(stored["terms"]),
            whole=_line_from(stored["whole"]),
            by_line={name: _line_from(line) for name, line in stored["lines"].items()},
            worst=tuple(Item(**item) for item in stored["worst"]),
            has_segments=stored["has_segments"],
            has_backorders=stored["has_backorders"],
            has_orders=stored["has_orders"],
            has_levels=stored.get("has_levels", False),
            shifted=shifted_from(stored.get("shifted")),
        )


def _line_from(stored: dict[str, Any]) -> Line:
    return Line(
        sums=tuple(stored["sums"]),
        periods=stored["periods"],
        items=Items(**stored["items"]),
        ends={key: tuple(ends) for key, ends in stored["ends"].items()},
    )


def _counted(metric: str, line: Line, confidence: float, one_sided: bool) -> Measured:
    column = "zeros" if metric == "zero_stock_periods" else "stockouts"
    hits = int(line.sum_of(column))
    if metric == "cycle_service_level":
        hits = line.rows - hits
    low, high = intervals.clopper_pearson(
        hits, line.rows, confidence, one_sided=one_sided
    )
    if metric == "cycle_service_level":
        return Measured(hits / line.rows, low, high, line.rows, hits, confidence)
    scale = line.rows
    return Measured(float(hits), low * scale, high * scale, scale, None, confidence)


def _of_items(metric: str, line: Line, confidence: float, one_sided: bool) -> Measured:
    items = line.items
    if metric == "excess_stock":
        return Measured(items.excess, None, None, line.rows, None, confidence)
    asked = items.count - items.without_demand
    if items.mean_fill_rate is None:
        return withheld(reasons.NO_DEMAND, items.count)
    if metric == "skus_below_90":
        hits = items.below_ninety
        low, high = intervals.clopper_pearson(
            hits, asked, confidence, one_sided=one_sided
        )
        return Measured(float(hits), low * asked, high * asked, asked, None, confidence)
    value = items.mean_fill_rate
    if items.error is None:
        return Measured(value, None, None, asked, None, confidence)
    low, high = intervals.normal(value, items.error, confidence, one_sided=one_sided)
    return Measured(value, low, high, asked, None, confidence)
