"""The running number of equal keys, in eight bytes a key however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Counting:
    """How often each of a stream of 64-bit keys has been there before.

    Two keys of the same 64 bits are counted as one, which happens once in a million
    files of five million rows; a row then gets number 2 instead of 1, and always.
    """

    def __init__(self) -> None:
        self._runs: list[NDArray[np.uint64]] = []

    def before(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """For each key the number of equal ones before it, and remember them."""
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        starts = np.searchsorted(ordered, ordered, "left")
        counts = np.empty(len(keys), np.int64)
        counts[order] = np.arange(len(keys)) - starts
        for run in self._runs:
            counts += np.searchsorted(run, keys, "right")
            counts -= np.searchsorted(run, keys, "left")
        self._runs.append(ordered)
        # Merged while they are alike in size, so that there are few of them.
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]))
        return counts
