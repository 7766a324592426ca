"""Detection rows counted in place, piece by piece, until a stripe is added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluation.arrays import values_of
from evaluation.metrics.kept import Keeper
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
    Scores are kept in the sorted runs of ``every``, and those of real rows in ``real``
    too, or counted by class and bin in ``bins``. ``weighted_rows`` of the file stand
    for those counted; None where each is one case.
    """

    names: tuple[str, ...]
    table: Ints
    has_segments: bool
    scored: bool = False
    histograms: Ints | None = None
    every: tuple[NDArray[Any], ...] = ()
    real: tuple[NDArray[Any], ...] = ()
    bins: Ints | None = None
    losses: Loss | None = None
    course: list[Stretches] = field(default_factory=list)
    without_score: int = 0
    left_out: int = 0
    weighted_rows: int | None = None


class Tally:
    """Rows counted batch by batch into the same arrays: fresh memory is dear.

    A batch has columns y_true, y_pred and/or y_score, segment? y_rule? scored? and
    begins_row?, which is true where a row of the file is first repeated.
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
        self._every, self._real = Keeper(), Keeper()
        self._bins: Ints | None = None
        self._losses = Losses()
        self._course: list[Stretches] = []
        self._without_score = self._left_out = 0
        self._weighted_rows: int | None = None
        # Room for one piece of rows: what fits the processor's cache stays there.
        self._more = np.empty(PIECE, np.int64)
        self._floats = np.empty((2, PIECE), np.float64)
        # And for the bins of a batch.
        self._binned = np.empty(0, np.int64)

    def add(self, batch: pa.RecordBatch, first_row: int) -> None:
        """Count one batch. ValueError when nothing says what is flagged."""
        if "timestamp" in batch.schema.names:
            # All rows, as those that do not count still take their place.
            truth, flagged = judged_rows(batch, self._terms)
            self._course.append(stretches(batch, first_row, truth, flagged))
        batch, left_out = _that_count(batch, self._terms)
        self._left_out += left_out
        names = set(batch.schema.names)
        if "begins_row" in names:
            begun = int(values_of(batch.column("begins_row")).sum())
            self._weighted_rows = (self._weighted_rows or 0) + begun
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
        if rule is None and self._kinds == 2:
            self._count(truth, flagged, codes, there)
        else:
            self._count_kinds(truth, flagged, rule, codes, there)
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
            None if histograms is None else _apart(histograms.reshape(-1, 2, COARSE)),
            self._every.runs(),
            self._real.runs(),
            None if self._bins is None else _apart(self._bins),
            self._losses.so_far() if self._scored else None,
            self._course,
            self._without_score,
            self._left_out,
            self._weighted_rows,
        )

    def _segments(self, column: pa.Array) -> tuple[NDArray[Any], Ints | None]:
        """The codes of a column of names, and what each code is called here."""
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        codes = values_of(column.indices).astype(np.int64)
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
        codes: Ints | None,
        there: Ints | None,
    ) -> None:
        """Two kinds: all rows by segment, then the real and the flagged, often few."""
        size = len(self._names) if there is None else len(there)
        real, alarms = np.flatnonzero(truth > 0), np.flatnonzero(flagged > 0)
        caught = real[flagged[real] > 0]
        if codes is None:
            held = (truth, real, alarms, caught)
            every, p, q, tp = (np.array([len(rows)]) for rows in held)
        else:
            every = np.bincount(codes, minlength=size)
            p, q, tp = (
                np.bincount(codes[rows], minlength=size)
                for rows in (real, alarms, caught)
            )
        cells = np.stack([every - p - q + tp, q - tp, p - tp, tp], axis=1)
        if there is None:
            self._table += cells
        else:
            np.add.at(self._table, there, cells)

    def _count_kinds(
        self,
        truth: NDArray[Any],
        flagged: NDArray[Any],
        rule: NDArray[Any] | None,
        codes: Ints | None,
        there: Ints | None,
    ) -> None:
        cells = self._table.shape[1]
        at = truth.astype(np.int64)
        for judged in (flagged, rule):
            if judged is not None:
                at *= self._kinds
                at += judged
        if codes is not None:
            at += cells * (codes if there is None else there[codes])
        _count_into(self._table.reshape(-1), at)

    def _rank(
        self,
        score: NDArray[Any],
        truth: NDArray[Any],
        codes: Ints | None,
        there: Ints | None,
    ) -> None:
        # A sum is finite only if all of it is; the rare overflow is looked at closely.
        with np.errstate(over="ignore", invalid="ignore"):
            total = score.sum()
        if not np.isfinite(total):
            known = np.isfinite(score)
            self._without_score += int((~known).sum())
            score, truth = score[known], truth[known]
            codes = None if codes is None else codes[known]
        real = np.flatnonzero(truth > 0)
        if not self._sketch:
            self._every.add(score)
            self._real.add(score[real])
        elif self._bins is None:
            self._bins = np.zeros((2, BINS), np.int64)
        if not len(score):
            return
        bins = self._pieces(score, real)
        if self._bins is not None:
            _count_into(self._bins[0], bins)
            _count_into(self._bins[1], bins[real])
        if self._histograms is not None and codes is not None:
            bins >>= COARSER
            bins += 2 * COARSE * (codes if there is None else there[codes])
            counts = self._histograms.reshape(-1)
            _count_into(counts, bins)
            _count_into(counts, bins[real] + COARSE)

    def _pieces(self, score: NDArray[Any], real: Ints) -> Ints:
        """Sum the losses of one batch; give the bin of each of its scores."""
        if len(self._binned) < len(score):
            self._binned = np.empty(len(score), np.int64)
        starts = range(0, len(score), PIECE)
        own = np.split(real, real.searchsorted(starts[1:]))
        self._losses.begin()
        for start, at in zip(starts, own, strict=True):
            piece = score[start : start + PIECE]
            rows = len(piece)
            plain = piece.astype(np.float64, copy=False)
            (other, spare), more = self._floats[:, :rows], self._more[:rows]
            np.subtract(1.0, plain, out=other)
            ends = float(plain.min()), float(plain.max())
            bins_into(self._binned[start : start + rows], plain, other, ends, more)
            self._losses.add(plain, other, at - start, ends, spare, more)
        self._losses.end()
        return self._binned[: len(score)]


def _count_into(counts: Ints, at: Ints) -> None:
    """One more in each place; all are within ``counts``."""
    if len(at) < len(counts):
        np.add.at(counts, at, 1)
    else:
        counts += np.bincount(at, minlength=len(counts))


def _apart(counts: Ints) -> Ints:
    """Counts of normal and real rows from those of all and of real ones."""
    found = counts.copy()
    found[..., 0, :] -= counts[..., 1, :]
    return found


def _longer(held: Ints, rows: int, columns: int) -> Ints:
    if held.shape == (rows, columns):
        return held
    found = np.zeros((rows, columns), np.int64)
    if len(held):
        found[: len(held)] = held
    return found


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
