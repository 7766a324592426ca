"""Detection rows counted in place, piece by piece, until a stripe is added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.arrays import values_of
from evaluation.metrics.losses import PIECE, Loss, Losses
from evaluation.metrics.runs import Stretches, stretches
from evaluation.metrics.sketch import BINS, COARSE, COARSER, bins_into
from evaluation.metrics.sums import in_use

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from projects.catalogue import Terms

    Ints = NDArray[np.int64]

# Of more segments than this no histograms of scores are kept: a thousand take 16 MB.
MOST_RANKED: Final = 1_000


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


class Tally:
    """Rows counted batch by batch into the same arrays: fresh memory is dear.

    A batch has columns y_true, y_pred and/or y_score, segment? y_rule? scored?
    """

    def __init__(self, terms: Terms, *, sketch: bool = False) -> None:
        self._terms, self._sketch = terms, sketch
        self._kinds = max(len(terms.classes), 2)
        self._names: dict[str, int] = {}
        self._last: tuple[pa.Array, Ints | None] | None = None
        self._table = np.zeros((0, 0), np.int64)
        self._histograms: Ints | None = None
        self._may_rank = True
        self._has_segments = self._scored = False
        self._real: list[NDArray[Any]] = []
        self._normal: list[NDArray[Any]] = []
        self._bins: Ints | None = None
        self._losses = Losses()
        self._course: list[Stretches] = []
        self._without_score = self._left_out = 0
        # Room for one piece of rows: what fits the processor's cache stays there.
        self._ints = np.empty((4, PIECE), np.int64)
        self._floats = np.empty((3, PIECE), np.float64)

    def add(self, batch: pa.RecordBatch, first_row: int) -> None:
        """Count one batch. ValueError when nothing says what is flagged."""
        if "timestamp" in batch.schema.names:
            # All rows, as those that do not count still take their place.
            truth, flagged = judged_rows(batch, self._terms)
            self._course.append(stretches(batch, first_row, truth, flagged))
        batch, left_out = _that_count(batch, self._terms)
        self._left_out += left_out
        names = set(batch.schema.names)
        truth, flagged = judged_rows(batch, self._terms)
        rule = None
        if "y_rule" in names:
            rule = _codes(batch.column("y_rule"), self._terms.classes)
        self._has_segments = "segment" in names
        codes = there = None
        if self._has_segments:
            codes, there = self._segments(batch.column("segment"))
        elif not self._names:
            self._names = {"": 0}
        self._grow(self._kinds ** (2 if rule is None else 3))
        self._count(truth, flagged, rule, codes, there)
        if "y_score" in names:
            self._scored = True
            self._rank(values_of(batch.column("y_score")), truth, codes, there)

    def part(self) -> DetectionPart:
        """What the rows add up to; names that no row has are left out."""
        used: NDArray[np.bool_] = np.asarray(self._table.any(axis=1))
        histograms = self._histograms
        if not self._scored or not self._has_segments or int(used.sum()) > MOST_RANKED:
            histograms = None
        names = tuple(self._names)
        table = self._table
        if self._has_segments and not used.all():
            names = tuple(n for n, kept in zip(names, used, strict=True) if kept)
            table = table[used]
            histograms = None if histograms is None else histograms[used]
        return DetectionPart(
            names,
            table,
            self._has_segments,
            self._scored,
            None if histograms is None else histograms.reshape(-1, 2, COARSE),
            self._real,
            self._normal,
            self._bins,
            self._losses.so_far() if self._scored and self._sketch else None,
            self._course,
            self._without_score,
            self._left_out,
        )

    def _segments(self, column: pa.Array) -> tuple[NDArray[Any], Ints | None]:
        """The codes of a column of names, and what each code is called here."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        codes = values_of(column.indices)
        held = column.dictionary
        if self._last is not None and held.equals(self._last[0]):
            return codes, self._last[1]
        named = held.to_pylist()
        if self._may_rank and len(self._names.keys() | named) > MOST_RANKED:
            # Only names that rows have count against the limit.
            self._forget_unused()
            used = in_use(codes, len(named))
            named = [n for n, kept in zip(named, used, strict=True) if kept]
            codes = (np.cumsum(used) - 1)[codes]
            self._may_rank = len(self._names.keys() | named) <= MOST_RANKED
            held = pa.array(named, pa.string())
            self._last = None
            return codes, self._placed(named)
        there = self._placed(named)
        self._last = held, there
        return codes, there

    def _placed(self, named: list[str]) -> Ints | None:
        names = self._names
        there = np.array([names.setdefault(n, len(names)) for n in named], np.int64)
        return None if (there == np.arange(len(there))).all() else there

    def _forget_unused(self) -> None:
        used: NDArray[np.bool_] = np.asarray(self._table.any(axis=1))
        kept = [name for name, held in zip(self._names, used, strict=False) if held]
        self._names = {name: i for i, name in enumerate(kept)}
        self._table = self._table[used]
        if self._histograms is not None:
            self._histograms = self._histograms[used]

    def _grow(self, cells: int) -> None:
        """Make room for every name and cell there is by now."""
        self._table = _longer(self._table, len(self._names), cells)
        if not self._may_rank:
            self._histograms = None
        elif self._has_segments:
            held = self._histograms
            held = np.zeros((0, 2 * COARSE), np.int64) if held is None else held
            self._histograms = _longer(held, len(self._names), 2 * COARSE)

    def _count(
        self,
        truth: NDArray[Any],
        flagged: NDArray[Any],
        rule: NDArray[Any] | None,
        codes: NDArray[Any] | None,
        there: Ints | None,
    ) -> None:
        counts, cells = self._table.reshape(-1), self._table.shape[1]
        for start in range(0, len(truth), PIECE):
            at = slice(start, start + PIECE)
            rows = len(truth[at])
            cell, more = self._ints[0, :rows], self._ints[1, :rows]
            cell[:] = truth[at]
            for judged in (flagged, rule):
                if judged is not None:
                    cell *= self._kinds
                    more[:] = judged[at]
                    cell += more
            if codes is not None:
                cell += _times(codes[at], there, cells, more)
            np.add.at(counts, cell, 1)

    def _rank(
        self,
        score: NDArray[Any],
        truth: NDArray[Any],
        codes: NDArray[Any] | None,
        there: Ints | None,
    ) -> None:
        real = truth > 0
        # A sum is finite only if all of it is; the rare overflow is looked at closely.
        with np.errstate(over="ignore", invalid="ignore"):
            total = score.sum()
        if not np.isfinite(total):
            known = np.isfinite(score)
            self._without_score += int((~known).sum())
            score, real = score[known], real[known]
            codes = None if codes is None else codes[known]
        if not self._sketch:
            self._real.append(score[real])
            self._normal.append(score[~real])
        elif self._bins is None:
            self._bins = np.zeros((2, BINS), np.int64)
        if len(score) and (self._sketch or self._histograms is not None):
            self._losses.begin()
            for start in range(0, len(score), PIECE):
                at = slice(start, start + PIECE)
                own = None if codes is None else codes[at]
                self._piece(score[at], real[at], own, there)
            self._losses.end()

    def _piece(
        self,
        score: NDArray[Any],
        real: NDArray[np.bool_],
        codes: NDArray[Any] | None,
        there: Ints | None,
    ) -> None:
        rows = len(score)
        bins, more, happened, _spare = self._ints[:, :rows]
        other, told, spare = self._floats[:, :rows]
        plain = score.astype(np.float64, copy=False)
        np.subtract(1.0, plain, out=other)
        ends = float(plain.min()), float(plain.max())
        bins_into(bins, plain, other, ends, more)
        happened[:] = real
        if self._bins is not None:
            np.multiply(happened, BINS, out=more)
            more += bins
            np.add.at(self._bins.reshape(-1), more, 1)
            self._losses.add(plain, real, ends, (other, told, spare), more)
        if self._histograms is not None and codes is not None:
            bins >>= COARSER
            happened *= COARSE
            bins += happened
            bins += _times(codes, there, 2 * COARSE, more)
            np.add.at(self._histograms.reshape(-1), bins, 1)


