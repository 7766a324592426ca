"""Sums of losses of scores read as probabilities, exact under any merging."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evaluation.metrics.sketch import Sketch

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# A forecast of 0 or 1 that is wrong has an infinite log loss; this keeps it finite,
# as the machine epsilon does in scikit-learn.
CLIP: Final = float(np.finfo(np.float64).eps)
TENTHS: Final = 10
# So many rows at a time stay in the processor's cache.
PIECE: Final = 32_768
# So many chances are multiplied before a logarithm is taken, which costs ten times as
# much; even of the smallest chances allowed the product is no underflow.
MULTIPLIED: Final = 16
# Where rows miss by less than this on average, one rounding of a product would show.
SURE: Final = 1e-3
# Neighbouring rows are mostly of one tenth, and adding to one place twice makes the
# processor wait: they are added in lanes.
LANES: Final = 8
_LANES: Final = np.arange(PIECE) % LANES * (TENTHS + 1)
# A row of sums: Brier score and log loss, then scores by tenth, those of 1 apart.
FIRST_TENTH: Final = 2
SUMS: Final = FIRST_TENTH + TENTHS + 1


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a loss over rows, and its standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Tenth:
    """Rows scored within one tenth of 0..1: how many, mean score, share real."""

    rows: int
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class Loss:
    """Of each batch a row of sums: both losses, then scores by tenth.

    Brier (1950): the squared distance of a probability from what came true. Log loss
    (Good 1952): minus the logarithm of the probability given to what came true.
    Batches stay apart, so that adding them rounds once whatever their order.
    ``tenths`` counts all rows, then the real ones; ``inside`` says whether every score
    was within 0..1.
    """

    sums: tuple[Floats, ...]
    tenths: Ints
    inside: bool


class Losses:
    """Sums of one batch after another, each begun, added piece by piece, and ended.

    Nothing is summed once a score is outside 0..1.
    """

    def __init__(self) -> None:
        self._sums: list[Floats] = []
        self._tenths = np.zeros((2, TENTHS + 1), np.int64)
        self._inside = True
        self._row = np.zeros(SUMS)

    def begin(self) -> None:
        """A batch begins."""
        self._row = np.zeros(SUMS)

    def add(
        self,
        scores: Floats,
        other: Floats,
        real_at: Ints,
        ends: tuple[float, float],
        room: Floats,
        at: Ints,
    ) -> None:
        """Sum one piece; ``ends`` are its smallest and its largest score.

        ``other`` holds 1 - scores; what it, ``room`` and ``at`` hold is lost.
        ``real_at`` says which rows are real.
        """
        self._inside = self._inside and ends[0] >= 0 and ends[1] <= 1
        if not self._inside:
            return
        np.multiply(scores, TENTHS, out=room)
        at[:] = room
        self._tenths[1] += np.bincount(at[real_at], minlength=TENTHS + 1)
        at += _LANES[: len(at)]
        size = LANES * (TENTHS + 1)
        self._row[FIRST_TENTH:] += _together(np.bincount(at, scores, size))
        self._tenths[0] += _together(np.bincount(at, minlength=size))
        # The chance given to what came true, and how far it is from certain.
        missed, told = room, other
        missed[:] = scores
        missed[real_at] = other[real_at]
        told[real_at] = scores[real_at]
        if ends[0] < CLIP or ends[1] > 1 - CLIP:
            np.maximum(told, CLIP, out=told)
            np.minimum(told, 1 - CLIP, out=told)
        self._row[1] += _log_loss(told, sure=missed.sum() < SURE * len(missed))
        # Not a dot product: its bits would depend on the processors of the machine.
        self._row[0] += np.square(missed, out=missed).sum()

    def end(self) -> None:
        """The batch has ended."""
        self._sums.append(self._row)

    def so_far(self) -> Loss:
        """The sums of all batches."""
        sums = tuple(self._sums) if self._inside else ()
        return Loss(sums, self._tenths.copy(), self._inside)


def _together(lanes: NDArray[Any]) -> NDArray[Any]:
    found: NDArray[Any] = lanes.reshape(LANES, TENTHS + 1).sum(axis=0)
    return found


def _log_loss(told: Floats, *, sure: bool) -> float:
    if not sure and len(told) == PIECE:
        told = np.multiply.reduce(told.reshape(MULTIPLIED, -1), axis=0)
    return -float(np.log(told).sum())


def merged_losses(one: Loss | None, other: Loss | None) -> Loss | None:
    """Both as one; None stays None."""
    if one is None or other is None:
        return None
    inside = one.inside and other.inside
    sums = one.sums + other.sums if inside else ()
    return Loss(sums, one.tenths + other.tenths, inside)


def finished_losses(
    loss: Loss | None, sketch: Sketch
) -> tuple[Mean | None, Mean | None, tuple[Tenth, ...]]:
    """Brier score, log loss and calibration; Nones when scores are no probabilities.

    The errors of both means are made of the ``sketch`` of the same rows.
    """
    rows = sketch.positives + sketch.negatives
    if loss is None or not loss.inside or not rows:
        return None, None, ()
    brier, log, *scores = (math.fsum(column) for column in zip(*loss.sums, strict=True))
    # A score of 1 belongs to the last tenth.
    ones = scores.pop()
    scores[-1] += ones
    counts = loss.tenths[:, :TENTHS].copy()
    counts[:, -1] += loss.tenths[:, TENTHS]
    tenths = tuple(
        Tenth(held, score / held, real / held)
        for held, real, score in zip(*counts.tolist(), scores, strict=True)
        if held
    )
    means = [
        Mean(mean, math.sqrt(max(0.0, square - mean * mean) / rows))
        for mean, square in zip(
            (brier / rows, log / rows), sketch.squared_losses(), strict=True
        )
    ]
    return means[0], means[1], tenths
