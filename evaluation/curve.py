"""The curve of errors: counts and yen at every point that was stored. No Django."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.forecasted import FinishedForecast
from evaluation.metrics.shifts import SHIFTS, Shifted
from evaluation.metrics.sketch import COARSER, Sketch, edges
from evaluation.metrics.stocked import FinishedInventory

if TYPE_CHECKING:
    from evaluation.metrics import Finished
    from projects.catalogue import Terms

# A twelfth of a year of 365.25 days.
DAYS_A_MONTH: Final = Decimal("30.4375")
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One stored point: cases flagged for nothing, cases missed, of how many.

    Of a forecast or of stock: units too many and too few, ``priced`` being what the
    units too many are multiplied by (their worth, where stock is held).
    """

    at: float
    false_alarms: float
    misses: float
    priced: float
    calm: float
    happened: float

    @property
    def false_alarm_rate(self) -> float | None:
        """Of the cases where nothing happened, how many were flagged."""
        return self.false_alarms / self.calm if self.calm else None

    @property
    def miss_rate(self) -> float | None:
        """Of the cases where something happened, or units asked for, how many went."""
        return self.misses / self.happened if self.happened else None


@dataclass(frozen=True, slots=True)
class Price:
    """What one error costs in yen, with the lowest and the highest estimate."""

    cost: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """What the errors of one point cost, whole yen."""

    yen: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Curve:
    """All stored points, rising, and what turns their counts into a month's yen.

    ``scale`` is how many times the file fits into a month of the site; None where
    nothing says how much the site judges.
    """

    steps: tuple[Step, ...]
    scale: Decimal | None
    of_alarm: Price | None
    of_miss: Price | None

    @property
    def is_priced(self) -> bool:
        """Whether both errors have a price."""
        return self.of_alarm is not None and self.of_miss is not None

    def step(self, at: float) -> Step:
        """The stored point at or next above a value; the last one beyond all.

        Between two stored points the next one's counts hold. IndexError of nothing.
        """
        place = bisect_left(self.steps, at, key=lambda one: one.at)
        return self.steps[min(place, len(self.steps) - 1)]

    def a_month(self, count: float) -> Decimal | None:
        """So many of the file as so many a month of the site."""
        return None if self.scale is None else _exact(count) * self.scale

    def bill(self, step: Step) -> Bill | None:
        """A month's yen at one point, of the file where no volume is agreed."""
        if self.of_alarm is None or self.of_miss is None:
            return None
        times = Decimal(1) if self.scale is None else self.scale
        alarms, misses = _exact(step.priced) * times, _exact(step.misses) * times
        return Bill(
            *(
                _whole(alarms * alarm + misses * miss)
                for alarm, miss in (
                    (self.of_alarm.cost, self.of_miss.cost),
                    (self.of_alarm.low, self.of_miss.low),
                    (self.of_alarm.high, self.of_miss.high),
                )
            )
        )

    def parts(self, step: Step) -> tuple[Decimal, Decimal] | None:
        """The yen of false alarms and of misses by themselves."""
        if self.of_alarm is None or self.of_miss is None:
            return None
        times = Decimal(1) if self.scale is None else self.scale
        return (
            _whole(_exact(step.priced) * times * self.of_alarm.cost),
            _whole(_exact(step.misses) * times * self.of_miss.cost),
        )


