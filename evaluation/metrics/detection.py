"""Detection: parts of rows that merge in any order, finished into every metric."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.metrics import ranked
from evaluation.metrics.detected import FinishedDetection
from evaluation.metrics.events import FinishedEvents, tally, together
from evaluation.metrics.losses import Loss, losses, merged_losses
from evaluation.metrics.runs import Stretches, courses, stretches
from evaluation.metrics.scores import rank
from evaluation.metrics.sketch import BINS, COARSE, Sketch, bins_of, coarse
from evaluation.metrics.sums import coded
from projects.catalogue import Terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

PLAIN: Final = Terms()
# Of more segments than this no histograms of scores are kept: a thousand take 16 MB.
MOST_RANKED: Final = 1_000
MOST_SEGMENTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class DetectionPart:
    """Counts and scores of some rows; parts merge in any order.

    ``table`` has a row for each of ``names`` and a column for each cell: truth, then
    judgement, then the present rule's judgement if there is one. ``histograms`` are
    scores by segment, class and coarse bin, None if there are none or too many.
    Scores are kept in ``real`` and ``normal``, or counted by bin in ``bins``;
    finishing takes them, so that they are never held twice.
    """

    names: tuple[str, ...]
    table: Ints
    has_segments: bool
    scored: bool = False
    histograms: Ints | None = None
    real: list[NDArray[Any]] = field(default_factory=list)
    normal: list[NDArray[Any]] = field(default_factory=list)
    bins: Ints | None = None
    losses: Loss | None = None
    course: list[Stretches] = field(default_factory=list)
    without_score: int = 0
    left_out: int = 0


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
    course = []
    if "timestamp" in batch.schema.names:
        # All rows, as those that do not count still take their place.
        course = [stretches(batch, first_row, *_judged(batch, terms))]
    batch, left_out = _that_count(batch, terms)
    names = set(batch.schema.names)
    kinds = max(len(terms.classes), 2)
    real, flagged = _judged(batch, terms)
    score = _numpy(batch.column("y_score")) if "y_score" in names else None
    cell, cells = kinds * real + flagged, kinds * kinds
    if "y_rule" in names:
        cell = kinds * cell + _codes(batch.column("y_rule"), terms.classes)
        cells *= kinds
    codes, segments = _segments(batch)
    if codes is not None:
        cell += cells * codes
    table = np.bincount(cell, minlength=cells * len(segments)).reshape(-1, cells)
    held = DetectionPart(
        segments, table, codes is not None, course=course, left_out=left_out
    )
    if score is None:
        return held
    return _with_scores(held, score, real > 0, codes, sketch)


def _judged(batch: pa.RecordBatch, terms: Terms) -> tuple[Ints, Ints]:
    """What is true of each row and what was said of it, as numbers of classes."""
    names = set(batch.schema.names)
    real = _codes(batch.column("y_true"), terms.classes)
    if "y_score" in names and terms.threshold is not None:
        score = _numpy(batch.column("y_score"))
        return real, (score >= terms.threshold).astype(np.int64)
    if "y_pred" in names:
        return real, _codes(batch.column("y_pred"), terms.classes)
    raise ValueError("either y_pred, or y_score with a threshold, is needed")


def _that_count(batch: pa.RecordBatch, terms: Terms) -> tuple[pa.RecordBatch, int]:
    names, kept = set(batch.schema.names), None
    if "scored" in names:
        kept = pc.equal(batch.column("scored"), 1)
    if "y_score" in names and terms.without_score == "left_out":
        has_score = pc.fill_null(pc.is_finite(batch.column("y_score")), False)
        kept = has_score if kept is None else pc.and_(kept, has_score)
    if kept is None:
        return batch, 0
    counting = batch.filter(kept)
    return counting, batch.num_rows - counting.num_rows


def _numpy(column: pa.Array) -> NDArray[Any]:
    found: NDArray[Any] = column.to_numpy(zero_copy_only=False)
    return found


def _codes(column: pa.Array, named: tuple[str, ...]) -> Ints:
    if named:
        column = pc.index_in(column.cast(pa.string()), pa.array(named, pa.string()))
    return _numpy(column).astype(np.int64)


def _segments(batch: pa.RecordBatch) -> tuple[Ints | None, tuple[str, ...]]:
    if "segment" not in batch.schema.names:
        return None, ("",)
    codes, names = coded(batch, "segment")
    return codes, tuple(names)


def _with_scores(
    held: DetectionPart,
    score: NDArray[Any],
    real: NDArray[np.bool_],
    codes: Ints | None,
    sketch: bool,
) -> DetectionPart:
    known, without = np.isfinite(score), 0
    if not known.all():
        without = int((~known).sum())
        score, real = score[known], real[known]
        codes = None if codes is None else codes[known]
    by_segment = codes is not None and len(held.names) <= MOST_RANKED
    counted = histograms = None
    if sketch or by_segment:
        bins = bins_of(score)
        if sketch:
            alike = np.bincount(bins, minlength=BINS)
            apart = np.bincount(bins[real], minlength=BINS)
            counted = np.stack([alike - apart, apart])
        if by_segment and codes is not None:
            wide = 2 * COARSE
            at = coarse(bins) + COARSE * real + wide * codes
            histograms = np.bincount(at, minlength=wide * len(held.names))
            histograms = histograms.reshape(-1, 2, COARSE)
    return replace(
        held,
        scored=True,
        histograms=histograms,
        real=[] if sketch else [score[real]],
        normal=[] if sketch else [score[~real]],
        bins=counted,
        losses=losses(score, real) if sketch else None,
        without_score=without,
    )


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
        one.real + other.real,
        one.normal + other.normal,
        bins,
        merged_losses(one.losses, other.losses),
        one.course + other.course,
        one.without_score + other.without_score,
        one.left_out + other.left_out,
    )


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
    """Everything that can be said of the rows counted; takes the part's scores."""
    order = sorted(range(len(part.names)), key=part.names.__getitem__)
    ranking = prices = None
    if terms.yen_false_alarm is not None and terms.yen_miss is not None:
        prices = terms.yen_false_alarm, terms.yen_miss
    if part.bins is not None:
        ranking = ranked.of_sketch(part.bins, part.losses, prices)
    elif part.scored:
        ranking = rank(_taken(part.real), _taken(part.normal), prices)
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


def _taken(pieces: list[NDArray[Any]]) -> NDArray[Any]:
    """All pieces as one array, each let go as it is copied."""
    whole = np.empty(sum(map(len, pieces)), np.result_type(*pieces))
    end = len(whole)
    while pieces:
        piece = pieces.pop()
        whole[end - len(piece) : end] = piece
        end -= len(piece)
    return whole
