"""Detection: parts of rows that merge in any order, finished into every metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from evaluation.metrics import ranked
from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.events import FinishedEvents, tally, together
from evaluation.metrics.losses import merged_losses
from evaluation.metrics.runs import courses
from evaluation.metrics.scores import rank
from evaluation.metrics.sketch import Sketch
from evaluation.metrics.tally import MOST_RANKED, DetectionPart, Tally
from projects.catalogue import Terms

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

PLAIN: Final = Terms()
MOST_SEGMENTS: Final = 100_000


def part(
    batch: pa.RecordBatch,
    first_row: int = 0,
    terms: Terms = PLAIN,
    *,
    sketch: bool = False,
) -> DetectionPart:
    """Count one batch with columns y_true, y_pred and/or y_score, segment? y_rule?.

    With a threshold agreed, a row scored at or above it is flagged and one without a
    score is not; without, y_pred decides. Rows that do not count (``scored`` is 0, or
    no score where those are left out) are left out of everything. With ``sketch``,
    scores are counted by bin instead of kept. ValueError when nothing says what is
    flagged.
    """
    tally = Tally(terms, sketch=sketch)
    tally.add(batch, first_row)
    return tally.part()


def merge(one: DetectionPart, other: DetectionPart) -> DetectionPart:
    """Both parts as one; finishing does not depend on the order of merging."""
    if one.names == other.names:
        names, table = one.names, one.table + other.table
        histograms = None
        if one.histograms is not None and other.histograms is not None:
            histograms = one.histograms + other.histograms
    else:
        names, at, there = _joined(one.names, other.names)
        table = _sum(one.table, at, other.table, there, len(names))
        histograms = None
        fits = len(names) <= MOST_RANKED
        if fits and one.histograms is not None and other.histograms is not None:
            histograms = _sum(one.histograms, at, other.histograms, there, len(names))
    bins = one.bins
    if bins is not None and other.bins is not None:
        bins = bins + other.bins
    return DetectionPart(
        names,
        table,
        one.has_segments,
        one.scored,
        histograms,
        one.every + other.every,
        one.real + other.real,
        bins,
        merged_losses(one.losses, other.losses),
        one.course + other.course,
        one.without_score + other.without_score,
        one.left_out + other.left_out,
        _total(one.weighted_rows, other.weighted_rows),
    )


def _total(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _joined(
    one: tuple[str, ...], other: tuple[str, ...]
) -> tuple[tuple[str, ...], Ints, Ints]:
    place = {name: i for i, name in enumerate(one)}
    for name in other:
        place.setdefault(name, len(place))
    there = np.fromiter((place[name] for name in other), np.int64, len(other))
    return tuple(place), np.arange(len(one)), there


def _sum(one: Ints, at: Ints, other: Ints, there: Ints, rows: int) -> Ints:
    total = np.zeros((rows, *one.shape[1:]), np.int64)
    total[at] += one
    total[there] += other
    return total


# Any: there is no history to detection.
def finish(
    part: DetectionPart, terms: Terms = PLAIN, history: Any = None
) -> FinishedDetection:
    """Everything that can be said of the rows counted."""
    order = sorted(range(len(part.names)), key=part.names.__getitem__)
    ranking = prices = None
    if terms.yen_false_alarm is not None and terms.yen_miss is not None:
        prices = terms.yen_false_alarm, terms.yen_miss
    if part.bins is not None:
        ranking = ranked.of_sketch(part.bins, part.losses, prices)
    elif part.scored:
        ranking = rank(part.every, part.real, part.losses, prices)
    tables = {part.names[i]: tuple(part.table[i].tolist()) for i in order}
    sketches = {}
    if part.histograms is not None:
        sketches = {
            part.names[i]: Sketch.of_counts(*part.histograms[i][::-1]).encoded()
            for i in order
        }
    return FinishedDetection(
        terms=terms,
        whole=tuple(part.table.sum(axis=0).tolist()),
        by_segment=tables if part.has_segments else {},
        ranking=ranking,
        events=_events(part, terms),
        sketches=sketches,
        rows_without_score=part.without_score,
        rows_left_out=part.left_out,
        weighted_rows=part.weighted_rows,
    )


def _events(part: DetectionPart, terms: Terms) -> FinishedEvents | None:
    if not part.course:
        return None
    held = courses(part.course)
    if held is None or len(held) > MOST_SEGMENTS:
        return None
    tallies = {course.name: tally(course, terms) for course in held}
    by_segment = tallies if part.has_segments else {}
    return FinishedEvents(together(list(tallies.values())), by_segment)
