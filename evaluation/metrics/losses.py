"""Sums of losses of scores read as probabilities, exact under any merging."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# A forecast of 0 or 1 that is wrong has an infinite log loss; this keeps it finite,
# as the machine epsilon does in scikit-learn.
CLIP: Final = float(np.finfo(np.float64).eps)
TENTHS: Final = 10
# So many rows at a time stay in the processor's cache.
PIECE: Final = 16_384
# A row of sums: Brier score and log loss with their squares, then scores by tenth.
FIRST_TENTH: Final = 4
SUMS: Final = FIRST_TENTH + TENTHS


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
    """Of each batch a row of sums: both losses and their squares, scores by tenth.

    Batches stay apart, so that adding them rounds once whatever their order.
    ``inside`` says whether every score was within 0..1.
    """

    sums: tuple[Floats, ...]
    tenths: NDArray[np.int64]
    inside: bool


def summed(scores: NDArray[Any], truth: int) -> list[tuple[float, ...]]:
    """Sums over sorted rows of one class, by piece: both losses, each with its square.

    Brier (1950): the squared distance of a probability from what came true. Log loss
    (Good 1952): minus the logarithm of the probability given to what came true.
    """
    told, missed, spare = np.empty((3, PIECE))
    found: list[tuple[float, ...]] = []
    for start in range(0, len(scores), PIECE):
        rows = len(scores[start : start + PIECE])
        chance, away, room = told[:rows], missed[:rows], spare[:rows]
        chance[:] = scores[start : start + PIECE]
        if not truth:
            np.subtract(1.0, chance, out=chance)
        # In order, so that the ends tell of them all.
        clipped = bool(chance[[0, -1]].min() < CLIP or chance[[0, -1]].max() > 1 - CLIP)
        found.append(_sums(chance, away, room, clipped=clipped))
    return found


def _sums(
    told: Floats, missed: Floats, spare: Floats, *, clipped: bool
) -> tuple[float, ...]:
    """Of the chances given to what came true; the room given is lost."""
    np.subtract(1.0, told, out=missed)
    np.square(missed, out=missed)
    # Not a dot product: its bits would depend on the processors of the machine.
    brier = missed.sum(), np.square(missed, out=spare).sum()
    if clipped:
        np.maximum(told, CLIP, out=told)
        np.minimum(told, 1 - CLIP, out=told)
    logged = np.log(told, out=told)
    return (
        *map(float, brier),
        -float(logged.sum()),
        float(np.square(logged, out=spare).sum()),
    )


def mean_of(sums: Iterable[tuple[float, ...]], rows: int) -> Mean:
    """Mean and standard error from sums and sums of squares."""
    kept = list(sums)
    total, square = (math.fsum(column) for column in zip(*kept, strict=True))
    mean = total / rows
    return Mean(mean, math.sqrt(max(0.0, square / rows - mean * mean) / rows))


class Losses:
    """Sums of one batch after another, each begun, added piece by piece, and ended.

    Nothing is summed once a score is outside 0..1.
    """

    def __init__(self) -> None:
        self._sums: list[Floats] = []
        self._tenths = np.zeros(2 * TENTHS, np.int64)
        self._inside = True
        self._row = np.zeros(SUMS)

    def begin(self) -> None:
        """A batch begins."""
        self._row = np.zeros(SUMS)

    def add(
        self,
        scores: Floats,
        real: NDArray[np.bool_],
        ends: tuple[float, float],
        room: tuple[Floats, Floats, Floats],
        at: NDArray[np.int64],
    ) -> None:
        """Sum one piece; ``ends`` are its smallest and its largest score.

        The first of ``room`` holds 1 - scores; what the others and ``at`` hold is lost.
        """
        self._inside = self._inside and ends[0] >= 0 and ends[1] <= 1
        if not self._inside:
            return
        told, missed, spare = room
        np.multiply(scores, TENTHS, out=spare)
        at[:] = spare
        np.minimum(at, TENTHS - 1, out=at)
        self._row[FIRST_TENTH:] += np.bincount(at, scores, TENTHS)
        np.add(at, TENTHS, out=at, where=real)
        np.add.at(self._tenths, at, 1)
        # The chance given to what came true: both losses depend on it alone.
        np.copyto(told, scores, where=real)
        clipped = ends[0] < CLIP or ends[1] > 1 - CLIP
        self._row[:FIRST_TENTH] += _sums(told, missed, spare, clipped=clipped)

    def end(self) -> None:
        """The batch has ended."""
        self._sums.append(self._row)

    def so_far(self) -> Loss:
        """The sums of all batches."""
        sums = tuple(self._sums) if self._inside else ()
        return Loss(sums, self._tenths.reshape(2, TENTHS).copy(), self._inside)


def merged_losses(one: Loss | None, other: Loss | None) -> Loss | None:
    """Both as one; None stays None."""
    if one is None or other is None:
        return None
    inside = one.inside and other.inside
    sums = one.sums + other.sums if inside else ()
    return Loss(sums, one.tenths + other.tenths, inside)


def finished_losses(
    loss: Loss | None, rows: int
) -> tuple[Mean | None, Mean | None, tuple[Tenth, ...]]:
    """Brier score, log loss and calibration; Nones when scores are no probabilities."""
    if loss is None or not loss.inside or not loss.sums:
        return None, None, ()
    total = [math.fsum(column) for column in zip(*loss.sums, strict=True)]
    tenths = tuple(
        Tenth(int(rows), score / rows, real / rows)
        for rows, real, score in zip(
            loss.tenths.sum(axis=0).tolist(),
            loss.tenths[1].tolist(),
            total[FIRST_TENTH:],
            strict=True,
        )
        if rows
    )
    return (
        mean_of([(total[0], total[1])], rows),
        mean_of([(total[2], total[3])], rows),
        tenths,
    )
