"""Events and alarms: what was found of what happened, how soon, how often in vain."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from evaluation.judge import Measured
from evaluation.metrics import benchmarks, intervals, reasons
from evaluation.metrics.counts import withheld
from evaluation.metrics.runs import COUNTED, FLAGGED, REAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evaluation.metrics.runs import Course
    from projects.catalogue import Terms

    Ints = NDArray[np.int64]

SHARES: Final = ("event_recall", "event_precision", "early_share")
DELAYS: Final = ("delay_mean", "delay_median")
A_DAY: Final = ("false_alarms_per_day", "alarms_per_day")
RANGES: Final = ("range_precision", "range_recall")
NAB: Final = ("nab_standard", "nab_low_fp", "nab_low_fn")
CHANGES: Final = ("changepoints_missed", "changepoints_false", "changepoint_delay")
KEYS: Final = (*SHARES, "event_f1", *DELAYS, *A_DAY, *RANGES, *NAB, *CHANGES)
MICROSECONDS: Final = 1_000_000
DAY: Final = 86_400.0
NEVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class Tally:
    """What one segment, or all of them, add up to; delays are in seconds.

    ``days`` is how long was watched. ``overlap`` is the sum over
    events and over alarms of the share covered (Tatbul et al. 2018).
    """

    events: int = 0
    found: int = 0
    early: int = 0
    alarms: int = 0
    true_alarms: int = 0
    days: float = 0.0
    delays: tuple[float, ...] = ()
    covered: float = 0.0
    justified: float = 0.0
    nab: tuple[float, ...] = (0.0, 0.0, 0.0)
    nab_windows: int = 0
    changes: int | None = None
    changes_missed: int = 0
    changes_false: int = 0
    change_delays: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of rows: first and last row, and their times in microseconds."""

    start: Ints
    end: Ints
    first: Ints
    last: Ints


def tally(course: Course, terms: Terms) -> Tally:
    """The events of one segment: real rows that follow each other are one event.

    Alarms no further apart than agreed are one alarm; one that touches an event is
    true. An event is found by the first alarm within it.
    """
    events = _spans(course, REAL)
    flagged = _spans(course, FLAGGED)
    alarms = _near(flagged, terms.alarm_gap_seconds)
    counted = (course.state & COUNTED) > 0
    first_counted = int(course.start[counted][0]) if counted.any() else NEVER
    watched = events.end >= first_counted
    events = Spans(*(column[watched] for column in _columns(events)))
    hit = flagged.end.searchsorted(events.start)
    found = hit < len(flagged.start)
    found[found] = flagged.start[hit[found]] <= events.end[found]
    # An alarm that was on already found the event as it began.
    began = np.maximum(flagged.first[hit[found]], events.first[found])
    delays = ((began - events.first[found]) / MICROSECONDS).tolist()
    touching = events.end.searchsorted(alarms.start)
    true = touching < len(events.start)
    true[true] = events.start[touching[true]] <= alarms.end[true]
    changed = benchmarks.changes(course, terms)
    return Tally(
        events=len(events.start),
        found=int(found.sum()),
        early=sum(delay <= terms.event_window_seconds for delay in delays),
        alarms=len(alarms.start),
        true_alarms=int(true.sum()),
        days=float(course.last[-1] - course.first[0]) / MICROSECONDS / DAY,
        delays=tuple(delays),
        covered=_covered(events, flagged),
        justified=_covered(alarms, events),
        nab=benchmarks.nab(course, events.start, events.end, first_counted),
        nab_windows=len(events.start),
        changes=None if changed is None else changed.real,
        changes_missed=0 if changed is None else changed.missed,
        changes_false=0 if changed is None else changed.false,
        change_delays=() if changed is None else changed.delays,
    )


def _columns(spans: Spans) -> tuple[Ints, Ints, Ints, Ints]:
    return spans.start, spans.end, spans.first, spans.last


def _spans(course: Course, bit: int) -> Spans:
    """Neighbouring stretches with one bit of the state set, joined."""
    on = ((course.state & bit) > 0).astype(np.int64)
    edges = np.diff(np.concatenate([[0], on, [0]]))
    begin, stop = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    end = course.start[stop] + course.rows[stop] - 1
    return Spans(course.start[begin], end, course.first[begin], course.last[stop])


def _near(spans: Spans, gap_seconds: float) -> Spans:
    if gap_seconds <= 0 or len(spans.start) < 2:
        return spans
    apart = (spans.first[1:] - spans.last[:-1]) > gap_seconds * MICROSECONDS
    begin = np.concatenate([[0], np.flatnonzero(apart) + 1])
    stop = np.concatenate([np.flatnonzero(apart), [len(spans.start) - 1]])
    return Spans(
        spans.start[begin], spans.end[stop], spans.first[begin], spans.last[stop]
    )


def _covered(spans: Spans, others: Spans) -> float:
    """Sum over spans of their share covered, over how many others cover it.

    Tatbul et al. (2018) with flat bias, no reward for mere existence, and the
    cardinality factor 1/x.
    """
    first = others.end.searchsorted(spans.start)
    last = others.start.searchsorted(spans.end, "right")
    total: list[float] = []
    for i in np.flatnonzero(last > first).tolist():
        at = slice(first[i], last[i])
        low = np.maximum(others.start[at], spans.start[i])
        high = np.minimum(others.end[at], spans.end[i])
        rows = int((high - low + 1).sum())
        share = rows / int(spans.end[i] - spans.start[i] + 1)
        total.append(share / int(last[i] - first[i]))
    return math.fsum(total)


