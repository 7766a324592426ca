"""Scores kept for an exact ranking: sorted runs, never copied into one array."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Scores = NDArray[Any]  # float32 or float64, as the file has them

# So large an array goes back to the system at once when it is let go.
MOST: Final = 1 << 22
# So many scores are worth being looked up in several runs at a time.
SOME: Final = 1 << 14
SIDE_BY_SIDE: Final = 2


class Keeper:
    """Takes scores batch by batch, into runs that are sorted once they are full."""

    def __init__(self) -> None:
        self._runs: list[Scores] = []
        # Memory that nothing was written to yet is not taken from the machine.
        self._open: Scores = np.empty(0)
        self._used = 0

    def add(self, scores: Scores) -> None:
        """Keep a copy of finite scores."""
        while len(scores):
            if self._used == len(self._open) or scores.dtype != self._open.dtype:
                self._close()
                self._open = np.empty(MOST, scores.dtype)
            some = scores[: len(self._open) - self._used]
            self._open[self._used : self._used + len(some)] = some
            self._used += len(some)
            scores = scores[len(some) :]

    def runs(self) -> tuple[Scores, ...]:
        """What was kept so far, sorted run by run."""
        self._close()
        return tuple(self._runs)

    def _close(self) -> None:
        run = self._open[: self._used]
        if 2 * self._used < len(self._open):
            run = run.copy()
        if len(run):
            run.sort()
            self._runs.append(run)
        self._open, self._used = np.empty(0), 0


def alike(runs: Sequence[Scores]) -> list[Scores]:
    """The runs in one type that holds the scores of all."""
    if not runs:
        return [np.empty(0)]
    common = np.result_type(*runs)
    return [run.astype(common, copy=False) for run in runs]


def beneath(runs: Sequence[Scores], scores: Scores, *, with_ties: bool = False) -> Ints:
    """How many kept scores are below each of ``scores``, or at most it."""
    side: Literal["left", "right"] = "right" if with_ties else "left"

    def look(run: Scores) -> Ints:
        return run.searchsorted(scores, side)

    nothing = np.zeros(len(scores), np.int64)
    if len(runs) < 2 or len(scores) < SOME:
        return sum(map(look, runs), nothing)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return sum(pool.map(look, runs), nothing)


def in_order(runs: Sequence[Scores], places: Ints) -> Scores:
    """The scores at these places, from 0, of all runs in one order.

    Found by halving what lies between the smallest and the largest score.
    """
    held = [run for run in runs if len(run)]
    if len(held) == 1:
        return held[0][places]
    low, high = (
        _key(np.full(len(places), end, held[0].dtype))
        for end in (min(run[0] for run in held), max(run[-1] for run in held))
    )
    while (low < high).any():
        # Half of their sum, which itself may pass the largest integer.
        middle = (low & high) + ((low ^ high) >> 1)
        enough = beneath(held, _score(middle), with_ties=True) > places
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle + 1)
    # Nought has two signs, and the search may end at the other one.
    found: Scores = _score(low) + held[0].dtype.type(0)
    return found


# Any: int32 or int64, as wide as the scores.
def _key(scores: Scores) -> NDArray[Any]:
    """Integers in the order of the scores (IEEE 754)."""
    return _turned(scores.view(np.int32 if scores.dtype.itemsize == 4 else np.int64))


def _score(keys: NDArray[Any]) -> Scores:
    kind = np.float32 if keys.dtype.itemsize == 4 else np.float64
    found: Scores = _turned(keys).view(kind)
    return found


def _turned(bits: NDArray[Any]) -> NDArray[Any]:
    """Below nought the other bits count down; turning twice changes nothing."""
    found: NDArray[Any] = np.where(bits < 0, bits ^ np.iinfo(bits.dtype).max, bits)
    return found
