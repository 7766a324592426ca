"""How often a site sees alarms and misses, if its days are like the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evaluation.judge import Measured
from evaluation.metrics.intervals import clopper_pearson

if TYPE_CHECKING:
    from evaluation.metrics.counts import Confusion

# A day, a week, and a twelfth of a year of 365.25 days.
DAYS: Final = (1.0, 7.0, 365.25 / 12)


def at_volume(
    c: Confusion, cases_a_day: float, confidence: float = 0.95
) -> dict[str, tuple[Measured, ...]]:
    """Alarms, false alarms and misses in each of DAYS, with two-sided intervals.

    The share of all rows that are such, by Clopper and Pearson, times the cases of
    that time. ValueError without a row.
    """
    found = {}
    for key, hits in (
        ("alarms", c.flagged),
        ("false_alarms", c.fp),
        ("misses", c.fn),
    ):
        low, high = clopper_pearson(hits, c.rows, confidence, one_sided=False)
        share = hits / c.rows
        share, rows = hits / c.rows, c.rows
        found[key] = tuple(
            Measured(share * many, low * many, high * many, rows, hits, confidence)
            for many in (cases_a_day * days for days in DAYS)
        )
    return found