def _longer(held: Ints, rows: int, columns: int) -> Ints:
    if held.shape == (rows, columns):
        return held
    found = np.zeros((rows, columns), np.int64)
    if len(held):
        found[: len(held)] = held
    return found


def _times(codes: NDArray[Any], there: Ints | None, by: int, room: Ints) -> Ints:
    """Where the cells of each code begin, written into ``room``."""
    if there is None:
        room[:] = codes
    else:
        # Codes are places already, so that none is out of bounds.
        there.take(codes, out=room, mode="clip")
    room *= by
    return room


def judged_rows(
    batch: pa.RecordBatch, terms: Terms
) -> tuple[NDArray[Any], NDArray[Any]]:
    """What is true of each row and what was said of it, as numbers of classes.

    With a threshold agreed, a row scored at or above it is flagged and one without a
    score is not; without, y_pred decides. ValueError when nothing says what is flagged.
    """
    names = set(batch.schema.names)
    truth = _codes(batch.column("y_true"), terms.classes)
    if "y_score" in names and terms.threshold is not None:
        return truth, values_of(batch.column("y_score")) >= terms.threshold
    if "y_pred" in names:
        return truth, _codes(batch.column("y_pred"), terms.classes)
    raise ValueError("either y_pred, or y_score with a threshold, is needed")


def counted_rows(batch: pa.RecordBatch, terms: Terms) -> pa.BooleanArray | None:
    """Which rows count; None where all do.

    Those whose ``scored`` is 0 do not, nor those without a score where so agreed.
    """
    names, kept = set(batch.schema.names), None
    if "scored" in names:
        kept = pc.equal(batch.column("scored"), 1)
    if "y_score" in names and terms.without_score == "left_out":
        has_score = pc.fill_null(pc.is_finite(batch.column("y_score")), False)
        kept = has_score if kept is None else pc.and_(kept, has_score)
    return kept


def _that_count(batch: pa.RecordBatch, terms: Terms) -> tuple[pa.RecordBatch, int]:
    kept = counted_rows(batch, terms)
    if kept is None:
        return batch, 0
    counting = batch.filter(kept)
    return counting, batch.num_rows - counting.num_rows


def _codes(column: pa.Array, named: tuple[str, ...]) -> NDArray[Any]:
    if named:
        column = pc.index_in(column.cast(pa.string()), pa.array(named, pa.string()))
    return values_of(column)
