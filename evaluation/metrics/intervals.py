"""Intervals: exact ones for rates, DeLong's for AUC, the block bootstrap for means."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from projects import sampling
from projects.catalogue import CONFIDENCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

# Fixed and stored with every result: the same file gives the same interval.
SEED: Final = 20181110
REPLICATES: Final = 1_000
# With fewer units, resampling them says little about the spread.
FEWEST_UNITS: Final = 5
MOST_UNITS: Final = 2_000
# So many lines are resampled at once; their replicates take a few megabytes.
LINES_AT_ONCE: Final = 32
SIDE_BY_SIDE: Final = 2


def tail(confidence: float, *, one_sided: bool) -> float:
    """The share left out at each end: one-sided ends keep the confidence singly."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is not between 0 and 1: {confidence!r}")
    return (1 - confidence) / (1 if one_sided else 2)


# Every share that an interval of an offered confidence leaves out at an end.
TAILS: Final = tuple(
    sorted(
        {
            round(tail(confidence, one_sided=one_sided), 6)
            for confidence in CONFIDENCES
            for one_sided in (True, False)
        }
    )
)


def block_ends(
    units: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    keys: Sequence[str],
) -> dict[str, tuple[float, ...]]:
    """The bootstrap's ends of each key: the lower at each of TAILS, then the upper.

    A key that some replicates leave without a value has none; nor has any with too
    few units (see ``moving_blocks``).
    """
    with np.errstate(all="ignore"):
        replicates = moving_blocks(units, statistic)
    if replicates is None:
        return {}
    return next(_ends_by_key(replicates, keys))


def block_ends_of(
    lines: Sequence[NDArray[np.float64] | None],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    keys: Sequence[str],
) -> list[dict[str, tuple[float, ...]]]:
    """``block_ends`` of the units of every line; those of equal length together.

    ``statistic`` takes an array of sums for each column, and gives one for each key.
    A line without units has no ends.
    """
    found: list[dict[str, tuple[float, ...]]] = [{} for _ in lines]
    alike: dict[int, list[int]] = {}
    thinned = [None if units is None else _thinned(units) for units in lines]
    for place, units in enumerate(thinned):
        if units is not None and len(units) >= FEWEST_UNITS:
            alike.setdefault(len(units), []).append(place)
    some = [
        places[start : start + LINES_AT_ONCE]
        for places in alike.values()
        for start in range(0, len(places), LINES_AT_ONCE)
    ]

    def drawn(places: list[int]) -> list[dict[str, tuple[float, ...]]]:
        held = [units for i in places if (units := thinned[i]) is not None]
        # One product for all of them; their columns stand side by side.
        sums = _weights(len(held[0])) @ np.concatenate(held, axis=1)
        by_line = sums.T.reshape(len(places), -1, REPLICATES)
        with np.errstate(all="ignore"):
            made = statistic(np.ascontiguousarray(by_line.swapaxes(0, 1)))
        ordered = np.sort(made.swapaxes(0, 1).reshape(-1, REPLICATES)).T
        return list(_ends_by_key(ordered, keys))

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for places, ends_of in zip(some, pool.map(drawn, some), strict=True):
            for place, ends in zip(places, ends_of, strict=True):
                found[place] = ends
    return found


def _ends_by_key(
    ordered: NDArray[np.float64], keys: Sequence[str]
) -> Iterator[dict[str, tuple[float, ...]]]:
    """Of sorted columns, the keys of one line after another."""
    found = _quantiles(ordered).T.tolist()
    ends = np.isfinite(ordered[[0, -1]])
    known = (ends[0] & ends[1]).tolist()
    for start in range(0, len(found), len(keys)):
        at = slice(start, start + len(keys))
        yield {
            key: tuple(of_key)
            for key, of_key, has in zip(keys, found[at], known[at], strict=True)
            if has
        }