def together(tallies: Sequence[Tally]) -> Tally:
    """All segments as one."""
    changes = [one.changes for one in tallies if one.changes is not None]
    return Tally(
        events=sum(one.events for one in tallies),
        found=sum(one.found for one in tallies),
        early=sum(one.early for one in tallies),
        alarms=sum(one.alarms for one in tallies),
        true_alarms=sum(one.true_alarms for one in tallies),
        days=math.fsum(one.days for one in tallies),
        delays=tuple(delay for one in tallies for delay in one.delays),
        covered=math.fsum(one.covered for one in tallies),
        justified=math.fsum(one.justified for one in tallies),
        nab=tuple(
            math.fsum(column) for column in zip(*(o.nab for o in tallies), strict=True)
        ),
        nab_windows=sum(one.nab_windows for one in tallies),
        changes=sum(changes) if changes else None,
        changes_missed=sum(one.changes_missed for one in tallies),
        changes_false=sum(one.changes_false for one in tallies),
        change_delays=tuple(delay for one in tallies for delay in one.change_delays),
    )


@dataclass(frozen=True, slots=True)
class FinishedEvents:
    """The events of a file, whole and by segment; ``runs`` counts alarm stretches."""

    whole: Tally
    by_segment: dict[str, Tally]

    def measured(
        self, metric: str, segment: str, confidence: float, one_sided: bool
    ) -> Measured:
        """One of KEYS. KeyError for an unknown segment.

        Shares of events and of alarms have the Clopper-Pearson interval, alarms a day
        Garwood's (1936) of a Poisson count, delays the normal one.
        """
        held = self.by_segment[segment] if segment else self.whole
        if metric in CHANGES:
            return _changes(metric, held)
        if metric in SHARES:
            hits, cases, reason = {
                "event_recall": (held.found, held.events, reasons.NO_EVENTS),
                "event_precision": (held.true_alarms, held.alarms, reasons.NO_ALARMS),
                "early_share": (held.early, held.events, reasons.NO_EVENTS),
            }[metric]
            if not cases:
                return withheld(reason)
            low, high = intervals.clopper_pearson(
                hits, cases, confidence, one_sided=one_sided
            )
            return Measured(hits / cases, low, high, cases, hits, confidence)
        if metric in DELAYS:
            return _delay(metric, held, confidence, one_sided)
        if metric in A_DAY:
            return _a_day(metric, held, confidence, one_sided)
        if not held.events:
            return withheld(reasons.NO_EVENTS)
        return _plain(metric, held)

    # Any: what json gives and takes.
    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads back without loss."""
        return {
            "whole": asdict(self.whole),
            "segments": {name: asdict(held) for name, held in self.by_segment.items()},
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What ``to_json`` gave. KeyError or TypeError for anything else."""
        return cls(
            _tally_from(stored["whole"]),
            {name: _tally_from(held) for name, held in stored["segments"].items()},
        )


def _tally_from(stored: dict[str, Any]) -> Tally:
    lists = {key: tuple(stored[key]) for key in ("delays", "nab", "change_delays")}
    return Tally(**(stored | lists))


def _delay(metric: str, held: Tally, confidence: float, one_sided: bool) -> Measured:
    if not held.delays:
        return withheld(reasons.NONE_FOUND, held.events)
    delays = np.array(held.delays)
    if metric == "delay_median":
        middle = float(np.median(delays))
        return Measured(middle, None, None, len(delays), None, confidence)
    value = float(delays.mean())
    if len(delays) < 2:
        return Measured(value, None, None, 1, None, confidence)
    error = float(delays.std(ddof=1) / np.sqrt(len(delays)))
    low, high = intervals.around(value, error, confidence, one_sided)
    return Measured(value, max(0.0, low), high, len(delays), None, confidence)


def _a_day(metric: str, held: Tally, confidence: float, one_sided: bool) -> Measured:
    from scipy.special import gammaincinv

    if held.days <= 0:
        return withheld(reasons.NO_TIME_PASSED, held.alarms)
    count = held.alarms - (held.true_alarms if metric == A_DAY[0] else 0)
    out = intervals.tail(confidence, one_sided=one_sided)
    low = float(gammaincinv(count, out)) if count else 0.0
    high = float(gammaincinv(count + 1, 1 - out))
    days = held.days
    return Measured(count / days, low / days, high / days, count, None, confidence)


def _changes(metric: str, held: Tally) -> Measured:
    if held.changes is None:
        return withheld(reasons.NO_CHANGES)
    if metric == "changepoint_delay":
        if not held.change_delays:
            return withheld(reasons.NONE_FOUND, held.changes)
        mean = math.fsum(held.change_delays) / len(held.change_delays)
        return Measured(mean, None, None, len(held.change_delays))
    count = held.changes_missed
    if metric == "changepoints_false":
        count = held.changes_false
    return Measured(float(count), None, None, held.changes)


def _plain(metric: str, held: Tally) -> Measured:
    if metric == "event_f1":
        recall = held.found / held.events
        precision = held.true_alarms / held.alarms if held.alarms else 0.0
        both = recall + precision
        value = 2 * recall * precision / both if both else 0.0
    elif metric == "range_recall":
        value = held.covered / held.events
    elif metric == "range_precision":
        if not held.alarms:
            return withheld(reasons.NO_ALARMS, held.events)
        value = held.justified / held.alarms
    else:
        value = benchmarks.nab_normalised(held.nab, held.nab_windows)[NAB.index(metric)]
    return Measured(value, None, None, held.events)
