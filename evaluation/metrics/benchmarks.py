"""How two public benchmarks score detectors: NAB by rows, SKAB by change points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.metrics.runs import FLAGGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.metrics.runs import Course
    from projects.catalogue import Terms

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

# Weights of a true alarm, a false one and a miss: standard, fewer false alarms, fewer
# misses (Lavin and Ahmad 2015).
PROFILES: Final = ((1.0, 0.11, 1.0), (1.0, 0.22, 1.0), (1.0, 0.11, 2.0))
FAR: Final = 3.0
MICROSECONDS: Final = 1_000_000


def nab(course: Course, start: Ints, end: Ints, probation: int) -> tuple[float, ...]:
    """The raw NAB score of one segment under each of PROFILES.

    ``start`` and ``end`` are the first and last rows of its windows, ``probation`` the
    first row that counts. The earliest alarm in a window earns most, an alarm outside
    costs more the further it is behind the last window.
    """
    rows = _flagged(course)
    rows = rows[rows >= probation]
    window = end.searchsorted(rows)
    inside = window < len(start)
    inside[inside] = start[window[inside]] <= rows[inside]
    best = np.full(len(start), -math.inf)
    if inside.any():
        of = window[inside]
        length = end[of] - start[of] + 1
        gained = _sigmoid(-(end[of] - rows[inside] + 1) / length) / _sigmoid(-1.0)
        np.maximum.at(best, of, gained)
    outside = rows[~inside]
    before = end.searchsorted(outside) - 1
    far = np.full(len(outside), 9.0)
    behind = before >= 0
    of = before[behind]
    far[behind] = (outside[behind] - end[of]) / np.maximum(end[of] - start[of], 1)
    lost = float(np.where(far > FAR, -1.0, _sigmoid(far)).sum())
    return tuple(
        float(np.maximum(best * hit, -miss).sum()) + lost * false
        for hit, false, miss in PROFILES
    )


def nab_normalised(raw: tuple[float, ...], windows: int) -> tuple[float, ...]:
    """Scores of 100 for a perfect detector and 0 for one that never flags."""
    return tuple(
        100 * (score + miss * windows) / ((hit + miss) * windows)
        for score, (hit, _false, miss) in zip(raw, PROFILES, strict=True)
    )


def _sigmoid(place: Floats | float) -> Floats:
    found: Floats = np.asarray(2 / (1 + np.exp(5 * np.asarray(place))) - 1)
    return found


def _flagged(course: Course) -> Ints:
    """The number of every flagged row of the segment."""
    on = (course.state & FLAGGED) > 0
    start, rows = course.start[on], course.rows[on]
    if not len(rows):
        return np.empty(0, np.int64)
    offset = np.arange(int(rows.sum())) - np.repeat(np.cumsum(rows) - rows, rows)
    found: Ints = np.repeat(start, rows) + offset
    return found


@dataclass(frozen=True, slots=True)
class Changes:
    """Change points of one segment: how many, missed, told falsely; delays (s)."""

    real: int
    missed: int
    false: int
    delays: tuple[float, ...]


def changes(course: Course, terms: Terms) -> Changes | None:
    """Change points as SKAB scores them; None when the file has none marked.

    Each may be told within the agreed time after it; where two such times overlap, the
    later one is cut. What is told is where the judgement changes, after an alarm has
    been held for the agreed number of rows.
    """
    if course.changes is None or course.times is None:
        return None
    times = course.times
    flagged = np.zeros(len(times), bool)
    flagged[_flagged(course)] = True
    if terms.hold_rows > 1:
        held, told = terms.hold_rows, np.cumsum(np.concatenate([[0], flagged]))
        flagged = np.zeros(len(times), bool)
        # Before so many rows have passed nothing is told.
        flagged[held - 1 :] = (told[held:] - told[:-held]) > 0
    changed = np.diff(flagged.astype(np.int8), prepend=np.int8(0)) != 0
    said = times[changed]
    window = round(terms.event_window_seconds * MICROSECONDS)
    start, end = course.changes.copy(), course.changes + window
    for i in range(1, len(start)):
        start[i] = max(start[i], end[i - 1]) if end[i - 1] >= start[i] else start[i]
    inside = np.zeros(len(said), bool)
    delays: list[float] = []
    for low, high in zip(start.tolist(), end.tolist(), strict=True):
        at = (said >= low) & (said <= high)
        inside |= at
        if at.any():
            delays.append((int(said[at][0]) - low) / MICROSECONDS)
    return Changes(
        len(start), len(start) - len(delays), int((~inside).sum()), tuple(delays)
    )