def _quantiles(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ends at TAILS of sorted columns, linear between neighbours as numpy's."""
    levels = np.array([*TAILS, *(1 - out for out in TAILS)])
    place = levels * (len(ordered) - 1)
    low = np.floor(place).astype(np.int64)
    share = (place - low)[:, None]
    high = np.minimum(low + 1, len(ordered) - 1)
    with np.errstate(all="ignore"):
        found: NDArray[np.float64] = ordered[low] * (1 - share) + ordered[high] * share
    return found


def place_of(confidence: float, *, one_sided: bool) -> int:
    """Where in TAILS it stands. ValueError for one that limits do not offer."""
    out = round(tail(confidence, one_sided=one_sided), 6)
    if out not in TAILS:
        raise ValueError(f"confidence is not offered: {confidence!r}")
    return TAILS.index(out)


def between(
    stored: tuple[float, ...], value: float, confidence: float, *, one_sided: bool
) -> tuple[float, float]:
    """The ends at one confidence, never leaving the value itself outside.

    ValueError for a confidence that limits do not offer.
    """
    at = place_of(confidence, one_sided=one_sided)
    return min(stored[at], value), max(stored[at + len(TAILS)], value)


def clopper_pearson(
    hits: int, cases: int, confidence: float, *, one_sided: bool = True
) -> tuple[float, float]:
    """The exact interval of a proportion of ``hits`` in ``cases``, as shares.

    Clopper and Pearson's (1934). ValueError unless 0 <= hits <= cases and cases > 0.
    """
    return sampling.interval(hits, cases, tail(confidence, one_sided=one_sided))


def f1_interval(
    tp: int, fp: int, fn: int, confidence: float, *, one_sided: bool = True
) -> tuple[float, float]:
    """The interval of F1, exact given how many rows were real or flagged.

    F1 = 2J / (1 + J) rises with J = tp / (tp + fp + fn), and J is a proportion of the
    rows that were real, flagged or both: its Clopper-Pearson ends are carried over.
    """
    low, high = clopper_pearson(tp, tp + fp + fn, confidence, one_sided=one_sided)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def around(
    value: float, error: float, confidence: float, one_sided: bool = True
) -> tuple[float, float]:
    """A normal interval around an estimate with a standard error."""
    from scipy.special import ndtri

    reach = -float(ndtri(tail(confidence, one_sided=one_sided))) * error
    return value - reach, value + reach


def normal(
    value: float, error: float, confidence: float, *, one_sided: bool = True
) -> tuple[float, float]:
    """The same within 0..1."""
    low, high = around(value, error, confidence, one_sided)
    return max(0.0, low), min(1.0, high)


@lru_cache(maxsize=64)
def shares(counts: tuple[int, ...]) -> NDArray[np.float64]:
    """Plausible shares of the kinds counted, REPLICATES rows, one column a kind.

    Drawn from the posterior of a multinomial under Jeffreys' prior, half a case a kind
    (no more than two cases in all, where kinds are many): unlike resampling it leaves
    room for a kind of error that a short file happens not to hold.
    """
    generator = np.random.default_rng(SEED)
    prior = min(0.5, 2 / len(counts))
    drawn = generator.gamma(np.array(counts) + prior, size=(REPLICATES, len(counts)))
    found: NDArray[np.float64] = drawn / drawn.sum(axis=1, keepdims=True)
    found.setflags(write=False)
    return found


def ends(
    replicates: NDArray[np.float64], confidence: float, *, one_sided: bool = True
) -> tuple[float, float]:
    """The quantiles of replicates that an interval runs between."""
    out = tail(confidence, one_sided=one_sided)
    low, high = np.quantile(replicates, [out, 1 - out])
    return float(low), float(high)


def moving_blocks(
    units: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.float64] | None:
    """Replicates of a statistic of sums over consecutive units of time.

    ``units`` holds one row of sums a unit, in order of time. Blocks of neighbouring
    units are drawn with replacement, so that the likeness of one day to the next is
    kept (Künsch 1989; block length n^(1/3), Hall, Horowitz and Jing 1995). Returns
    the sorted replicates, one column a value; None with too few units to tell.
    """
    if len(units) < FEWEST_UNITS:
        return None
    units = _thinned(units)
    return np.sort(statistic(_weights(len(units)) @ units), axis=0)


def _thinned(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Neighbours added up where there are more than MOST_UNITS."""
    if len(units) <= MOST_UNITS:
        return units
    edges = np.linspace(0, len(units), MOST_UNITS + 1).astype(np.int64)[:-1]
    found: NDArray[np.float64] = np.add.reduceat(units, edges, axis=0)
    return found


@lru_cache(maxsize=4)
def _weights(units: int) -> NDArray[np.float64]:
    """How often each replicate draws each unit: REPLICATES rows, one column a unit."""
    length = max(1, round(units ** (1 / 3)))
    draws = math.ceil(units / length)
    generator = np.random.default_rng(SEED)
    starts = generator.integers(0, units - length + 1, size=(REPLICATES, draws))
    drawn = (starts[:, :, None] + np.arange(length)).reshape(REPLICATES, -1)[:, :units]
    weights = np.zeros((REPLICATES, units))
    rows = np.repeat(np.arange(REPLICATES), drawn.shape[1])
    np.add.at(weights, (rows, drawn.ravel()), 1.0)
    weights.setflags(write=False)
    return weights
