"""Which points of a long line are drawn: so few that a page stays light. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from tsdownsample import MinMaxLTTBDownsampler

if TYPE_CHECKING:
    from collections.abc import Sequence

# Above this a chart carries more points than anybody sees.
POINTS: Final = 400


def drawn(values: Sequence[float | None], most: int = POINTS) -> list[int]:
    """The places, rising, of the points that keep the shape of the line.

    MinMaxLTTB (Van Der Donckt et al. 2023): the extremes of every stretch, and of them
    those that span the largest triangles; the first and the last are always there. A
    point without a value is drawn as the one before it when it is weighed.
    """
    if len(values) <= most:
        return list(range(len(values)))
    line = np.array([np.nan if v is None else v for v in values], np.float64)
    known = np.flatnonzero(np.isfinite(line))
    if not len(known):
        spread: list[int] = np.linspace(0, len(line) - 1, most).astype(int).tolist()
        return spread
    last = np.maximum.accumulate(np.where(np.isfinite(line), np.arange(len(line)), -1))
    line = line[np.where(last < 0, known[0], last)]
    sampler = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]
    found: list[int] = sampler.downsample(line, n_out=most).astype(int).tolist()
    return found