@dataclass(frozen=True, slots=True)
class Region:
    """What the error budget allows in a month; None allows any."""

    false_alarms: Decimal | None = None
    misses: Decimal | None = None
    yen: Decimal | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing at all is limited."""
        return self.false_alarms is None and self.misses is None and self.yen is None


IN_A_YEAR: Final = {
    "week": Decimal("365.25") / 7,
    "month": Decimal(12),
    "quarter": Decimal(4),
    "year": Decimal(1),
}


def monthly(count: int | Decimal, per: str) -> Decimal:
    """So many in a period as so many a month. KeyError for an unknown period."""
    return Decimal(count) * IN_A_YEAR[per] / MONTHS


def is_inside(curve: Curve, step: Step, region: Region) -> bool:
    """Whether a point keeps all that the budget allows; at a limit it does.

    What cannot be told, for want of a volume or of a price, is not inside.
    """
    found = (
        (region.false_alarms, curve.a_month(step.false_alarms)),
        (region.misses, curve.a_month(step.misses)),
        (region.yen, _month_yen(curve, step)),
    )
    return all(
        most is None or (value is not None and value <= most) for most, value in found
    )


def _month_yen(curve: Curve, step: Step) -> Decimal | None:
    bill = curve.bill(step)
    return None if bill is None or curve.scale is None else bill.yen


def cheapest(curve: Curve, region: Region | None = None) -> Step | None:
    """The stored point of least cost, inside the region if one is given; or None.

    Of points that cost the same, the first.
    """
    allowed = [
        step for step in curve.steps if region is None or is_inside(curve, step, region)
    ]
    bills = [(bill.yen, step) for step in allowed if (bill := curve.bill(step))]
    return min(bills, key=lambda one: one[0])[1] if bills else None


def stretches(curve: Curve, region: Region) -> tuple[tuple[float, float], ...]:
    """From which point to which the budget is kept, one pair a stretch."""
    found: list[tuple[float, float]] = []
    follows = False
    for step in curve.steps:
        inside = is_inside(curve, step, region)
        if inside and follows:
            found[-1] = found[-1][0], step.at
        elif inside:
            found.append((step.at, step.at))
        follows = inside
    return tuple(found)


def curve_of(
    finished: Finished, rows_a_month: int | None = None, segment: str = ""
) -> Curve | None:
    """The curve of a measured file or of one segment; None where none was stored.

    KeyError for an unknown segment.
    """
    if isinstance(finished, FinishedDetection):
        steps, terms = _of_scores(finished, segment), finished.terms
        prices = terms.yen_false_alarm, terms.yen_miss
        names = "yen_false_alarm", "yen_miss"
    elif isinstance(finished, FinishedForecast):
        steps, terms = _of_shifts(finished.shifted, segment), finished.terms
        prices = terms.yen_over, terms.yen_under
        names = "yen_over", "yen_under"
    elif isinstance(finished, FinishedInventory):
        steps, terms = _of_shifts(finished.shifted, segment), finished.terms
        prices = terms.holding_rate, terms.yen_shortage
        names = "holding_rate", "yen_shortage"
    else:
        return None
    if not steps:
        return None
    of_alarm, of_miss = (
        _price(terms, name, cost) for name, cost in zip(names, prices, strict=True)
    )
    return Curve(steps, _scale(finished, terms, rows_a_month), of_alarm, of_miss)


def judged_point(finished: Finished, rows_a_month: int | None = None) -> Curve | None:
    """A curve of one point: the file as it was judged, unmoved; None without prices.

    Of a detection it needs no scores.
    """
    if isinstance(finished, FinishedDetection):
        c, terms = finished.confusion(), finished.terms
        judged = Step(0.0, c.fp, c.fn, c.fp, c.calm, c.happened)
        of_alarm = _price(terms, "yen_false_alarm", terms.yen_false_alarm)
        of_miss = _price(terms, "yen_miss", terms.yen_miss)
        scale = _scale(finished, terms, rows_a_month)
        curve = Curve((judged,), scale, of_alarm, of_miss)
    else:
        whole = curve_of(finished, rows_a_month)
        if whole is None:
            return None
        curve = replace(whole, steps=(whole.step(0.0),))
    return curve if curve.is_priced else None


def _of_scores(finished: FinishedDetection, segment: str) -> tuple[Step, ...]:
    c, ranking = finished.confusion(segment), finished.ranking
    if ranking is None:
        return ()
    if segment:
        packed = finished.sketches.get(segment)
        if packed is None:
            return ()
        # Counts of a sketch are exact at the edges of its bins, and only there.
        sketch = Sketch.decoded(packed)
        at = edges(sketch.bins << COARSER).tolist()
        missed = (np.cumsum(sketch.real) - sketch.real).tolist()
        quiet = (np.cumsum(sketch.normal) - sketch.normal).tolist()
        real, normal = sketch.positives, sketch.negatives
        counted = [
            (point, normal - tn, fn)
            for point, tn, fn in zip(at, quiet, missed, strict=True)
        ]
    else:
        real = ranking.positives
        counted = [(point, fp, fn) for point, _tp, fp, fn, _tn in ranking.sweep]
    # A row without a score is flagged at no point: a miss wherever it was real.
    unscored = c.happened - real
    return tuple(
        Step(point, fp, fn + unscored, fp, c.calm, c.happened)
        for point, fp, fn in counted
    )


def _of_shifts(shifted: Shifted | None, segment: str) -> tuple[Step, ...]:
    if shifted is None:
        return ()
    # Of too many lines only the whole is kept.
    sums = shifted.by_line.get(segment) if segment else shifted.whole
    if sums is None:
        return ()
    return tuple(
        Step(shift / 100, over, under, worth, 0.0, sums.asked)
        for shift, over, under, worth in zip(
            SHIFTS, sums.over, sums.under, sums.worth, strict=True
        )
    )


def _price(terms: Terms, name: str, cost: float | None) -> Price | None:
    if cost is None:
        return None
    ends = [getattr(terms, f"{name}_{end}", None) for end in ("low", "high")]
    return Price(*(_exact(one if one is not None else cost) for one in (cost, *ends)))


def _scale(
    finished: Finished, terms: Terms, rows_a_month: int | None
) -> Decimal | None:
    rows = Decimal(finished.rows)
    if rows_a_month is not None:
        return Decimal(rows_a_month) / rows
    if isinstance(finished, FinishedInventory):
        # Its periods are the site's own: no other volume is needed.
        months = Decimal(MONTHS) / _exact(terms.periods_a_year)
        return 1 / (finished.whole.periods * months)
    if terms.cases_a_day is None:
        return None
    return _exact(terms.cases_a_day) * DAYS_A_MONTH / rows


def _exact(number: float) -> Decimal:
    return Decimal(repr(number))


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP)
